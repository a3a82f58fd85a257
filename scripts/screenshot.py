"""Take the README's screenshots: a run that trains, and a look inside it.

python scripts/screenshot.py [FOLDER]
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZE = {"width": 1440, "height": 1180}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Return once the server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} did not answer within a minute.")


def take(page: Page, address: str, path: Path) -> None:
    """Train an LSTM on the sine wave and photograph it on the way."""
    page.goto(f"{address}/?model=lstm&training.steps=5000&training.schedule=constant")
    page.wait_for_function("document.querySelectorAll('.main-svg').length >= 4")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url("**run=*")
    page.wait_for_function("document.querySelector('.sx-bar progress').value < 0.4")
    page.wait_for_function("document.querySelector('.sx-bar progress').value > 0.4")
    page.wait_for_function("!document.querySelector('.sx-others')")
    page.mouse.move(0, 0)
    page.wait_for_timeout(700)
    page.screenshot(path=path)


def take_inside(page: Page, address: str, path: Path) -> None:
    """Photograph the insides of the sample run, one time step marked."""
    page.goto(f"{address}/inside")
    drawn = "document.querySelector('[data-panel=raster]')?._fullData"
    page.wait_for_function(drawn)
    page.locator("[data-control=mark]").fill("30")
    page.locator("[data-control=mark]").dispatch_event("change")
    page.evaluate(
        "document.getElementById('sx-traces').scrollIntoView({ block: 'start' })"
    )
    page.evaluate("document.scrollingElement.scrollBy(0, -90)")
    page.wait_for_timeout(2500)
    page.screenshot(path=path)


def main(folder: Path) -> None:
    """Start the app on fresh data, take the pictures, and end it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        command += ["--server.port", str(port), "--server.headless", "true"]
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "EXPLORER_DATA": data},
            start_new_session=True,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/_stcore/health")
            time.sleep(8)  # until the workers are warm
            with sync_playwright() as playwright:
                found = filter(None, map(shutil.which, BROWSERS))
                browser = playwright.chromium.launch(
                    executable_path=next(found, None),
                    args=["--no-sandbox", "--disable-gpu"],
                )
                for mode in ("light", "dark"):
                    page = browser.new_page(viewport=SIZE, color_scheme=mode)
                    take(page, address, folder / f"playground-{mode}.png")
                    take_inside(page, address, folder / f"inside-{mode}.png")
                browser.close()
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=20)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "assets" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    main(target)
