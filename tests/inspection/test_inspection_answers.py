"""Answers of single examples, against the model asked by hand."""

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

from explorer.catalog.choosing import make_config
from explorer.data.base import Data
from explorer.data.windows import Windows
from explorer.errors import ExplorerError
from explorer.inspection.answer import PredictionOptions
from explorer.inspection.answers.classes import example
from explorer.inspection.base import Subject
from explorer.inspection.facts import facts_of
from explorer.plots.panel import panels
from explorer.tasks import IGNORED
from explorer.ui.live.controls import panel_controls
from tests.inspection.subjects import drawn, seen, subject_of


@pytest.fixture(scope="module")
def shapes() -> Subject:
    return subject_of("gru", "shapes", steps=30)


def test_the_odds_are_the_models_own(shapes: Subject) -> None:
    data = shapes.data
    for chosen, index in ((-1, len(data.validation.x) // 2), (5, 5)):
        view = seen(shapes, "prediction", window=chosen)
        x = torch.tensor(data.validation.x[index : index + 1])
        with torch.no_grad():
            chances = shapes.model.eval()(x)[0].softmax(-1)
        np.testing.assert_allclose(view.arrays["probabilities"], chances, atol=1e-6)
        assert view.notes["truth"] == data.validation.y[index]
        real = data.scaler.undo(data.validation.x[index])
        np.testing.assert_allclose(view.arrays["input"], real, rtol=1e-5)


def test_the_confusion_matrix_is_scikit_learns(shapes: Subject) -> None:
    data = shapes.data
    with torch.no_grad():
        predicted = shapes.model.eval()(torch.tensor(data.validation.x)).argmax(-1)
    expected = confusion_matrix(data.validation.y, predicted, labels=range(3))
    counts = seen(shapes, "prediction").arrays["confusion"]
    np.testing.assert_array_equal(counts, expected)
    assert counts.sum() == len(data.validation.x)


def test_a_series_beyond_the_held_out_ones_is_refused(shapes: Subject) -> None:
    with pytest.raises(ExplorerError, match="64 held-out windows"):
        seen(shapes, "prediction", window=64)


@pytest.mark.parametrize(
    ("model", "data", "offered"),
    [
        ("gru", "handwriting", ["window"]),
        ("gru", "shapes", ["window"]),
        ("gru", "sentiment", ["prompt"]),
        ("gru", "protein", ["prompt"]),
    ],
)
def test_a_prompt_is_offered_where_tokens_are_read(
    model: str, data: str, offered: list[str]
) -> None:
    facts = facts_of(make_config(data, model))
    controls = panel_controls(panels()["prediction"], facts, str)
    assert [each["name"].split(".")[1] for each in controls] == offered
    assert [each.get("blank") for each in controls] == [
        "middle" if name == "window" else None for name in offered
    ]


def test_pairs_are_the_last_sums_and_their_answers() -> None:
    subject = subject_of("gru", "adding", data__window=10)
    view = seen(subject, "prediction")
    x, y = subject.data.validation
    with torch.no_grad():
        predicted = subject.model.eval()(torch.tensor(x))[:, -1, 0]
    np.testing.assert_allclose(view.arrays["said"], predicted, atol=1e-6)
    sums = (x[:, :, 0] * x[:, :, 1]).sum(1)
    np.testing.assert_allclose(view.arrays["truth"], sums, atol=1e-6)
    assert y.shape == (64, 10, 1)


def sentences(filled_first: bool) -> Data:
    x = np.array([[0, 3, 4], [4, 4, 3]] if filled_first else [[3, 4, 0], [4, 4, 3]])
    part = Windows(x, np.array([0, 1]))
    return Data(
        task="classify",
        train=part,
        validation=part,
        baselines={},
        symbols=("_", "<", ">", "good", "bad"),
        labels=("no", "yes"),
        joiner=" ",
        padded=True,
    )


@pytest.mark.parametrize("first", [True, False])
def test_a_prompt_is_filled_up_where_the_data_is(first: bool) -> None:
    given, left_out = example(
        sentences(first), PredictionOptions(prompt="Bad nonsense good")
    )
    assert given.x.tolist() == [[0, 4, 3] if first else [4, 3, 0]]
    assert given.y.tolist() == [IGNORED]
    assert left_out == ["nonsense"]
    given, left_out = example(sentences(first), PredictionOptions(prompt="nonsense"))
    assert given.x.tolist() == [[4, 4, 3]]
    assert (given.y.tolist(), left_out) == ([1], ["nonsense"])


def test_the_facts_that_tell_an_answer_are_marked_and_of_a_prompt_none() -> None:
    subject = subject_of("gru", "stories", 0, data__count=100, data__supporting=2)
    view = seen(subject, "prediction")
    x, marks = subject.data.validation.x[32], subject.data.support[32]
    words = [subject.data.symbols[k] for k in x]
    assert view.notes["tokens"] == words
    assert view.notes["support"] == marks.tolist()
    block = drawn(subject, view)["text"]["blocks"][0]
    bold = [word for word, kinds, _ in block["tokens"] if kinds == "support"]
    assert bold == [subject.data.symbols[k] for k in x[marks]]
    assert "bold" in block["caption"]
    typed = seen(subject, "prediction", prompt="Anna enters the garden.")
    assert typed.notes["support"] is typed.notes["truth"] is None
    block = drawn(subject, typed)["text"]["blocks"][0]
    assert [kinds for _, kinds, _ in block["tokens"]] == [""] * 5
    assert "bold" not in block["caption"]


@pytest.mark.parametrize("data", ["shapes", "adding", "weather"])
def test_own_examples_are_refused_where_their_answer_is_unknown(data: str) -> None:
    subject = subject_of("lstm", data)
    with pytest.raises(ExplorerError, match="asks for something else"):
        seen(subject, "traces", text="1 2 3")


@pytest.mark.parametrize("data", ["river", "digit_rows"])
def test_own_numbers_are_refused_where_a_step_has_several(data: str) -> None:
    subject = subject_of("gru", data)
    with pytest.raises(ExplorerError, match="where a step is one number"):
        seen(subject, "raster", text="1 2 3")


def test_a_change_is_shown_on_odds_and_on_pairs(shapes: Subject) -> None:
    view = seen(shapes, "change", what="zero", first=1, last=8)
    assert view.arrays["chances"].shape == (2, 3)
    np.testing.assert_allclose(view.arrays["chances"].sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(
        view.arrays["chances"][0],
        seen(shapes, "prediction").arrays["probabilities"],
        atol=1e-6,
    )
    numbers = seen(subject_of("gru", "adding"), "change", what="zero", first=1, last=50)
    said = numbers.arrays["said"]
    # With the whole input zeroed, every window is answered alike.
    assert said[1].std() < 1e-6 < said[0].std()
