"""One tab of a browser, by whichever program drives it: Playwright or a WebDriver."""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

PATIENCE = 120
"""Seconds; the machine may be busy."""

COMES_WITHIN, TRIES = 120, 3
"""Seconds in which a browser has begun, and how often it may fail to."""

SIZE = (1440, 1000)
FIREFOX = "/usr/bin/firefox-esr"
WEBKIT_DRIVER = "/usr/bin/WebKitWebDriver"
XVFB = "/usr/bin/Xvfb"
MINI_BROWSERS = "webkit2gtk-4.*/MiniBrowser"

BUTTON = """
  [...document.querySelectorAll(
    'button, a, [role=tab], [role=radio], [role=menuitem]'
  )].find(each => each.offsetParent !== null && !each.disabled
    && each.innerText.trim().split('\\n').pop() === {0})"""
"""A button or a link by its last line; the one before may be the name of its icon."""


class Tab(ABC):
    """What a person does in a tab, and what can be read there."""

    @abstractmethod
    def open(self, address: str) -> None: ...

    @abstractmethod
    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""

    @abstractmethod
    def click(self, name: str) -> None: ...

    @abstractmethod
    def fill(self, label: str, text: str) -> None: ...

    @abstractmethod
    def upload(self, path: Path) -> None: ...

    @abstractmethod
    def drag(self, selector: str, *places: tuple[float, float]) -> None:
        """Press the pointer at the first place, as shares of the element's width and
        height, let it go at the last."""

    @abstractmethod
    def back(self) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    def wait(self, script: str) -> Any:
        """The expression's value, as soon as it says more than nothing."""
        deadline = time.monotonic() + PATIENCE
        while not (found := self.run(script)):
            seen = self.run("document.body.innerText.slice(0, 2000)")
            assert time.monotonic() < deadline, f"{script}\n\n{seen}"
            time.sleep(0.2)
        return found

    def reads(self, text: str) -> None:
        """Wait until the page says this."""
        self.wait(f"document.body.innerText.includes({text!r})")


class Playwright(Tab):
    """A tab of Firefox."""

    def __init__(self, context: Any) -> None:
        self._context, self._page = context, context.new_page()
        context.set_default_timeout(PATIENCE * 1000)

    def open(self, address: str) -> None:
        self._page.goto(address)

    def run(self, script: str) -> Any:
        return self._page.evaluate(f"() => {script.strip()}")

    def click(self, name: str) -> None:
        button, found = BUTTON.format(repr(name)).strip(), None
        while found is None:  # a page that was drawn anew since has it no more
            self.wait(f"Boolean({button})")
            found = self._page.evaluate_handle(f"() => {button}").as_element()
        found.click()

    def fill(self, label: str, text: str) -> None:
        field = self._page.get_by_label(label, exact=True).first
        field.fill(text)
        field.press("Tab")

    def upload(self, path: Path) -> None:
        self._page.locator("input[type=file]").set_input_files(path)

    def drag(self, selector: str, *places: tuple[float, float]) -> None:
        element = self._page.locator(selector)
        element.scroll_into_view_if_needed()
        box, mouse = element.bounding_box(), self._page.mouse
        for number, (x, y) in enumerate(places):
            mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if number == 0:
                mouse.down()
        mouse.up()

    def back(self) -> None:
        self._page.go_back()

    def close(self) -> None:
        self._context.close()


class WebDriver(Tab):
    """A tab of WebKitGTK."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        driver.set_window_size(*SIZE)

    def open(self, address: str) -> None:
        self._driver.get(address)

    def run(self, script: str) -> Any:
        return self._driver.execute_script(f"return {script.strip()}")

    def click(self, name: str) -> None:
        self._pressed(BUTTON.format(repr(name)))

    def _pressed(self, script: str) -> Any:
        """What is drawn anew while it is pressed is looked for again."""
        from selenium.common.exceptions import WebDriverException

        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                element = self.wait(script)
                self._driver.execute_script(
                    "arguments[0].scrollIntoView({block: 'center'})", element
                )
                element.click()
            except WebDriverException:
                assert time.monotonic() < deadline, script
                time.sleep(0.2)
            else:
                return element

    def fill(self, label: str, text: str) -> None:
        from selenium.webdriver.common.keys import Keys

        field = self._pressed(
            "[...document.querySelectorAll('input, textarea')].find(each =>"
            f" [each.ariaLabel, each.labels?.[0]?.innerText].includes({label!r}))"
        )
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text, Keys.TAB)

    def upload(self, path: Path) -> None:
        found = self.wait("document.querySelector('input[type=file]')")
        found.send_keys(str(path))

    def drag(self, selector: str, *places: tuple[float, float]) -> None:
        from selenium.webdriver import ActionChains

        element = self.wait(f"document.querySelector({selector!r})")
        self._driver.execute_script(
            "arguments[0].scrollIntoView({block: 'center'})", element
        )
        size, chain = element.size, ActionChains(self._driver)
        for number, (x, y) in enumerate(places):
            across, down = (x - 0.5) * size["width"], (y - 0.5) * size["height"]
            chain.move_to_element_with_offset(element, int(across), int(down))
            if number == 0:
                chain.click_and_hold()
        chain.release().perform()

    def back(self) -> None:
        self._driver.back()

    def close(self) -> None:
        self._driver.quit()


@contextmanager
def firefox() -> Iterator[Callable[[], Tab]]:
    """What opens tabs, each in a profile of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=FIREFOX
        )
        view = {"width": SIZE[0], "height": SIZE[1]}
        yield lambda: Playwright(browser.new_context(viewport=view, locale="en-US"))
        browser.close()


@contextmanager
def webkit() -> Iterator[Callable[[], Tab]]:
    """The same for WebKitGTK, on a screen that nobody sees."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver import WebKitGTK
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service
    from urllib3.exceptions import HTTPError

    command = [XVFB, "-displayfd", "1", "-screen", "0", f"{SIZE[0]}x{SIZE[1] + 200}x24"]
    options = Options()
    options.binary_location = str(next(Path("/usr/lib").glob(f"*/{MINI_BROWSERS}")))
    options.add_argument("--automation")

    environment = {"LANG": "en_US.UTF-8", "HOME": "/nonexistent"}

    def tab() -> Tab:
        """Its driver waits for a browser that did not come up, and does so for ever."""
        for left in reversed(range(TRIES)):
            service = Service(WEBKIT_DRIVER, env=environment)
            watch = Timer(COMES_WITHIN, lambda service=service: service.process.kill())
            watch.start()
            try:
                return WebDriver(WebKitGTK(options, service))
            except (HTTPError, WebDriverException):
                if not left:
                    raise
            finally:
                watch.cancel()
        raise AssertionError

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as screen:
        assert screen.stdout is not None
        environment["DISPLAY"] = f":{screen.stdout.readline().strip()}"
        yield tab
        screen.terminate()
