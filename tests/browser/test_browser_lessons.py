"""A newcomer's way through a lesson with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, serious

pytestmark = pytest.mark.browser
MOST_TABS = 60


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    wanted = page.get_by_role("button", name=name)
    expect(wanted.first).to_be_enabled()
    for _count in range(MOST_TABS):
        if any(
            each.evaluate("e => e === document.activeElement") for each in wanted.all()
        ):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{MOST_TABS} times Tab do not lead to '{name}'")


def test_a_lesson_is_gone_through_by_keyboard_alone(open_page: Opener) -> None:
    page = open_page("/lessons", ready=False)
    tab_to(page, "The LSTM's memory")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What do you expect?")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True).first).to_be_disabled()
    slider = page.get_by_role("slider")
    for _count in range(MOST_TABS):
        if slider.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert serious(page) == []
    tab_to(page, "Run")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What came out")).to_be_visible()
    expect(page.get_by_text("It came out otherwise")).to_be_visible()
    expect(page.locator("[data-panel=inside] .main-svg").first).to_be_visible()
    assert serious(page) == []
    tab_to(page, "Train")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not yet: your run came down")).to_be_visible()
    tab_to(page, "All lessons")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Seen: 1 of")).to_be_visible()


def test_the_museum_opens_the_panel_to_look_at(open_page: Opener) -> None:
    page = open_page("/lessons", ready=False)
    exhibit = page.locator(".st-key-museum-dead_relus")
    exhibit.get_by_role("button", name="Train and look").click()
    panel = page.locator("#sx-health")
    expect(panel).to_be_in_viewport(ratio=0.5)
    expect(panel).to_be_focused()
    page.evaluate("document.querySelector('.stMain').scrollTo(0, 0)")
    page.reload()
    page.wait_for_function("document.querySelector('[data-panel=loss]')?._fullData")
    expect(panel).not_to_be_in_viewport()
