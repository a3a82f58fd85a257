"""The page Compare as people use it, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Opener, click, fits, serious

pytestmark = pytest.mark.browser

SMALL = "/compare?model=rnn&model.hidden_size=8&data.window=16&training.steps=60"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
LINES = """() => document.querySelector('.stMain .sx-figure')._fullData
  .filter(t => t.mode === 'lines+markers').map(t => t.y.length)"""
COVERED = """() => [...document.querySelectorAll('[data-testid=stElementToolbar]')]
  .filter(tools => {
    const frame = tools.closest('[data-testid=stElementContainer]')
    const before = frame.previousElementSibling?.getBoundingClientRect()
    return before?.bottom > tools.getBoundingClientRect().top
  }).length"""
"""How many tables have their tools over what stands above them."""
CUT = """button => [button, ...button.querySelectorAll('*')]
    .some(each => each.scrollWidth > each.clientWidth + 1)
  || button.getBoundingClientRect().right > innerWidth"""

_finished: list[str] = []


def raced(open_page: Opener) -> str:
    """The address of a finished race, as seen from a tab; raced once for all tests."""
    if not _finished:
        page = started(open_page)
        expect(page.get_by_text("got lowest")).to_be_visible(timeout=4 * PATIENCE)
        _finished.append(page.url[page.url.index("/compare") :])
    return _finished[0]


def started(open_page: Opener) -> Page:
    page = open_page(SMALL, ready=False)
    expect(page.get_by_text("A finished sample:")).to_be_visible()
    click(page, "Race")
    expect(page.get_by_text("A finished sample:")).to_have_count(0)
    page.wait_for_selector("[data-test-script-state=notRunning]")
    page.wait_for_selector(".stMain .sx-figure .main-svg")
    return page


def test_a_race_moves_without_a_blank_and_stays_after_a_reload(
    open_page: Opener,
) -> None:
    page = started(open_page)
    page.evaluate(
        """() => {
          const plot = document.querySelector('.stMain .sx-figure')
          plot.tagged = true
          window.blank = 0
          const look = () => {
            window.blank += !document.querySelector('.stMain .sx-figure .main-svg')
            requestAnimationFrame(look)
          }
          requestAnimationFrame(look)
        }"""
    )
    expect(page.get_by_text("got lowest")).to_be_visible(timeout=4 * PATIENCE)
    page.wait_for_function(f"({LINES})().every(n => n > 20)")
    assert page.evaluate("document.querySelector('.stMain .sx-figure').tagged")
    assert page.evaluate("window.blank") == 0
    assert len(page.evaluate(LINES)) == 5
    _finished.append(page.url[page.url.index("/compare") :])
    page.reload()
    expect(page.get_by_text("got lowest")).to_be_visible(timeout=4 * PATIENCE)
    page.wait_for_function(
        "document.querySelectorAll('.stMain .sx-figure .main-svg').length > 3"
    )


def test_another_browser_may_watch_and_a_phone_needs_no_sideways_scroll(
    open_page: Opener,
) -> None:
    page = open_page(raced(open_page), ready=False, **PHONE)
    expect(page.get_by_text("You watch another's race")).to_be_visible()
    expect(page.get_by_role("button", name="Stop all")).to_be_disabled()
    page.wait_for_selector(".stMain .sx-figure .main-svg")
    assert fits(page)
    click(page, "Race again with other settings")
    expect(page.get_by_text("Up to eight settings train")).to_be_visible()
    assert "race=" not in page.url
    assert fits(page)
    example = page.get_by_role("button", name="Race RNN")
    assert not example.evaluate(CUT)
    page.get_by_test_id("stElementToolbar").first.wait_for(state="attached")
    page.wait_for_function(f"({COVERED})() === 0")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"color_scheme": "light"}, marks=pytest.mark.slow),
        {"color_scheme": "dark", "locale": "zh-CN"},
    ],
)
def test_axe_finds_nothing_serious(open_page: Opener, options: dict[str, str]) -> None:
    page = open_page("/compare", ready=False, **options)
    page.wait_for_selector(".st-key-example button")
    page.wait_for_selector(".st-key-race button")
    assert serious(page) == []
    page = open_page(raced(open_page), ready=False, **options)
    page.wait_for_selector(".stMain .sx-figure .main-svg")
    assert serious(page) == []
