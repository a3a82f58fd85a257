"""Folds in time: nothing of what a fold is judged by was there to learn from."""

from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import building, choosing
from explorer.config.run import RunConfig, difference, query_pairs, to_query
from explorer.data import content
from explorer.data.base import Data
from explorer.errors import ExplorerError
from explorer.training.trainer import Budget, Trainer


def config(fold: str = "", data: str = "sine", **settings: object) -> RunConfig:
    named = {f"data.{name}": value for name, value in settings.items()}
    return choosing.make_config(data, None, named, 3, fold=fold)


@pytest.mark.parametrize("data", ["sine", "stock", "weather", "fables", "language"])
def test_a_fold_learns_from_the_beginning_and_is_judged_by_what_follows(
    data: str,
) -> None:
    whole = building.make_data(config(data=data))
    folds = [building.make_data(config(f"{k}/3", data)) for k in (1, 2, 3)]
    sizes = [len(fold.train.x) for fold in folds]
    quarter = len(whole.train.x) / 4
    np.testing.assert_allclose(sizes, [quarter, 2 * quarter, 3 * quarter], atol=1)
    for fold, size in zip(folds, sizes, strict=True):
        mine, theirs = (
            part.scaler.undo(values[..., 0]) if part.series else values
            for part, values in ((fold, fold.train.x), (whole, whole.train.x[:size]))
        )
        np.testing.assert_allclose(mine, theirs, atol=1e-4)
        assert 1 <= len(fold.validation.x) <= 64
        assert fold.floor is None
        assert not fold.baselines


@pytest.mark.parametrize("data", ["sine", "stock", "weather"])
def test_a_fold_is_scaled_by_what_it_learns_from(data: str) -> None:
    """By the fold's own values in real units, and other channels stay as they are."""
    for k in (1, 2, 3):
        fold = building.make_data(config(f"{k}/3", data))
        y = fold.train.y[..., 0]
        learned = np.append(y[0], y[1:, -1])
        assert (learned.mean(), learned.std()) == pytest.approx((0, 1), abs=1e-5)
        assert fold.series is not None
        given = fold.series.scaled.reshape(len(fold.series.scaled), -1)
        assert set(np.unique(given[:, 1:])) <= {0, 1}
        if data == "sine":
            shown = fold.scaler.undo(given[:, 0])
            np.testing.assert_allclose(shown, fold.series.values, atol=1e-4)


def test_a_fold_of_an_own_series_is_scaled_as_its_owner_chose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    digest = content.put_series(np.arange(1000.0), "v")
    made = config("1/3", "own_series", digest=digest, scaling="minmax")
    fold = building.make_data(made)
    assert (fold.train.y.min(), fold.train.y.max()) == (0, 1)
    made = config("1/3", "own_series", digest=digest, scaling="none")
    fold = building.make_data(made)
    last_learned = len(fold.train.x) - 1 + fold.steps
    assert (fold.train.y.min(), fold.train.y.max()) == (1, last_learned)


@pytest.mark.parametrize("missing", ["forward", "drop", "linear", "mask"])
@pytest.mark.parametrize(
    "more",
    [
        {"outliers": "iqr", "change": "difference"},
        {"outliers": "zscore", "reach": 1.0, "resample": "mean", "every": 2},
        {"resample": "nth", "every": 3, "change": "log_return", "scaling": "minmax"},
    ],
    ids=["iqr", "zscore", "nth"],
)
def test_nothing_that_comes_later_changes_what_a_fold_learns(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
    more: dict[str, object],
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    n = 3000
    values = 5 + np.sin(np.arange(n) / 5) + np.arange(n) / n
    values[40::60] *= 3
    values[np.isin(np.arange(n) % 5, (1, 2))] = np.nan

    def made(fold: str) -> Data:
        digest = content.put_series(values, "v")
        more_settings = {"missing": missing, "window": 24} | more
        return building.make_data(
            config(fold, "own_series", digest=digest, **more_settings)
        )

    series, whole = made("2/4").series, made("").series
    assert series is not None
    assert whole is not None
    rows = np.flatnonzero(np.isfinite(values)) if missing == "drop" else np.arange(n)
    after = rows[int(whole.positions[series.split])]
    if missing != "drop":  # a line through this gap would see what comes later
        values[after - 5 : after] = np.nan
    fold = made("2/4")
    values[after:] *= 100
    again = made("2/4")
    assert len(again.train.x) == len(fold.train.x)
    np.testing.assert_allclose(again.train.x, fold.train.x, atol=1e-4)
    np.testing.assert_allclose(again.train.y, fold.train.y, atol=1e-4)


def test_the_symbols_of_a_text_are_the_same_in_every_fold() -> None:
    """What a sweep by folds says where folds are chosen."""
    made = [building.make_data(config(f, "fables", tokens="word")) for f in ("", "1/3")]
    assert made[0].symbols == made[1].symbols


def test_no_value_is_in_both_parts_of_a_fold() -> None:
    whole = building.make_data(config())
    assert whole.series is not None
    for k in (1, 2, 3, 4):
        fold = building.make_data(config(f"{k}/4"))
        assert fold.series is not None
        values = fold.series.scaled
        last_learned = len(fold.train.x) - 1 + fold.steps
        split = fold.series.split
        assert last_learned < split
        np.testing.assert_array_equal(
            fold.validation.x[0, :, 0], values[split : split + fold.steps]
        )
        np.testing.assert_array_equal(
            fold.validation.y[-1, -1, 0], fold.series.scaled[-1]
        )
        assert len(fold.series.values) <= whole.series.split


def test_a_run_of_a_fold_is_reproduced_by_its_link_and_its_record() -> None:
    made = choosing.make_config("sine", "rnn", {"training.steps": 5}, fold="2/3")
    again = RunConfig.from_json(made.to_json())
    linked = choosing.config_from_pairs(
        query_pairs(to_query(made, choosing.linked_defaults(made)))
    )
    assert made == again == linked
    losses = [
        Trainer(each).advance(Budget()).curves.losses for each in (made, again, linked)
    ]
    np.testing.assert_array_equal(losses[0], losses[1])
    np.testing.assert_array_equal(losses[0], losses[2])
    plain = choosing.make_config("sine", "rnn", {"training.steps": 5})
    assert difference(plain, made) == [("fold", "", "2/3")]
    assert "fold" not in plain.to_json()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"fold": "4/3"}, "fold must name one of 2 to 9 folds"),
        ({"fold": "many"}, "fold must name one of 2 to 9 folds"),
        ({"fold": "1/2", "data": "casino"}, "cut from one sequence"),
        ({"fold": "1/9", "length": 700}, "Take fewer folds"),
    ],
)
def test_a_fold_that_cannot_be_is_refused(
    wanted: dict[str, object], message: str
) -> None:
    with pytest.raises(ExplorerError, match=message):
        config(**wanted)  # type: ignore[arg-type]
