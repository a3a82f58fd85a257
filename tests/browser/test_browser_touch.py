"""A phone: swipes scroll and change nothing, a tap tells, the plot keeps the width."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.browser

PLOT = ".sx-plot >> nth=0"
MAIN = "document.querySelector('[data-testid=stMain]').scrollTop"
DRAWN = "p => p._fullLayout?._size"
AXES = "p => [p._fullLayout.xaxis.range, p._fullLayout.yaxis.range]"
WIDTH = "p => p._fullLayout._size.w / p.clientWidth"

HIDDEN_BUTTONS = """() => [...document.querySelectorAll('.st-key-transport button')]
  .filter(button => button.getBoundingClientRect().right > innerWidth)
  .map(button => button.innerText)"""
"""Those that only a sideways swipe would bring."""


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector("#sx-slider")
    page.wait_for_function(f"({DRAWN})(document.querySelector('.sx-plot'))")
    yield page
    context.close()


def swipe(page: Page, on: Locator, by: int) -> None:
    """Draw a finger over it, upwards if `by` is negative."""
    on.scroll_into_view_if_needed()
    box = on.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *places: float) -> None:
        points = [{"x": x, "y": place} for place in places]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", y)
    for part in range(1, 11):
        send("touchMove", y + by * part / 10)
        page.wait_for_timeout(16)
    send("touchEnd")
    page.wait_for_timeout(400)


def test_a_swipe_over_a_chart_scrolls_and_a_tap_tells(phone: Page) -> None:
    plot = phone.locator(PLOT)
    axes, before = plot.evaluate(AXES), phone.evaluate(MAIN)
    swipe(phone, plot, -200)
    assert phone.evaluate(MAIN) > before + 50
    assert plot.evaluate(AXES) == axes
    assert plot.evaluate(WIDTH) >= 2 / 3
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + box["width"] * 0.5, box["y"] + 60)
    expect(plot.locator(".hoverlayer text").first).to_be_attached()


def test_a_swipe_over_the_moment_scrolls_and_a_tap_chooses(phone: Page) -> None:
    slider = phone.locator("#sx-slider")
    value = slider.input_value()
    for by in (200, -150):
        swipe(phone, slider, by)
        assert slider.input_value() == value
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(slider).not_to_have_value(value)


def test_a_swipe_over_a_setting_scrolls_and_a_tap_chooses(phone: Page) -> None:
    assert phone.evaluate(HIDDEN_BUTTONS) == []
    setting = phone.locator(".st-key-choices").get_by_test_id("stSlider").first
    track = setting.locator("[data-rac]").first
    value = setting.inner_text()
    track.scroll_into_view_if_needed()
    before = phone.evaluate(MAIN)
    swipe(phone, track, -150)
    assert phone.evaluate(MAIN) > before + 30
    assert setting.inner_text() == value
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    expect(setting).not_to_have_text(value)
