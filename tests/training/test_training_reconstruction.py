"""Windows that are written back: by loops, from their codes, from the training part."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.catalog import building, choosing
from explorer.data.base import Data
from explorer.engine import worker
from explorer.inspection.anomalies import standardised
from explorer.inspection.facts import facts_of
from explorer.plots.inside import anomalies, detection
from explorer.plots.panel import Scene
from explorer.runs.records import View
from explorer.training import reconstruction
from explorer.training.reconstruction import (
    CODE,
    WINDOW,
    EncoderDecoder,
    missed,
    rewritten,
    trained,
)
from tests.inspection.subjects import seen, subject_of

rng = np.random.default_rng(6)


class Leaning(torch.nn.Module):
    """Half of each value, and more the later in its window it stands."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x / 2 + torch.arange(x.shape[1])[None, :, None]


@pytest.mark.parametrize("n", [WINDOW, WINDOW + 1, 700])
def test_a_value_is_the_mean_of_what_its_windows_make_of_it(n: int) -> None:
    values = rng.normal(size=n).astype(np.float32)
    found = rewritten(Leaning(), values)
    for t in range(n):
        first, last = max(0, t - WINDOW + 1), min(t, n - WINDOW)
        said = [values[t] / 2 + (t - start) for start in range(first, last + 1)]
        assert found[t] == pytest.approx(np.mean(said), abs=1e-5)


def test_all_that_is_written_comes_from_the_code() -> None:
    """Windows of one code are written alike, and the code is a few numbers."""
    net = EncoderDecoder()
    x = torch.from_numpy(rng.normal(size=(5, WINDOW, 1)).astype(np.float32))
    code = net.encoder(x)[:, -1]
    assert code.shape == (5, CODE)
    again = net.decoder(code[:, None].expand(-1, WINDOW, -1))
    torch.testing.assert_close(net(x), again)


def wave(n: int, seed: int = 0) -> NDArray[np.float32]:
    noise = np.random.default_rng(seed).normal(0, 0.1, n)
    return (np.sin(2 * np.pi * np.arange(n) / 20) + noise).astype(np.float32)


def test_it_learns_to_write_a_wave_back() -> None:
    state = torch.random.get_rng_state()
    net = trained(wave(600), 0)
    assert torch.equal(torch.random.get_rng_state(), state)
    other = wave(300, 1)
    missing = other - rewritten(net, other)
    assert float(np.sqrt(np.mean(missing**2))) < 0.4 * float(other.std())
    for one, two in zip(
        net.parameters(), trained(wave(600), 0).parameters(), strict=True
    ):
        torch.testing.assert_close(one, two, rtol=0, atol=0)


def test_another_seed_begins_elsewhere_and_draws_other_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first: list[float] = []

    def noted(net: EncoderDecoder, loss: Callable[[], Tensor], *_: float) -> None:
        with torch.no_grad():
            for weights in net.parameters():
                if weights.ndim == 2:
                    first.append(float(weights.sum()))
                weights.zero_()
        drawn = loss().detach()  # of windows alone, since all is written as 0
        first.append(float(drawn))

    monkeypatch.setattr(reconstruction, "learn", noted)
    for seed in (0, 1):
        trained(wave(100), seed)
    half = len(first) // 2
    assert all(a != b for a, b in zip(first[:half], first[half:], strict=True))


def data_of(name: str = "anomalies", **few: object) -> Data:
    said = {f"data.{key}": value for key, value in few.items()}
    return building.make_data(choosing.make_config(name, "rnn", said))


@pytest.fixture
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reconstruction, "STEPS", 5)
    reconstruction.forget()
    yield
    reconstruction.forget()


@pytest.mark.usefixtures("_few_steps")
def test_nothing_is_learned_from_what_is_held_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = data_of(length=700, window=16)
    given: list[NDArray[np.float32]] = []
    train = reconstruction.trained

    def noted(values: NDArray[np.float32], seed: int) -> EncoderDecoder:
        given.append(values)
        return train(values, seed)

    monkeypatch.setattr(reconstruction, "trained", noted)
    assert data.series is not None
    found = missed(data, 0, 0, 700)
    assert found is not None
    (values,) = given
    np.testing.assert_array_equal(values, data.series.scaled[: data.series.split])
    expected = data.series.scaled - rewritten(train(values, 0), data.series.scaled)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    for begin, end in ((0, 560), (560, 700), (3, 5), (690, 699)):
        part = missed(data, 0, begin, end)
        assert part is not None
        np.testing.assert_allclose(part, expected[begin:end], atol=1e-6)
    assert len(given) == 1


@pytest.mark.usefixtures("_few_steps")
def test_values_that_nobody_knows_have_no_score() -> None:
    data = data_of(length=500, window=16)
    assert data.series is not None
    values = np.array(data.series.values, np.float64)
    values[::7] = np.nan
    other = replace(data, series=data.series._replace(values=values))
    found = missed(other, 0, 0, 500)
    assert found is not None
    np.testing.assert_array_equal(np.isnan(found), np.isnan(values))


@pytest.mark.usefixtures("_few_steps")
def test_with_deleted_data_goes_what_was_learned_from_it() -> None:
    data = data_of(length=500, window=16)
    assert missed(data, 0, 0, 500) is not None
    before = sys.getrefcount(data)
    worker.forget([])
    assert missed.cache_info().currsize == 0
    assert sys.getrefcount(data) < before


@pytest.mark.usefixtures("_few_steps")
def test_the_picture_is_of_the_score_that_is_chosen() -> None:
    subject = subject_of("rnn", "anomalies", steps=0, data__length=1500)
    view = seen(subject, "anomalies")
    assert view.notes["ways"][:2] == ["the model", "encoder-decoder"]
    assert view.notes["learning"] == 2
    found = missed(subject.data, subject.config.seed, 0, 1500)
    assert found is not None
    held = standardised(found[1200:], found[:1200])
    written = anomalies.extract(view, 4.0, "written")
    np.testing.assert_allclose(written.scores, held, rtol=1e-6)
    np.testing.assert_array_equal(
        anomalies.extract(view, 4.0).scores, view.arrays["scores"][0]
    )
    facts, contents = facts_of(subject.config), []
    for way in ("model", "written"):
        chosen = anomalies.ScoredSettings(way=way, threshold=0.5)
        contents.append(anomalies.draw(Scene(facts, {view.name: view}, chosen), str))
    colours = [each["figure"]["data"][1]["line"]["color"] for each in contents]
    assert len(set(colours)) == 2
    assert contents[0]["reading"] != contents[1]["reading"]


def test_a_series_shorter_than_a_window_is_not_written_back() -> None:
    data = data_of(length=500, window=8)
    assert data.series is not None
    short = data.series._replace(split=WINDOW - 1)
    assert missed(replace(data, series=short), 0, 0, 500) is None
    subject = subject_of("rnn", "anomalies", steps=0, data__length=1500)
    view = seen(subject, "anomalies")
    arrays = {**view.arrays, "scores": view.arrays["scores"][[0, 2]]}
    alone = View(view.name, 0, arrays, {**view.notes, "learning": 1})
    said = anomalies.reading(anomalies.extract(alone, 4.0, "written"), str)
    assert "windows longer than the training part" in said


def seen_as(arrays: dict[str, NDArray[Any]], ways: list[str]) -> View:
    return View("detection", 0, arrays, {"ways": ways, "learning": 2})


def test_a_sentence_says_when_what_is_written_back_tells_better() -> None:
    odd = np.array([0, 0, 1, 1], np.uint8)
    rows = [[1.0, 3, 2, 4], [1, 2, 3, 4], [4, 3, 2, 1]]
    arrays = {"odd": odd, "scores": np.array(rows, np.float32)}
    ways = ["the model", "encoder-decoder", "robust z-score"]
    view = seen_as(arrays, ways)
    assert "Here the encoder-decoder does better" in detection.reading(view, 2.0)
    arrays["scores"] = arrays["scores"][[0, 2, 1]]
    view = seen_as(arrays, ways)
    assert "a rule that learns nothing does better" in detection.reading(view, 2.0)
    names = [t["name"] for t in detection.figure(view, 2.0, "red")["data"][::2]]
    assert names == ways
