"""The pictures of a sweep: titled when empty, true to their trials, readable."""

import math

import plotly.graph_objects as go
import pytest

from explorer.plots.encode import to_json
from explorer.plots.sweeps import pictures, study
from explorer.plots.sweeps.readings import QUESTIONS, READINGS, alternative
from explorer.plots.theme import Mode, template
from explorer.runs.trials import Range, Trial

RATE = Range("training.learning_rate", 0.001, 0.1, log=True)
SIZE = Range("model.hidden_size", 8, 64, whole=True)
RULE = Range("training.optimizer", choices=("adam", "sgd"))
TITLES = {RATE.name: "Learning rate", SIZE.name: "Hidden size", RULE.name: "Optimizer"}
MODES: tuple[Mode, ...] = ("light", "dark")


def trial(number: int) -> Trial:
    """Larger learning rates do better; every third trial is pruned at step 20."""
    share = (7 * number % 12) / 12
    loss = 1.0 - 0.9 * share
    pruned = number % 3 == 2
    steps = range(4, 21 if pruned else 101, 4)
    values = {
        RATE.name: 0.001 * 100**share,
        SIZE.name: 8 + 5 * number % 56,
        RULE.name: RULE.choices[number % 2],
    }
    return Trial(
        number,
        values,
        "pruned" if pruned else "finished",
        math.nan if pruned else loss,
        {step: loss + (100 - step) / 100 for step in steps},
    )


def drawn(count: int, *space: Range) -> study.SweepDrawn:
    known = space or (RATE, SIZE)
    names = {each.name for each in known}
    trials = [trial(k) for k in range(count)]
    cut = [
        t._replace(values={k: v for k, v in t.values.items() if k in names})
        for t in trials
    ]
    return study.extract("lstm", known, TITLES, cut, 100, "nats", 0.05)


def titles(figure: dict[str, object]) -> list[str]:
    layout = figure["layout"]
    assert isinstance(layout, dict)
    axes = [v for k, v in layout.items() if k.startswith(("xaxis", "yaxis"))]
    return [axis["title"]["text"] for axis in axes if "title" in axis]


@pytest.mark.parametrize("name", list(pictures.FIGURES))
@pytest.mark.parametrize("count", [0, 1, 2, 3, 12])
@pytest.mark.parametrize("space", [(RATE,), (RATE, SIZE), (RATE, SIZE, RULE)])
def test_every_picture_is_titled_and_accepted_and_read(
    name: str, count: int, space: tuple[Range, ...]
) -> None:
    what = drawn(count, *space)
    figure = pictures.FIGURES[name](what, str)
    assert len(titles(figure)) >= 2
    assert all(titles(figure))
    assert b"Objective Value" not in to_json(figure)
    for mode in MODES:
        go.Figure(
            data=figure["data"], layout={**figure["layout"], "template": template(mode)}
        )
    assert READINGS[name](what, str).endswith(".")
    assert QUESTIONS[name].endswith("?")
    assert len(alternative(name, what, str)) > 30


def test_the_history_shows_each_trial_and_the_lowest_so_far() -> None:
    points, line = pictures.history(drawn(12))["data"]
    expected = [
        t.lowest if t.state == "pruned" else t.loss for t in map(trial, range(12))
    ]
    assert list(points["y"]) == expected
    assert list(line["y"]) == [min(expected[: k + 1]) for k in range(12)]
    assert list(points["x"]) == list(line["x"]) == list(range(1, 13))
    assert [s == "circle" for s in points["marker"]["symbol"]] == [
        trial(k).state == "finished" for k in range(12)
    ]


def test_losses_beside_each_other_have_the_same_lines() -> None:
    frame = pictures.cuts(drawn(12))["layout"]
    kinds = [(frame[k]["type"], frame[k].get("dtick")) for k in ("yaxis", "yaxis2")]
    assert kinds[0] == kinds[1] == ("log", "D2")


def test_the_best_trial_is_the_strong_line() -> None:
    traces = pictures.intermediate(drawn(12))["data"]
    assert len(traces) == 12
    best = min(drawn(12).ended, key=lambda t: t.loss)
    strongest = max(traces, key=lambda trace: trace["line"]["width"])
    assert list(strongest["x"]) == list(best.measured)
    assert list(strongest["y"]) == list(best.measured.values())


def test_the_lower_its_loss_the_stronger_a_trial_runs_through_its_settings() -> None:
    made = pictures.parallel(drawn(12))
    traces = made["data"]
    assert made["layout"]["yaxis"]["title"]["standoff"] == pictures.BESIDE_NUMBERS
    by_loss = sorted(traces, key=lambda trace: trace["y"][0])
    opacities = [trace["opacity"] for trace in by_loss]
    assert opacities == sorted(opacities, reverse=True)
    assert opacities[0] > 3 * opacities[-1]


def test_readings_say_what_is_in_the_numbers() -> None:
    what = drawn(12)
    best = min(what.ended, key=lambda t: t.loss)
    said = READINGS["history"](what, str)
    assert f"trial {best.number + 1};" in said
    assert f"is {best.loss:.3g}, {best.loss / 0.05:.1f} times the floor" in said
    near = what._replace(floor=best.loss / 1.5)
    assert "50 % above the floor" in READINGS["history"](near, str)
    assert "Learning rate: the higher, the lower the loss, mostly" in READINGS["cuts"](
        what, str
    )
    assert READINGS["importances"](what, str).startswith("Learning rate stands behind")
    assert "4 of 12 trials ended early" in READINGS["intermediate"](what, str)
    assert "320 steps, 27 % of all" in READINGS["intermediate"](what, str)


def test_diverged_trials_are_told_apart_from_pruned_ones() -> None:
    what = drawn(12)
    trials = [
        t._replace(state="diverged", loss=math.nan) if t.state == "pruned" else t
        for t in what.trials
    ]
    what = what._replace(trials=tuple(trials))
    assert {t.state for t in what.ended} == {"finished"}
    said = READINGS["intermediate"](what, str)
    assert said == "4 trials diverged (at a triangle), and 0 failed."
    lines = pictures.intermediate(what)["data"]
    marks = [line.get("marker", {}).get("symbol") for line in lines]
    assert marks.count("triangle-up-open") == 4
    lost = what._replace(trials=tuple(t for t in trials if t.state == "diverged"))
    assert "4 diverged" in READINGS["history"](lost, str)


def test_settings_of_one_title_keep_their_dotted_names() -> None:
    alike = {RATE.name: "Rate", SIZE.name: "Rate"}
    what = study.extract("lstm", (RATE, SIZE), alike, [], 100, "nats", None)
    assert dict(what.titles) == {RATE.name: RATE.name, SIZE.name: SIZE.name}
