"""What the picture of a transcription shows is what the model says and what is true."""

import itertools

import numpy as np
import pytest
import torch

from explorer.catalog import choosing
from explorer.inspection.base import Request, Subject, look, probe_window
from explorer.plots.answers import transcribed
from explorer.tasks import IGNORED
from explorer.training.trainer import Budget, Trainer


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    settings = {"training.steps": 120, "data.count": 300}
    trainer = Trainer(choosing.make_config("tones", "lstm", settings))
    trainer.advance(Budget())
    return trainer


@pytest.fixture(scope="module")
def drawn(trainer: Trainer) -> transcribed.TranscribedDrawn:
    subject = Subject.of(trainer)
    return transcribed.extract(look(subject, Request("prediction")))


def test_said_and_true_are_those_of_the_window(trainer: Trainer, drawn) -> None:
    x, y = probe_window(trainer.data)
    trainer.model.eval()
    with torch.no_grad():
        best = trainer.model(x)[0].argmax(-1).tolist()
    names = trainer.data.labels
    said = [names[k - 1] for k, _group in itertools.groupby(best) if k]
    truth = [names[k] for k in y[0].tolist() if k != IGNORED]
    assert transcribed.sides(drawn) == (said, truth)
    np.testing.assert_allclose(drawn.chances.sum(1), 1, rtol=1e-5)
    np.testing.assert_array_equal(drawn.input, x[0].numpy())


def test_bars_stand_for_the_true_labels_in_order(drawn) -> None:
    assert [drawn.labels[s - 1] for s, _f, _n in drawn.spans] == transcribed.sides(
        drawn
    )[1]
    figure = transcribed.figure(drawn)
    names = [note["text"] for note in figure["layout"]["annotations"]]
    assert names == transcribed.sides(drawn)[1]
    bars = figure["layout"]["shapes"]
    assert all(a["x1"] <= b["x0"] for a, b in itertools.pairwise(bars))
    blank = figure["data"][1]
    assert blank["name"] == "blank"
    assert blank["line"]["width"] < figure["data"][2]["line"]["width"]
    np.testing.assert_allclose(blank["y"], 100 * drawn.chances[:, 0])


def test_errors_are_marked_on_both_sides_and_counted(drawn) -> None:
    told = drawn._replace(edits=((0, 0), (1, 2), (None, 3), (4, None), (5, 5)))
    predicted, truth = transcribed.blocks(told)
    assert [(w, kind) for w, kind, _ in predicted["tokens"]] == [
        *[("do", ""), ("re", "wrong"), ("sol", "wrong"), ("la", "")]
    ]
    assert [(w, kind) for w, kind, _ in truth["tokens"]] == [
        *[("do", ""), ("mi", "wrong"), ("fa", "wrong"), ("la", "")]
    ]
    words = transcribed.reading(told)
    assert words.startswith("3 edits turn what it says into the truth of 4 labels")
    assert "error rate of 75 %" in words
    silent, _truth = transcribed.blocks(drawn._replace(edits=((None, 1),)))
    assert silent["tokens"] == [["∅", "", 0]]
    right = drawn._replace(edits=((0, 0), (1, 1)), loss=0.25)
    assert transcribed.reading(right).startswith(
        "All 2 labels are right and in order (CTC loss 0.25"
    )
