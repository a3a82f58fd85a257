"""A class of eight, each training: nobody is refused, forgotten or mixed up."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.classroom import Lesson, session

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
