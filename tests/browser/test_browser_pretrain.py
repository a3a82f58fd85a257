"""The page Pretrain and fine-tune as people use it, in a real browser."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Opener, click, state_is

pytestmark = pytest.mark.browser

LINES = """() => document.querySelector('.stMain .sx-figure')._fullData.map(
  t => Array.from(t.y ?? []).filter(Number.isFinite))"""


def pretrained(open_page: Opener, **options: object) -> Page:
    """The page with a run that has learned many waves."""
    page = open_page("/pretrain", ready=False, **options)
    expect(page.get_by_text("A finished sample: GRU")).to_be_visible()
    page.set_default_timeout(4 * PATIENCE)
    click(page, "Pretrain on many waves")
    page.wait_for_url("**run=**")
    page.wait_for_selector("[data-panel=loss] .main-svg")
    state_is(page, "Finished")
    return page


@pytest.mark.slow
def test_a_comparison_fills_its_chart_without_a_blank(open_page: Opener) -> None:
    page = pretrained(open_page)
    button = page.get_by_role("button", name="Train the comparison: 24 runs")
    button.click()
    page.wait_for_selector(".stMain .sx-figure .main-svg")
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
    expect(
        page.get_by_role("button", name="All runs of this comparison are there")
    ).to_be_visible()
    page.wait_for_function(f"({LINES})().every(line => line.length === 8)")
    assert page.evaluate("document.querySelector('.stMain .sx-figure').tagged")
    assert page.evaluate("window.blank") == 0
    scratch, head, tuned = (np.array(line) for line in page.evaluate(LINES))
    assert (np.minimum(head, tuned) < scratch).mean() >= 0.5
    page.reload()
    page.wait_for_selector(".stMain .sx-figure .main-svg")
    page.wait_for_function(f"({LINES})().every(line => line.length === 8)")


def test_a_phone_shows_it_without_scrolling_sideways(open_page: Opener) -> None:
    page = pretrained(open_page, viewport={"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
