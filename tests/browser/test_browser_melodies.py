"""A tune that a model wrote can be heard, and stops when it should."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, Opener, click, state_is, train, visit

pytestmark = pytest.mark.browser

SHORT = "/?data=melodies&model=rnn&training.steps=40&data.copies=0"
LONG = "/?data=melodies&model=lstm&training.steps=20000&data.copies=0"
NOW = "document.querySelector('.sx-sounding')"


def play_buttons(page: Page) -> Locator:
    return page.locator("#sx-prediction .sx-play")


def opened(open_page: Opener, path: str) -> Page:
    page = open_page(path)
    train(page)
    expect(play_buttons(page)).to_have_count(2)
    return page


@pytest.fixture(scope="module")
def page(open_shared: Opener) -> Page:
    """The Playground with what a finished run wrote."""
    page = opened(open_shared, SHORT)
    state_is(page, "Finished")
    return page


def test_both_tunes_play_and_the_sounding_note_moves(page: Page) -> None:
    for number in (0, 1):
        button = play_buttons(page).nth(number)
        expect(button).to_have_accessible_name(re.compile("^Listen: "))
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("data-playing", "running")
        expect(button).to_have_accessible_name(re.compile("^Stop playing: "))
        first = page.wait_for_function(NOW).evaluate_handle("node => node")
        page.wait_for_function(f"first => {NOW} && {NOW} !== first", arg=first)
        word = page.locator(".sx-sounding").inner_text()
        assert re.fullmatch(r"[a-g](is|es)?['’,]*\d+\.?", word), word
        button.click()
        expect(button).not_to_have_attribute("data-playing", re.compile("."))
        expect(page.locator(".sx-sounding")).to_have_count(0)


def test_where_no_sound_comes_it_is_said(page: Page) -> None:
    page.evaluate(
        """() => {
          const state = Object.getOwnPropertyDescriptor(
            BaseAudioContext.prototype, "state")
          window.restored = () => Object.defineProperty(
            BaseAudioContext.prototype, "state", state)
          Object.defineProperty(BaseAudioContext.prototype, "state",
            { configurable: true, get: () => "suspended" })
        }"""
    )
    button = play_buttons(page).first
    button.click()
    hint = page.locator("#sx-prediction .sx-hint")
    expect(hint).to_contain_text("The browser holds the sound back")
    expect(button).to_have_attribute("data-playing", "suspended")
    button.click()
    expect(hint).to_have_count(0)
    page.evaluate("window.restored()")
    button.click()
    expect(button).to_have_attribute("data-playing", "running")
    expect(hint).to_be_empty()
    button.click()


def test_a_second_tune_ends_the_first(page: Page) -> None:
    one, other = play_buttons(page).nth(0), play_buttons(page).nth(1)
    one.click()
    expect(one).to_have_attribute("data-playing", "running")
    other.click()
    expect(other).to_have_attribute("data-playing", "running")
    assert page.locator("[data-playing]").count() == 1
    other.click()
    expect(page.locator("[data-playing]")).to_have_count(0)


def test_what_plays_stays_while_the_run_goes_on(open_page: Opener) -> None:
    page = opened(open_page, LONG)
    button = play_buttons(page).first
    button.click()
    expect(button).to_have_attribute("data-playing", "running")
    text = page.locator("#sx-prediction .sx-text").first
    words, step = text.inner_text(), page.locator(".sx-numbers").inner_text()
    page.wait_for_function(
        "step => document.querySelector('.sx-numbers').textContent !== step", arg=step
    )
    page.wait_for_timeout(1500)
    assert text.inner_text() == words
    expect(button).to_have_attribute("data-playing", "running")
    button.click()
    expect(text).not_to_have_text(words, use_inner_text=True, timeout=PATIENCE)
    click(page, "Stop")
    state_is(page, "Stopped")


def test_leaving_the_page_ends_the_tune(page: Page) -> None:
    page.evaluate(
        """() => {
          window.silenced = 0
          const close = AudioContext.prototype.close
          AudioContext.prototype.close = function () {
            window.silenced += 1
            return close.call(this)
          }
        }"""
    )
    play_buttons(page).first.click()
    expect(play_buttons(page).first).to_have_attribute("data-playing", "running")
    visit(page, "Models")
    page.wait_for_function("window.silenced === 1")
