"""One step with its numbers: every line is what its equation says."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog import specs
from explorer.errors import ExplorerError
from explorer.inspection import cell
from explorer.plots.inside.cell import add_up, rows_of
from explorer.runs.records import View
from tests.inspection.subjects import drawn, seen, subject_of

CASES = [
    *(
        (spec.name, {})
        for spec in specs.models().values()
        if spec.lines and {"forecast", "next_token"} <= set(spec.tasks)
    ),
    ("rnn", {"model__activation": "relu"}),
]


def recomputed(view: View, row: int) -> float:
    """A line's value from its own inputs, by its kind."""
    a, b, c, d = view.arrays["inputs"][row]
    known = view.arrays["inputs"][row][: len(view.notes["symbols"][row])]
    return {
        "sum": lambda: float(known.sum()),
        "sigmoid": lambda: 1 / (1 + math.exp(-a)),
        "tanh": lambda: math.tanh(a),
        "relu": lambda: max(0.0, a),
        "mix": lambda: a * b + c * d,
        "tanh_times": lambda: a * math.tanh(b),
        "scaled_sum": lambda: a + b * c,
        "share": lambda: a / (a + b),
    }[view.notes["kinds"][row]]()


@pytest.mark.parametrize("data", ["sine", "fables"])
@pytest.mark.parametrize(("model", "settings"), CASES)
def test_every_line_follows_from_the_lines_before(
    model: str, settings: dict[str, object], data: str
) -> None:
    subject = subject_of(model, data, model__layers=2, **settings)
    for layer in "01":
        for mark in (0, 7):
            view = seen(subject, "cell", layer=layer, unit=3, mark=mark)
            made: dict[str, float] = {}
            for row, target in enumerate(view.notes["targets"]):
                value = float(view.arrays["values"][row])
                assert value == pytest.approx(recomputed(view, row), abs=1e-12)
                pairs = zip(
                    view.notes["symbols"][row], view.arrays["inputs"][row], strict=False
                )
                for symbol, number in pairs:
                    if symbol in made:
                        assert number == pytest.approx(made[symbol], abs=1e-12)
                    if symbol == "1 − z":
                        assert number == pytest.approx(1 - made["z"], abs=1e-12)
                made[target] = value
            kind = "hidden"
            hidden = seen(subject, "inside", capture=f"layer_{layer}.{kind}").arrays[
                "values"
            ]
            # The step's last line is the hidden state that the model had.
            assert view.arrays["values"][-1] == pytest.approx(hidden[mark, 2], abs=1e-6)
            assert view.notes["residual"] < 1e-6


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=4))
def test_shown_terms_add_up_to_the_shown_sum(values: list[float]) -> None:
    shown = add_up(values, sum(values))
    total = sum(round(float(text) * 10**4) for text in shown)
    assert total == round(sum(values) * 10**4)
    for text, value in zip(shown, values, strict=True):
        assert abs(float(text) - value) <= 1.0001e-4


def test_the_page_shows_the_lines_up_to_the_stage() -> None:
    subject = subject_of("lstm")
    view = seen(subject, "cell", stage=4, mark=5)
    rows = rows_of(view)
    content = drawn(subject, view)
    lit, dim = content["figure"]["data"]
    assert (len(lit["text"]), len(dim["text"])) == (4, len(rows) - 4)
    assert rows[3].value in content["reading"]
    assert all(row.value in " ".join(lit["text"] + dim["text"]) for row in rows)
    assert np.isfinite(float(rows[-1].value.replace("−", "-")))


@pytest.mark.parametrize("options", [{"unit": 99}, {"layer": "3"}])
def test_a_part_that_is_not_there_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ExplorerError, match="This model has"):
        seen(subject_of("lstm"), "cell", **options)


def test_a_step_that_the_model_did_not_take_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = cell._before

    def moved(*args: Any) -> cell.Before:
        known = before(*args)
        return replace(known, after=known.after + 0.25)

    monkeypatch.setattr(cell, "_before", moved)
    subject = subject_of("gru")
    view = seen(subject, "cell")
    assert view.notes["residual"] == pytest.approx(0.25, abs=1e-6)
    assert "is violated" in drawn(subject, view)["proof"]
