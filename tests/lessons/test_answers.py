"""The rules by which single lessons find their answers, on records made by hand."""

import math
from itertools import product

import numpy as np
import pytest
import torch

from explorer.catalog import building
from explorer.catalog.choosing import make_config
from explorer.lessons import (
    bag,
    beam_search,
    fine_tuning,
    gan_game,
    grokking,
    leakage,
    many_paths,
    misprints,
    old_methods,
    poles,
    recall,
    receptive_field,
)
from explorer.lessons.base import Record
from explorer.models.captures import ignore
from explorer.models.tcn import TCN
from explorer.runs.records import Curves, Validation, View
from explorer.training.transcribing import collapse

pytestmark = pytest.mark.quick


def record(*views: View, **measures: float) -> Record:
    """A run that was measured once, and these views of its end."""
    validations = (Validation(5, 1.0, 0.0, measures),)
    seen = {view.name: view for view in views}
    return Record(None, Curves.empty(), validations, seen)  # type: ignore[arg-type]


def taken(*rows: tuple[int, int, int]) -> Record:
    """A run of which this is known: row the true shape, column what was said."""
    table = {"confusion": np.array(rows)}
    return record(View("prediction", 5, table))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (((20, 0, 0), (0, 20, 0), (0, 2, 18)), "all"),
        (((20, 0, 0), (0, 0, 20), (0, 0, 20)), "cylinder"),
        (((20, 0, 0), (0, 5, 15), (0, 5, 15)), "cylinder"),
        (((20, 0, 0), (20, 0, 0), (0, 0, 20)), "none"),
        (((0, 0, 20), (0, 0, 20), (0, 0, 20)), "none"),
    ],
)
def test_shapes_are_told_apart_as_the_table_says(
    rows: tuple[tuple[int, int, int], ...], told: str
) -> None:
    assert bag.told_apart(taken(*rows)) == told


def test_a_bag_holds_where_positions_alone_part_bell_and_funnel() -> None:
    blind = taken((20, 0, 0), (0, 0, 20), (0, 0, 20))
    seeing = taken((20, 0, 0), (0, 20, 0), (0, 0, 20))
    found = bag.outcome({"bag": blind, "ordered": seeing})
    assert found.answer == "cylinder"
    assert found.holds
    assert not bag.outcome({"bag": seeing, "ordered": seeing}).holds
    assert not bag.outcome({"bag": blind, "ordered": blind}).holds


@pytest.mark.parametrize("labels", [[0], [0, 1], [0, 0], [0, 1, 0], [1, 1, 0], [0] * 3])
def test_paths_are_as_many_as_a_list_of_all_has(labels: list[int]) -> None:
    for steps in range(1, 7):
        every = product(range(3), repeat=steps)
        spelled = sum(collapse(path) == labels for path in every)
        assert many_paths.paths(steps, labels) == spelled


def transcribed(share: float) -> Record:
    """A word of two labels of chance 0.5, and the likeliest path's share of it."""
    chances = np.array([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    arrays = {"symbols": chances, "loss": np.array([-math.log(0.5) / 2])}
    notes = {"edits": [(0, 0), (None, 1), (2, None)], "score": math.log(0.5 * share)}
    view = View("prediction", 5, arrays, notes)
    return record(view, label_error_rate=1.0)


def test_a_words_chance_and_its_likeliest_paths_share() -> None:
    view = transcribed(0.3).views["prediction"]
    assert many_paths.word(view) == [0, 1]
    assert many_paths.shares(view) == pytest.approx((0.5, 0.3))
    answers = {
        share: many_paths.outcome({"gru": transcribed(share)}).answer
        for share in (0.95, 0.3, 0.0005)
    }
    assert answers == {0.95: "one", 0.3: "some", 0.0005: "all"}
    silent = many_paths.outcome({"gru": transcribed(0.3)}).figures
    assert pytest.approx(1 / 3) in silent.values()


def written(score: float, greedy: str, said: str) -> View:
    """A source "ab", as greedy and a beam write it; greedy has log p = -2."""
    notes = {"greedy": greedy, "said": said, "truth": "ba"}
    return View("beam", 5, {}, {**notes, "score": score, "greedy_score": -2.0})


def test_a_beam_is_held_to_what_is_likelier_and_to_what_is_right() -> None:
    views = {
        "one": written(-1.0, "baa", "ba"),
        "two": written(-1.5, "ba", "b"),
        "three": written(-2.0, "ba", "ba"),
        "four": written(-3.0, "bb", "ab"),
    }
    run = record()._replace(views=views)
    found = beam_search.outcome({"writer": run})
    assert found.answer == 2.0
    assert list(found.figures.values()) == [2.0, 2.0, 2.0, 2.0]
    assert found.holds
    views["four"] = written(-1.0, "bb", "ba")
    assert not beam_search.outcome({"writer": run}).holds


def priced(at_best: float, said: list[float]) -> Record:
    """A run of stock that came down to so many times its floor, and what it says on
    new days of 1, 2, 3."""
    config = leakage.LESSON.configs()["end"]
    told = {"truth": np.array([0.0, 1.0, 2.0, 3.0]), "one_step": np.array(said)}
    run = record(View("prediction", 5, told))
    lowest = (Validation(5, at_best * run._replace(config=config).floor, 0.0),)
    return run._replace(config=config, validations=lowest)


def test_what_leaks_is_what_halves_the_loss() -> None:
    late = [math.nan, math.nan, 0.0, 5.0]  # errors -2 and 2, where the last price has 1
    honest, half, near = priced(1.0, late), priced(0.4, late), priced(0.9, late)
    assert leakage.on_new_days(honest) == pytest.approx(4.0)

    def answer(shuffled: Record, first: Record) -> tuple[str | float, bool]:
        runs = {"end": honest, "shuffled": shuffled, "training": honest, "first": first}
        found = leakage.outcome(runs)
        return found.answer, found.holds

    assert answer(half, half) == ("both", True)
    assert answer(half, near) == ("shuffled", False)
    assert answer(near, half) == ("scaled", False)
    assert answer(near, near) == ("none", False)
    foreseen = priced(0.4, [math.nan, 1.0, 2.0, 3.0])
    assert answer(foreseen, half) == ("both", False)


def ended(lowest: float, diversity: float = 1.0) -> Record:
    """A run of that lowest loss, and so diverse windows."""
    measured = Validation(5, lowest, 0.0, {"diversity": diversity})
    return record()._replace(validations=(measured,))


def test_the_misprint_that_seems_better_is_told() -> None:
    right = {name: ended(1.0) for name in ("lstm", "transformer", "gan")}
    worse = {name: ended(1.3) for name in ("candidate", "product", "heads")}
    runs = {**right, **worse, "signs": ended(0.01, 0.05)}
    found = misprints.outcome(runs)
    assert (found.answer, found.holds) == ("signs", True)
    assert list(found.figures.values()) == [0.01, 1.3, 1.3, 1.3, 0.05, 1.0]
    assert not misprints.outcome({**runs, "signs": ended(0.01, 0.9)}).holds
    assert not misprints.outcome({**runs, "product": ended(1.0)}).holds
    assert misprints.outcome({**runs, "signs": ended(0.9)}).answer == "none"
    assert misprints.outcome({**runs, "heads": ended(0.001)}).answer == "heads"


@pytest.mark.parametrize(
    ("plenty", "answer", "holds"),
    [(0.24, "all", True), (0.12, "all", False), (0.08, "plenty", False)],
)
def test_fine_tuning_holds_where_it_is_clearly_lower_than_all_others(
    plenty: float, answer: str, holds: bool
) -> None:
    losses = {"pretrained": 0.01, "all": 0.09, "head": 0.3, "scratch": 0.25}
    runs = {
        name: Record(
            make_config("weather", "gru"),
            Curves.empty(),
            (Validation(0, 0.8, 0.0), Validation(60, loss, 0.0)),
        )
        for name, loss in {**losses, "plenty": plenty}.items()
    }
    found = fine_tuning.outcome(runs)
    assert (found.answer, found.holds) == (answer, holds)
    assert list(found.figures.values())[:5] == [0.09, 0.3, 0.25, plenty, 0.8]


@pytest.mark.parametrize(
    ("ahead", "loss", "even", "holds"),
    [
        (0.2, 0.69, 0.9, True),
        (0.6, 0.69, 0.9, False),
        (0.2, 0.69, 0.4, False),
        (0.2, 1.2, 0.9, False),
    ],
)
def test_a_game_collapses_at_the_loss_of_a_mere_guess(
    ahead: float, loss: float, even: float, holds: bool
) -> None:
    runs = {
        name: record()._replace(
            validations=(Validation(300, at, 0.0, {"diversity": apart}),)
        )
        for name, apart, at in (("ahead", ahead, loss), ("even", even, 1.0))
    }
    found = gan_game.outcome(runs)
    assert (found.answer, found.holds) == (ahead, holds)
    assert list(found.figures.values())[:4] == [ahead, even, loss, 1.0]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_what_convolutions_see_is_where_a_gradient_comes_from(layers: int) -> None:
    setup = receptive_field.setup(layers, "")
    config = setup.config()
    model = building.build_model(config)
    assert isinstance(model, TCN)
    x = torch.zeros(1, 31, dtype=torch.int64)
    read = model.embedding(x).detach().requires_grad_()
    hidden = read
    for layer in model.layers:
        hidden = layer(hidden, ignore)
    hidden[0, -1].sum().backward()
    seen = int((read.grad[0].abs().sum(-1) > 0).sum())
    assert receptive_field.field(record()._replace(config=config)) == seen


@pytest.mark.parametrize(
    ("three", "four", "answer", "holds"),
    [
        (0.12, 1.0, "four", True),
        (0.5, 1.0, "four", False),
        (0.95, 1.0, "both", False),
        (0.1, 0.1, "none", False),
    ],
)
def test_who_recalls_is_told_by_the_share_that_is_right(
    three: float, four: float, answer: str, holds: bool
) -> None:
    configs = (receptive_field.setup(layers, "").config() for layers in (3, 4))
    shares = zip(configs, (three, four), strict=True)
    runs = [record(recalled=r)._replace(config=c) for c, r in shares]
    found = receptive_field.outcome(dict(zip(("three", "four"), runs, strict=True)))
    assert (found.answer, found.holds) == (answer, holds)


def sums(*rows: tuple[int, float, float]) -> Record:
    """A run on a clock: a step, and which share of shown and held-out sums it knows."""
    validations = tuple(
        Validation(step, 1.0, 0.0, {"trained_accuracy": shown, "accuracy": held})
        for step, shown, held in rows
    )
    config = grokking.setup(0.6, "").config()
    return record()._replace(config=config, validations=validations)


def test_a_rule_is_found_after_sums_are_known_by_heart() -> None:
    late = sums((0, 0.0, 0.0), (100, 1.0, 0.4), (200, 1.0, 0.97))
    never = sums((0, 0.0, 0.0), (100, 1.0, 0.2), (200, 1.0, 0.2))
    at_once = sums((0, 0.0, 0.0), (100, 1.0, 1.0), (200, 1.0, 1.0))
    assert grokking.first_known(late, "accuracy") == 200
    assert grokking.first_known(never, "accuracy") == 1201
    outcomes = {
        "most": grokking.outcome({"most": late, "few": never}),
        "none": grokking.outcome({"most": never, "few": never}),
        "both": grokking.outcome({"most": late, "few": late}),
    }
    assert all(found.answer == name for name, found in outcomes.items())
    assert [found.holds for found in outcomes.values()] == [True, False, False]
    assert not grokking.outcome({"most": at_once, "few": never}).holds


@pytest.mark.parametrize(
    ("weather", "waves", "answer", "holds"),
    [
        (0.5, 0.3, "none", False),
        (0.1, 0.3, "weather", False),
        (0.5, 0.1, "waves", True),
        (0.5, 0.19, "waves", False),
        (0.1, 0.1, "both", False),
    ],
)
def test_a_net_is_held_to_the_best_of_the_old_methods(
    weather: float, waves: float, answer: str, holds: bool
) -> None:
    methods = {"a season ago": 0.9, "ETS": 0.2, "ARIMA": 0.4}

    def ended(loss: float) -> Record:
        seen = (Validation(0, 9.0, 0.0), Validation(5, loss, 0.0))
        return record()._replace(validations=seen, methods=methods)

    found = old_methods.outcome({"weather": ended(weather), "waves": ended(waves)})
    assert (found.answer, found.holds) == (answer, holds)


@pytest.mark.parametrize(
    ("gru", "attention", "answer", "holds"),
    [
        (0.37, 1.0, "transformer", True),
        (0.7, 1.0, "transformer", False),
        (1.0, 0.5, "gru", False),
        (1.0, 1.0, "both", False),
        (0.4, 0.5, "none", False),
    ],
)
def test_who_answers_is_told_by_the_share_that_is_right(
    gru: float, attention: float, answer: str, holds: bool
) -> None:
    runs = {"gru": record(accuracy=gru), "transformer": record(accuracy=attention)}
    found = recall.outcome(runs)
    assert (found.answer, found.holds) == (answer, holds)


@pytest.mark.parametrize(
    ("inner", "outer", "steps", "answer", "holds"),
    [
        (0.16, 0.001, (4.0, 300.0), "outer", True),
        (0.16, 0.001, (60.0, 300.0), "outer", False),
        (0.01, 0.001, (4.0, 300.0), "both", False),
        (0.16, 0.16, (4.0, 300.0), "none", False),
    ],
)
def test_poles_are_held_to_what_they_learn_and_how_long_they_last(
    inner: float, outer: float, steps: tuple[float, float], answer: str, holds: bool
) -> None:
    def ended(loss: float, longest: float) -> Record:
        view = View("poles", 5, {"steps": np.array([[1.0, longest]])})
        seen = (Validation(0, 9.0, 0.0), Validation(5, loss, 0.0))
        return record(view)._replace(validations=seen)

    runs = {"inner": ended(inner, steps[0]), "outer": ended(outer, steps[1])}
    found = poles.outcome(runs)
    assert (found.answer, found.holds) == (answer, holds)
