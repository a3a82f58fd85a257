"""What changed between two frames is enough to put the newer one together."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.plots.encode import to_json
from explorer.ui.live.changes import SAME, changed
from tests.ui.changes import merged, without_nothing

pytestmark = pytest.mark.quick

FLOATS = st.floats(width=32) | st.sampled_from([0.0, 1.0, 2.0])
ARRAYS = st.one_of(
    *(
        arrays(kind, shape, elements=elements)
        for kind, elements in ((np.float32, FLOATS), (np.uint8, st.integers(0, 3)))
        for shape in (
            st.integers(0, 9),
            st.tuples(st.integers(1, 3), st.integers(1, 3)),
        )
    ),
    st.lists(st.sampled_from(["a", "b"]), max_size=3).map(np.array),
)
PLAIN = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y", ""])
TREES: Any = st.recursive(
    PLAIN | ARRAYS,
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.sampled_from("abcd"), each)
    ),
    max_leaves=12,
)
FRAMES = st.dictionaries(st.sampled_from("abcd"), TREES)


def sent(tree: Any) -> Any:
    return json.loads(to_json(tree))


@given(old=FRAMES, new=FRAMES)
def test_any_frame_is_put_together_again(old: Any, new: Any) -> None:
    told = changed(old, new)
    then = sent(old) if told is SAME else merged(sent(old), sent(told))
    assert without_nothing(then) == without_nothing(sent(new))


@given(frame=FRAMES)
def test_of_an_equal_frame_nothing_is_told(frame: Any) -> None:
    assert changed(frame, frame) is SAME


def test_a_curve_that_grew_is_told_by_its_end() -> None:
    curve = np.arange(100, dtype=np.float32)
    curve[7] = np.nan
    longer = np.append(curve, np.float32(5))
    old, new = ({"panels": {"loss": {"y": y}}} for y in (curve, longer))
    told = changed(old, new)
    assert len(to_json(told)) < 80
    assert merged(sent(old), sent(told)) == sent(new)


def test_one_word_of_a_layout_is_told_alone() -> None:
    old, new = (
        {"layout": {"annotations": [{"text": "floor", "y": 1}, {"text": t, "y": 2}]}}
        for t in ("0.5", "0.4")
    )
    assert changed(old, new) == {"layout": {"annotations": {"1": {"text": "0.4"}}}}
