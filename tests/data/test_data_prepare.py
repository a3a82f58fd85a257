"""Each step of preparation with numbers by hand, and that nothing leaks."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.config.settings import Settings, choices_of
from explorer.data import content, own_series, prepare
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.prepared import prepared
from explorer.errors import ExplorerError
from explorer.training.objectives import known_error

NAN = np.nan
GAPPED = np.array([NAN, 2.0, NAN, 6.0, NAN, NAN, 9.0])


@pytest.fixture(autouse=True, scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("own")))
        yield


@pytest.mark.parametrize(
    ("missing", "filled"),
    [
        ("forward", [NAN, 2, 2, 6, 6, 6, 9]),
        ("linear", [NAN, 2, 4, 6, 6, 7.5 + 0.5, 9]),
        ("mask", [NAN, 2, NAN, 6, NAN, NAN, 9]),
    ],
)
def test_gaps(missing: prepare.Missing, filled: list[float]) -> None:
    """The line stops at the end of the training part, place 5."""
    np.testing.assert_allclose(prepare.fill(GAPPED, 5, missing), filled)


def test_bounds_of_outliers() -> None:
    values = np.array([1.0, 2, 3, 4, NAN, 5])
    assert prepare.outlier_bounds(values, "none", 3) == (-np.inf, np.inf)
    assert prepare.outlier_bounds(values, "iqr", 1.5) == (-1, 7)  # quartiles 2 and 4
    assert prepare.outlier_bounds(values, "zscore", 2) == pytest.approx(
        (3 - 2 * np.sqrt(2), 3 + 2 * np.sqrt(2))
    )


def test_rows_are_gathered() -> None:
    values, groups = np.array([1.0, 3, NAN, 7, 8]), np.array([0, 0, 1, 3, 3])
    np.testing.assert_array_equal(
        prepare.gathered(values, groups, by_mean=True), [2, NAN, NAN, 7.5]
    )
    np.testing.assert_array_equal(
        prepare.gathered(values, groups, by_mean=False), [1, NAN, NAN, 7]
    )


def test_changes_and_the_way_back() -> None:
    before, levels = np.array([2.0, 4, 3]), np.array([4.0, 3, 6])
    for change, after in (
        ("difference", prepare.difference_after),
        ("log_return", prepare.log_return_after),
    ):
        asked = prepare.changes(levels, before, change)
        scaler = prepare.fitted(asked, "standard")
        found = after(scaler.apply(asked), before, scaler)
        np.testing.assert_allclose(found, levels, rtol=1e-6)
    with pytest.raises(ExplorerError, match="values above zero, but the least here is"):
        prepare.changes(np.array([1.0, -2]), np.array([1.0, 1]), "log_return")


def test_scaling() -> None:
    values = np.array([2.0, 4, 10])
    assert prepare.fitted(values, "none") == (0, 1)
    np.testing.assert_allclose(
        prepare.fitted(values, "minmax").apply(values), [0, 0.25, 1]
    )
    assert prepare.fitted(np.ones(3), "minmax").scale == 1


RNG = np.random.default_rng(7)
N = 400
WALK = 50 + np.cumsum(RNG.normal(size=N))
WALK[RNG.random(N) < 0.1] = NAN
DAYS = np.datetime64("2024-01-01", "ms") + np.sort(RNG.integers(0, N, N)) * (
    np.timedelta64(12, "h")
)


def own(values: np.ndarray, timed: bool = False, **said: object) -> own_series.Data:
    digest = content.put_series(values, "Level (m)", DAYS if timed else None)
    said = {"window": 8, "every": 3} | said
    return own_series.make(OwnSeriesSettings(digest=digest, **said), 0)


def every(name: str) -> st.SearchStrategy[str]:
    cls: type[Settings] = OwnSeriesSettings
    return st.sampled_from(choices_of(cls.model_fields[name]))


@settings(max_examples=60)
@given(
    chosen=st.fixed_dictionaries(
        {
            name: every(name)
            for name in ("missing", "outliers", "resample", "change", "scaling")
        }
    )
)
def test_the_held_out_part_changes_nothing_before_it(chosen: dict[str, str]) -> None:
    chosen["span"] = "day"
    data = own(WALK, timed=True, **chosen)
    assert np.isfinite(data.train.x).all()
    assert np.isfinite(data.validation.x).all()
    assert all(np.isfinite(loss) for loss in data.baselines.values())
    assert len(data.series.positions) == len(data.series.values)
    assert len(data.series.positions) == len(data.series.scaled)
    first_held = data.series.positions[data.series.split]
    if first_held.dtype.kind == "f":
        first_held = DAYS[0] + np.timedelta64(round(first_held), "h")
    other = np.where(first_held < DAYS, WALK * 3 + 1, WALK)
    again = own(other, timed=True, **chosen)
    assert again.scaler == data.scaler
    np.testing.assert_array_equal(again.train.x, data.train.x)
    np.testing.assert_array_equal(again.train.y, data.train.y)


@pytest.mark.parametrize("missing", ["forward", "drop", "linear", "mask"])
@pytest.mark.parametrize("outliers", ["iqr", "zscore"])
@pytest.mark.parametrize("resample", ["none", "nth", "mean"])
def test_nothing_leaks_without_times(
    missing: str, outliers: str, resample: str
) -> None:
    said = {"missing": missing, "outliers": outliers, "resample": resample}
    other = WALK.copy()
    other[N - 60 :] *= 9  # held out whatever is dropped
    a, b = own(WALK, **said), own(other, **said)
    np.testing.assert_array_equal(a.train.x, b.train.x)
    np.testing.assert_array_equal(a.train.y, b.train.y)
    assert a.scaler == b.scaler


@pytest.mark.parametrize("change", ["difference", "log_return"])
def test_predictions_come_back_in_real_units(change: str) -> None:
    data = own(WALK, change=change)
    series = data.series
    found = data.restore(series.scaled[1:], series.values[:-1], data.scaler)
    np.testing.assert_allclose(found, series.values[1:], rtol=1e-5)
    filled = prepare.forward(WALK)
    np.testing.assert_array_equal(series.values, filled[np.isfinite(filled)][1:])


def test_a_mask_tells_what_is_missing_and_asks_nothing_there() -> None:
    data = own(WALK, missing="mask")
    first = int(np.isfinite(WALK).argmax())
    gone = np.isnan(WALK[first:])
    assert data.gaps
    assert data.inputs == 2
    np.testing.assert_array_equal(data.series.scaled[:, 1] > 0, gone)
    np.testing.assert_array_equal(
        np.isnan(data.train.y[:, -1, 0]), gone[8 : 320 - first]
    )
    np.testing.assert_allclose(
        data.scaler.undo(data.series.scaled[:, 0]),
        prepare.forward(WALK)[first:],
        rtol=1e-5,
    )


def test_the_loss_counts_known_targets_only() -> None:
    import torch

    predicted, truth = torch.tensor([[1.0, 5.0, 2.0]]), torch.tensor([[0.0, NAN, 4.0]])
    assert float(known_error(predicted, truth)) == pytest.approx((1 + 4) / 2)
    assert float(known_error(predicted, torch.full((1, 3), NAN))) == 0


def test_resampling_by_time_means_the_days() -> None:
    values = np.arange(400.0)
    times = np.datetime64("2024-03-01", "ms") + np.arange(400) * np.timedelta64(6, "h")
    digest = content.put_series(values, "a", times)
    said = {"digest": digest, "resample": "time", "span": "day", "window": 8}
    ready = prepared(OwnSeriesSettings(**said))
    np.testing.assert_allclose(ready.levels[:3], [1.5, 5.5, 9.5])
    with pytest.raises(ExplorerError, match="needs a column of dates, but this series"):
        own(values, resample="time")


def test_what_leaves_too_little_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExplorerError, match="after preparation there are 3 and 1"):
        own(WALK, resample="mean", every=100)
    gone = WALK.copy()
    gone[300:] = NAN
    with pytest.raises(ExplorerError, match="one of them is all gaps"):
        own(gone, missing="mask")
    with pytest.raises(ExplorerError, match="scaled units away"):
        own(WALK * 1e9, scaling="none")


HOLES = 50 + np.cumsum(np.random.default_rng(7).normal(size=400))
HOLES[(np.arange(400) % 40 < 3) & (np.arange(400) > 3)] = NAN  # three of every forty


@pytest.mark.parametrize(
    ("missing", "resample", "filled"),
    [
        ("forward", "none", 27),
        ("linear", "none", 27),
        ("mask", "none", 0),
        ("drop", "none", 0),
        ("forward", "mean", 0),
        ("forward", "nth", 9),
    ],
)
def test_targets_that_nobody_measured_are_counted(
    missing: str, resample: str, filled: int
) -> None:
    chosen = {"missing": missing, "resample": resample, "every": 4, "window": 8}
    digest = content.put_series(HOLES, "a walk")
    settings = OwnSeriesSettings.read({"digest": digest, **chosen})
    ready = prepared(settings)
    assert ready.filled == filled


def test_that_fills_reach_the_targets_is_said() -> None:
    said = OwnSeriesSettings.model_fields["missing"].description or ""
    assert "what the model is asked for is filled as well" in said
