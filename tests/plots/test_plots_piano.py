"""What the piano rolls show, and what can be played, are the tokens' own notes."""

import numpy as np
import pytest

from explorer.catalog import choosing
from explorer.data.melodies import heard
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.facts import facts_of
from explorer.plots.answers import piano
from explorer.plots.panel import Scene
from explorer.runs.records import View
from explorer.training.trainer import Budget, Trainer


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    settings = {"training.steps": 60, "data.copies": 0}
    trainer = Trainer(choosing.make_config("melodies", "gru", settings))
    trainer.advance(Budget())
    return trainer


def view_of(trainer: Trainer, options: str = "{}") -> View:
    subject = Subject.of(trainer)
    return look(subject, Request("prediction", options))


def marked(message: str) -> str:
    return f"⟦{message}⟧"


def test_notes_to_play_are_those_of_the_words_beside_them(trainer: Trainer) -> None:
    view = view_of(trainer)
    scene = Scene.of(facts_of(trainer.config), view)
    content = piano.ANSWER.draw(scene, marked)
    blocks = content["text"]["blocks"]
    assert len(blocks) == 2
    for block in blocks:
        words = [word for word, _kind, _shade in block["tokens"]]
        expected = [[n.start, n.beats, n.midi, n.place] for n in heard(words).notes]
        assert block["play"]["notes"] == expected
        assert expected
        assert block["play"]["start"] == "⟦Listen⟧"
        assert block["play"]["stop"] == "⟦Stop playing⟧"


def test_the_true_tune_begins_where_the_held_out_part_does(trainer: Trainer) -> None:
    view, data = view_of(trainer), trainer.data
    assert data.text is not None
    held = data.text.tokens[data.text.split :][: data.steps + 1]
    assert view.notes["passage"] == [data.symbols[k] for k in held]
    assert len(view.arrays["losses"]) == data.steps + 1
    assert view.notes["prompt"] == view.notes["passage"][: data.steps // 4]


def test_a_prompt_of_ones_own_is_gone_on_from(trainer: Trainer) -> None:
    view = view_of(trainer, '{"prompt": "g\'4 a\'4 | nothing"}')
    assert view.notes["prompt"] == ["g'4", "a'4", "|"]
    assert view.notes["left_out"] == ["nothing"]


def drawn_of(words: str, given: int) -> piano.PianoDrawn:
    sung = heard(words.split())
    notes = np.array([(n.start, n.beats, n.midi, n.place) for n in sung.notes])
    bars = np.array(sung.bars)
    return piano.PianoDrawn("gru", notes, bars, given, notes, bars)


def test_only_bars_that_the_model_wrote_are_judged() -> None:
    """Given one bar and a half; the half is not the model's to answer for alone."""
    words = "c'1 | c'4 c'4 d'4 d'4 | e'2 e'4 | g'1 | g'2 g'2 |. c'4"
    drawn = drawn_of(words, given=4)
    assert piano.whole_bars(drawn) == [3.0, 4.0, 4.0]
    assert piano.reading(drawn) == (
        "It wrote 8 notes from c4 to g4; 2 of its 3 bars are 4 beats long, its "
        "commonest measure."
    )


def test_rolls_lie_where_the_notes_are() -> None:
    drawn = drawn_of("c'4 e'4 | g'2 |.", given=2)
    figure = piano.figure(drawn)
    ours, truth = figure["data"]
    assert ours["base"].tolist() == [0, 1, 2]
    assert ours["x"].tolist() == [1, 1, 2]
    assert ours["y"].tolist() == [60, 64, 67]
    grey = truth["marker"]["color"][0]
    assert [c == grey for c in ours["marker"]["color"]] == [True, True, False]
    assert [s["x0"] for s in figure["layout"]["shapes"]] == [2, 4, 2, 4]


def test_without_a_note_it_says_so() -> None:
    empty = piano.extract("gru", None)
    assert piano.reading(empty, marked).startswith("⟦")
    assert "nothing is drawn" in piano.alternative(empty)
    assert piano.figure(empty)["data"][0]["y"].size == 0
