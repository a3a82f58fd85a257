"""The receptive field as it is drawn, and as it is."""

import numpy as np
import pytest
import torch

from explorer.inspection.receptive import reached
from explorer.plots.inside import receptive
from tests.inspection.subjects import drawn, seen, subject_of


@pytest.mark.parametrize(("layers", "kernel", "field"), [(4, 3, 31), (2, 2, 4)])
def test_inputs_within_the_field_move_the_answer_and_no_others(
    layers: int, kernel: int, field: int
) -> None:
    subject = subject_of(
        "tcn", steps=2, model__layers=layers, model__kernel=kernel, data__window=48
    )
    view = seen(subject, "receptive", mark=40)
    assert view.notes["field"] == field
    model, x = subject.model.eval().double(), torch.randn(1, 48, 1).double()
    x.requires_grad_()
    model(x)[0, 40].sum().backward()
    moved = x.grad[0, :, 0].numpy() != 0
    np.testing.assert_array_equal(view.arrays["read"][0], moved)
    assert moved.sum() == field
    np.testing.assert_array_equal(view.arrays["strength"] > 0, view.arrays["read"][1:])


def test_the_reading_counts_what_the_window_leaves_of_the_field() -> None:
    subject = subject_of("tcn", data__window=48)
    view = seen(subject, "receptive", mark=9)
    told = receptive.reading(view)
    assert "at most 31 time steps. The one at step 10 sees 10 of the 10" in told
    assert "holds" in drawn(subject, view)["proof"]
    ways = receptive.figure(view, "#000000")["data"][0]
    taps, read = view.notes["taps"], view.arrays["read"]
    count = sum(
        back <= t
        for k in range(4)
        for t in np.flatnonzero(read[k + 1])
        for back in taps[k]
    )
    assert len(ways["x"]) == 3 * count


def test_a_classifier_answers_from_its_last_step() -> None:
    subject = subject_of("tcn", "shapes")
    view = seen(subject, "receptive", mark=3)
    assert view.notes["mark"] == view.arrays["read"].shape[1] - 1


def test_only_steps_that_are_there_are_read() -> None:
    assert reached([[0, 3]], 3, 1).astype(int).tolist() == [[0, 1, 0], [0, 1, 0]]
