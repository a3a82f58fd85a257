"""The page GAN as people use it, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, click, state_is, step_of

pytestmark = pytest.mark.browser

PANELS = ("loss", "windows", "verdicts", "likeness", "scores")


def test_a_gan_is_started_paused_and_stepped_on_one_side(open_page: Opener) -> None:
    page = open_page("/gan", ready=False)
    page.set_default_timeout(150_000)  # it trains beside other tests
    expect(page.get_by_text("A finished sample:")).to_be_visible()
    click(page, "Train")
    page.wait_for_url("**run=**")
    state_is(page, "Training", "Starting …")
    page.wait_for_function(
        "/^Step [1-9]/.test(document.querySelector('.sx-numbers')?.textContent)"
    )
    click(page, "Pause")
    state_is(page, "Paused")
    for name in PANELS:
        panel = page.locator(f"#sx-{name}")
        panel.scroll_into_view_if_needed()
        page.wait_for_function(
            "name => document.querySelector(`[data-panel=${name}]`)?._fullData",
            arg=name,
        )
    names = page.evaluate(
        "document.querySelector('[data-panel=loss]')._fullData.map(t => t.name)"
    )
    assert "Discriminator" in names
    before = step_of(page)
    for label in ("Step generator only", "Step discriminator only"):
        expect(page.get_by_role("button", name=label)).to_be_enabled()
        click(page, label)
        before += 1
        page.wait_for_function(
            "step => document.querySelector('.sx-numbers').textContent.replace(',', '')"
            ".startsWith(`Step ${step} `)",
            arg=before,
        )
        state_is(page, "Paused")
