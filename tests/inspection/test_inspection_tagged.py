"""A label for every step: what the view holds is what the model said of the window."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import ExplorerError
from explorer.inspection.base import probe_window
from explorer.plots.answers import tagged
from explorer.plots.theme import GREY
from explorer.tasks import IGNORED
from tests.inspection.subjects import seen, subject_of


def test_it_is_what_the_model_says_of_a_held_out_window() -> None:
    subject = subject_of("bidirectional", "protein")
    view = seen(subject, "prediction")
    x, y = probe_window(subject.data)
    with torch.no_grad():
        logits = subject.model.eval()(x)[0].double()
    chances = torch.exp(logits - torch.logsumexp(logits, -1, keepdim=True)).numpy()
    np.testing.assert_allclose(view.arrays["chances"], chances, atol=1e-6)
    np.testing.assert_array_equal(view.arrays["said"], chances.argmax(1))
    np.testing.assert_array_equal(view.arrays["truth"], y[0].numpy())
    assert "".join(view.notes["tokens"]) == "".join(
        subject.data.symbols[k] for k in x[0]
    )
    assert view.notes["answer"] == "tagged"


def test_the_reading_counts_the_right_steps_and_finds_the_surest_error() -> None:
    view = seen(subject_of("lstm", "protein", steps=30), "prediction")
    chances, said = view.arrays["chances"], view.arrays["said"]
    truth = view.arrays["truth"]
    right = int((said == truth).sum())
    wrong = [t for t in range(len(said)) if said[t] != truth[t]]
    worst = max(wrong, key=lambda t: chances[t, said[t]])
    drawn = tagged.extract(view)
    sentence = tagged.reading(drawn)
    assert sentence.startswith(f"{right} of {len(said)} steps are right")
    assert f"at step {worst + 1}: " in sentence
    crosses = next(
        trace for trace in tagged.figure(drawn)["data"] if trace["mode"] == "markers"
    )
    np.testing.assert_array_equal(crosses["x"], np.array(wrong) + 1)
    assert crosses["marker"]["line"]["color"] == GREY


def test_the_strips_cover_every_step_in_the_colour_of_its_label() -> None:
    view = seen(subject_of("gru", "protein"), "prediction")
    drawn = tagged.extract(view)
    shapes = tagged.figure(drawn)["layout"]["shapes"]
    for labels, (low, high) in (
        (drawn.predicted, tagged.PREDICTED),
        (drawn.truth, tagged.TRUTH),
    ):
        strip = [s for s in shapes if (s["y0"], s["y1"]) == (low, high)]
        painted = [""] * len(labels)
        for bar in strip:
            for t in range(round(bar["x0"] - 0.5), round(bar["x1"] - 0.5)):
                assert painted[t] == ""
                painted[t] = bar["fillcolor"]
        assert painted == [tagged.colour(int(k)) for k in labels]


def test_what_is_typed_has_no_truth() -> None:
    subject = subject_of("lstm", "protein")
    view = seen(subject, "prediction", prompt="ACDEX")
    assert view.notes["tokens"] == list("ACDE")
    assert view.notes["left_out"] == ["X"]
    assert (view.arrays["truth"] == IGNORED).all()
    drawn = tagged.extract(view)
    assert "Nobody knows" in tagged.reading(drawn)
    assert not len(drawn.wrong)
    with torch.no_grad():
        alone = subject.model.eval()(torch.tensor([[0, 1, 2, 3]]))[0].softmax(-1)
    np.testing.assert_allclose(view.arrays["chances"], alone.numpy(), atol=1e-6)
    with pytest.raises(ExplorerError, match="at least two tokens"):
        seen(subject, "prediction", prompt="A")


def test_copied_symbols_are_looked_at_the_same_way() -> None:
    subject = subject_of("gru", "copy_memory", data__blanks=5)
    view = seen(subject, "prediction")
    data = subject.data
    middle = MAX_VALIDATION_WINDOWS // 2
    np.testing.assert_array_equal(view.arrays["truth"], data.validation.y[middle])
    assert view.arrays["chances"].shape == (25, 10)
    assert tagged.extract(view).name(8, str) == "·"
    assert tagged.reading(tagged.extract(view)).split(" of ")[1].startswith("25 ")


def test_answers_that_do_not_count_are_neither_right_nor_wrong() -> None:
    subject = subject_of("gru", "selective_copy", data__places=6, data__letters=3)
    truth = seen(subject, "prediction").arrays["truth"]
    asked = subject.data.validation.y[MAX_VALIDATION_WINDOWS // 2]
    assert truth.tolist() == [IGNORED] * 6 + asked[6:].tolist()


def test_a_gap_in_the_truth_is_neither_right_nor_wrong() -> None:
    view = seen(subject_of("lstm", "protein"), "prediction")
    arrays = {**view.arrays, "truth": view.arrays["said"].copy()}
    arrays["truth"][3:7] = IGNORED
    drawn = tagged.extract(replace(view, arrays=arrays))
    assert tagged.reading(drawn) == f"All {len(drawn.predicted) - 4} steps are right."
