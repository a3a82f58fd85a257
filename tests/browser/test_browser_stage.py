"""One panel for the last row: enlarged, on a projector, in a frame, and as a file."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, drawn, serious

pytestmark = pytest.mark.browser

LEAST = 20
"""Pixels of the smallest letters that the last row reads."""

LETTERS = """() => {
  const plot = document.querySelector('.sx-stage .sx-grid > .sx-panel .sx-plot')
  const scale = plot.getBoundingClientRect().width / plot.offsetWidth
  return [...plot.querySelectorAll('svg text')].filter(t => t.textContent)
    .map(t => parseFloat(getComputedStyle(t).fontSize) * scale)
}"""
WORDS = """() => [...document.querySelectorAll(
  '.sx-stage :is(.sx-state, .sx-numbers, .sx-grid h2, .sx-grid .sx-reading, output)')]
  .map(e => parseFloat(getComputedStyle(e).fontSize))"""
ORDER = """() => [...document.querySelector('.sx-grid').children]
  .map(each => each.id || each.className)"""
LARGE = ".sx-stage .sx-grid > .sx-panel"


@pytest.fixture(scope="module")
def page(open_shared: Opener) -> Page:
    page = open_shared("/", viewport={"width": 1280, "height": 720})
    page.wait_for_selector("[data-panel=prediction] .main-svg")
    return page


def test_keys_of_a_projector(page: Page) -> None:
    before = page.evaluate(ORDER)
    keys = page.get_by_label("Keys")
    keys.uncheck()
    page.reload()  # for good in this browser
    drawn(page)
    expect(keys).not_to_be_checked()
    page.keyboard.press("p")
    expect(page.locator(".sx-stage")).to_have_count(0)
    page.locator("#sx-loss").get_by_role("button", name="Enlarge").click()
    page.keyboard.press("Escape")  # what leads out always does
    expect(page.locator(".sx-stage")).to_have_count(0)
    keys.check()
    page.keyboard.press("Alt+p")
    page.get_by_role("combobox", name="Dataset").focus()
    page.keyboard.press("p")
    expect(page.locator(".sx-stage")).to_have_count(0)
    page.keyboard.press("Escape")
    keys.focus()
    page.keyboard.press("p")
    expect(page.locator(LARGE)).to_have_id("sx-loss")
    expect(page.locator(".sx-rail .sx-panel")).to_have_count(4)
    page.keyboard.press("2")
    expect(page.locator(LARGE)).to_have_id("sx-prediction")
    page.wait_for_function(f"({LETTERS})().length > 5")
    assert min(page.evaluate(LETTERS)) >= LEAST
    assert min(page.evaluate(WORDS)) >= LEAST
    assert serious(page) == []
    page.get_by_role("button", name="1 · ").click()
    expect(page.locator(LARGE)).to_have_id("sx-loss")
    page.keyboard.press("Escape")
    expect(page.locator(".sx-stage")).to_have_count(0)
    assert page.evaluate(ORDER) == before


def test_a_panel_is_enlarged_by_its_button_and_by_a_key(page: Page) -> None:
    page.locator("#sx-prediction").get_by_role("button", name="Enlarge").click()
    expect(page.locator(LARGE)).to_have_id("sx-prediction")
    expect(page.locator(".sx-rail")).to_be_hidden()
    page.get_by_role("button", name="Back").click()
    expect(page.locator(".sx-stage")).to_have_count(0)
    page.locator("#sx-loss").hover()
    page.keyboard.press("f")
    expect(page.locator(LARGE)).to_have_id("sx-loss")
    page.keyboard.press("f")
    expect(page.locator(".sx-stage")).to_have_count(0)


def test_a_picture_is_saved_with_its_title_and_its_numbers(
    page: Page, tmp_path: Path
) -> None:
    def saved(button: str) -> Path:
        with page.expect_download() as download:
            page.locator("#sx-loss").get_by_role("button", name=button).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    page.locator("#sx-loss .sx-tools summary").click()
    image = saved("Image (PNG)")
    assert image.name == "loss-600.png"
    assert image.read_bytes().startswith(b"\x89PNG")
    drawing = saved("Drawing for print (SVG)").read_text(encoding="utf-8")
    for words in ("How low can the loss go?", "LSTM", "Sine wave", "step 600"):
        assert words in drawing
    lines = saved("What is drawn (CSV)").read_text(encoding="utf-8").splitlines()
    table = list(csv.DictReader(lines))
    unit = "mean squared error (standardised)"
    assert list(table[0])[:3] == ["Series", "training step", unit]
    seen = [row for row in table if row["Series"] == "validation"]
    shown = page.evaluate(
        "(() => { const t = document.querySelector('[data-panel=loss]')._fullData"
        ".find(t => t.name === 'validation'); return [...t.y] })()"
    )
    assert [float(row[unit]) for row in seen] == pytest.approx(shown)


def test_links_open_a_projector_and_a_single_panel(open_page: Opener) -> None:
    page = open_page("/?projector=1", ready=False)
    expect(page.locator(".sx-railed .sx-rail .sx-panel")).to_have_count(4)
    page.goto(page.url.split("?")[0] + "?embed=true&panel=gates")
    page.wait_for_selector("[data-panel=inside] .main-svg")
    expect(page.locator(".sx-panel")).to_have_count(1)
    expect(page.get_by_role("button", name="Train")).to_have_count(0)
    expect(page.get_by_text("Special models")).to_have_count(0)
