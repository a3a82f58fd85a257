"""An hour with a class: a code, two tasks, a poll, the results, and the next class."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, click, drawn, train

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHORT = "training.steps=60&model=gru"
NAMES = ("Ann", "Bob", "Cid")


def unfold(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).click()


def comes(page: Page, code: str, nickname: str) -> None:
    """Into the class by the code that was dictated."""
    page.get_by_role("textbox", name="Code of a class").fill(code.lower())
    click(page, "Go in")
    page.get_by_role("textbox", name="Nickname").fill(nickname)
    click(page, "Join")
    drawn(page)
    expect(page.get_by_text(f"You are {nickname}")).to_be_visible()


def test_a_class_of_three_with_two_tasks(open_page: Opener) -> None:
    desk = open_page(f"/class?{SHORT}", ready=False)
    desk.get_by_role("textbox", name="Title").fill("Waves")
    click(desk, "Make the class")
    code = desk.locator(".sx-code").inner_text()
    expect(desk.locator(".sx-code")).to_be_in_viewport()
    students = [open_page("/class", ready=False) for _name in NAMES]
    for page, name in zip(students, NAMES, strict=True):
        comes(page, code, name)
    expect(desk.get_by_text("Joined: 3.")).to_be_visible()
    expect(desk.locator(".sx-code.small")).to_be_visible()
    train(students[0])
    expect(desk.locator(".sx-board tr", has_text="Ann")).to_contain_text("GRU")

    # The second task is a lesson: everybody is asked before they train.
    unfold(desk, "Add, move or delete a task")
    click(desk, "Add the lesson")
    desk.get_by_text("2. What is a sequence model's first loss?").click()
    click(desk, "Move all to this task")
    for place, page in enumerate(students):
        asked = page.locator(".st-key-class_ask")
        expect(asked).to_be_visible()
        before = page.locator(".st-key-train").bounding_box()
        asked.get_by_role("slider").focus()
        for _press in range(5 * (place + 1)):
            page.keyboard.press("ArrowRight")
        click(page, "This is my guess")
        expect(page.get_by_text("Your guess:")).to_be_visible()
        assert page.locator(".st-key-train").bounding_box() == before
    expect(desk.get_by_text("Guesses: 3 of 3.")).to_be_visible()
    for name in NAMES:
        expect(desk.locator(".sx-board", has_text="By whom")).to_contain_text(name)
    click(desk, "Run the lesson's experiment")
    expect(desk.get_by_text("What came out:")).to_be_visible()
    expect(students[2].get_by_text("What came out:")).to_be_visible()

    unfold(desk, "Results")
    with desk.expect_download() as download:
        click(desk, "As CSV")
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Nickname"], row["Task"][:2]) for row in rows] == [
        (name, task) for task in ("1.", "2.") for name in NAMES
    ]
    assert rows[0]["Architecture"] == "GRU"
    assert all(row["Guess"].endswith("nats") for row in rows[3:])

    before = re.search(r"class=([\w-]+)", desk.url)
    unfold(desk, "Use again, close or delete the class")
    click(desk, "Use again")
    desk.wait_for_function("old => !location.href.includes(old)", arg=before[1])  # type: ignore[index]
    expect(desk.get_by_text("Nobody has joined yet.")).to_be_visible()
    expect(
        desk.get_by_text("2. What is a sequence model's first loss?")
    ).to_be_visible()
    assert desk.locator(".sx-code").inner_text() != code
