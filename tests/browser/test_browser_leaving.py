"""Who leaves a page is not called back by what happens on it."""

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import Opener, click, drawn, state_is, train

pytestmark = pytest.mark.browser

LEAVING = 5000
"""Milliseconds for which the page keeps to itself what it would tell Python."""


class SlowServer:
    """The server's words to one page, held back for as long as `holds`."""

    def __init__(self, page: Page) -> None:
        self.holds = False
        self._held: list[str | bytes] = []
        page.route_web_socket("**/_stcore/stream", self._between)

    def _between(self, browser: WebSocketRoute) -> None:
        def heard(message: str | bytes) -> None:
            if self.holds:
                self._held.append(message)
            else:
                browser.send(message)

        self._browser = browser
        browser.connect_to_server().on_message(heard)

    def release(self) -> None:
        """Say what was held back."""
        self.holds = False
        for message in self._held:
            self._browser.send(message)
        self._held.clear()


def test_a_run_that_ends_calls_nobody_back(open_page: Opener) -> None:
    first = open_page("/?model=rnn&training.steps=20000&training.schedule=constant")
    train(first)
    leaver = first.context.new_page()
    server = SlowServer(leaver)
    leaver.goto(first.url)
    drawn(leaver)
    state_is(leaver, "Training")
    expect(leaver.locator(".st-key-stop button")).to_be_enabled()

    server.holds = True
    leaver.get_by_role("link", name="Models").click()
    click(first, "Stop")
    state_is(leaver, "Stopped")
    leaver.evaluate(
        "const slider = document.querySelector('#sx-slider');"
        "slider.value = 1; slider.dispatchEvent(new Event('input'))"
    )
    leaver.wait_for_timeout(1000)  # as long as the slider's place takes to be told
    server.release()
    heading = leaver.get_by_role("heading", name="Models", exact=True)
    expect(heading).to_be_visible()
    leaver.wait_for_timeout(LEAVING + 1000)
    expect(heading).to_be_visible(timeout=1000)
    assert "/models" in leaver.url
