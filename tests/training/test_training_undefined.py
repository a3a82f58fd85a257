"""Measures whose denominator is nothing: undefined, null where stored, and said."""

import json
import math
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from explorer.__main__ import main
from explorer.catalog import building, choosing
from explorer.data import content
from explorer.errors import ExplorerError
from explorer.plots.training import measures as plot
from explorer.runs.records import Validation
from explorer.runs.store import open_store
from explorer.tasks import MEASURES
from explorer.training.generating import measured
from explorer.training.ratios import ratio
from explorer.training.trainer import Budget, Trainer
from explorer.ui.language import translator

WAVE = 20 + 5 * np.sin(np.arange(320) / 6)
FLAT_TAIL = np.r_[WAVE, np.full(80, 21.5)]
ONE_KNOWN = np.r_[WAVE, np.full(80, np.nan)]
ONE_KNOWN[390] = 21.5
BARELY = np.r_[WAVE, 21.5 + 1e-7 * np.sin(np.arange(80))]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def judged(values: np.ndarray, model: str = "rnn", **settings: object) -> Validation:
    """A run of an own series, measured after its last step."""
    chosen = {"training.steps": 3, "data.digest": content.put_series(values, "x")}
    chosen |= {f"data.{name}": value for name, value in settings.items()}
    trainer = Trainer(choosing.make_config("own_series", model, chosen))
    return trainer.advance(Budget()).validations[-1]


@pytest.mark.parametrize(
    ("values", "undefined"),
    [
        (WAVE, set()),
        (FLAT_TAIL, {"r2", "best_skill"}),
        (BARELY, {"r2", "best_skill"}),
        # repeating the value before the gap is wrong there
        (ONE_KNOWN, {"r2", "crps", "pinball"}),
    ],
)
def test_a_part_that_does_not_move(values: np.ndarray, undefined: set[str]) -> None:
    seen = judged(values, missing="mask")
    assert math.isfinite(seen.loss)
    assert {name for name, x in seen.measures.items() if math.isnan(x)} == undefined
    assert all(math.isfinite(seen.measures[name]) for name in ("mae", "rmse"))


def test_a_known_value_that_no_window_asks_for_is_none() -> None:
    """Of a long held-out part only some windows are kept."""
    values = np.r_[np.tile(WAVE, 30), np.full(20_000, np.nan)]
    values[20_000] = 21.5
    with pytest.raises(ExplorerError, match="Something must be known"):
        judged(values, missing="mask")


def test_a_small_spread_in_small_units_is_a_spread() -> None:
    seen = judged(WAVE * 1e-6, scaling="none")
    assert math.isfinite(seen.measures["r2"])


def test_windows_that_do_not_move() -> None:
    data = building.make_data(choosing.make_config("sine", "gan"))
    flat, moving = torch.ones(5, 7, 1), torch.randn(5, 7, 1)
    logits = torch.zeros(5, 7, 1)
    found = measured(data, flat, moving, logits, logits)
    assert math.isnan(found["diversity"])
    assert math.isnan(found["autocorrelation_distance"])
    found = measured(data, moving, flat, logits, logits)
    assert found["diversity"] == 0
    assert math.isnan(found["autocorrelation_distance"])
    lone = measured(data, moving[:1], moving[:1], logits[:1], logits[:1])
    assert math.isnan(lone["diversity"])


@pytest.mark.parametrize(
    ("part", "whole", "size", "expected"),
    [
        (1.0, 2.0, 1.0, 0.5),
        (0.0, 0.0, 1.0, math.nan),
        (1.0, 1e-13, 1.0, math.nan),
        (1e-13, 2e-13, 1e-12, 0.5),
        (1.0, math.nan, 1.0, math.nan),
    ],
)
def test_ratios(part: float, whole: float, size: float, expected: float) -> None:
    assert ratio(part, whole, size) == pytest.approx(expected, nan_ok=True)


def test_the_command_line_and_the_store_hold_null(tmp_path: Path) -> None:
    file = tmp_path / "flat.csv"
    file.write_text("value\n" + "\n".join(f"{x:.3f}" for x in FLAT_TAIL))
    words = ["train", "--data", str(file), "--model", "rnn", "--steps", "3"]
    found = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)
    assert found["metrics"]["r2"] is None
    assert found["metrics"]["best_skill"] is None
    with sqlite3.connect(tmp_path / "data" / "explorer.sqlite3") as connection:
        rows = connection.execute("SELECT measures FROM validations").fetchall()
    stored = [json.loads(row, parse_constant=pytest.fail) for (row,) in rows]
    assert {row["r2"] for row in stored} == {None}
    seen = open_store().validations(found["run"])[-1].measures
    assert math.isnan(seen["best_skill"])
    plain = CliRunner().invoke(main, words).stdout
    assert "r2 – (the held-out part does not move)" in plain


R2 = [name for name, measure in MEASURES.items() if measure.undefined]


@pytest.mark.parametrize("name", R2)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_why(name: str, language: str) -> None:
    _ = translator(language)
    seen = Validation(3, 0.5, 1.0, {"mae": 0.7, name: math.nan})
    why = _(MEASURES[name].undefined)
    said = plot.line(seen, _)
    close = said.replace(" ", "")  # Chinese has no space after a full-width bracket
    assert f"{_('MAE (standardised)')}0.7".replace(" ", "") in close
    assert f"{_(MEASURES[name].title)}–".replace(" ", "") in close
    assert why in said
    drawn = plot.extract("lstm", [seen], name)
    assert why in plot.reading(drawn, _)
    assert (language == "en") == (why == MEASURES[name].undefined)


def test_a_diverged_loss_is_no_flat_part() -> None:
    seen = Validation(3, math.nan, 1.0, {"r2": math.nan})
    assert "undefined" not in plot.line(seen)
    assert "undefined" not in plot.reading(plot.extract("lstm", [seen], "r2"))
