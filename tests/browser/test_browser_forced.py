"""Forced colours, as people with low vision have them: no shade alone says anything."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, visit

pytestmark = pytest.mark.browser

BACKGROUND = "each => getComputedStyle(each).backgroundColor"


def test_what_is_chosen_stale_or_accented_is_seen(open_page: Opener) -> None:
    page = open_page(forced_colors="active")
    expect(page.locator(".sx-panel").first).to_have_css("border-top-style", "solid")
    architectures = page.get_by_role("radio")
    chosen = architectures.and_(page.locator("[data-selected]")).first
    other = architectures.and_(page.locator(":not([data-selected])")).first
    assert chosen.evaluate(BACKGROUND) != other.evaluate(BACKGROUND)

    page.get_by_test_id("stTooltipIcon").first.hover()
    tip = page.get_by_test_id("stTooltipContent").first
    expect(tip).to_have_css("border-top-style", "solid")

    page.get_by_role("radio", name="GRU", exact=True).click()
    stale = page.locator(".sx-stale")
    expect(stale.locator(".sx-panel").first).to_have_css("border-top-style", "dashed")
    for part in (".sx-plot", ".sx-reading"):
        expect(stale.locator(part).first).to_have_css("opacity", "1")

    visit(page, "GAN")
    accent = page.locator(".katex .accent").first
    expect(accent).to_have_css("forced-color-adjust", "none")
