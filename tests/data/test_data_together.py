"""Series that are forecast together: their floor, their lines, each of them shown."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.data import content, own_series, river
from explorer.data.base import Data, next_value
from explorer.data.baselines import seasonal_baseline, seasonal_baselines
from explorer.data.folds import folded
from explorer.data.noise import counted_places
from explorer.data.onward import rest_beyond
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.prepare import log_return_after
from explorer.data.river import MEAN, SWING, RiverSettings, decay
from explorer.data.stored_series import Other
from explorer.errors import ExplorerError
from explorer.inspection.shown_series import showing
from explorer.models.base import SequenceModel
from explorer.training.forecasting import forecast
from explorer.training.intervals import fan, free_forecasts
from explorer.training.reconstruction import missed
from explorer.training.residuals import residuals

SMALL = {"length": 400, "window": 20}
N = 300
RANDOM = np.random.default_rng(0)
PLAN, MOOD, SALES = RANDOM.normal(size=(3, N)) + 5


@pytest.fixture(autouse=True, scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("own")))
        yield


def own(**settings: object) -> Data:
    others = (Other("plan", True, PLAN), Other("mood", False, MOOD))
    digest = content.put_series(SALES, "sales", None, others)
    return own_series.make(
        OwnSeriesSettings(digest=digest, window=16, beside="foretold", **settings), 0
    )


def errors(data: Data, answered: np.ndarray) -> float:
    """Mean squared error of answers (n - 1, K) in real units, as a run is judged."""
    assert data.series is not None
    values = np.stack([one.values for one in data.together], 1)
    places = counted_places(
        len(values), data.series.split, data.steps, data.counted_from
    )
    scales = np.array([one.scaler.scale for one in data.together])
    return float(np.square(((values[1:] - answered) / scales)[places - 1]).mean())


@pytest.mark.parametrize(("gauges", "share"), [(2, 0.5), (4, 0.9)])
def test_who_knows_what_is_on_its_way_scores_the_floor(
    gauges: int, share: float
) -> None:
    settings = RiverSettings(gauges=gauges, share=share, delay=3)
    data = river.make(settings, 5)
    phi, c, d = decay(settings), np.sqrt(share), settings.delay
    a = (np.stack([one.values for one in data.together], 1) - MEAN) / SWING
    answered = phi * a  # of the next hour
    own_rain = a[d:, 1:] - c * a[:-d, :-1]
    answered[d:, 1:] = phi * own_rain + c * a[1 : len(a) - d + 1, :-1]
    loss = errors(data, MEAN + SWING * answered[:-1])
    assert loss == pytest.approx(data.floor, rel=1e-6)
    alone = errors(data, MEAN + SWING * phi * a[:-1])
    assert alone == pytest.approx(data.baselines["each gauge from its own past"])
    assert alone > 1.3 * loss


def test_no_gauge_looks_different_by_itself() -> None:
    """Level, spread and how fast it forgets are the same for all of them."""
    settings = RiverSettings(length=20_000, gauges=4)
    data = river.make(settings, 1)
    for one in data.together:
        a = (one.values - MEAN) / SWING
        assert a.mean() == pytest.approx(0, abs=0.15)
        assert a.std() == pytest.approx(1, abs=0.08)
        assert np.corrcoef(a[1:], a[:-1])[0, 1] == pytest.approx(
            decay(settings), abs=0.02
        )


def test_nothing_from_above_leaves_nothing_to_be_told() -> None:
    data = river.make(RiverSettings(share=0.0), 2)
    alone = data.baselines["each gauge from its own past"]
    assert alone == pytest.approx(data.floor, rel=1e-5)


def test_a_delay_that_no_window_shows_is_refused() -> None:
    with pytest.raises(
        ExplorerError, match=r"twice the delay, .* 20 and a delay of 12"
    ):
        river.make(RiverSettings(delay=12, **SMALL), 0)


def test_each_series_can_be_shown() -> None:
    data = river.make(RiverSettings(**SMALL), 0)
    assert data.series is not None
    assert data.each[2] is data
    for k, shown in enumerate(data.each):
        series, one = shown.series, data.together[k]
        assert series is not None
        np.testing.assert_array_equal(series.values, one.values)
        assert (series.number, series.label) == (k, one.label)
        np.testing.assert_allclose(
            shown.scaler.undo(series.asked), one.values, rtol=1e-5
        )
        assert shown.train is data.train
        assert showing(data, str(k)) is shown
    assert showing(data, "") is data
    with pytest.raises(ExplorerError, match="from 0 to 2 here, but got 3"):
        showing(data, "3")


class Turning(SequenceModel):
    """Every series becomes what the one before it was, plus what stands beside it."""

    def forward(self, x: Tensor) -> Tensor:
        return x[..., :2].roll(1, -1) + x[..., 2:].sum(-1, keepdim=True)


def test_what_is_foretold_of_all_is_given_on() -> None:
    """Two series change places at each step, and the plan of that step is added."""
    data = own(scaling="none")
    series, model = data.series, Turning()
    assert series is not None
    assert (series.foretold, series.beyond) == (2, ("known",))
    np.testing.assert_allclose(series.scaled[:, :2], np.stack([SALES, MOOD], 1))
    for k, shown in enumerate(data.each):
        free = forecast(model, shown)
        origin = free.places[free.context]
        pair = series.scaled[origin - 1, :2]
        plan = series.scaled[origin - 1 :, 2]
        expected = [
            pair[(k - 1 - h) % 2] + plan[: h + 1].sum()
            for h in range(len(free.places) - free.context)
        ]
        np.testing.assert_allclose(free.free[free.context :], expected, rtol=1e-5)
        rolled = free_forecasts(model, shown, np.array([100, origin]), 3)
        np.testing.assert_allclose(rolled.predicted[1], expected[:3], rtol=1e-5)
        said = residuals(model, shown, 150, 160)
        truth = series.scaled[150:160, k]
        before = series.scaled[149:159]
        np.testing.assert_allclose(
            said, truth - before[:, 1 - k] - before[:, 2], rtol=1e-4, atol=1e-5
        )
    rest = rest_beyond(series, np.array([200]), 2)
    np.testing.assert_array_equal(rest[0], series.scaled[200:202, 2:])


def test_bands_are_of_the_series_that_is_shown() -> None:
    data = own(scaling="none")
    widths = []
    for shown in data.each:
        bands = fan(Turning(), shown, np.zeros(2))
        assert bands is not None
        misses = free_forecasts(Turning(), shown, np.arange(260, 290), 1)
        assert bands.high.shape == (2, 2)
        widths.append(float(bands.high[1, 0] - bands.low[1, 0]))
        assert widths[-1] > np.abs(misses.truth - misses.predicted).mean()
    assert widths[0] != widths[1]


def test_an_encoder_decoder_writes_the_shown_series() -> None:
    data = river.make(RiverSettings(**SMALL), 0)
    first, last = (missed(shown, 0, 330, 400) for shown in (data.each[0], data))
    assert first is not None
    assert last is not None
    assert np.abs(first - last).max() > 0.1


def test_own_columns_are_foretold_as_they_are() -> None:
    """The series is asked for by its changes, the column beside it by its values."""
    data = own(change="difference")
    assert data.channels == ("sales", "mood", "plan")
    sales, mood = data.together
    assert mood.restore is next_value
    np.testing.assert_allclose(mood.values, MOOD[1:])
    y = data.validation.y[0]
    assert data.series is not None
    places = data.series.split + 1 + np.arange(data.steps)
    np.testing.assert_allclose(
        sales.scaler.undo(y[:, 0]), np.diff(SALES)[places], rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(mood.scaler.undo(y[:, 1]), MOOD[1:][places], rtol=1e-5)
    learned = data.each[1].series
    assert learned is not None
    np.testing.assert_allclose(learned.values, MOOD[1:])


def test_marks_stand_behind_what_is_foretold() -> None:
    gaps = SALES.copy()
    gaps[[40, 41, 250]] = np.nan
    others = (Other("mood", False, MOOD),)
    digest = content.put_series(gaps, "sales", None, others)
    settings = {"window": 16, "missing": "mask", "beside": "foretold"}
    data = own_series.make(OwnSeriesSettings(digest=digest, **settings), 0)
    series = data.series
    assert series is not None
    assert data.channels == ("sales", "mood", "missing")
    assert np.flatnonzero(series.scaled[:, 2]).tolist() == [40, 41, 250]
    assert np.isnan(data.train.y[..., 0]).any()
    assert not np.isnan(data.train.y[..., 1]).any()
    assert data.gaps


def test_baselines_are_the_mean_over_the_series() -> None:
    data = own()
    y, x = data.validation.y[:, 8:], data.validation.x[:, 8:, :2]
    assert data.baselines["repeat last"] == pytest.approx(np.square(y - x).mean())
    assert data.baselines["mean"] == pytest.approx(np.square(y).mean(), abs=2e-3)


def test_repeating_is_no_change_where_changes_are_asked_for() -> None:
    data = own(change="difference")
    y, x = data.validation.y[:, 8:], data.validation.x[:, 8:, :2]
    still = np.stack([np.full_like(x[..., 0], data.scaler.apply(np.zeros(1))[0])])
    misses = np.square(y[..., 0] - still), np.square(y[..., 1] - x[..., 1])
    expected = np.mean([each.mean() for each in misses])
    assert data.baselines["repeat last"] == pytest.approx(expected, rel=1e-5)


def test_each_series_is_restored_by_its_own_rule() -> None:
    """Whichever is shown before."""
    data = own(change="log_return")
    sales, mood = data.each
    assert (sales.restore, sales.ratios) == (log_return_after, True)
    assert (mood.restore, mood.ratios) == (next_value, False)
    again = mood.each[0]
    assert (again.restore, again.ratios) == (log_return_after, True)
    np.testing.assert_array_equal(again.scaler, sales.scaler)


def test_a_season_ago_is_said_where_every_series_has_a_season() -> None:
    wave = np.sin(np.arange(N) * 2 * np.pi / 12) + 0.01 * MOOD
    pair = np.stack([wave, np.roll(wave, 5)], 1)
    cut = 240, 16, 8
    found = seasonal_baselines(pair, *cut)
    both = [seasonal_baseline(each, *cut)["a season ago"] for each in pair.T]
    assert found == {"a season ago": pytest.approx(np.mean(both))}
    assert seasonal_baselines(np.stack([wave, MOOD], 1), *cut) == {}


def test_a_fold_scales_every_series_by_what_it_learns() -> None:
    fold = folded(river.make(RiverSettings(**SMALL), 0), "1/2")
    learned = np.concatenate([fold.train.x[0], fold.train.y[:, -1]])
    np.testing.assert_allclose(learned[1:].mean(0), 0, atol=0.05)
    np.testing.assert_allclose(learned[1:].std(0), 1, atol=0.05)
    for shown, one in zip(fold.each, fold.together, strict=True):
        assert shown.series is not None
        assert len(one.values) == len(shown.series.scaled)
        np.testing.assert_allclose(
            shown.scaler.undo(shown.series.asked), one.values, rtol=1e-4
        )


def test_what_is_deleted_has_no_series_to_choose_from() -> None:
    settings = OwnSeriesSettings(digest="0" * 64, window=16, beside="foretold")
    assert own_series.together(settings).names == ()


def test_a_column_known_in_advance_is_never_foretold() -> None:
    digest = content.put_series(SALES, "sales", None, (Other("plan", True, PLAN),))
    settings = OwnSeriesSettings(digest=digest, window=16, beside="foretold")
    data = own_series.make(settings, 0)
    assert data.together == ()
    assert data.outputs == 1
    assert own_series.together(settings).names == []
    assert torch.tensor(data.validation.x).shape[2] == 2
