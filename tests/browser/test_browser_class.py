"""A class in real browsers: a teacher, two students, and one who only watches."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    Opener,
    click,
    drawn,
    fits,
    serious,
    state_is,
    train,
    visit,
)

pytestmark = pytest.mark.browser

LONG = "training.steps=20000&training.schedule=constant&model=rnn"
POINTS = """() => document.querySelector('.stMain .sx-figure')?._fullData?.map(
  t => [t.name, Array.from(t.y ?? []).length]) ?? []"""


def teacher(open_page: Opener, goal: str = "0.5", **options: object) -> Page:
    """The page of a new class."""
    page = open_page(f"/class?{LONG}", ready=False, **options)
    page.get_by_role("textbox", name="Title").fill("Waves")
    page.get_by_role("textbox", name="Task text").fill("Find a *good* rate <img src=x>")
    page.get_by_role("spinbutton", name="Goal (validation loss)").fill(goal)
    click(page, "Make the class")
    expect(page.get_by_text("Nobody has joined yet.")).to_be_visible()
    return page


def link_of(page: Page) -> str:
    link = page.locator(".st-key-class_link code").inner_text()
    return link[link.index("/?class=") :]


def student(open_page: Opener, link: str, nickname: str, **options: object) -> Page:
    page = open_page(link, ready=False, **options)
    page.get_by_role("textbox", name="Nickname").fill(nickname)
    click(page, "Join")
    expect(page.get_by_text(f"You are {nickname}")).to_be_visible()
    drawn(page)
    return page


def row(page: Page, nickname: str) -> str:
    found: str = page.locator(".sx-board tr", has_text=nickname).inner_text()
    return found


def test_a_class_trains_and_its_teacher_sees_it(open_page: Opener) -> None:
    desk = teacher(open_page)
    link = link_of(desk)
    ann, bob = (student(open_page, link, name) for name in ("Ann", "Bob"))

    # The rules hold in the page: two sliders, and the lesson as Markdown alone.
    sliders = ann.locator(".st-key-choices").get_by_role("slider")
    expect(sliders).to_have_count(2)
    expect(ann.locator("em", has_text="good")).to_be_visible()
    expect(ann.locator("img[src=x]")).to_have_count(0)

    for page in (ann, bob):
        train(page)
    desk.wait_for_selector(".stMain .sx-figure .main-svg")
    desk.evaluate(
        """() => {
          const plot = document.querySelector('.stMain .sx-figure')
          plot.tagged = true
          window.blank = 0
          const look = () => {
            window.blank += !document.querySelector('.stMain .sx-figure .main-svg')
              || !document.querySelector('.sx-board')
            requestAnimationFrame(look)
          }
          look()
        }"""
    )
    expect(desk.locator(".sx-board tbody tr", has_text="trains")).to_have_count(2)
    expect(desk.locator(".sx-board tbody tr", has_text="step ")).to_have_count(2)
    desk.wait_for_function(f"({POINTS})().filter(([, n]) => n > 5).length === 2")
    assert {name for name, _n in desk.evaluate(POINTS)} == {"Ann", "Bob"}
    expect(desk.get_by_text("Reached the goal: 2.")).to_be_visible()
    desk.emulate_media(media="print")
    expect(desk.locator(".sx-board")).to_be_visible()
    for steering in ("Pause all", "All your classes", "Large QR code", "Nicknames"):
        expect(desk.get_by_text(steering, exact=True).first).to_be_hidden()
    desk.emulate_media(media="screen")

    click(desk, "Pause all")
    for page in (ann, bob):
        state_is(page, "Paused")
    expect(desk.get_by_text("Training now: 0.")).to_be_visible()
    click(desk, "Resume all")
    for page in (ann, bob):
        state_is(page, "Training")
    click(desk, "Stop all")
    for page in (ann, bob):
        state_is(page, "Stopped")
    assert desk.evaluate("document.querySelector('.stMain .sx-figure').tagged")
    assert desk.evaluate("window.blank") == 0

    # Each sees the other's nickname and loss; a reload and a page switch lose nothing.
    expect(ann.locator(".sx-board tr", has_text="Bob")).to_be_visible()
    expect(ann.get_by_text("You reached the goal at step")).to_be_visible()
    ann.reload()
    expect(ann.get_by_text("You are Ann")).to_be_visible()
    state_is(ann, "Stopped")
    visit(ann, "Models")
    expect(ann.locator(".katex").first).to_be_visible()
    visit(ann, "Playground")
    expect(ann.get_by_text("You are Ann")).to_be_visible()
    run = re.search(r"run=([\w-]+)", bob.url)
    assert run is not None
    assert run[1] not in ann.content()


def test_who_opens_a_watch_link_may_look_and_fork(open_page: Opener) -> None:
    one = open_page(f"/?{LONG}")
    train(one)
    run = re.search(r"run=([\w-]+)", one.url)
    assert run is not None
    two = open_page(f"/?{LONG}&run={run[1]}")
    state_is(two, "Training")
    expect(two.get_by_text("You watch another's run")).to_be_visible()
    for name in ("Pause", "Stop", "Step 1"):
        button = two.get_by_role("button", name=name, exact=True)
        expect(button).to_be_disabled()
    assert two.context.cookies()[0]["httpOnly"]
    assert "explorer_owner" not in two.evaluate("document.cookie")
    told = two.evaluate(
        """run => new Promise(done => {
          const address = location.origin.replace('http', 'ws') + '/explorer/live'
          const socket = new WebSocket(address)
          socket.onopen = () => socket.send(JSON.stringify(
            { run, hold: 'release', token: 'made-up' }))
          socket.onmessage = message => { done(message.data); socket.close() }
        })""",
        run[1],
    )
    assert "this one is another's. Fork it" in json.loads(told)["error"]
    before = two.url
    click(two, "Fork")
    click(two, "Fork here")
    two.wait_for_function("before => location.href !== before", arg=before)
    expect(two.get_by_text("You watch another's run")).to_have_count(0)
    state_is(one, "Training")
    state_is(two, "Training")
    for page in (one, two):
        click(page, "Stop")
        state_is(page, "Stopped")


@pytest.mark.parametrize(
    "scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)]
)
def test_axe_finds_nothing_serious(open_page: Opener, scheme: str) -> None:
    desk = teacher(open_page, color_scheme=scheme)
    phone = student(
        open_page,
        link_of(desk),
        "Zoë",
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,
    )
    desk.wait_for_selector(".stMain .sx-figure .main-svg")
    phone.wait_for_selector("[data-panel=loss] .main-svg")
    assert fits(phone)
    desk.set_viewport_size({"width": 390, "height": 844})
    assert fits(desk)
    desk.set_viewport_size({"width": 1440, "height": 900})
    for page in (desk, phone):
        assert serious(page) == []


def test_in_chinese_it_stays_within_the_page(open_page: Opener) -> None:
    desk = teacher(open_page)
    expect(desk.get_by_text("Nobody has joined yet.")).to_be_visible()
    path = desk.url[desk.url.index("/class") :]
    other = open_page(f"{path}&lang=zh", ready=False, locale="zh-CN")
    expect(other.get_by_role("heading", name="Waves")).to_be_visible()
    assert serious(other) == []
