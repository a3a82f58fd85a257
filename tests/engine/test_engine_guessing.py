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
