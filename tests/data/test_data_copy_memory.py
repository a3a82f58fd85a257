"""Copy memory: the exact line of whoever has forgotten, and what a window holds."""

import math

import numpy as np
import pytest
import torch

from explorer.catalog import choosing
from explorer.data.copy_memory import CopyMemorySettings, make
from explorer.inspection.facts import facts_of
from explorer.models.base import SequenceModel
from explorer.models.captures import Probe, ignore
from explorer.tasks import TASKS
from explorer.training.measures import metrics


@pytest.mark.parametrize(
    ("blanks", "expected"), [(100, 0.17329), (500, 0.03999), (1000, 0.02039)]
)
def test_without_memory_the_loss_is_exactly_ten_ln_eight(
    blanks: int, expected: float
) -> None:
    data = make(CopyMemorySettings(blanks=blanks, count=100), 1)
    line = data.baselines["no memory"]
    assert line == pytest.approx(expected, abs=5e-6)
    assert line == pytest.approx(10 * math.log(8) / (blanks + 20), rel=1e-12)


def test_who_knows_all_but_the_symbols_has_exactly_that_loss() -> None:
    """Blank for sure up to the mark, then one of the eight symbols, evenly."""
    data = make(CopyMemorySettings(blanks=100), 2)
    said = np.zeros((*data.validation.y.shape, len(data.symbols)))
    said[:, :-10, data.symbols.index("·")] = 1.0
    said[:, -10:, :8] = 1 / 8
    chosen = np.take_along_axis(said, data.validation.y[..., None], 2)
    assert -np.log(chosen).mean() == pytest.approx(
        data.baselines["no memory"], rel=1e-12
    )


def test_a_window_asks_for_the_symbols_that_it_began_with() -> None:
    data = make(CopyMemorySettings(blanks=5, count=100), 3)
    x, y = data.train
    assert x.shape == y.shape == (100, 25)
    written = ["".join(data.symbols[k] for k in row) for row in (x[0], y[0])]
    assert written[0][10:] == "····?··········"
    assert written[1] == "·" * 15 + written[0][:10]
    np.testing.assert_array_equal(y[:, -10:], x[:, :10])
    assert data.floor == 0
    assert not data.shifted


def test_the_symbols_are_even_and_none_is_foreseen_by_the_one_before() -> None:
    kept = make(CopyMemorySettings(count=4000), 4).train.x[:, :10]
    counts = np.bincount(kept.ravel(), minlength=8)
    pairs = np.bincount((8 * kept[:, :-1] + kept[:, 1:]).ravel(), minlength=64)
    # Chi-squared of 8 and of 64 even kinds, at 0.1 %.
    assert ((counts - 5000) ** 2 / 5000).sum() < 24.4
    expected = 36000 / 64
    assert ((pairs - expected) ** 2 / expected).sum() < 103.5


def test_held_out_windows_are_new() -> None:
    data = make(CopyMemorySettings(), 5)
    known = {row.tobytes() for row in data.train.x}
    assert not known & {row.tobytes() for row in data.validation.x}


class Forgetful(SequenceModel):
    """Knows when to say blank, and says one symbol where it must recall."""

    def __init__(self, blanks: int) -> None:
        super().__init__()
        self.blanks = blanks

    def forward(self, x: torch.Tensor, probe: Probe = ignore) -> torch.Tensor:
        answers = torch.zeros(*x.shape, 10)
        answers[:, : self.blanks + 10, 8] = 9.0
        answers[:, self.blanks + 10 :, 3] = 9.0
        return answers


@pytest.mark.parametrize(
    ("blanks", "all_steps"), [(10, 0.71), (100, 0.93), (1000, 0.991)]
)
def test_accuracy_is_that_of_the_ten_that_must_be_recalled(
    blanks: int, all_steps: float
) -> None:
    data = make(CopyMemorySettings(blanks=blanks, count=100), 6)
    found = metrics(Forgetful(blanks), data)
    y = data.validation.y
    share = float((y[:, -10:] == 3).mean())
    assert found["recalled"] == pytest.approx(share)
    assert share == pytest.approx(1 / 8, abs=0.03)
    assert "accuracy" not in found
    everywhere = (10 * share + blanks + 10) / (blanks + 20)
    assert everywhere == pytest.approx(all_steps, abs=0.005)


def test_the_ten_have_their_own_measure_on_charts() -> None:
    names = {
        data: facts_of(choosing.make_config(data, "rnn")).measures
        for data in ("copy_memory", "fables", "sine")
    }
    assert names["copy_memory"] == ("perplexity", "bits_per_token", "recalled")
    assert names["fables"] == (
        *("perplexity", "bits_per_token", "bits_per_byte"),
        "accuracy",
    )
    assert names["sine"] == TASKS["forecast"].measures
