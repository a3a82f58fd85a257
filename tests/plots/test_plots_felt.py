"""Where a change is felt: the time steps of an example, and the numbers of a run."""

from typing import Any

import numpy as np
import pytest

from explorer.plots.inside.felt import (
    Felt,
    felt_at,
    held_since,
    in_the_example,
    in_the_run,
)
from explorer.plots.panel import Scene
from explorer.runs.commands import HOLD, LEARNING_RATE, RELEASE
from explorer.runs.records import Command, Validation, View
from explorer.ui.language import translator

pytestmark = pytest.mark.quick


def view(before: list[float], after: list[float], first: int = 0) -> View:
    each = np.array([before, after], np.float32)
    return View("change", 5, {"each": each}, {"first": first})


def told(*commands: Command, losses: dict[int, float] | None = None) -> Scene:
    measured = [Validation(step, loss, 1.0) for step, loss in (losses or {}).items()]
    facts: Any = None
    return Scene(facts, commands=commands, validations=measured)


def hold(step: int) -> Command:
    return Command(step, HOLD.name)


def release(step: int) -> Command:
    return Command(step, RELEASE.name)


def test_the_time_steps_at_which_an_example_feels_it() -> None:
    one = view([0.5, 0.5, 0.5, 0.5, 0.5], [0.5, 0.501, 0.6, 2.5, 0.5], first=2)
    assert felt_at(one) == Felt(2, 5, 6, 6, 0.5, 2.5)
    assert in_the_example(one, str) == (
        "In this example it is felt at 2 of 5 time steps, from 5 to 6, and most at 6: "
        "there the loss goes from 0.5 to 2.5."
    )
    assert in_the_example(one, translator("zh")).startswith("在这个样例中")


def test_what_is_felt_nowhere_or_has_no_time_steps() -> None:
    same = view([0.5, 0.25], [0.5, 0.25])
    assert in_the_example(same, str) == "In this example it is felt at no time step."
    assert in_the_example(view([0.5], [0.75]), str) == ""


def test_since_when_a_change_is_held() -> None:
    rate = Command(9, LEARNING_RATE.name, 0.1)
    assert held_since([]) is None
    assert held_since([hold(3), rate, hold(7)]) == 3
    assert held_since([hold(3), release(5)]) is None
    assert held_since([hold(3), release(5), hold(8)]) == 8


def test_where_a_held_change_is_felt_in_a_run() -> None:
    assert in_the_run(told(losses={0: 1.0}), str) == ""
    fresh = in_the_run(told(hold(20), losses={0: 1.0, 10: 0.5}), str)
    assert fresh.startswith("Held since step 20: it is felt in the training loss and")
    assert "whose loss was" not in fresh
    losses = {0: 1.0, 10: 0.5, 20: 0.25, 30: 0.75, 40: 0.625}
    later = in_the_run(told(hold(20), losses=losses), str)
    assert "whose loss was 0.25 and is 0.625 now." in later
    assert later.endswith(
        "The pictures of its gates, states and answers show the model without it."
    )
