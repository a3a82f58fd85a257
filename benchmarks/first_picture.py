"""What a browser waits for before it shows a chart, and how many bytes that takes."""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import NAMES, click, served, serving
from benchmarks.relay import Relay, relayed
from benchmarks.report import Row

TIMES = 5
SETTLED = 4000
"""Milliseconds after the first chart in which a page brings the rest."""

SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 1.6e6 / 8,
}
"""A phone's connection."""

CHART = "[...document.querySelectorAll('[data-panel]')].some(plot => plot._fullData)"
ENDED = "document.querySelector('.sx-state').textContent === 'Finished'"
STARTED = "document.querySelector('.sx-state').textContent === 'Training'"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium that is installed, or else Playwright's own."""
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def seconds_of(act: Callable[[], object]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def to_chart(page: Page, address: str) -> float:
    """Seconds from asking for a page to its first chart."""
    page.set_default_timeout(120_000)

    def act() -> None:
        page.goto(address, wait_until="commit")
        page.wait_for_function(CHART, polling=20)

    return seconds_of(act)


def new_visitor(browser: Browser, address: str) -> float:
    """Seconds to the first chart in a browser that was never here."""
    context = browser.new_context()
    took = to_chart(context.new_page(), address)
    context.close()
    return took


def visits(browser: Browser, address: str, relay: Relay) -> Iterator[Row]:
    """Bytes of the first visit, of the second, and of one run."""
    page = browser.new_page()
    for name, goal in (("first", 3.0), ("second", 0.2)):
        relay.bytes.clear()
        to_chart(page, address)
        page.wait_for_timeout(SETTLED)
        brought = relay.total / 1e6
        yield Row(
            f"{name} visit: bytes on the wire",
            f"{brought:.2f} MB",
            f"<= {goal} MB",
            brought <= goal,
        )
    relay.bytes.clear()
    click(page, "Train")
    page.wait_for_function(STARTED)
    page.wait_for_function(ENDED, timeout=120_000)
    brought = relay.bytes["live"] / 1e3
    yield Row(
        "a run of 600 steps with its page open: bytes of the live socket",
        f"{brought:.0f} kB",
        "<= 300 kB",
        brought <= 300,
    )
    page.close()


def warm(browser: Browser, address: str) -> Iterator[Row]:
    """Seconds to the first chart on a warm server: new browsers, reloads, a phone."""
    new = statistics.median(new_visitor(browser, address) for _ in range(TIMES))
    yield _row("a new browser on a warm server: first chart", new, 2.5)
    page = browser.new_page()
    to_chart(page, address)
    again = statistics.median(to_chart(page, address) for _ in range(TIMES))
    yield _row("a reload: first chart", again, 1.0)
    page.close()
    phone = browser.new_context().new_page()
    phone.context.new_cdp_session(phone).send("Network.emulateNetworkConditions", SLOW)
    slow = to_chart(phone, address)
    yield _row("a new browser at 1.6 Mbit/s and 150 ms: first chart", slow, 15)
    phone.context.close()


def _row(what: str, seconds: float, goal: float) -> Row:
    return Row(what, f"{seconds:.1f} s", f"<= {goal:g} s", seconds <= goal)


def fresh(browser: Browser) -> Iterator[Row]:
    """A server that begins: when it answers, and when it has shown a chart."""
    began = time.perf_counter()
    with serving() as address:
        answered = time.perf_counter() - began
        new_visitor(browser, address)
        shown = time.perf_counter() - began
    yield _row("a fresh server: first answer", answered, 3)
    yield _row("a fresh server: first chart", shown, 6)


def commands() -> Iterator[Row]:
    """What the command line takes to say little."""
    for words, goal in ((["--help"], 0.5), (["train", "--model", "lstmm"], 1.5)):
        command = [sys.executable, "-m", "explorer", *words]

        def call(command: list[str] = command) -> None:
            subprocess.run(command, capture_output=True, check=False)

        took = min(seconds_of(call) for _ in range(TIMES))
        yield _row(f"`python -m explorer {' '.join(words)}`", took, goal)


def measure(address: str) -> Iterator[Row]:
    """Every row; the server at `address` is warm."""
    yield from commands()
    with chromium() as browser:
        with relayed(address) as (counted, relay):
            yield from visits(browser, counted, relay)
        yield from warm(browser, address)
        yield from fresh(browser)


if __name__ == "__main__":
    with served() as url:
        for row in measure(url):
            print(row.line(), flush=True)
