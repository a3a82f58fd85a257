"""The page Sweep as people use it, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Opener, click, serious

pytestmark = pytest.mark.browser

QUICK = "/sweep?model=rnn&training.steps=40&data.window=16"
PICTURES = 6
ENGLISH_NAMES = """[...document.querySelectorAll('[aria-label], [placeholder]')]
  .flatMap(each => [each.ariaLabel, each.placeholder])
  .filter(name => /^[A-Z]?[a-z]{3,}/.test(name ?? ''))"""


def pictures(page: Page, count: int) -> None:
    """So many figures are drawn."""
    page.wait_for_function(
        "count => [...document.querySelectorAll('.stMain .sx-figure')]"
        ".filter(plot => plot._fullData).length >= count",
        arg=count,
    )


def finished(page: Page) -> None:
    expect(page.get_by_text("(finished)").first).to_be_visible(timeout=2 * PATIENCE)
    pictures(page, PICTURES)


def test_a_sweep_runs_is_watched_reloads_and_opens(open_page: Opener) -> None:
    page = open_page(QUICK, ready=False)
    expect(page.get_by_text("Or set up your own")).to_be_visible(timeout=PATIENCE)
    pictures(page, PICTURES)
    count = page.get_by_role("slider", name="Trials")
    count.press("Home")
    for _ in range(5):
        count.press("ArrowRight")
    click(page, "Start sweep")
    expect(page.get_by_text("trials have ended")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("A finished sample:")).to_have_count(0)
    pictures(page, PICTURES)
    page.evaluate(
        "for (const plot of document.querySelectorAll('.stMain .sx-figure'))"
        " plot.tagged = true"
    )
    sweep = re.search(r"sweep=([\w-]+)", page.url)
    assert sweep is not None
    other = open_page(f"/sweep?sweep={sweep[1]}", ready=False)
    watched = other.get_by_text("You watch another's sweep")
    expect(watched).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_role("button", name="Delete")).to_be_disabled()
    finished(page)
    assert page.evaluate(
        "[...document.querySelectorAll('.stMain .sx-figure')]"
        ".every(plot => plot.tagged)"
    )
    page.reload()
    finished(page)
    click(page, "Open in the Playground")
    heading = page.get_by_role("heading", name="Playground")
    expect(heading).to_be_visible(timeout=PATIENCE)
    assert re.search(r"run=[\w-]+", page.url)
    page.wait_for_selector("[data-panel=loss] .main-svg")
    phone = {"width": 390, "height": 844}
    for options in (
        {"color_scheme": "light", "locale": "en-US"},
        {"color_scheme": "dark", "locale": "zh-CN", "viewport": phone},
    ):
        seen = open_page(f"/sweep?sweep={sweep[1]}", ready=False, **options)
        pictures(seen, PICTURES)
        assert serious(seen) == []
        wide = seen.evaluate("document.documentElement.scrollWidth")
        assert wide <= seen.evaluate("innerWidth")


@pytest.mark.parametrize(
    "scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)]
)
def test_the_first_page_is_readable(open_page: Opener, scheme: str) -> None:
    page = open_page("/sweep", ready=False, color_scheme=scheme)
    pictures(page, PICTURES)
    assert serious(page) == []


def test_streamlit_itself_speaks_the_readers_language(open_page: Opener) -> None:
    page = open_page("/sweep?lang=zh", ready=False, locale="zh-CN")
    expect(page.get_by_role("link", name="跳到正文")).to_be_attached()
    expect(page.get_by_role("slider", name="学习率：起点")).to_be_attached()
    page.wait_for_function(ENGLISH_NAMES + ".length === 0")
    page.get_by_role("combobox", name="数据集").click()
    page.keyboard.type("qqqq")
    expect(page.get_by_text("没有结果")).to_be_visible()
    page.keyboard.press("Escape")
    click(page, "English")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_attached()
    expect(page.get_by_label("Help for Dataset")).to_be_attached()
    expect(page.get_by_label("的说明")).to_have_count(0)
