"""Pages on paper: charts fill their places, what is only for a screen is gone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARGINS = 24.0  # millimetres, both together
WIDTHS = {"A4": 210.0, "letter": 215.9}  # millimetres
ONLY_FOR_A_SCREEN = (
    *("stSidebar", "stHeader", "stToolbar", "stExpandSidebarButton"),
    *(".sx-tools", ".sx-project", ".sx-keys", ".sx-drawer", ".hoverlayer"),
)
WRONG = """width => [...document.querySelectorAll('.sx-plot, .sx-figure')]
  .filter(plot => plot.checkVisibility() && plot.querySelector('.main-svg'))
  .map(plot => [plot, plot.querySelector('.main-svg')]
    .map(each => each.getBoundingClientRect()))
  .filter(([place, drawn]) => drawn.right > width + 1
    || drawn.bottom > place.bottom + 1 || drawn.height < 0.9 * place.height)
  .map(each => JSON.stringify([width, each]))"""
"""Pictures that are cut, or leave a part of their place empty."""


DRAWN_FOR_PAPER = """() => {
  dispatchEvent(new Event('beforeprint'))
  return [...document.querySelectorAll('.sx-plot')]
    .flatMap(({ _fullLayout: sizes }) => sizes ? [[sizes.width, sizes.height]] : [])
}"""
WIDEST, LOWEST = 632, 300  # pixels


def on_paper(page: Page, paper: str) -> int:
    """Lay a page out as it is printed; the paper's width in pixels."""
    width = int((WIDTHS[paper] - MARGINS) / 25.4 * 96)
    sizes = page.evaluate(DRAWN_FOR_PAPER)
    assert all(w <= WIDEST and h >= LOWEST for w, h in sizes), sizes
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 1000})
    return width


def on_screen(page: Page) -> None:
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.evaluate("dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("paper", WIDTHS)
def test_the_playground_has_its_charts_and_its_settings(
    open_page: Opener, paper: str
) -> None:
    page = open_page("/", viewport={"width": 1280, "height": 720})
    page.locator("[data-panel=loss] .nsewdrag").hover()
    width = on_paper(page, paper)
    assert page.evaluate(WRONG, width) == []
    for each in ONLY_FOR_A_SCREEN:
        name = each if each.startswith(".") else f"[data-testid={each}]"
        assert not any(found.is_visible() for found in page.locator(name).all()), name
    expect(page.locator(".sx-settings").first).to_contain_text("Hidden size")
    assert len(page.pdf(format=paper)) > 50_000
    on_screen(page)
    page.wait_for_function(f"({WRONG})(1280).length === 0")


def test_other_pages_have_their_charts_and_tables(open_page: Opener) -> None:
    for path, ready in (
        ("/inside", "[data-panel=loss] .main-svg"),
        ("/data", ".sx-figure .main-svg"),
        ("/compare", ".stMain [data-testid=stDataFrame]"),
    ):
        page = open_page(path, ready=False, viewport={"width": 1280, "height": 720})
        page.wait_for_selector(ready)
        page.wait_for_selector(".main-svg")
        width = on_paper(page, "A4")
        page.wait_for_function(f"({WRONG})({width}).length === 0")
        if "stDataFrame" in ready:
            expect(page.locator(".sx-paper").first).to_be_visible()
            assert page.locator(".sx-paper tbody tr").count() > 0
            assert page.locator(".sx-paper td > bdi").first.inner_text()
            expect(page.locator("[data-testid=stDataFrame]").first).to_be_hidden()
