"""Tabs of Firefox and of WebKitGTK, where they are installed."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.others.tabs import FIREFOX, WEBKIT_DRIVER, XVFB, Tab, firefox, webkit

BROWSERS = {
    "firefox": (firefox, (FIREFOX,), "playwright"),
    "webkit": (webkit, (WEBKIT_DRIVER, XVFB), "selenium"),
}
"""By name: how it is started, the programs and the package that it needs."""

Opener = Callable[..., Tab]


@pytest.fixture(scope="session", params=BROWSERS)
def browser(request: pytest.FixtureRequest) -> Iterator[Callable[[], Tab]]:
    start, programs, package = BROWSERS[request.param]
    missing = [each for each in programs if not Path(each).exists()]
    if importlib.util.find_spec(package) is None:
        missing.append(package)
    if missing:
        pytest.skip(f"{request.param} needs {', '.join(missing)}: make test-browsers")
    with start() as tab:
        yield tab


@pytest.fixture
def open_tab(browser: Callable[[], Tab], address: str) -> Iterator[Opener]:
    """Open the app at a path, as somebody who was never here."""
    tabs: list[Tab] = []

    def open_(path: str = "/") -> Tab:
        tab = browser()
        tabs.append(tab)
        tab.open(address + path)
        return tab

    yield open_
    for tab in tabs:
        # Asked and done at once: a run may end by itself in between.
        tab.run("document.querySelector('.st-key-stop button:enabled')?.click()")
        tab.close()
