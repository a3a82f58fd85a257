"""A class of eight, each training: nobody is refused, forgotten or mixed up; and a tab
that the server has forgotten is known again."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest

from benchmarks.classroom import Lesson, session
from benchmarks.tabs import Tab

pytestmark = pytest.mark.browser

TABS = 8


def test_eight_tabs_train_at_once(address: str) -> None:
    host = address.removeprefix("http://")

    def act() -> Lesson:
        return asyncio.run(session(host, TABS, pace=1.0))

    # In a thread of its own: Playwright has a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        lesson = pool.submit(act).result()
    clients, teacher = lesson.students, lesson.teacher
    assert [client.errors for client in clients] == [[] for _ in clients]
    assert teacher.errors == []
    assert teacher.looks > 3
    assert any(f"Joined: {TABS}." in words for words in teacher.words)
    assert len({client.run for client in clients}) == TABS
    for client in clients:
        steps = [step for _, step in client.moves]
        assert len(steps) > 5
        assert steps == sorted(steps)
        assert len(client.answers) == 2
        assert client.status == "stopped"


def test_the_first_click_of_a_tab_that_the_server_has_forgotten_counts(
    address: str,
) -> None:
    """As after the server was started again: the button is on the screen, and the
    session behind it is new."""
    host, query = address.removeprefix("http://"), "model=gru&training.steps=5"

    async def act() -> tuple[str, list[str]]:
        before, after = Tab(host, query), Tab(host, query)
        async with before.opened():
            await before.until(lambda: "Train" in before.widgets)
        after.headers, after.widgets = before.headers, dict(before.widgets)
        async with after.connected():
            await after.rerun("Train")
            await after.until(lambda: "run=" in after.query)
        return after.query, after.errors

    with ThreadPoolExecutor(1) as pool:
        shown, errors = pool.submit(asyncio.run, act()).result()
    assert parse_qs(shown)["run"]
    assert not errors
