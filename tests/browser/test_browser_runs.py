"""The page Runs as people use it: train, rename, export, delete, undo, import."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener, click, serious, state_is, train, visit

pytestmark = pytest.mark.browser

ROW, HEADER = 35, 35
"""Pixels."""


def table(page: Page) -> Locator:
    found = page.locator("[data-testid=stDataFrame]").first
    found.wait_for()
    return found


def choose(page: Page, row: int) -> None:
    """Tick a row at its left."""
    table(page).click(position={"x": 18, "y": HEADER + row * ROW + ROW / 2})
    page.get_by_text("1 chosen").wait_for()


def with_a_run(open_page: Opener, **options: object) -> Page:
    page = open_page("/?training.steps=5&model=rnn", **options)
    train(page)
    state_is(page, "Finished")
    visit(page, "Runs")
    table(page)
    return page


def test_a_run_is_renamed_taken_along_deleted_and_brought_back(
    open_page: Opener, tmp_path: Path
) -> None:
    page = with_a_run(open_page)
    choose(page, 0)
    page.wait_for_selector(".stMain .sx-figure .main-svg")
    page.get_by_label("Name").fill("my wave")
    click(page, "Save")
    expect(page.get_by_placeholder("my wave")).to_be_visible()
    with page.expect_download() as download:
        click(page, "Export")
    path = tmp_path / "run.zip"
    download.value.save_as(path)
    click(page, "Delete")
    expect(page.get_by_text("There are no runs yet.")).to_be_visible()
    click(page, "Undo")
    table(page)
    choose(page, 0)
    click(page, "Delete")
    expect(page.get_by_text("There are no runs yet.")).to_be_visible()
    page.get_by_text("Import runs").click()
    page.locator("input[type=file]").set_input_files(path)
    click(page, "Import")
    expect(page.get_by_text("Imported runs: 1.")).to_be_visible()
    choose(page, 0)
    expect(page.get_by_placeholder("my wave")).to_be_visible()
    click(page, "Playground")
    page.wait_for_selector(".sx-state")
    state_is(page, "Finished")
    expect(page.locator(".sx-numbers")).to_contain_text("Step 5 of 5")


@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "dark"},
        {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}},
    ],
)
def test_axe_finds_nothing_serious_and_nothing_is_too_wide(
    open_page: Opener, options: dict[str, object]
) -> None:
    page = open_page("/runs", ready=False, **options)
    page.locator("[data-testid=stProgress]").wait_for()
    assert serious(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.evaluate("window.innerWidth")


def test_the_header_tells_in_which_section_the_page_is(open_page: Opener) -> None:
    """By a shade, and to a screen reader."""
    page = open_page("/models", ready=False)
    sections = page.get_by_role("banner").locator(".rc-overflow-item button")
    for place, section in (("Models", "Learn"), ("Data", "Library")):
        if place != "Models":
            visit(page, place)
        expect(page.get_by_role("heading", name=place, exact=True)).to_be_visible()
        current = page.get_by_role("banner").locator("button[aria-current=true]")
        expect(current).to_have_text(re.compile(section))
        shades = sections.evaluate_all(
            "all => all.map(each => getComputedStyle(each).backgroundColor)"
        )
        shade = current.evaluate("each => getComputedStyle(each).backgroundColor")
        assert shades.count(shade) == 1
