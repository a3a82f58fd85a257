"""Who guesses codes is slowed down: one person, and all together."""

import pytest

from explorer.engine.guessing import MOST_OF_ALL, MOST_OF_ONE, PERIOD, Guessing
from explorer.errors import ExplorerError
from explorer.runs.passes import Pass

RIGHT = Pass("g", "join")


def find(code: str) -> Pass:
    if code != "RIGHT":
        raise ExplorerError("no such code")
    return RIGHT


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_wrong_codes_of_one_person_are_counted_and_forgotten() -> None:
    clock = Clock()
    guessing = Guessing(clock)
    for k in range(MOST_OF_ONE):
        assert guessing.find("ann", "RIGHT", find) == RIGHT
        for _again in range(3):  # a page is drawn anew with the code that it has
            with pytest.raises(ExplorerError, match="no such code"):
                guessing.find("ann", f" w-{k}", find)
            clock.now += 1
            if k == MOST_OF_ONE - 1:
                break
    for code in ("RIGHT", "w0", "X"):
        with pytest.raises(ExplorerError, match=r"Try again in 10 min, or open"):
            guessing.find("ann", code, find)
    assert guessing.find("bob", "RIGHT", find) == RIGHT
    clock.now = PERIOD
    assert guessing.find("ann", "RIGHT", find) == RIGHT


def test_new_persons_bring_no_new_guesses_beyond_those_of_all() -> None:
    clock = Clock()
    guessing = Guessing(clock)
    for k in range(MOST_OF_ALL):
        with pytest.raises(ExplorerError, match="no such code"):
            guessing.find(f"robot {k}", f"w{k}", find)
    clock.now = PERIOD - 30
    with pytest.raises(ExplorerError, match=r"too many\. Try again in 1 min"):
        guessing.find("robot", "RIGHT", find)
    clock.now = PERIOD
    assert guessing.find("robot", "RIGHT", find) == RIGHT


def test_codes_that_are_tried_at_one_time_are_no_more_than_may_be() -> None:
    guessing, looked_up = Guessing(Clock()), []

    def try_another(code: str) -> Pass:
        """Before the first is known to be wrong, as in many tabs at once."""
        looked_up.append(code)
        guessing.find("ann", f"w{len(looked_up)}", try_another)
        return RIGHT

    with pytest.raises(ExplorerError, match="too many"):
        guessing.find("ann", "w0", try_another)
    assert len(looked_up) == MOST_OF_ONE


def test_a_code_is_not_wrong_because_the_database_failed() -> None:
    guessing = Guessing(Clock())

    def fails(code: str) -> Pass:
        raise OSError(code)

    for k in range(2 * MOST_OF_ONE):
        with pytest.raises(OSError, match=f"w{k}"):
            guessing.find("ann", f"w{k}", fails)
