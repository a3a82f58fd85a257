"""A worker that hangs holds up nobody but itself."""

import logging

import pytest

from explorer.engine import answering
from explorer.engine.answering import Answering
from explorer.errors import ExplorerError


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(answering, "time", clock)
    return clock


def test_one_that_is_silent_too_long_is_set_aside_until_it_answers(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # a cluster of Dask's has raised it
    both, those = ["ann", "bob"], Answering()
    for worker in both:
        those.given(worker)
    clock.now += answering.WITHIN / 2
    those.heard("bob", more=True)
    assert those.those(both) == both
    clock.now += answering.WITHIN / 2 + 1
    for _again in range(2):
        assert those.those(both) == ["bob"]
    those.heard("ann", more=False)
    assert those.those(both) == both
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "ann does not answer; its runs go on where somebody does",
        "ann answers again",
    ]


def test_one_that_was_only_slow_is_given_more_time(clock: Clock) -> None:
    both, those = ["ann", "bob"], Answering()
    those.given("ann")
    clock.now += answering.WITHIN + 1
    assert those.those(both) == ["bob"]
    those.heard("ann", more=True)
    clock.now += 2 * answering.WITHIN - 1
    assert those.those(both) == both
    clock.now += 2
    assert those.those(both) == ["bob"]


def test_where_none_answers_all_are_waited_for(clock: Clock) -> None:
    both, those = ["ann", "bob"], Answering()
    for worker in both:
        those.given(worker)
    those.check()
    clock.now += 100 * answering.WITHIN
    assert those.those(both) == both
    with pytest.raises(ExplorerError, match="within 10 seconds, but none does"):
        those.check()
    those.heard("ann", more=False)
    assert those.those(both) == ["ann"]
    those.check()
    assert those.those(["bob"]) == ["bob"]


def test_one_that_has_nothing_to_do_is_not_silent(clock: Clock) -> None:
    both, those = ["ann", "bob"], Answering()
    those.given("ann")
    those.heard("ann", more=False)
    clock.now += 100 * answering.WITHIN
    assert those.those(both) == both
