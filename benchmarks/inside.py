"""The page Look inside in Chromium: its first view, and its slider."""

import statistics
import time

import numpy as np
from playwright.sync_api import Page

from benchmarks.browser import chromium, click, served
from benchmarks.report import Row

STEPS, MOVES = 2000, 20
SETTINGS = f"training.steps={STEPS}&model=lstm"

DRAWN = "document.querySelector('[data-panel=raster]')?._fullData"
MOVE = """index => {
  const plot = document.querySelector('[data-panel=raster]')
  window.before = plot._fullData[0].z
  const slider = document.querySelector('#sx-slider')
  slider.value = index
  slider.dispatchEvent(new Event('input'))
}"""
MOVED = "document.querySelector('[data-panel=raster]')._fullData[0].z !== window.before"


def opened(page: Page, address: str, run: str) -> tuple[float, float]:
    """Seconds until the first view stands: from a link of the app, in a fresh tab."""
    began = time.perf_counter()
    page.get_by_role("link", name="Look inside").click()
    page.wait_for_function(DRAWN, polling="raf")
    by_link = time.perf_counter() - began
    fresh = page.context.new_page()
    began = time.perf_counter()
    fresh.goto(f"{address}/inside?run={run}")
    fresh.wait_for_function(DRAWN, polling="raf")
    in_tab = time.perf_counter() - began
    fresh.close()
    return by_link, in_tab


def moves(page: Page) -> list[float]:
    """Seconds from each move of the slider to the drawn picture; no moment twice."""
    count = int(page.evaluate("document.querySelector('#sx-slider').max"))
    places = np.random.default_rng(0).permutation(count)[:MOVES]
    found = []
    for place in places.tolist():
        began = time.perf_counter()
        page.evaluate(MOVE, place)
        page.wait_for_function(MOVED, polling="raf")
        found.append(time.perf_counter() - began)
        page.wait_for_timeout(300)
    return sorted(found)


def measure(address: str) -> list[Row]:
    """Two rows: opening the page, and its slider."""
    with chromium() as page:
        page.goto(f"{address}/?{SETTINGS}")
        page.wait_for_function("document.querySelectorAll('.main-svg').length >= 8")
        click(page, "Train")
        page.wait_for_function(
            "document.querySelector('.sx-numbers').textContent.startsWith("
            f"'Step {STEPS:,} of {STEPS:,} ') && location.href.includes('run=')",
            timeout=120_000,
        )
        run = page.url.split("run=")[1].split("&")[0]
        by_link, in_tab = opened(page, address, run)
        page.wait_for_timeout(1500)
        took = moves(page)
    middle = statistics.median(took)
    return [
        Row(
            f"Look inside on a finished run of {STEPS} steps: first view",
            f"{by_link:.2f} s by link, {in_tab:.2f} s in a fresh tab",
            "<= 1 s",
            by_link <= 1.0,
        ),
        Row(
            "Look inside: slider to drawn picture, moments not seen before",
            f"median {middle:.2f} s, slowest of {len(took)} {took[-1]:.2f} s",
            "median <= 0.3 s",
            middle <= 0.3,
        ),
    ]


if __name__ == "__main__":
    with served() as url:
        for row in measure(url):
            print(row.line())
