"""Forced colours, as people with low vision have them: no shade alone says anything."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, visit

pytestmark = pytest.mark.browser

STYLE = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"


def style(page: Page, selector: str, name: str) -> str:
    found: str = page.evaluate(STYLE, [selector, name])
    return found


def test_what_is_chosen_stale_or_accented_is_seen(open_page: Opener) -> None:
    page = open_page(forced_colors="active")
    assert style(page, ".sx-panel", "borderTopStyle") == "solid"
    chosen = style(page, "button[data-selected]", "backgroundColor")
    other = style(page, "button[role=radio]:not([data-selected])", "backgroundColor")
    assert chosen != other

    page.get_by_role("radio", name="GRU", exact=True).click()
    expect(page.locator(".sx-stale").first).to_be_attached()
    assert style(page, ".sx-stale .sx-panel", "borderTopStyle") == "dashed"
    for part in (".sx-plot", ".sx-reading"):
        assert style(page, f".sx-stale {part}", "opacity") == "1"

    visit(page, "GAN")
    accent = page.locator(".katex .accent").first
    accent.wait_for(state="attached")
    assert style(page, ".katex .accent", "forcedColorAdjust") == "none"
