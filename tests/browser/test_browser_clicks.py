"""A click counts once, however late Streamlit's page sends it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, click
from tests.browser.test_browser_hour import unfold

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LATE = """() => {
  const plain = window.setTimeout
  window.late = true
  window.setTimeout = (call, pause, ...more) =>
    plain(call, window.late && !pause ? 7000 : pause, ...more)
}"""
"""Between a click and its sending the page's timers fire several times."""


def test_a_click_that_timers_overtake_makes_one_task(open_page: Opener) -> None:
    page = open_page("/class", ready=False)
    page.get_by_role("textbox", name="Title").fill("Waves")
    click(page, "Make the class")
    unfold(page, "Add, move or delete a task")
    expect(page.get_by_role("button", name="Add the lesson")).to_be_visible()
    page.evaluate(LATE)
    click(page, "Add the lesson")
    page.wait_for_timeout(8500)
    page.evaluate("window.late = false")
    lesson = page.get_by_text("What is a sequence model's first loss?")
    expect(lesson.first).to_be_visible()
    page.wait_for_timeout(3000)
    expect(lesson).to_have_count(1)
