"""What a page tells Python of its run: in time, and nothing once it is left.

And what it asks the browser: how wide a plot is, only when that changes.
"""

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from explorer.ui.places import SOCKET
from tests.browser.conftest import (
    Opener,
    click,
    drawn,
    state_is,
    step_of,
    train,
    visit,
)

pytestmark = pytest.mark.browser

LONG = "training.steps=20000&training.schedule=constant"


class SlowServer:
    """The server's words to one page, held back for as long as `holds`."""

    def __init__(self, page: Page, path: str = "/_stcore/stream") -> None:
        self.holds = False
        self._held: list[str | bytes] = []
        page.route_web_socket(f"**{path}", self._between)

    def _between(self, browser: WebSocketRoute) -> None:
        def heard(message: str | bytes) -> None:
            if self.holds:
                self._held.append(message)
            else:
                browser.send(message)

        self._browser = browser
        browser.connect_to_server().on_message(heard)

    def release(self, newest: int = 0) -> None:
        """Say what was held back, or so many of the newest words of it."""
        self.holds = False
        for message in self._held[-newest:]:
            self._browser.send(message)
        self._held.clear()


@pytest.mark.slow
@pytest.mark.parametrize("back", [False, True], ids=["by a link", "by the back button"])
def test_a_run_that_ends_calls_nobody_back(open_page: Opener, back: bool) -> None:
    first = open_page(f"/?model=lstm&{LONG}")
    train(first)
    leaver = first.context.new_page()
    server = SlowServer(leaver)
    leaver.goto(first.url)
    heading = leaver.get_by_role("heading", name="Models", exact=True)
    if back:
        visit(leaver, "Models")
        expect(heading).to_be_visible()
        visit(leaver, "Playground")
    drawn(leaver)
    state_is(leaver, "Training")
    expect(leaver.locator(".st-key-stop button")).to_be_enabled()

    server.holds = True
    if back:
        leaver.evaluate("history.back()")
    else:
        visit(leaver, "Models")
    click(first, "Stop")
    state_is(leaver, "Stopped")
    leaver.evaluate(
        "const slider = document.querySelector('#sx-slider');"
        "slider.value = 1; slider.dispatchEvent(new Event('input'))"
    )
    leaver.wait_for_timeout(6000)  # a busy server, and more than the slider's delay
    server.release()
    expect(heading).to_be_visible()
    leaver.wait_for_timeout(1000)
    expect(heading).to_be_visible(timeout=1000)
    assert "/models" in leaver.url


@pytest.mark.slow
def test_buttons_follow_a_status_that_came_and_went_unseen(open_page: Opener) -> None:
    first = open_page(f"/?model=lstm&{LONG}")
    train(first)
    click(first, "Pause")
    state_is(first, "Paused")
    page = first.context.new_page()
    server = SlowServer(page, SOCKET)
    page.goto(first.url)
    drawn(page)
    state_is(page, "Paused")
    server.holds = True
    click(first, "Resume")
    state_is(first, "Training")
    click(page, "Resume")  # it trains already; the page learns so
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_enabled()
    click(first, "Pause")
    state_is(first, "Paused")
    expect(first.get_by_role("button", name="Resume", exact=True)).to_be_enabled()
    first.wait_for_timeout(1000)
    server.release(newest=1)
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_enabled()
    click(first, "Stop")
    state_is(first, "Stopped")


def test_the_sliders_place_counts_while_a_run_trains(open_page: Opener) -> None:
    page = open_page(f"/?model=lstm&{LONG}")
    train(page)
    page.wait_for_function("document.querySelector('#sx-slider').max >= 3")
    page.evaluate(
        "const slider = document.querySelector('#sx-slider');"
        "slider.value = 1; slider.dispatchEvent(new Event('input'))"
    )
    moment = page.locator("output[for=sx-slider]")
    expect(moment).not_to_contain_text("live")
    page.wait_for_timeout(2000)
    state_is(page, "Training")
    step = int("".join(filter(str.isdigit, moment.inner_text())))
    before = page.url
    click(page, "Fork")
    click(page, "Fork here")
    page.wait_for_function("before => location.href !== before", arg=before)
    state_is(page, "Training", "Stopped")
    page.wait_for_function(  # the fork's mark on the chart
        "step => document.querySelector('[data-panel=loss]')?._fullData"
        "?.some(trace => trace.x.length === 1 && trace.x[0] === step)",
        arg=step,
    )
    click(page, "Stop")
    state_is(page, "Stopped")


def test_a_plots_size_is_asked_for_once_and_followed(open_page: Opener) -> None:
    page = open_page(f"/?model=lstm&{LONG}")
    page.evaluate(
        """() => {
          window.asked = 0
          for (const name of ['clientWidth', 'clientHeight']) {
            const own = Object.getOwnPropertyDescriptor(Element.prototype, name)
            Object.defineProperty(Element.prototype, name, { get() {
              const by = new Error().stack.split('\\n')[2]  // Plotly asks, too
              if (by.includes('sequence_explorer')) window.asked += 1
              return own.get.call(this)
            } })
          }
        }"""
    )
    train(page)
    before = page.evaluate("window.asked")
    step = step_of(page)
    page.wait_for_function(
        "step => Number(document.querySelector('.sx-numbers').textContent"
        ".split(' ')[1].replace(',', '')) > step + 200",
        arg=step,
    )
    assert page.evaluate("window.asked") == before
    page.set_viewport_size({"width": 1100, "height": 900})
    page.wait_for_function(
        "[...document.querySelectorAll('.sx-plot')].every(plot =>"
        " Math.abs(plot._fullLayout.width - plot.getBoundingClientRect().width) < 1)"
    )
    click(page, "Stop")
    state_is(page, "Stopped")


def test_another_runs_pictures_are_pale_until_this_ones_come(open_page: Opener) -> None:
    page = open_page("/", ready=False)
    server = SlowServer(page, SOCKET)
    page.reload()
    drawn(page)
    others = page.locator(".sx-others")
    expect(others).to_have_count(0)
    server.holds = True
    click(page, "Train")
    expect(others).to_have_count(5)
    page.set_viewport_size({"width": 1200, "height": 900})
    page.wait_for_function(
        """() => [...document.querySelectorAll('.sx-plot')].every(plot =>
          plot.querySelector('.main-svg').clientWidth <= plot.clientWidth + 1)"""
    )
    expect(others).to_have_count(5)
    server.release()
    expect(others).to_have_count(0)
