"""Units that are on, against plain loops over the same model's values."""

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from explorer.catalog import specs
from explorer.errors import ExplorerError
from explorer.inspection.base import Subject
from explorer.inspection.traces import similar
from explorer.models.captures import Recorder
from explorer.plots.stretches import stretches
from tests.inspection.subjects import drawn, seen, subject_of

PAIRS = [
    ("rnn", "sine", "layer_1.hidden", 0.05),
    ("lstm", "fables", "layer_0.memory", 0.02),
    ("gru", "stock", "layer_1.update_gate", 0.5),
    ("transformer", "language", "layer_1.hidden", 0.0),
]


small = partial(subject_of, data__window=16, model__layers=2, model__hidden_size=8)


def recorded(subject: Subject, x: Any, capture: str) -> Any:
    recorder = Recorder()
    subject.model.eval()
    with torch.no_grad():
        subject.model(torch.tensor(x), recorder)
    return recorder.values()[capture].numpy()


def on_set(values: Any, threshold: float) -> set[int]:
    return {unit for unit, value in enumerate(values) if value > threshold}


@pytest.mark.parametrize(("model", "data", "capture", "threshold"), PAIRS)
def test_the_search_is_what_plain_loops_find(
    model: str, data: str, capture: str, threshold: float
) -> None:
    subject = small(model, data)
    window, mark = 3, 9
    view = seen(
        subject,
        "traces",
        capture=capture,
        threshold=threshold,
        example=window,
        mark=mark,
    )
    values = recorded(subject, subject.data.validation.x, capture)
    target = on_set(values[window, mark], threshold)
    best = []
    for w in range(len(values)):
        each = []
        for t in range(values.shape[1]):
            if (w, t) == (window, mark):
                continue
            other = on_set(values[w, t], threshold)
            union = len(target | other)
            alike = len(target & other) / union if union else 1.0
            each.append((-alike, w, t))
        best.append(min(each))
    expected = sorted(best)[:8]
    found = list(
        zip(*(view.arrays[k].tolist() for k in ("window", "step")), strict=True)
    )
    assert found == [(w, t) for _, w, t in expected]
    np.testing.assert_allclose(
        view.arrays["similarity"], [-alike for alike, _, _ in expected], rtol=1e-6
    )
    assert view.notes["active"] == len(target)
    assert 0 < len(target) < 8
    symbols, x = subject.data.symbols, subject.data.validation.x
    for (w, t), moment in zip(found, view.notes["moments"], strict=True):
        if symbols:
            words = [symbols[int(token)] for token in x[w]]
            assert moment["before"] == words[max(0, t - 12) : t]
            assert moment["token"] == words[t]
        else:
            real = float(x[w, t, 0]) * subject.data.scaler.scale
            assert moment["value"] == pytest.approx(real + subject.data.scaler.mean)


def test_ties_go_to_the_earlier_window_and_then_the_earlier_step() -> None:
    on = np.zeros((4, 3, 2), bool)
    on[:, 1:, 0] = True  # every window has the same fingerprint at steps 1 and 2
    found = similar(on, np.array([True, False]), (0, 1))
    assert found.window.tolist() == [0, 1, 2, 3]
    assert found.step.tolist() == [2, 1, 1, 1]
    assert found.similarity.tolist() == [1.0] * 4


def test_two_moments_with_nothing_on_are_alike() -> None:
    on = np.zeros((2, 2, 3), bool)
    on[0] = True
    found = similar(on, np.zeros(3, bool), None)
    assert found.window.tolist() == [1, 0]
    assert found.similarity.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("model", "data", "capture", "threshold"), PAIRS)
def test_what_is_drawn_is_the_units_own_values(
    model: str, data: str, capture: str, threshold: float
) -> None:
    subject = small(model, data)
    view = seen(
        subject, "traces", capture=capture, threshold=threshold, units="7, 2", example=5
    )
    values = recorded(subject, subject.data.validation.x[5:6], capture)[0]
    np.testing.assert_allclose(view.arrays["traces"], values[:, [6, 1]], atol=1e-6)
    content = drawn(subject, view, mark=4)
    lines = content["figure"]["data"]
    for k in range(2):
        np.testing.assert_array_equal(lines[k]["y"], view.arrays["traces"][:, k])
    assert lines[0]["name"] == "unit 7"
    layout = content["figure"]["layout"]
    if not subject.data.symbols:
        x = subject.data.validation.x[5, :, 0]
        scaler = subject.data.scaler
        np.testing.assert_allclose(
            lines[2]["y"], x * scaler.scale + scaler.mean, rtol=1e-5
        )
        assert layout["yaxis2"]["domain"][0] > layout["yaxis"]["domain"][1]
    known = {
        c.name: c
        for c in specs.model_spec(model).captures(
            specs.resolve(subject.config).model_settings
        )
    }
    assert layout["yaxis"]["range"] == [known[capture].low, known[capture].high]
    shapes = layout["shapes"]
    assert shapes[0]["editable"]
    assert shapes[0]["y0"] == shapes[0]["y1"] == threshold
    assert (shapes[0]["xref"], shapes[0]["x0"], shapes[0]["x1"]) == ("paper", 0, 1)
    assert content["drag"] == "traces.threshold"
    tinted = set()
    for shape in shapes[1:]:
        if shape["type"] == "rect":
            tinted |= set(np.arange(shape["x0"] + 0.5, shape["x1"]).astype(int))
    assert tinted == {t + 1 for t, v in enumerate(values[:, 6]) if v > threshold}
    assert shapes[-1]["x0"] == 5


def test_without_names_the_units_that_change_most_are_shown() -> None:
    subject = small("lstm", "fables")
    view = seen(subject, "traces", capture="layer_1.candidate", example=2)
    values = recorded(subject, subject.data.validation.x[2:3], "layer_1.candidate")[0]
    expected = sorted(range(8), key=lambda k: -np.var(values[:, k].astype(float)))[:3]
    assert view.arrays["units"].tolist() == expected


def test_the_list_says_what_stands_there() -> None:
    subject = small("gru", "fables")
    view = seen(subject, "traces", capture="layer_0.hidden", threshold=0.0, mark=7)
    block = drawn(subject, view)["text"]["blocks"][0]
    text = "".join(word for word, _, _ in block["tokens"])
    lines = text.split("\n")
    assert len(lines) == 9
    assert "marked, time step 8" in lines[0]
    bold = [shade for _, kind, shade in block["tokens"] if kind == "prompt"]
    np.testing.assert_allclose(bold, [1.0, *view.arrays["similarity"]])


def test_an_own_example_has_no_moment_to_leave_out() -> None:
    subject = small("rnn", "fables")
    view = seen(subject, "traces", text="the fox and", threshold=0.0)
    assert view.arrays["traces"].shape == (10, 3)
    assert len(view.arrays["similarity"]) == 8
    assert view.notes["here"]["token"] == "n"


def test_stretches_are_runs_of_ones() -> None:
    assert stretches(np.array([1, 1, 0, 1, 0, 0, 1], np.uint8)) == [
        (0, 1),
        (3, 3),
        (6, 6),
    ]
    assert stretches(np.zeros(3, np.uint8)) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": "9"}, "There are 8 hidden units, counted from 1, but unit 9"),
        ({"units": "0"}, "There are 8 hidden units, counted from 1, but unit 0"),
        ({"units": "1,2,3,4,5,6"}, "units does not have the expected form"),
        ({"units": "one"}, "units does not have the expected form"),
        ({"capture": "layer_9.hidden"}, "Unknown capture 'layer_9.hidden'"),
        ({"threshold": 4}, "threshold must be a number from -3 to 3"),
    ],
)
def test_a_wrong_choice_gets_one_sentence(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExplorerError, match=message) as raised:
        seen(small("rnn"), "traces", **options)
    assert "\n" not in str(raised.value)
