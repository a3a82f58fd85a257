"""Click to first point, updates per second, remounts and blank frames, in Chromium."""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import Row

ROOT = Path(__file__).parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CLICKS = 10
WATCHED_SECONDS = 10

STARTED = """before => {
  const plot = document.querySelector('[data-panel=loss]')
  return location.href !== before && plot._fullData
    && /^Step [1-9]/.test(document.querySelector('.sx-numbers').textContent)
    && plot._fullData[0].x.length > 0
}"""

COUNT = """() => {
  const plot = document.querySelector('[data-panel=loss]')
  plot.tagged = true
  window.counted = { frames: 0, blank: 0, remounts: 0, steps: new Set() }
  const look = () => {
    const now = document.querySelector('[data-panel=loss]')
    window.counted.frames += 1
    if (!now || !now.querySelector('.main-svg')) window.counted.blank += 1
    if (now && !now.tagged) { window.counted.remounts += 1; now.tagged = true }
    window.counted.steps.add(document.querySelector('.sx-numbers').textContent)
    requestAnimationFrame(look)
  }
  look()
}"""


@contextmanager
def served() -> Iterator[str]:
    """The app on fresh data, warm."""
    with serving() as url:
        time.sleep(10)
        yield url


@contextmanager
def serving(folder: str | None = None) -> Iterator[str]:
    """The app on fresh data, or on what is in a folder, as soon as it answers."""
    with tempfile.TemporaryDirectory() as fresh:
        yield from _serving(folder or fresh)


def _serving(folder: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port)]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "EXPLORER_DATA": folder},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


@contextmanager
def chromium() -> Iterator[Page]:
    """A fresh tab of the Chromium that is installed, or else of Playwright's own."""
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        yield context.new_page()
        browser.close()


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def click_to_point(page: Page) -> float:
    """Seconds from the click on Train to a drawn point of the new run."""
    before = page.url
    began = time.perf_counter()
    click(page, "Train")
    page.wait_for_function(STARTED, arg=before, polling="raf")
    took = time.perf_counter() - began
    click(page, "Stop")
    page.wait_for_function(
        "document.querySelector('.sx-state').textContent == 'Stopped'"
    )
    return took


def measure(address: str) -> list[Row]:
    """Two rows: the click, and the liveliness of one run."""
    with chromium() as page:
        page.goto(f"{address}/?training.steps=20000&training.schedule=constant")
        page.wait_for_function("document.querySelectorAll('.main-svg').length >= 8")
        click_to_point(page)
        clicks = sorted(click_to_point(page) for _ in range(CLICKS))
        middle = statistics.median(clicks)
        page.evaluate(COUNT)
        click(page, "Train")
        page.wait_for_timeout(1000)
        before = page.evaluate("window.counted.steps.size")
        page.wait_for_timeout(1000 * WATCHED_SECONDS)
        counted = page.evaluate(
            "({...window.counted, steps: window.counted.steps.size})"
        )
    rate = (counted["steps"] - before) / WATCHED_SECONDS
    calm = counted["blank"] == 0 and counted["remounts"] == 0
    return [
        Row(
            "click on Train to first point on screen, warm",
            f"median {middle:.2f} s, slowest of {CLICKS} {clicks[-1]:.2f} s",
            "median <= 0.4 s",
            middle <= 0.4,
        ),
        Row(
            "live updates of one run",
            f"{rate:.1f} a second, {counted['remounts']} remounts, "
            f"{counted['blank']} blank of {counted['frames']} frames",
            ">= 3 a second, none, none",
            rate >= 3 and calm,
        ),
    ]


if __name__ == "__main__":
    with served() as url:
        for row in measure(url):
            print(row.line())
