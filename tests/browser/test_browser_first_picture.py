"""How soon a page has its first picture, and that it has one at all."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocket, expect

from explorer.ui.language import LANGUAGES
from explorer.ui.live import early
from explorer.ui.places import FIRST, SOCKET
from explorer.ui.plotly_js import PLOTLY
from tests.browser.conftest import (
    PATIENCE,
    ROOT,
    Opener,
    app_serving,
    drawn,
    state_is,
    train,
)
from tests.ports import free_port

pytestmark = pytest.mark.browser

OWN = {"width": 1281, "height": 721}
"""A page of this size is lent to no other file of tests."""

WATCHED = """
window.task = 0
window.begun = {}
window.drawn = {}
let plotly
Object.defineProperty(window, "Plotly", {
  configurable: true,
  get: () => plotly,
  set: (given) => {
    plotly = given
    for (const name of ["newPlot", "react"]) {
      const draw = plotly[name]
      plotly[name] = (plot, ...rest) => {
        const { panel } = plot.dataset
        window.drawn[panel] = (window.drawn[panel] ?? 0) + 1
        window.begun[panel] ??= window.task
        setTimeout(() => { window.task += 1 })
        return draw(plot, ...rest)
      }
    }
  },
})
"""
"""Counts how often each panel is drawn, and how many tasks go before its first time."""


def test_the_first_picture_does_not_wait_for_the_others(open_page: Opener) -> None:
    page = open_page("/", viewport=OWN)
    page.add_init_script(WATCHED)
    page.reload()
    drawn(page)
    page.wait_for_function("Object.keys(window.begun).length > 3")
    tasks = page.evaluate("Object.values(window.begun)")
    assert len(set(tasks)) == len(tasks)


def test_a_script_of_charts_that_failed_to_come_is_asked_for_again(
    open_page: Opener,
) -> None:
    page = open_page("/", viewport=OWN)
    asked: list[str] = []

    def fail_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route(f"**/{PLOTLY}", fail_once)
    page.reload()
    drawn(page)
    page.unroute(f"**/{PLOTLY}")
    assert len(asked) == 2


STANDS = """() => {
  const plots = [...document.querySelectorAll("#sx-first [data-panel]")]
  return plots.length > 3 && plots.slice(0, 2).every(plot => plot._fullData)
}"""
"""The first two pictures stand there before the page does."""

GROUND = "getComputedStyle(document.documentElement).backgroundColor"

PLACE = """() => {
  const box = document.querySelector(".sx-live").getBoundingClientRect()
  return [box.left, box.top, box.width].map(Math.round)
}"""


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages of browsers that were never here."""
    profiles = []

    def page_of(**options: Any) -> Page:
        profile = browser.new_context(**{"viewport": OWN, "locale": "en-US"} | options)
        profile.set_default_timeout(PATIENCE)
        profiles.append(profile)
        page = profile.new_page()
        page.add_init_script(WATCHED)
        return page

    yield page_of
    for profile in profiles:
        profile.close()


@contextmanager
def alone(page: Page, address: str = "") -> Iterator[None]:
    """The picture without its page: while this lasts, none of Streamlit's scripts
    comes.

    Args:
        address: what is loaded; what was there is loaded again if empty.
    """
    held: list[Route] = []
    page.route("**/static/js/index.*", lambda route: held.append(route))
    page.goto(address or page.url, wait_until="commit")
    page.wait_for_function(STANDS)
    assert page.locator("[data-testid=stApp]").count() == 0
    yield
    for route in held:
        route.continue_()
    page.unroute("**/static/js/index.*")


@pytest.mark.parametrize(
    ("width", "height", "scheme", "language"),
    [
        (1280, 720, "light", "en"),
        (1440, 900, "dark", "en"),
        (1100, 800, "light", "en"),
        (900, 800, "light", "zh"),
        (700, 900, "light", "en"),
        (390, 844, "light", "zh"),
    ],
)
def test_a_picture_stands_before_the_page_and_stays_where_it_is(
    stranger: Callable[..., Page],
    address: str,
    width: int,
    height: int,
    scheme: str,
    language: str,
) -> None:
    page = stranger(viewport={"width": width, "height": height}, color_scheme=scheme)
    with alone(page, f"{address}?lang={language}"):
        assert (page.locator("#sx-first.sx-dark").count() == 1) is (scheme == "dark")
        white = page.evaluate(GROUND) in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
        assert white is (scheme == "light")
        place = page.evaluate(PLACE)
        page.evaluate("window.plot = document.querySelector('[data-panel=loss]')")
        counts = page.evaluate("window.drawn")
    drawn(page)
    assert page.locator("#sx-first").count() == 0
    assert page.evaluate(
        "window.plot === document.querySelector('.stMain [data-panel=loss]')"
    )
    expect(page.get_by_role("radio", name="GRU", exact=True)).to_be_visible()
    now = page.evaluate(PLACE)
    assert all(abs(a - b) <= 2 for a, b in zip(place, now, strict=True)), (place, now)
    assert page.evaluate("window.drawn")["loss"] == counts["loss"]


def test_a_page_that_is_loaded_again_remembers_its_place_and_what_was_trained(
    stranger: Callable[..., Page], address: str
) -> None:
    page = stranger()
    page.goto(address)
    drawn(page)
    train(page)
    state_is(page, "Finished")
    said = page.locator(".sx-numbers").inner_text()
    page.add_style_tag(content=".st-key-playground { padding-top: 70px }")
    top = page.evaluate(PLACE)[1]
    with alone(page):
        assert page.evaluate(PLACE)[1] == top
        assert page.locator("#sx-first .sx-numbers").inner_text() == said
    drawn(page)
    assert page.locator(".sx-numbers").inner_text() == said


def test_who_scrolled_the_picture_finds_the_page_there(
    stranger: Callable[..., Page], address: str
) -> None:
    page = stranger()
    with alone(page, address):
        page.mouse.move(640, 500)
        page.mouse.wheel(0, 200)
        page.wait_for_function("document.querySelector('#sx-first').scrollTop === 200")
        place = page.evaluate(PLACE)
    drawn(page)
    page.wait_for_function("document.querySelector('.stMain').scrollTop === 200")
    assert page.evaluate(PLACE) == place


@pytest.mark.parametrize("panel", ["loss", "none"])
def test_a_page_that_shows_something_else_puts_the_picture_away(
    stranger: Callable[..., Page], address: str, panel: str
) -> None:
    page = stranger()
    answer = page.request.get(f"{address}/{FIRST}").text()
    page.route(f"**/{FIRST}?*", lambda route: route.fulfill(body=answer))
    with alone(page, f"{address}?panel={panel}"):
        assert page.locator(".sx-live").count() == 1
    page.wait_for_selector("[data-test-script-state=notRunning]")
    page.wait_for_function("!document.querySelector('#sx-first')")
    if panel == "loss":
        page.wait_for_function("document.querySelector('[data-panel=loss]')._fullData")
        assert page.locator("[data-panel]").count() == 1
    else:
        expect(page.get_by_role("alert").first).to_contain_text("panel")
        assert page.locator("[data-panel]").count() == 0


def test_a_picture_that_cannot_be_drawn_leaves_the_page_alone(
    stranger: Callable[..., Page], address: str
) -> None:
    page = stranger()
    told = page.request.get(f"{address}/{FIRST}").json()
    del told["data"]["panels"]
    held: list[Route] = []
    page.route("**/static/js/index.*", lambda route: held.append(route))
    page.route(f"**/{FIRST}*", lambda route: route.fulfill(json=told))
    with page.expect_console_message(lambda m: "without a first picture" in m.text):
        page.goto(address, wait_until="commit")
    assert page.locator("#sx-first").count() == 0
    for route in held:
        route.continue_()
    drawn(page)
    assert page.locator(".sx-live").count() == 1


def test_a_server_that_begins_shows_what_was_drawn_when_it_was_installed(
    stranger: Callable[..., Page], tmp_path: Path
) -> None:
    if not all(early.kept(language) for language in LANGUAGES):
        subprocess.run([sys.executable, "scripts/draw_first.py"], cwd=ROOT, check=True)
    page = stranger()
    answers: list[bool] = []
    page.on(
        "response",
        lambda got: answers.append("kept" in got.json()) if FIRST in got.url else None,
    )
    sockets: list[WebSocket] = []
    page.on("websocket", lambda each: sockets.append(each))
    with app_serving(free_port(), tmp_path) as address:
        page.goto(address, wait_until="commit")
        page.wait_for_function(STANDS)
        drawn(page)
        assert answers == [True]
        # The browser is known by now: what it starts is its own after a reload, too.
        train(page)
        # The first live socket came without a cookie, and who holds a change needs one.
        live = [each for each in sockets if each.url.endswith(SOCKET)]
        assert live[0].is_closed()
        assert not live[-1].is_closed()
        page.reload()
        drawn(page)
        assert answers == [True, False]
        state_is(page, "Finished")
        again = page.get_by_role("button", name="Restart", exact=True)
        expect(again).to_be_enabled()
