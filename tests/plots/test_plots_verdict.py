"""The rules by which a loss is told in words, each with its cases in both languages."""

from typing import Any

import numpy as np
import pytest

from explorer.catalog import choosing
from explorer.inspection.facts import lines
from explorer.plots.inside import change
from explorer.plots.ratio import in_ratio, percentage, times
from explorer.plots.runs import race, standings
from explorer.plots.training import levels, loss, overfitting, verdict
from explorer.runs import boards
from explorer.runs.records import Curves, Lines, Validation
from explorer.ui.language import translator

pytestmark = pytest.mark.quick

EN, ZH = translator("en"), translator("zh")

ABOVE: list[tuple[float, Any, str, str]] = [
    (-0.02, "falls", "has reached the floor", "已到达下限"),
    (0.0049, "level", "has reached the floor", "已到达下限"),
    (0.0051, "level", "1 % above the floor. It hardly falls", "帮助不大"),
    (0.04, "level", "4 % above the floor. It hardly falls", "帮助不大"),
    (0.04, "falls", "still falling, but no more than that is left", "只剩这么多"),
    (0.05, "falls", "still falling, but no more than that is left", "只剩这么多"),
    (0.051, "falls", "It is still falling: more training helps", "仍在下降"),
    (0.13, "falls", "13 % above the floor. It is still falling", "仍在下降"),
    (0.13, "level", "13 % above the floor. It hardly falls", "帮助不大"),
    (0.13, "unknown", "do not tell yet whether more training", "还看不出"),
    (
        0.13,
        "rises",
        "13 % above the floor. It is rising: more training does",
        "正在上升",
    ),
    (
        0.16,
        "rises",
        "16 % above the floor. It is rising: more training does",
        "正在上升",
    ),
    (0.16, "level", "rather change the settings", "不如改动设置"),
    (0.16, "falls", "16 % above the floor. It is still falling", "高 16%"),
    (0.16, "unknown", "16 % above the floor. There is still something", "仍有可学"),
    (2.99, "falls", "299 % above the floor", "高 299%"),
    (3.01, "falls", "4.0 times as high as the floor", "下限的 4.0 倍"),
    (132.03, "falls", "133 times as high as the floor", "下限的 133 倍"),
]


@pytest.mark.parametrize(("share", "moves", "english", "chinese"), ABOVE)
def test_how_far_above_the_floor(
    share: float, moves: Any, english: str, chinese: str
) -> None:
    assert english in verdict.above_floor(share, moves, EN)
    assert chinese in verdict.above_floor(share, moves, ZH)


GUESSES = (("repeat last", 0.4), ("mean", 0.2))

AGAINST = [
    (0.19, "5 % below the best simple guess (mean)", "低 5%"),
    (0.2, "has not beaten the best simple guess (mean: 0.2)", "尚未胜过"),
    (0.3, "has not beaten the best simple guess (mean: 0.2)", "尚未胜过"),
    (0.00001, "99.995 % below", "99.995%"),
]


@pytest.mark.parametrize(("now", "english", "chinese"), AGAINST)
def test_who_is_below_the_best_simple_guess(
    now: float, english: str, chinese: str
) -> None:
    assert english in verdict.against_guess(now, GUESSES, EN)
    assert chinese in verdict.against_guess(now, GUESSES, ZH)


BESIDE = [
    (0.19, "", ""),
    (0.1995, "mean (0.2), which needs no training, is there too", "也达到了这里"),
    (0.2009, "mean (0.2), which needs no training, is there too", "也达到了这里"),
    (0.21, "mean (0.2), which needs no training, is lower", "比它更低"),
]


@pytest.mark.parametrize(("now", "english", "chinese"), BESIDE)
def test_a_guess_that_stands_as_low_is_named(
    now: float, english: str, chinese: str
) -> None:
    for _, words in ((EN, english), (ZH, chinese)):
        said = verdict.guess_beside(now, GUESSES, _)
        assert words in said
        assert bool(words) == bool(said)
    assert verdict.guess_beside(now, (), EN) == ""


RATIOS = [
    (1.27, "27 %"),
    (2.0, "100 %"),
    (4.0, "300 %"),
    (4.01, "4.0 times"),
    (133.03, "133 times"),
    (5e8, "5e+08 times"),
]


@pytest.mark.parametrize(("ratio", "words"), RATIOS)
def test_percents_above_some_hundred_become_a_factor(ratio: float, words: str) -> None:
    assert in_ratio(ratio, "%(percent)s %%", "%(times)s times") == words


def test_what_is_not_all_is_not_called_all() -> None:
    assert [percentage(share) for share in (0.9999, 1.0, 1.2)] == [
        "99.99",
        "100",
        "120",
    ]
    assert times(9.96) == "10.0"


CHANGES = [
    (0.5, 0.501, "hardly matters", "几乎没有影响"),
    (0.5, 0.6, "rises by 20 %, from 0.5 to 0.6", "上升 20%"),
    (0.003, 0.399, "becomes 133 times as high, from 0.003", "133 倍"),
    (0.5, 0.4, "falls by 20 %", "下降 20%"),
    (0.0, 0.4, "rises from 0 to 0.4", "从 0 升到 0.4"),
    (0.5, float("nan"), "no longer a number", "不再是"),
]


@pytest.mark.parametrize(("before", "after", "english", "chinese"), CHANGES)
def test_what_a_change_does_to_the_loss(
    before: float, after: float, english: str, chinese: str
) -> None:
    assert english in change.reading(before, after, EN)
    assert chinese in change.reading(before, after, ZH)


STEPS = np.arange(0, 300, 12.0)
FALLING = 0.4 + 0.4 * np.exp(-STEPS / 100)


def measured(
    losses: np.ndarray, training: np.ndarray | None = None
) -> tuple[Curves, list[Validation]]:
    """A run that was measured at every 12th step; training as validation, or so."""
    trained = losses if training is None else training
    fine = np.interp(np.arange(300), STEPS, trained).astype(np.float32)
    none = np.full_like(fine, np.nan)
    curves = Curves(fine, fine, fine, np.arange(300.0), none, none)
    seen = zip(STEPS, losses, strict=True)
    return curves, [Validation(int(step), float(v), float(step)) for step, v in seen]


def drawn_of(losses: np.ndarray, floor: Lines, **more: Any) -> loss.LossDrawn:
    curves, seen = measured(losses)
    return loss.extract("lstm", curves, seen, (), floor, "step", 300, **more)


def test_a_verdict_about_more_training_follows_the_slope() -> None:
    floor = Lines(0.37, "", {}, "nats")
    early, late = FALLING, np.full(25, FALLING[-1])
    assert "still falling" in loss.reading(drawn_of(early, floor))
    assert "hardly falls" in loss.reading(drawn_of(late, floor))


def test_a_diverged_run_is_told_nothing_of_what_is_left_to_learn() -> None:
    floor = Lines(0.1, "", {}, "nats")
    curves, seen = measured(FALLING[::-1])
    told = [
        loss.reading(drawn_of(FALLING[::-1], floor, diverged=True)),
        overfitting.reading(
            overfitting.extract("lstm", curves, seen, floor, diverged=True)
        ),
    ]
    for words in told:
        assert "diverged" in words
        assert "to learn" not in words
        assert "by heart" not in words
    assert "diverged" not in loss.reading(drawn_of(FALLING[::-1], floor))


TWO = Lines(0.483, "the past alone", {"mean": 0.69}, "nats", 0.397, "both ways")
ONE = Lines(0.397, "both ways", {"mean": 0.69}, "nats")


@pytest.mark.parametrize("y_log", [True, False])
def test_a_tagger_that_reads_one_way_has_both_floors_drawn(y_log: bool) -> None:
    drawn = drawn_of(np.full(25, 0.485), TWO)
    layout = loss.figure(drawn, y_log=y_log)["layout"]
    dashes = {
        round(s["y0"], 3): s["line"]["dash"] for s in layout["shapes"] if "y0" in s
    }
    assert (dashes[0.483], dashes[0.397]) == ("solid", "dot")
    words = [a["text"] for a in layout["annotations"]]
    assert any("floor, filtering 0.483" in text for text in words)
    assert any("floor, smoothing 0.397" in text for text in words)
    assert any(text.startswith("Judged by: the past") for text in words)
    low, high = layout["yaxis"]["range"]
    assert low < (np.log10(0.397) if y_log else 0.397) < high
    said = loss.reading(drawn)
    assert "has reached the floor" in said
    assert "who reads the whole window can reach 0.397" in said
    told = loss.alternative(drawn, EN)
    assert "floor, filtering: 0.483." in told
    assert "floor, smoothing: 0.397." in told


@pytest.mark.parametrize("rise", [0.02, 0.09])
def test_a_loss_that_rises_by_little_is_not_said_to_hardly_fall(rise: float) -> None:
    """Below the tenth from which on examples are learned by heart."""
    low = np.maximum(FALLING, FALLING[12])
    losses = low * (1 + rise * np.clip((STEPS - 150) / 140, 0, 1))
    said = loss.reading(drawn_of(losses, Lines(0.37, "", {}, "nats")))
    assert "It is rising" in said
    assert "hardly falls" not in said


RISE = np.clip((STEPS - 150) / 140, 0, 1)


LEARNED = np.maximum(0.01, 1.4 * (1 - STEPS / 144))


@pytest.mark.parametrize(
    ("validation", "training", "by_heart"),
    [
        (0.5 + 0.15 * RISE, FALLING, True),
        (0.5 + 0.15 * RISE, FALLING[::-1], False),  # both rise
        (LEARNED + 0.04 * RISE, FALLING, False),  # little beside the fall before
    ],
)
def test_both_charts_agree_on_what_is_learned_by_heart(
    validation: np.ndarray, training: np.ndarray, by_heart: bool
) -> None:
    curves, seen = measured(validation, training)
    floor = Lines(None, "", {}, "nats")
    drawn = loss.extract("lstm", curves, seen, (), floor, "step", 300)
    gap = overfitting.reading(overfitting.extract("lstm", curves, seen, floor))
    assert ("is learning its examples by heart" in loss.reading(drawn)) == by_heart
    assert ("the model learned its examples by heart" in gap) == by_heart
    assert ("to say that examples are learned by heart" in gap) == (not by_heart)


def charts_beside(lines: Lines) -> dict[str, tuple[Any, str]]:
    """The other charts that draw floors: each with its picture and its words."""
    curves, seen = measured(np.full(25, 0.485))
    gap = overfitting.extract("lstm", curves, seen, lines)
    entry = race.Entry("LSTM", "#000", [0, 12], [0, 1], [0.6, 0.5], [0, 0], [curves])
    runs = race.extract([entry], lines, total_steps=300)
    line = boards.Line(np.float32([0, 12]), np.array([0.6, 0.5], np.float32))
    member = boards.Standing("Ada", 0, 0.5, 12, None, False, line)
    class_ = standings.extract([member], None, 300, lines)
    return {
        "overfitting": (overfitting.figure(gap), overfitting.alternative(gap)),
        "race": (race.figure(runs), race.alternative(runs)),
        "standings": (standings.figure(class_), standings.alternative(class_)),
    }


@pytest.mark.parametrize("name", ["overfitting", "race", "standings"])
def test_every_chart_names_its_floors_alike(name: str) -> None:
    figure, said = charts_beside(TWO)[name]
    dashes = [s["line"]["dash"] for s in figure["layout"]["shapes"] if "y0" in s]
    words = [a["text"] for a in figure["layout"]["annotations"]]
    assert {"solid", "dot"} <= set(dashes)
    for floor in ("floor, filtering 0.483", "floor, smoothing 0.397"):
        assert any(floor in text for text in words)
        assert floor.replace(" 0", ": 0") in said
    figure, said = charts_beside(ONE)[name]
    assert any("floor 0.397" in a["text"] for a in figure["layout"]["annotations"])
    assert "floor: 0.397" in said


def test_a_race_of_both_kinds_has_both_floors() -> None:
    one_way, both = (choosing.make_config("casino", m) for m in ("lstm", "crf"))
    assert lines(one_way, both) == lines(one_way)
    assert lines(both, both).whole_floor is None


def test_who_reads_the_whole_window_has_one_floor() -> None:
    (floor,) = levels.floors_of(ONE)
    assert (floor.name, floor.value, floor.judges) == ("floor", 0.397, True)
    drawn = drawn_of(np.full(25, 0.483), ONE)
    words = [a["text"] for a in loss.figure(drawn)["layout"]["annotations"]]
    assert "both ways" in words
    assert "22 % above the floor" in loss.reading(drawn)
    assert levels.floors_of(Lines(None, "", {}, "")) == ()


def test_the_guess_that_reaches_the_floor_too_is_named() -> None:
    stock = Lines(0.751, "a day's step", {"repeat last": 1.5, "mean": 0.752}, "mse")
    said = loss.reading(drawn_of(np.full(25, 0.752), stock))
    assert "has reached the floor" in said
    assert "mean (0.752), which needs no training, is there too" in said


def test_lines_of_a_run_hold_both_floors_where_it_reads_one_way() -> None:
    one_way, both = (choosing.make_config("casino", m) for m in ("lstm", "crf"))
    assert lines(one_way).whole_floor == pytest.approx(0.3972, abs=1e-4)
    assert lines(one_way).whole_floor == lines(both).floor
    assert lines(both).whole_floor is None
    assert lines(choosing.make_config("sine", "lstm")).whole_floor is None


BESIDE = [
    (0.10, "A simple method wins: ETS(A,N,N) stands at 0.05", "简单方法获胜"),
    (0.0501, "A simple method is there too: ETS(A,N,N)", "简单方法也到了这里"),
    (0.04, "No simple method is as low: the best, ETS(A,N,N)", "没有简单方法"),
]


@pytest.mark.parametrize(("now", "english", "chinese"), BESIDE)
def test_whether_a_simple_method_wins(now: float, english: str, chinese: str) -> None:
    methods = [("ETS(A,N,N)", 0.05), ("ARIMA(1,0,0)", 0.06)]
    assert english in verdict.methods_beside(now, methods, EN)
    assert chinese in verdict.methods_beside(now, methods, ZH)
    assert verdict.methods_beside(now, [], EN) == ""


def test_the_loss_says_that_methods_are_awaited_and_then_what_they_reach() -> None:
    seen = [Validation(1, 0.1, 0.0, {}), Validation(2, 0.08, 0.0, {})]
    curves = Curves.empty()
    lines_ = Lines(None, "", {"mean": 1.0, "a season ago": 0.2}, "", awaited="alone")
    waiting = loss.extract("lstm", curves, seen, (), lines_)
    assert "are being fitted" in loss.reading(waiting, EN)
    assert "VAR" not in loss.reading(waiting, EN)
    several = waiting._replace(awaited="together")
    assert "VAR of all together) are being fitted" in loss.reading(several, EN)
    assert "VAR" in loss.reading(several, ZH)
    assert "正在用训练部分拟合" in loss.reading(waiting, ZH)
    methods = {"a season ago": 0.21, "ETS(A,N,N)": 0.05, "ARIMA(1,0,0)": 0.051}
    done = loss.extract(
        "lstm", curves, seen, (), lines_._replace(awaited="", methods=methods)
    )
    assert "A simple method wins: ETS(A,N,N)" in loss.reading(done, EN)
    assert "being fitted" not in loss.reading(done, EN)
    drawn = [shape["y0"] for shape in loss.figure(done, EN)["layout"]["shapes"]]
    # The season's guess is one line, as it was before.
    assert sorted(drawn) == [0.05, 0.051, 0.2, 1.0]
    labels = str(loss.figure(done, EN)["layout"]["annotations"])
    assert "ETS, ARIMA ≥ 0.05" in labels
