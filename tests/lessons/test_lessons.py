"""Lessons: what they declare, what they say, and the rules by which runs answer."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from explorer.config.run import GROUPS, settings_groups
from explorer.errors import ExplorerError
from explorer.lessons import rules, texts
from explorer.lessons.base import (
    Choose,
    Lesson,
    Number,
    Outcome,
    Record,
    Setup,
    lesson,
    lessons,
)
from explorer.lessons.checking import checked
from explorer.lessons.first_loss import outcome as first_loss
from explorer.lessons.forget_bias import by_bias_alone, kept
from explorer.lessons.forgetting import share
from explorer.plots.panel import panels
from explorer.runs.records import Curves, Validation, View
from explorer.ui.language import LANGUAGES, translator

pytestmark = pytest.mark.quick
EVERY = list(lessons().values())
ALL = pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)


def record(config: object, losses: list[float], held_out: list[float]) -> Record:
    """A run of these training losses, measured at the steps 0, 10, 20, ..."""
    curves = Curves(np.array(losses, np.float32), *[np.zeros(len(losses))] * 5)  # type: ignore[arg-type]
    seen = (Validation(10 * k, v, 0.0) for k, v in enumerate(held_out))
    return Record(config, curves, tuple(seen))  # type: ignore[arg-type]


def test_they_are_in_order_and_none_has_anothers_place() -> None:
    orders = [each.order for each in EVERY]
    assert orders == sorted(set(orders))
    assert [each.number for each in EVERY] == list(range(1, len(EVERY) + 1))
    assert len(EVERY) >= 10


@ALL
def test_a_lesson_declares_what_a_page_needs(each: Lesson) -> None:
    assert lesson(each.name) is each
    assert each.configs(3).keys() == each.runs.keys()
    assert {config.seed for config in each.configs(3).values()} == {3}
    assert set(each.panels) <= set(panels())
    names = list(each.runs)
    for place, setup in enumerate(each.runs.values()):
        assert not setup.start or setup.start in names[:place]
    assert not each.task.begins.start
    begins = each.task.begins.config()
    known = settings_groups(begins)
    for dotted in each.task.opens:
        group, _dot, name = dotted.partition(".")
        assert group in GROUPS
        assert name in known[group], dotted
    assert set(each.task.solved) <= {*each.task.opens}
    assert replace(
        each.task.begins, settings={**each.task.begins.settings, **each.task.solved}
    ).config()


@ALL
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_speaks_both_languages(each: Lesson, language: str) -> None:
    for part in texts.read(each.name, language):
        assert len(part) > 20
        chinese = bool(re.search("[\u4e00-\u9fff]", part))
        assert chinese == (language == "zh"), part
    _ = translator(language)
    words = [each.title, each.question, *(run.label for run in each.runs.values())]
    if isinstance(each.guess, Choose):
        words += each.guess.choices.values()
    if language == "zh":
        untold = {w for w in words if _(w) == w} - {
            "RNN",
            "LSTM",
            "GRU",
            "GAN",
            "Transformer",
            "0.01",
        }
        assert not untold


@ALL
def test_the_goal_stands_in_the_text_of_the_task(each: Lesson) -> None:
    for language in LANGUAGES:
        assert f"**{each.task.goal}**" in texts.read(each.name, language).task


def test_a_chinese_line_that_ends_within_a_sentence_leaves_no_blank() -> None:
    assert "训练部分是有限的" in texts.read("overfitting", "zh").before


@ALL
def test_what_has_an_index_is_set_as_a_formula(each: Lesson) -> None:
    for language in LANGUAGES:
        plain = re.sub(r"\$[^$]+\$", "", "".join(texts.read(each.name, language)))
        assert "_" not in plain


def test_no_text_lies_there_without_its_lesson() -> None:
    for language in LANGUAGES:
        found = {path.stem for path in (texts.FOLDER / language).glob("*.md")}
        assert found == set(lessons())


def test_a_run_that_begins_with_anothers_weights_is_trained_after_it() -> None:
    quick = {"training.steps": 5, "model.hidden_size": 4}
    first = Setup("", "sine", "gru", quick)
    seen: dict[str, Record] = {}

    def outcome(runs: Mapping[str, Record]) -> Outcome:
        seen.update(runs)
        return Outcome(0.0, {}, True)

    runs = {"first": first, "second": replace(first, start="first")}
    made = replace(lesson("floor"), runs=runs, outcome=outcome, views={})
    assert checked(made, 3).holds
    assert seen["first"].last != seen["first"].validations[0].loss
    assert seen["second"].validations[0].loss == seen["first"].last
    assert seen["second"].config == seen["first"].config


def test_an_unknown_lesson_is_refused() -> None:
    with pytest.raises(ExplorerError, match=r"Unknown lesson 'adings'.*'adding'"):
        lesson("adings")


def test_a_slider_has_its_ends_and_says_what_is_near() -> None:
    even, log = Number(0.0, 8.0, "nats"), Number(0.001, 10.0, "", "log")
    assert even.options[0] == 0.0
    assert even.options[-1] == 8.0
    assert log.options[0] == 0.001
    assert log.options[-1] == 10.0
    assert log.options == sorted(set(log.options))
    assert log.place(0.1) == pytest.approx(0.5)
    assert even.right(4.0, 4.7)
    assert not even.right(4.0, 4.9)
    assert log.right(0.1, 0.2)
    assert not log.right(0.1, 0.3)
    assert log.right(0.001, 0.0) is False


def test_a_choice_is_right_or_not() -> None:
    choose = Choose({"one": "1", "two": "2"})
    assert choose.options == ["one", "two"]
    assert choose.right("one", "one")
    assert not choose.right("two", "one")


def test_rules_of_many_lessons() -> None:
    config = lesson("counting").configs()["gru"]
    low, high = record(config, [4.0], [3.0, 1.0]), record(config, [4.0], [3.0, 2.0])
    runs = {"low": low, "high": high}
    assert rules.lowest_of(runs) == "low"
    assert rules.those_below(runs, 2.5) == "both"
    assert rules.those_below(runs, 1.5) == "low"
    assert rules.those_below(runs, 0.5) == "none"
    assert rules.first_below(high, 2.5) == 10
    assert rules.first_below(high, 1.0) == config.training.steps + 1


def test_the_first_loss_is_read_off_the_run() -> None:
    config = lesson("first_loss").configs()["gru"]
    known, untaught = [4.0, *[2.0] * 20], [4.0] * 21
    assert first_loss({"gru": record(config, known, [4.0])}).holds
    assert first_loss({"gru": record(config, known, [4.0])}).answer == 4.0
    assert not first_loss({"gru": record(config, untaught, [4.0])}).holds
    assert not first_loss({"gru": record(config, [8.0, *known], [4.0])}).holds


def test_what_is_left_of_a_memory_and_of_a_gradient() -> None:
    assert [by_bias_alone(b) for b in (0, 1, 2)] == pytest.approx(
        [9.5e-7, 0.0019, 0.079], rel=0.03
    )
    gate = np.full((7, 3), 0.5, np.float32)
    seen = {"inside": View("inside", 5, {"values": gate})}
    run = record(None, [1.0], [1.0])._replace(views=seen)
    assert kept(run) == pytest.approx(0.5**20, rel=1e-4)
    norms = 0.9 ** np.arange(30, -1, -1, dtype=np.float64)[None]  # (1, T)
    seen = {"gradients": View("gradients", 5, {"norms": norms})}
    assert share(run._replace(views=seen)) == pytest.approx(0.9**20)


def test_a_task_is_met_by_the_lowest_loss_or_the_newest_measure() -> None:
    by_loss = replace(lesson("floor").task, goal=0.5)
    seen = [
        Validation(10 * k, loss, 0.0, {"diversity": d})
        for k, (loss, d) in enumerate([(0.9, 0.1), (0.4, 0.9), (0.6, 0.6)])
    ]
    assert by_loss.figure([]) is None
    assert by_loss.figure(seen) == 0.4
    assert by_loss.met(0.5)
    assert not by_loss.met(0.51)
    by_measure = replace(by_loss, measure="diversity")
    assert by_measure.figure([]) is None
    assert by_measure.figure(seen) == 0.6
    assert by_measure.met(0.5)
    assert not by_measure.met(0.49)


def test_what_a_record_says_of_its_run() -> None:
    run = record(None, [5.0, *[1.0] * 20, *[3.0] * 10], [3.0, 1.0, math.nan, 2.0])
    assert run.first == 5.0
    assert run.training == 2.0
    assert run.lowest == 1.0
    assert run.last == 2.0
    assert record(None, [5.0], [math.nan]).lowest == math.inf
