"""Data of one's own as people bring it, in a real browser."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import (
    PATIENCE,
    Opener,
    click,
    drawn,
    fits,
    serious,
    visit,
)

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

KEEP = "Keep it and look at it"
CUT = """() => [...document.querySelectorAll('[data-testid=stMetricValue]')].some(
  each => {
    const said = each.querySelector('p')
    said.textContent = 'a long number '.repeat(9)
    return innerWidth < 640
      && [each, ...each.querySelectorAll('*')].some(x => x.scrollWidth > x.clientWidth)
  })"""
"""Whether a phone cuts a long number."""


def table(folder: Path) -> Path:
    """600 days of two columns, one of them with gaps and a spike."""
    days = np.datetime64("2021-01-01") + np.arange(600)
    sales = 20 + 5 * np.sin(np.arange(600) / 7)
    rows = [
        f"{day},{'' if k % 37 == 5 else round(float(v), 3)},{k % 50}"
        for k, (day, v) in enumerate(zip(days, sales, strict=True))
    ]
    path = folder / "shop.csv"
    path.write_text("\n".join(["day,sales,visits", *rows]))
    return path


def open_data(open_page: Opener, query: str = "", **options: Any) -> Page:
    page = open_page(f"/data{query}", ready=False, **options)
    expect(page.get_by_role("heading", name="Bring your own")).to_be_visible()
    expect(page.locator(".st-key-still_picture .main-svg").first).to_be_visible()
    return page


def saved(figure: Locator, way: str, folder: Path) -> str:
    """What a figure is as a file."""
    figure.locator(".sx-tools summary").click()
    with figure.page.expect_download() as download:
        figure.get_by_role("button", name=way).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    figure.locator(".sx-tools summary").click()
    return path.read_text(encoding="utf-8")


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_picture_is_saved_as_a_table_and_a_drawing(
    open_page: Opener, tmp_path: Path
) -> None:
    page = open_data(open_page)
    for way, words in (
        ("What is drawn (CSV)", "autocorrelation,1,0.9"),
        ("Drawing for print (SVG)", "Period 25"),
    ):
        assert words in saved(page.locator(".st-key-still_lags"), way, tmp_path)


def test_a_table_is_brought_prepared_trained_on_and_deleted(
    open_page: Opener, tmp_path: Path
) -> None:
    page = open_data(open_page)
    page.locator("input[type=file]").set_input_files(table(tmp_path))
    expect(page.get_by_text("600 values, 17 of them missing.")).to_be_visible()
    choose(page, "Column", "visits")
    expect(page.get_by_text("600 values, 0 of them missing.")).to_be_visible()
    choose(page, "Column", "sales")
    expect(page.get_by_text("600 values, 17 of them missing.")).to_be_visible()
    click(page, KEEP)
    expect(page.get_by_text("600 rows, 17 of them without a value.")).to_be_visible()
    expect(page.get_by_text("600 values, 0 outliers clipped.")).to_be_visible()
    choose(page, "Changes", "differences")
    expect(page.get_by_text("599 values, 0 outliers clipped.")).to_be_visible()
    expect(page).to_have_url(re.compile("data.change=difference"))
    address = page.url

    # Whoever has the link only, in a browser of their own, sees none of it.
    other = open_page("/data" + address[address.index("?") :], ready=False)
    sentence = "Own data is private to who gave it"
    expect(other.get_by_role("alert").filter(has_text=sentence).first).to_be_visible()
    assert "sales" not in other.locator("body").inner_text()

    click(page, "Train on this")
    expect(page.get_by_role("heading", name="Playground")).to_be_visible()
    drawn(page)
    click(page, "Train")
    page.wait_for_function(
        "/^Step [1-9]/.test(document.querySelector('.sx-numbers').textContent)"
    )
    page.wait_for_url(re.compile("run="))
    expect(page.get_by_text("on Own series")).to_be_visible()
    page.wait_for_function(
        "document.querySelector('[data-panel=prediction]')?._fullLayout"
        "?.yaxis.title.text === 'sales'"
    )

    visit(page, "Data")
    expect(page.get_by_text("599 values, 0 outliers clipped.")).to_be_visible()
    click(page, "Delete")
    click(page, "Delete it now")
    expect(page.get_by_text("Nothing yet. What you bring is yours")).to_be_visible()
    expect(page.get_by_text("on Own series")).to_have_count(0)
    visit(page, "Playground")
    expect(page.get_by_text("on Own series that was deleted")).to_be_visible()
    expect(
        page.get_by_role("alert").filter(has_text="Give the file again").first
    ).to_be_visible()


def test_a_series_is_drawn_with_the_mouse(open_page: Opener) -> None:
    page = open_data(open_page)
    page.get_by_role("tab", name="Draw").click()
    canvas = page.locator(".sx-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, middle)
    page.mouse.down()
    for k in range(1, 21):
        height = np.sin(k / 20 * 2 * np.pi) * box["height"] * 0.4
        page.mouse.move(box["x"] + k / 20 * (box["width"] - 10), middle - height)
    page.mouse.up()
    expect(page.get_by_text("1,600 values, 0 of them missing.")).to_be_visible()
    click(page, KEEP)
    expect(page.get_by_text("1,600 values; the last 320 are held out")).to_be_visible()
    heights = page.evaluate(
        "document.querySelector('.st-key-still_picture .js-plotly-plot')._fullData[0].y"
        ".slice(0, 80)"
    )
    assert max(heights) > 0.5
    assert min(heights) < -0.5


def test_a_file_that_is_none_gets_one_sentence(
    open_page: Opener, tmp_path: Path
) -> None:
    page = open_data(open_page)
    bad = tmp_path / "image.csv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    page.locator("input[type=file]").set_input_files(bad)
    alert = page.get_by_role("alert").filter(has_text="is binary: byte 8 is NUL")
    expect(alert).to_be_visible()


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"color_scheme": "light"}, marks=pytest.mark.slow),
        {"color_scheme": "dark", "locale": "zh-CN"},
        {"viewport": {"width": 390, "height": 844}},
    ],
    ids=["light", "dark-zh", "phone"],
)
def test_axe_finds_nothing_serious(open_page: Opener, options: dict[str, Any]) -> None:
    page = open_page("/data", ready=False, **options)
    expect(page.locator(".st-key-still_picture .main-svg").first).to_be_visible()
    assert fits(page)
    assert serious(page) == []
    said = page.evaluate(
        "getComputedStyle(document.querySelector("
        "'[data-testid=stFileUploaderDropzone] button p'), '::after').content"
    )
    assert said == ('"上传"' if options.get("locale") == "zh-CN" else '"Upload"')
    assert not page.evaluate(CUT)
