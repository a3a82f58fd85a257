"""How a race stands: exact numbers, and brute force over made-up records."""

import math
import statistics
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from explorer.catalog import choosing
from explorer.racing import entries, results
from explorer.racing.results import Lap, Result, Spread
from explorer.runs.records import Curves, Lines, Run, Validation

CONFIG = choosing.make_config()
losses = some.lists(some.floats(0.01, 10) | some.just(math.nan), max_size=9)


def lap(values: list[float], seconds: float = 1.0, ended: bool = True) -> Lap:
    """A run measured every tenth step, `seconds` apart."""
    n = 10 * len(values)
    times = np.arange(1, n + 1, dtype=np.float32) * np.float32(seconds / 10)
    same = np.ones(n, np.float32)
    curves = Curves(same, same, same, times, same, same)
    status = "finished" if ended else "training"
    run = Run("id", CONFIG, status, n, n * seconds, 1, datetime.now(UTC))  # type: ignore[arg-type]
    seen = [Validation(10 * k, v, k * seconds) for k, v in enumerate(values)]
    return Lap(run, curves, seen)


@given(some.lists(losses, min_size=1, max_size=3), some.floats(0.01, 10))
def test_a_result_equals_brute_force(every: list[list[float]], wanted: float) -> None:
    found = results.result([lap(values) for values in every], wanted)
    low, first = [], []
    for values in every:
        known = [v for v in values if not math.isnan(v)]
        if known:
            low.append(min(known))
        for k, value in enumerate(values):
            if value <= wanted:
                first.append(10 * k)
                break
    assert (found.lowest is None) == (not low)
    if found.lowest is not None:
        assert found.lowest.mean == pytest.approx(statistics.fmean(low))
        assert found.lowest.seeds == len(low)
    assert (found.reached_step is None) == (not first)
    if found.reached_step is not None and found.reached_seconds is not None:
        assert found.reached_step.mean == pytest.approx(statistics.fmean(first))
        assert found.reached_seconds.mean == pytest.approx(statistics.fmean(first) / 10)
        assert found.reached_step.seeds == len(first)


def test_the_rate_is_of_the_latest_steps() -> None:
    assert results.rate(lap([1.0] * 30, seconds=0.5).curves) == pytest.approx(
        20, rel=1e-3
    )
    assert results.rate(Curves.empty()) is None


def test_spread_of_seeds() -> None:
    assert results.spread([2.0, 4.0, 6.0]) == Spread(4.0, 2.0, 3)
    assert results.spread([2.0]) == Spread(2.0, 0.0, 1)
    assert results.spread([None]) is None


def test_a_mean_waits_for_every_seed_that_goes_on() -> None:
    ahead, behind = lap([4.0, 2.0, 1.0]), lap([2.0, 2.0], 3.0, ended=False)
    found = results.moments([ahead, behind])
    assert [(m.step, m.loss.mean) for m in found] == [(0, 3.0), (10, 2.0)]
    assert found[1].seconds == pytest.approx(2.0)
    stopped = lap([2.0, 2.0], 3.0)._replace(run=lap([2.0]).run)
    found = results.moments([ahead, stopped])
    assert [(m.step, m.loss.mean) for m in found][-1] == (20, 1.0)
    assert results.moments([lap([])]) == []


def test_ranks_and_ties() -> None:
    def at(value: float | None) -> Result:
        low = None if value is None else Spread(value, 0.0, 1)
        return Result(None, low, None, None)

    assert results.ranks([at(3.0), at(1.0), at(None), at(3.0), at(2.0)]) == [
        3,
        1,
        None,
        3,
        2,
    ]


@given(some.floats(1e-6, 1), some.floats(1e-6, 10))
def test_the_first_target_lies_between_floor_and_baseline(
    floor: float, baseline: float
) -> None:
    found = results.default_target(Lines(floor, "", {"mean": baseline}, ""))
    if floor < 0.8 * baseline:
        assert 0.95 * floor <= found <= 1.05 * baseline
    assert found > 0
    assert results.default_target(Lines(None, "", {}, "")) == 0.1


def test_only_what_differs_is_named_and_the_fewest_tell_apart() -> None:
    made = entries.grid(
        CONFIG, {"model.hidden_size": [8, 16], "training.learning_rate": [0.1, 0.01]}
    )
    assert results.differing(made) == {
        "model.hidden_size": [8, 8, 16, 16],
        "training.learning_rate": [0.1, 0.01, 0.1, 0.01],
    }
    assert results.telling(made) == ["model.hidden_size", "training.learning_rate"]
    every = entries.architectures(CONFIG, "parameters")
    assert results.telling(every) == ["model"]
    assert "model.heads" in results.differing(every)
    assert "training.steps" in results.differing(every)  # of the hidden Markov model
