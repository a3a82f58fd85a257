"""The chart of a race: what is drawn, and the figure, apart."""

from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.plots.encode import to_json
from explorer.plots.runs import race
from explorer.plots.runs.race import Entry
from explorer.plots.runs.verdict import LowestLoss, in_front, outcome
from explorer.plots.theme import GATES, template
from explorer.runs.records import Curves, Lines
from explorer.ui.language import translator

LINES = Lines(0.1, "the noise", {"mean": 1.0, "repeat": 0.5}, "nats")


def curves(n: int) -> Curves:
    times = np.arange(1, n + 1, dtype=np.float32) / 10
    return Curves(np.linspace(3, 1, n, dtype=np.float32), *[times] * 5)


def entry(label: str, *means: float, deviation: float = 0.0, lost: bool = False) -> Any:
    steps = [20 * k for k in range(len(means))]
    seconds = [2.0 * k for k in range(len(means))]
    spread = [deviation] * len(means)
    known = [mean for mean in means if mean == mean]
    return Entry(
        label,
        "#1e96ff",
        steps,
        seconds,
        means,
        spread,
        [curves(700)],
        lost,
        min(known, default=None),
    )


def drawn(**more: Any) -> race.RaceDrawn:
    two = [entry("LSTM", 2.0, 0.6), entry("<b>GRU</b>", 2.0, 0.4, deviation=0.1)]
    return race.extract(two, LINES, total_steps=700, **more)


def accepted(figure: Any) -> Any:
    given = orjson.loads(to_json(figure))
    for mode in ("light", "dark"):
        layout = given["layout"] | {"template": template(mode)}  # type: ignore[arg-type]
        made = go.Figure({"data": given["data"], "layout": layout})
        assert made.layout.xaxis.title.text
        assert made.layout.yaxis.title.text
    return given


def test_each_setting_is_drawn_as_it_was_recorded() -> None:
    by_step, by_second = drawn(), drawn(axis="second")
    assert [line.label for line in by_step.lines] == ["LSTM", "<b>GRU</b>"]
    assert by_step.lines[0].x.tolist() == [0, 20]
    assert by_second.lines[0].x.tolist() == [0, 2]
    assert by_step.lines[0].y.tolist() == np.float32([2.0, 0.6]).tolist()
    assert (by_step.x_end, by_second.x_end) == (700, None)
    where, losses = by_step.lines[0].training[0]
    assert len(where) == len(losses) <= race.KEPT
    assert (where[0], where[-1]) == (0, 699)


def test_the_figure_has_bands_for_seeds_and_a_label_at_each_end() -> None:
    figure = accepted(race.figure(drawn()))
    traces = race.figure(drawn())["data"]
    (filled,) = [t for t in traces if t.get("fill") == "toself"]
    np.testing.assert_allclose(filled["y"], [2.1, 0.5, 0.3, 1.9], rtol=1e-6)
    words = " ".join(a["text"] for a in figure["layout"]["annotations"])
    for said in ("LSTM 0.6", "&lt;b&gt;GRU&lt;/b&gt; 0.4", "floor 0.1", "mean 1"):
        assert said in words
    assert len(race.figure(drawn(), training=False)["data"]) == 3
    accepted(race.figure(drawn(axis="second"), y_log=False))


def test_two_settings_never_share_a_mark_or_a_colour() -> None:
    same = [entry(f"{k}", 2.0, 1.0) for k in range(8)]
    figure = race.figure(race.extract(same, LINES))
    marks = [t["marker"]["symbol"] for t in figure["data"] if "marker" in t]
    assert len(set(marks)) == 8
    assert race.colours(["lstm"] * 8) == list(GATES.values())
    assert len(set(race.colours(["rnn", "lstm", "gru"]))) == 3


def test_the_sentence_says_who_leads_and_how_far() -> None:
    reading = race.reading(drawn())
    assert reading.startswith(
        "<b>GRU</b> is in front with a validation loss of 0.4; LSTM"
    )
    assert "50 % more" in reading
    one = race.extract([entry("LSTM", 2.0), entry("GRU")], LINES)
    assert "nobody else" in race.reading(one)
    level = race.extract([entry("LSTM", 2.0), entry("GRU", 2.001)], LINES)
    assert race.reading(level) == "LSTM and GRU are level at a loss of 2."


def test_a_sentence_says_when_a_simple_method_wins() -> None:
    """The best of the race counts, at its lowest; before that, nothing is said."""
    two = [entry("LSTM", 2.0, 0.6), entry("GRU", 2.0, 0.4, 0.5)]
    beside = LINES._replace(methods={"ETS(A,N,N)": 0.3, "ARIMA(1,0,0)": 0.7})
    shown = race.extract(two, beside)
    assert "A simple method wins: ETS(A,N,N) stands at 0.3" in race.reading(shown)
    assert "and the model at 0.4" in race.reading(shown)
    assert [name for name, _value in shown.dashed][:2] == ["ETS(A,N,N)", "ARIMA(1,0,0)"]
    labels = accepted(race.figure(shown))["layout"]["annotations"]
    assert any("ETS(A,N,N)" in label["text"] for label in labels)
    behind = race.extract(two, beside._replace(methods={"ETS(A,N,N)": 0.5}))
    assert "No simple method is as low" in race.reading(behind)
    awaited = race.extract(two, LINES._replace(awaited="alone"))
    assert "are being fitted" in race.reading(awaited)
    nobody = race.extract([entry("LSTM")], beside)
    assert "simple" not in race.reading(nobody)


def test_before_the_start_the_figure_is_empty_and_titled() -> None:
    nothing = race.extract([entry("LSTM"), entry("GRU")], Lines(None, "", {}, ""))
    figure = accepted(race.figure(nothing))
    assert figure["layout"]["annotations"] == []
    assert race.reading(nothing) == "Nobody has been measured yet."
    assert race.alternative(nothing)
    accepted(race.figure(race.extract([], Lines(None, "", {}, ""))))


def test_a_lost_run_and_losses_that_are_no_numbers_leave_gaps() -> None:
    lost = race.extract([entry("GRU", 2.0, float("nan"), lost=True)], LINES)
    assert np.isnan(lost.lines[0].y[1])
    words = [a["text"] for a in race.figure(lost)["layout"]["annotations"]]
    assert any("GRU ✕ 2" in each for each in words)


def standings(*losses: float | None) -> list[LowestLoss]:
    names = ("LSTM", "GRU", "RNN")
    return [
        LowestLoss(name, loss, "" if loss is None else f"{loss:g} ± 0.1")
        for name, loss in zip(names, losses, strict=False)
    ]


OUTCOMES: list[tuple[list[LowestLoss], int | None, str, str]] = [
    (standings(None, None), 0, "", ""),
    (
        standings(0.2, 0.1),
        None,
        "**GRU** got lowest: a validation loss of 0.1 ± 0.1.",
        "**GRU** 降得最低：验证损失为 0.1 ± 0.1。",
    ),
    (
        standings(0.2, 0.1),
        1,
        "**GRU** got lowest: a validation loss of 0.1 ± 0.1. That is what you guessed.",
        "你猜对了",
    ),
    (
        standings(0.2, 0.1),
        0,
        "You guessed **LSTM**, which came in at place 2.",
        "你猜的是 **LSTM**，名次为 2。",
    ),
    (
        standings(0.2, 0.1, None),
        2,
        "You guessed **RNN**, which came in at place –.",
        "名次为 –",
    ),
    (
        standings(0.1, 0.1005),
        0,
        "**LSTM** and **GRU** are level at a loss of 0.1 ± 0.1. "
        "You guessed **LSTM**, which is one of them.",
        "是其中之一",
    ),
    (standings(0.1, 0.1005), 1, "guessed **GRU**, which is one of them", "其中之一"),
    (
        standings(0.1, 0.1005, 0.2),
        2,
        "are level at a loss of 0.1 ± 0.1. You guessed **RNN**, which came in at "
        "place 3.",
        "名次为 3",
    ),
    (
        standings(0.1, 0.1005, 0.1001),
        None,
        "3 settings are level at a loss of 0.1 ± 0.1: **LSTM**, **GRU**, **RNN**.",
        "3 组设置不分上下",
    ),
]


@pytest.mark.parametrize(("there", "guess", "english", "chinese"), OUTCOMES)
def test_who_has_won_and_whether_that_was_guessed(
    there: list[LowestLoss], guess: int | None, english: str, chinese: str
) -> None:
    said, chinese_said = (outcome(there, guess, translator(c)) for c in ("en", "zh"))
    assert english in said
    assert chinese in chinese_said
    assert bool(english) == bool(said)


FRONT = [
    (standings(None, None), "Nobody has been measured yet", "还没有任何一方"),
    (standings(0.1, None), "nobody else has been measured", "LSTM"),
    (standings(0.15, 0.1), "GRU is in front with a validation loss of 0.1", "领先"),
    (standings(0.15, 0.1), "LSTM follows with 0.15, 50 % more", "高出 50%"),
    (standings(0.1, 1.5), "GRU follows with 1.5, 15 times as much", "15 倍"),
    (standings(0.1009, 0.1), "LSTM and GRU are level", "LSTM"),
    (standings(0.0, 0.1), "GRU follows", "领先"),
]


@pytest.mark.parametrize(("there", "english", "chinese"), FRONT)
def test_who_is_in_front(there: list[LowestLoss], english: str, chinese: str) -> None:
    assert english in in_front(there, translator("en"))
    assert chinese in in_front(there, translator("zh"))


LOSSES = st.lists(st.one_of(st.none(), st.floats(0.001, 0.01)), min_size=2, max_size=3)


@given(LOSSES)
def test_nobody_gets_lowest_who_is_level_with_another(
    losses: list[float | None],
) -> None:
    there = standings(*losses)
    ends, front = outcome(there, 0, str), in_front(there, str)
    assert ("level" in ends) == ("level" in front)
    assert ("got lowest" in ends) <= ("in front" in front or "nobody else" in front)
    assert not ("level" in ends and "That is what you guessed" in ends)
