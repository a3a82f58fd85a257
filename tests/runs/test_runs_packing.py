"""What is packed comes back to the bit."""

import json

import numpy as np
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.packing import (
    has_memory,
    packed_curves,
    packed_measures,
    packed_state,
    unpacked_curves,
    unpacked_measures,
    unpacked_state,
    weights_alone,
)

BITS = st.integers(0, 2**32 - 1)


@given(st.binary(max_size=300))
def test_any_bytes_come_back(state: bytes) -> None:
    assert unpacked_state(packed_state(state)) == state


@given(
    st.integers(0, 40).flatmap(lambda n: st.lists(BITS, min_size=6 * n, max_size=6 * n))
)
def test_any_curves_come_back(bits: list[int]) -> None:
    """Infinities, every NaN and the smallest numbers are among them."""
    curves = np.array(bits, np.uint32).view(np.float32).reshape(6, -1)
    length = curves.shape[1]
    back = unpacked_curves(packed_curves(curves), length)
    assert back.shape == (6, length)
    assert back.tobytes() == curves.tobytes()


NAMES = st.sampled_from(["mae", "r2", "误差"])


@given(
    st.dictionaries(
        st.integers(0, 20_000), st.dictionaries(NAMES, st.floats(), max_size=3)
    )
)
def test_any_measures_come_back(measures: dict[int, dict[str, float]]) -> None:
    """Steps may lack names, and numbers may be none."""
    back = unpacked_measures(packed_measures(measures))
    assert list(back) == list(measures)
    for step, each in measures.items():
        assert back[step].keys() == each.keys()
        for name, value in each.items():
            assert np.float64(back[step][name]).tobytes() == np.float64(value).tobytes()


def test_a_table_of_measures_takes_a_part_of_its_text() -> None:
    numbers = np.random.default_rng(5).normal(size=(33, 6))
    names = "mae", "rmse", "r2", "best_skill", "crps", "pinball"
    table = {k: dict(zip(names, row, strict=True)) for k, row in enumerate(numbers)}
    text = sum(len(json.dumps(row)) for row in table.values())
    assert len(packed_measures(table)) < text / 3


def test_a_smooth_curve_takes_little_and_a_state_less_than_it_was() -> None:
    steps = np.arange(2000, dtype=np.float32)
    smooth = np.stack([np.cos(steps / 2000), np.cumsum(steps), np.full(2000, np.nan)])
    assert len(packed_curves(smooth.astype(np.float32))) < smooth.size * 4 / 3
    weights = np.random.default_rng(2).normal(size=(64, 70)).astype(np.float32)
    state = safetensors.numpy.save({"model.w": weights})
    assert len(packed_state(state)) < 0.9 * len(state)


def test_weights_alone_leave_the_facts_and_no_memory() -> None:
    arrays = {
        "model.w": np.float32([[1, 2, 3]]),
        "model.n": np.array(7, np.int64),
        "optimizer.0.0.first": np.float32([5]),
    }
    facts = {"facts": json.dumps({"step": 11})}
    alone = weights_alone(safetensors.numpy.save(arrays, metadata=facts))
    del arrays["optimizer.0.0.first"]
    assert alone == safetensors.numpy.save(arrays, metadata=facts)
    assert weights_alone(b"no state") == b"no state"
    assert not has_memory(alone)
    assert has_memory(safetensors.numpy.save({"optimizer.0.0.first": np.float32([5])}))
    assert not has_memory(b"no state")
