"""The floor of a tagger depends on what it may see."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from explorer.__main__ import main
from explorer.catalog import building, choosing, specs
from explorer.data import casino, protein
from explorer.data.base import Data, without_lines
from explorer.data.hidden_markov import HiddenMarkov
from explorer.inspection.facts import lines


def filtered_loss(model: HiddenMarkov, labels: np.ndarray, data: Data) -> float:
    """Bayes' rule, one symbol after another, in plain chances."""
    total, rows = 0.0, list(zip(*data.validation, strict=True))
    for x, y in rows:
        belief = model.start
        for t, symbol in enumerate(x):
            if t:
                belief = belief @ model.transitions
            belief = belief * model.emissions[:, symbol]
            belief = belief / belief.sum()
            total -= np.log(belief[labels == y[t]].sum())
    return total / data.validation.y.size


CASES = [
    (
        "casino",
        casino.casino(casino.CasinoSettings()),
        np.arange(2),
        0.3972,
        0.4831,
    ),
    (
        "protein",
        protein.chain(protein.ProteinSettings().clarity),
        protein.structures(),
        0.5030,
        0.6678,
    ),
]


@pytest.mark.parametrize(("name", "model", "labels", "whole", "past"), CASES)
def test_the_floor_that_holds_for_a_model(
    name: str, model: HiddenMarkov, labels: np.ndarray, whole: float, past: float
) -> None:
    one_way, both_ways = (choosing.make_config(name, m) for m in ("lstm", "crf"))
    data = building.make_data(one_way)
    assert lines(one_way).floor == pytest.approx(past, abs=1e-4)
    assert lines(one_way).floor == pytest.approx(filtered_loss(model, labels, data))
    assert "past alone" in lines(one_way).floor_note
    assert lines(both_ways).floor == pytest.approx(whole, abs=1e-4)
    mixed = lines(one_way, both_ways)
    assert (mixed.floor, mixed.whole_floor) == (lines(one_way).floor, data.floor)
    assert data.floor == lines(both_ways).floor
    bare = without_lines(data)
    assert bare.floor_for(True) == bare.floor_for(False) == (None, "")


TAGGERS = [spec.name for spec in specs.fitting("casino")]


@pytest.mark.parametrize("name", TAGGERS)
def test_only_a_model_that_never_looks_ahead_is_called_one_way(name: str) -> None:
    model = building.build_model(choosing.make_config("casino", name)).eval()
    x = torch.arange(48)[None] % 6
    changed = x.clone()
    changed[:, 30:] = 5
    with torch.no_grad():
        ahead = (model(x) - model(changed))[:, :30].abs().max()
    assert specs.model_spec(name).one_way == (float(ahead) == 0)


def test_the_command_line_names_the_same_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    words = ["train", "--data", "casino", "--model", "lstm", "--steps", "1", "--json"]
    found = json.loads(CliRunner().invoke(main, words).stdout)
    assert found["floor"] == pytest.approx(0.4831, abs=1e-4)
