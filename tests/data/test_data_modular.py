"""Sums on a clock: every sum is in one part, and what is told of both parts."""

import math
from copy import deepcopy

import numpy as np
import pytest
import torch

from explorer.data.modular import ModularSettings, make, parted
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.inspection.fourier import wave_shares
from explorer.models.base import SequenceModel
from explorer.models.captures import Probe, ignore
from explorer.plots.training import measures
from explorer.plots.training.clock import by_ratio
from explorer.runs.records import Validation
from explorer.training.measures import metrics
from tests.inspection.subjects import seen, subject_of


@pytest.mark.parametrize(("p", "share"), [(5, 0.8), (7, 0.5), (10, 0.2)])
def test_every_sum_stands_once_in_one_of_the_parts(p: int, share: float) -> None:
    train, held = parted(p, share, np.random.default_rng(1))
    pairs = sorted(map(tuple, np.concatenate([train, held]).tolist()))
    assert pairs == [(a, b) for a in range(p) for b in range(p)]
    counts = np.bincount(held.sum(1) % p, minlength=p)
    assert counts.max() - counts.min() <= 1
    assert abs(len(train) - share * p * p) <= 0.5


def test_a_window_is_a_sum_and_its_answer() -> None:
    data = make(ModularSettings(modulus=13), 2)
    for part in data.train, data.validation:
        np.testing.assert_array_equal(part.x[:, :2].sum(1) % 13, part.y)
        assert (part.x[:, 2] == 13).all()
    assert len(data.validation.x) == MAX_VALIDATION_WINDOWS
    counts = np.bincount(data.validation.y, minlength=13)
    assert counts.max() - counts.min() <= 1  # what is judged of them as well
    assert data.baselines == {"uniform": math.log(13)}


class ByHeart(SequenceModel):
    """Knows the training sums, and says 0 of all others."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        super().__init__()
        rows = zip(x.tolist(), y.tolist(), strict=True)
        self.known = {tuple(row): label for row, label in rows}

    def forward(self, x: torch.Tensor, probe: Probe = ignore) -> torch.Tensor:
        said = [self.known.get(tuple(row), 0) for row in x.tolist()]
        return 9.0 * torch.nn.functional.one_hot(torch.tensor(said), 11).float()


def test_accuracy_on_training_windows_is_told_beside_that_of_the_others() -> None:
    data = make(ModularSettings(modulus=11), 3)
    found = metrics(ByHeart(*data.train), data)
    assert found["trained_accuracy"] == 1
    assert found["accuracy"] == pytest.approx(float((data.validation.y == 0).mean()))
    assert "trained_accuracy" in data.measures
    told = [Validation(k, 1.0, 0.1 * k, found) for k in range(2)]
    drawn = measures.extract("lstm", told, "accuracy", total_steps=2)
    thin, strong = measures.figure(drawn)["data"]
    assert thin["y"].tolist() == [100, 100]
    assert strong["y"].tolist() == pytest.approx(2 * [100 * found["accuracy"]])


def test_other_data_have_no_accuracy_on_training_windows() -> None:
    shapes = subject_of("lstm", "shapes").data
    assert "trained_accuracy" not in shapes.measures
    told = [Validation(0, 1.0, 0.0, {"accuracy": 0.5})]
    drawn = measures.extract("lstm", told, "accuracy", total_steps=2)
    assert len(measures.figure(drawn)["data"]) == 1


def test_a_logarithmic_axis_keeps_words_at_their_steps() -> None:
    figure = {
        "layout": {
            "xaxis": {"range": [0, 2000], "rangemode": "tozero", "uirevision": "step"},
            "annotations": [
                {"x": 100, "xref": "x", "text": "best"},
                {"x": 1, "xref": "paper", "text": "end"},
            ],
        },
        "data": [{"x": [0, 1]}, {"yaxis": "y2", "text": ["paused"]}],
    }
    before = deepcopy(figure)
    made = by_ratio(figure, 2000)
    plan = made["layout"]
    assert plan["xaxis"]["type"] == "log"
    assert plan["xaxis"]["range"] == [0, math.log10(2000)]
    assert [word["x"] for word in plan["annotations"]] == [2, 1]
    assert made["data"][1]["text"] == [""]
    assert figure == before  # its parts may be those of other figures, too


def test_shares_of_waves_are_those_of_a_sum_of_two() -> None:
    """Of amplitudes 3 and 4 in two units, at 1 and 3 turns of 10 hours."""
    hours = 2 * np.pi * np.arange(10) / 10
    both = np.stack([3 * np.sin(hours), 4 * np.cos(3 * hours) + 8], 1)
    shares = wave_shares(both)
    np.testing.assert_allclose(shares, [9 / 25, 0, 16 / 25, 0, 0], atol=1e-12)
    fastest = np.where(np.arange(10) % 2, 1.0, -1.0) + np.sqrt(2) * np.cos(hours)
    np.testing.assert_allclose(wave_shares(fastest[:, None])[[0, 4]], 0.5)


def test_the_view_reads_the_hours_of_the_embedding() -> None:
    subject = subject_of("transformer", "modular", data__modulus=11)
    shares = seen(subject, "fourier").arrays["shares"]
    table = subject.model.embedding.weight.detach().double().numpy()
    np.testing.assert_allclose(shares, wave_shares(table[:11]), rtol=1e-5)
    assert shares.sum() == pytest.approx(1)
