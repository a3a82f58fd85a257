"""The real app, a real Chromium, and a way to say what is awaited."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)

from explorer.ui.places import PAGES, places
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNUSED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
"""Features of Chromium's that no test uses: the first two start a process for each page
whose address bar nobody sees. Of such lists the last counts, so what Playwright leaves
out stands here, too."""

SWITCHES = [
    f"--disable-features={','.join(UNUSED)}",
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
]
PATIENCE = 90_000
"""Milliseconds; the machine may be busy."""
STARTING = 240
"""Seconds that a server may take to start or to end, for the same reason."""

ALL_IS_STILL = """() =>
  document.querySelector('[data-test-script-state=notRunning]') !== null
  && document.getAnimations().every(each => each.playState !== 'running'
    || each.effect.getComputedTiming().endTime === Infinity)"""
"""The page is written to its end, and nothing fades in any more."""

HARMLESS = ("Failed to load resource",)
"""Streamlit asks for its health under every page's path first, and gets a 404."""


def executable(playwright: Any) -> str | None:
    """A system browser, or None for Playwright's own."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    if not Path(playwright.chromium.executable_path).exists():
        pytest.fail("The browser tests need Chromium: sh scripts/get_browser.sh python")
    return None


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app is served, with its workers warm."""
    with app_serving(free_port(), tmp_path_factory.mktemp("app")) as url:
        yield url


@contextmanager
def app_serving(port: int, folder: Path, **options: str) -> Iterator[str]:
    """The app's address while it is served with its data in this folder.

    Args:
        options: more of Streamlit's of `server`, as in `baseUrlPath="explorer"`.
    """
    options |= {"headless": "true", "address": "127.0.0.1", "port": str(port)}
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    for name, value in options.items():
        command += [f"--server.{name}", value]
    environment = {"EXPLORER_DATA": str(folder), "EXPLORER_WORKERS": "1"}
    base = options.get("baseUrlPath", "")
    with serving(command, port, folder, environment, base) as url:
        yield url


@contextmanager
def serving(
    command: list[str],
    port: int,
    folder: Path,
    environment: dict[str, str],
    base: str = "",
) -> Iterator[str]:
    """A server that answers; its log, in `folder`, holds no traceback at the end."""
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        url = f"http://127.0.0.1:{port}/{base}".rstrip("/")
        try:
            deadline = time.monotonic() + STARTING
            while True:
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    assert time.monotonic() < deadline, (folder / "log").read_text()
                    time.sleep(0.2)
            yield url
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=STARTING)
    told = (folder / "log").read_text()
    assert "Traceback" not in told, told


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(playwright), args=SWITCHES
        )
        yield browser
        browser.close()


OF_A_PAGE = ("viewport", "color_scheme")
"""Options that a profile's page takes anew each time it is lent."""


class Profiles:
    """Browser profiles, each with its own cookies and a page.

    One that was used before is lent again: it knows nobody any more, but its page need
    not compile the app's scripts anew, which is half of what it costs to open one.
    """

    def __init__(self, browser: Browser):
        self._browser = browser
        self._spare: defaultdict[str, list[Page]] = defaultdict(list)

    def lend(self, options: dict[str, Any]) -> Page:
        """A page in a profile with these options of Playwright's, nobody else's."""
        if spare := self._spare[repr(_lasting(options))]:
            page = spare.pop()
        else:
            profile = self._browser.new_context(**_lasting(options))
            profile.set_default_timeout(PATIENCE)
            page = profile.new_page()
        page.set_viewport_size(options["viewport"])
        page.emulate_media(color_scheme=options.get("color_scheme", "light"))
        return page

    def take_back(self, options: dict[str, Any], page: Page, address: str) -> None:
        """Make a page a stranger's. One without an address to go back to is closed."""
        profile = page.context
        for other in profile.pages:
            if other is not page:
                other.close()
        if not address or page.is_closed():
            profile.close()
            return
        profile.clear_cookies()
        page.goto(f"{address}/_stcore/health")
        page.evaluate("[localStorage, sessionStorage].forEach(each => each.clear())")
        page.emulate_media(media="null")
        page.set_default_timeout(PATIENCE)
        self._spare[repr(_lasting(options))].append(page)


def _lasting(options: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in options.items() if k not in OF_A_PAGE}


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


Opener = Callable[..., Page]


@pytest.fixture
def open_page(profiles: Profiles, address: str) -> Iterator[Opener]:
    """Open the app at a path; every error that the page logs fails the test."""
    with opening(profiles, address) as opener:
        yield opener


@pytest.fixture(scope="module")
def open_shared(profiles: Profiles, address: str) -> Iterator[Opener]:
    """The same for pages that the tests of a file share."""
    with opening(profiles, address) as opener:
        yield opener


@contextmanager
def opening(profiles: Profiles, address: str) -> Iterator[Opener]:
    """What opens pages; closes them at the end, and tells of their errors."""
    lent: list[tuple[dict[str, Any], Page]] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(HARMLESS):
            complaints.append(message.text)

    def complain(error: Error) -> None:
        complaints.append(str(error))

    def open_(path: str = "/", ready: bool = True, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        options.setdefault("locale", "en-US")
        page = profiles.lend(options)
        lent.append((options, page))
        page.on("console", listen)
        page.on("pageerror", complain)
        page.goto(address + path)
        if ready:
            drawn(page)
        return page

    yield open_
    for options, page in lent:
        for each in page.context.pages:
            leave(each)
        page.remove_listener("console", listen)
        page.remove_listener("pageerror", complain)
        profiles.take_back(options, page, address)
    assert complaints == []


def leave(page: Page) -> None:
    """Stop what trains, so that the next test has the workers to itself."""
    stop = page.locator(".st-key-stop button")
    if stop.count() == 1 and stop.is_enabled():
        stop.dispatch_event("click")
        expect(stop).to_be_disabled()


def serious(page: Page) -> list[object]:
    """What axe finds that keeps people from using the page or finding their way."""
    page.wait_for_function(ALL_IS_STILL)
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["target"] for node in each["nodes"]][:4])
        for each in found
        if each["impact"] in ("serious", "critical") or each["id"] == "heading-order"
    ]


def fits(page: Page) -> bool:
    """Whether nothing has to be swiped sideways: the document, or its main part, which
    scrolls by itself."""
    found: bool = page.evaluate(
        "[document.documentElement, document.querySelector('.stMain')]"
        ".every(each => each.scrollWidth <= each.clientWidth)"
    )
    return found


def drawn(page: Page) -> None:
    """All four panels have their figure, on the page itself."""
    page.wait_for_function(
        "['loss', 'prediction', 'inside', 'backpropagation'].every(name =>"
        " document.querySelector(`.stMain [data-panel=${name}]`)?._fullData)"
    )


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose_data(page: Page, words: str) -> None:
    """Choose the dataset that these words find."""
    page.get_by_role("combobox", name="Dataset").click()
    page.keyboard.type(words)
    page.get_by_role("option").first.click()


def open_options(page: Page, panel: str) -> None:
    """Show the options of a picture that stand behind its button."""
    page.locator(f"#sx-{panel} .sx-head > .sx-drawer summary").click()


def visit(page: Page, title: str) -> None:
    """Choose a page in the menu of its section."""
    (section,) = {p.section for p in places(PAGES) if p.title == title}
    page.get_by_role("banner").get_by_role("button", name=section).click()
    page.get_by_role("menuitem", name=title, exact=True).click()


def state_is(page: Page, *states: str) -> None:
    page.wait_for_function(
        "states => states.includes(document.querySelector('.sx-state')?.textContent)",
        arg=list(states),
    )


def train(page: Page) -> None:
    """Click Train and wait until the new run's first steps are drawn."""
    before = page.locator(".sx-numbers").inner_text()
    click(page, "Train")
    page.wait_for_function(
        """before => {
          const now = document.querySelector('.sx-numbers').textContent
          const drawn = document.querySelector('[data-panel=loss]')._fullData?.[0].x
          return now !== before && /^Step [1-9]/.test(now) && drawn?.length > 0
        }""",
        arg=before,
    )
    state_is(page, "Training", "Paused", "Finished", "Diverged")


def step_of(page: Page) -> int:
    text = page.locator(".sx-numbers").inner_text()
    return int(text.split()[1].replace(",", ""))


def trace(page: Page, panel: str, axis: str, number: int = 0) -> list[float]:
    """What Plotly draws: one axis of one trace."""
    found: list[float] = page.evaluate(
        "([panel, axis, number]) => Array.from(document.querySelector("
        "`[data-panel=${panel}]`)._fullData[number][axis] ?? [])",
        [panel, axis, number],
    )
    return found
