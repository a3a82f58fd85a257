"""The page HMM and CRF as people use it, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, click, fits, serious, state_is, trace

pytestmark = pytest.mark.browser


def begun(open_page: Opener, **options: object) -> Page:
    """The page with an HMM that has learned the casino."""
    page = open_page("/hmm_crf", ready=False, **options)
    expect(
        page.get_by_text("Which rolls were made with the loaded die?")
    ).to_be_visible()
    click(page, "Start an HMM on the casino")
    page.wait_for_url("**run=**")
    expect(page.get_by_text("A finished sample:")).to_have_count(0)
    page.wait_for_function(
        """() => {
          const plot = document.querySelector('[data-panel=states]')
          plot?.scrollIntoView()
          return plot?.querySelector('.main-svg')
        }"""
    )
    state_is(page, "Finished")
    page.wait_for_function(
        "document.querySelector('[data-panel=states]')?._fullData?.length === 5"
    )
    return page


def test_an_hmm_finds_the_dice_and_a_tagger_stands_beside(open_page: Opener) -> None:
    page = begun(open_page)
    steps = trace(page, "states", "x", 1)
    assert steps == list(range(1, 65))
    page.locator("[data-panel=transitions]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-panel=transitions] .main-svg")
    rows = page.evaluate(
        "Array.from(document.querySelector('[data-panel=transitions]')._fullData[0].z,"
        " row => Array.from(row))"
    )
    assert all(abs(sum(row) - 1) < 1e-4 for row in rows)
    assert sorted(rows[k][k] for k in range(2)) == pytest.approx([0.9, 0.95], abs=0.04)
    page.locator("[data-panel=surprise]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-panel=surprise] .main-svg")
    expect(
        page.get_by_text("Check: iterations that made the data less likely: 0: holds.")
    ).to_be_visible()
    click(page, "Start an LSTM to compare with")
    beside = page.get_by_label("Beside")
    expect(beside.locator("option")).to_have_count(2)
    beside.select_option(index=1)
    page.wait_for_function(
        "document.querySelector('[data-panel=states]')?._fullData?.length === 10"
    )


def test_a_phone_shows_it_without_scrolling_sideways(open_page: Opener) -> None:
    page = begun(open_page, viewport={"width": 390, "height": 844})
    assert fits(page)
    wide = page.locator(".katex-display[tabindex='0']").first
    expect(wide).to_be_attached()  # the keyboard scrolls what is wider than the page
    assert wide.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert serious(page) == []
