"""Columns beside an own series: how they are read, placed and told from leaks."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.data import content, own_series
from explorer.data.choices import Choices
from explorer.data.columns import Taken
from explorer.data.covariates import leak, without_gaps
from explorer.data.files import read_series
from explorer.data.folds import folded
from explorer.data.onward import known_values, rest_beyond
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.stored_series import Other, of_bytes
from explorer.errors import ExplorerError
from explorer.models.base import SequenceModel
from explorer.training.forecasting import forecast
from explorer.training.intervals import free_forecasts
from explorer.training.simple import given

N = 300
RANDOM = np.random.default_rng(0)
PLAN, MOOD = RANDOM.normal(size=(2, N))
SALES = PLAN + 0.5 * np.append(0, MOOD[:-1])
"""A plan tells the sales of the same day, the mood those of the next."""


@pytest.fixture(autouse=True, scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("own")))
        yield


def table(**columns: np.ndarray) -> bytes:
    rows = zip(*(map(str, values) for values in columns.values()), strict=True)
    return "\n".join([",".join(columns), *map(",".join, rows)]).encode()


def taken(asked: Choices, **columns: np.ndarray) -> Taken:
    usual = {"day": np.arange(N), "sales": SALES, "plan": PLAN, "mood": MOOD}
    return read_series(table(**usual, **columns), "a.csv", asked, "")


def kept(**settings: object) -> tuple[OwnSeriesSettings, np.ndarray]:
    others = (Other("plan", True, PLAN), Other("mood", False, MOOD))
    digest = content.put_series(SALES, "sales", None, others)
    return OwnSeriesSettings(digest=digest, window=16, **settings), SALES


def test_columns_are_read_in_the_order_of_the_times() -> None:
    """The rows come turned round; the known column needs no second mention."""
    asked = Choices("sales", "day", others=("mood",), known=("plan",))
    turned = {"day": np.arange(N)[::-1]}
    columns = {"sales": SALES, "plan": PLAN, "mood": MOOD}
    raw = table(**turned, **{name: each[::-1] for name, each in columns.items()})
    series = read_series(raw, "a.csv", asked, "").series
    assert [(o.name, o.known) for o in series.others] == [
        ("mood", False),
        ("plan", True),
    ]
    np.testing.assert_array_equal(series.values, SALES)
    np.testing.assert_array_equal(series.others[0].values, MOOD)
    np.testing.assert_array_equal(series.others[1].values, PLAN)


def test_rows_of_one_time_are_joined_in_every_column() -> None:
    days = np.arange(N) // 2
    raw = table(day=days, sales=SALES, plan=PLAN)
    asked = Choices("sales", "day", same="mean", known=("plan",))
    (plan,) = read_series(raw, "a.csv", asked, "").series.others
    np.testing.assert_allclose(plan.values, PLAN.reshape(-1, 2).mean(1))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Choices("sales", "day", others=("plna",)), r"Unknown column .*'plan'\?"),
        (Choices("sales", "day", known=("sales",)), r"another one than the series"),
        (Choices("sales", "day", others=("day",)), r"another one than the series"),
        (Choices("sales", "day", others=("still",)), r"must be numbers that vary"),
        (Choices("sales", "day", others=("word",)), r"column 'word'"),
        (
            Choices("sales", "day", others=tuple(f"c{k}" for k in range(17))),
            r"At most 16 columns .* but 17",
        ),
    ],
)
def test_columns_that_cannot_stand_beside(asked: Choices, said: str) -> None:
    many = {f"c{k}": MOOD for k in range(17)}
    words = np.array(["oak", "elm", "2"] * (N // 3))
    with pytest.raises(ExplorerError, match=said):
        taken(asked, still=np.ones(N), word=words, **many)


@pytest.mark.parametrize(
    ("column", "known", "expected"),
    [
        (SALES, True, (0, 1)),
        (SALES, False, None),
        (-3 * SALES + 7, True, (0, -1)),
        (np.append(SALES[5:], np.zeros(5)), False, (5, 1)),
        (np.append(np.zeros(5), SALES[:-5]), True, None),
        (np.append(SALES[9:], np.zeros(9)), False, None),
        (PLAN, True, None),
        (np.where(RANDOM.random(N) < 0.3, np.nan, SALES), True, (0, 1)),
    ],
    ids=["now", "old", "turned", "later", "earlier", "far", "plan", "gaps"],
)
def test_leaks(
    column: np.ndarray, known: bool, expected: tuple[int, float] | None
) -> None:
    """Beyond eight steps nothing counts; the last values fit by chance."""
    found = leak(SALES[:-12], column[:-12], known, 8)
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(expected)


def test_a_smooth_series_is_no_leak_of_its_own_past() -> None:
    """Neighbours are nearly equal; the shift that fits best decides."""
    smooth = np.sin(np.arange(N) / 90) + np.arange(N) / 99
    past = np.append(smooth[:2], smooth[:-2])
    assert np.corrcoef(smooth[1:], past[:-1])[0, 1] > 0.999
    assert leak(smooth, past, True, 8) is None
    assert leak(smooth, smooth, False, 8) is None


def test_a_rhythm_that_comes_again_is_no_leak() -> None:
    """A year ago and in a year fit alike, but for rounding."""
    season = np.sin(2 * np.pi * np.arange(N) / 12) + 3
    assert leak(season, season, False, 24) is None
    assert leak(season, 0.1 * season, False, 24) is None


def test_few_values_tell_no_leak() -> None:
    """Two points lie on a line, whatever they are."""
    few = np.full(N, np.nan)
    few[[0, 160]] = 1, 2
    assert leak(SALES, few, True, 8) is None


def test_a_leak_is_said_when_the_file_is_read_and_of_the_data() -> None:
    asked = Choices("sales", "day", others=("later",), known=("plan",))
    found = taken(asked, later=np.append(SALES[3:], SALES[-3:]))
    (sentence,) = map(str, found.leaks)
    assert "'later' at step t is the series at step t + 3" in sentence
    others = (Other("later", False, np.append(SALES[3:], SALES[-3:])),)
    digest = content.put_series(SALES, "sales", None, others)
    for change in ("none", "difference"):
        data = own_series.make(OwnSeriesSettings(digest=digest, change=change), 0)
        assert [str(each) for each in data.leaks] == [sentence]


def test_a_known_column_is_given_for_the_step_that_is_asked_for() -> None:
    settings, _sales = kept()
    data = own_series.make(settings, 0)
    assert data.channels == ("sales", "plan", "mood")
    assert not data.shifted
    series = data.series
    assert series is not None
    split = series.split
    plan = (PLAN - PLAN[:split].mean()) / PLAN[:split].std()
    mood = (MOOD - MOOD[:split].mean()) / MOOD[:split].std()
    scaled = series.scaled
    np.testing.assert_allclose(scaled[:-1, 1], plan[1:], atol=1e-5)
    np.testing.assert_allclose(scaled[:, 2], mood, atol=1e-5)
    np.testing.assert_array_equal(data.train.y[:-1, -1, 0], data.train.x[1:, -1, 0])


def test_left_out_the_series_stands_alone() -> None:
    settings, _sales = kept(beside="left_out")
    alone = own_series.make(settings, 0)
    digest = content.put_series(SALES, "sales")
    usual = own_series.make(OwnSeriesSettings(digest=digest, window=16), 0)
    np.testing.assert_array_equal(alone.train.x, usual.train.x)
    assert (alone.channels, alone.shifted) == ((), True)


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ({"missing": "drop"}, np.delete(np.arange(N), [5, 70, 71])),
        ({"missing": "mask", "change": "difference"}, np.arange(1, N)),
        ({"resample": "mean", "every": 2}, np.arange(N // 2) * 2 + 0.5),
        (
            {"missing": "drop", "resample": "nth", "every": 3},
            np.delete(np.arange(N), [5, 70, 71])[::3],
        ),
    ],
    ids=["drop", "mask", "mean", "nth"],
)
def test_preparation_takes_the_columns_along(
    chosen: dict[str, object], rows: np.ndarray
) -> None:
    gaps = SALES.copy()
    gaps[[5, 70, 71]] = np.nan
    others = (Other("plan", True, PLAN), Other("row", False, np.arange(float(N))))
    digest = content.put_series(gaps, "sales", None, others)
    data = own_series.make(
        OwnSeriesSettings(digest=digest, window=16, scaling="none", **chosen), 0
    )
    assert data.series is not None
    np.testing.assert_allclose(data.series.scaled[:, -1], rows)
    masked = chosen["missing"] == "mask" if "missing" in chosen else False
    assert data.series.beyond == (("zero",) if masked else ()) + ("known", "held")
    values, _split, _origin = given(data)
    np.testing.assert_array_equal(values, known_values(data.series))
    assert np.isnan(values).sum() == (3 if masked else 0)


def test_gaps_beside_are_filled_from_the_past_alone() -> None:
    column = np.array([np.nan, 2, np.nan, 4, np.nan, 9])
    np.testing.assert_array_equal(without_gaps(column, 4), [3, 2, 2, 4, 4, 9])


def test_before_its_first_value_a_column_is_what_was_learned_from() -> None:
    late = np.where(np.arange(N) < 20, np.nan, MOOD)
    late[-50:] += 100
    digest = content.put_series(SALES, "sales", None, (Other("late", False, late),))
    data = own_series.make(
        OwnSeriesSettings(digest=digest, window=16, scaling="none"), 0
    )
    assert data.series is not None
    filled = data.series.scaled[:20, 1]
    np.testing.assert_allclose(filled, MOOD[20 : data.series.split].mean(), rtol=1e-5)


class Echo(SequenceModel):
    """Says the last step's second input plus the third."""

    def forward(self, x: Tensor) -> Tensor:
        return x[..., 1:2] + x[..., 2:3]


def test_a_free_forecast_knows_the_plan_and_keeps_the_mood() -> None:
    settings, _sales = kept()
    data = own_series.make(settings, 0)
    series, model = data.series, Echo()
    assert series is not None
    free = forecast(model, data)
    origin = free.places[free.context]
    count = len(free.places) - free.context
    said = series.scaled[origin - 1 : origin - 1 + count, 1]
    expected = data.scaler.undo(said + series.scaled[origin - 1, 2])
    np.testing.assert_allclose(free.free[free.context :], expected, rtol=1e-5)
    rolled = free_forecasts(model, data, np.array([200, origin]), count)
    np.testing.assert_allclose(
        rolled.predicted[1], said + series.scaled[origin - 1, 2], atol=1e-6
    )
    rest = rest_beyond(series, np.array([200]), 2)
    np.testing.assert_array_equal(rest[0, :, 0], series.scaled[200:202, 1])
    np.testing.assert_array_equal(rest[0, :, 1], series.scaled[199, 2])
    assert torch.isfinite(torch.from_numpy(rest)).all()


def test_a_fold_keeps_the_columns() -> None:
    settings, _sales = kept()
    fold = folded(own_series.make(settings, 0), "1/2")
    assert fold.series is not None
    assert fold.series.beyond == ("known", "held")
    assert fold.train.x.shape[2] == 3


def test_columns_travel_and_come_back() -> None:
    settings, _sales = kept()
    kind, raw = content.packed(settings.digest)
    assert content.unpack(kind, raw) == settings.digest
    back = content.get_series(settings.digest)
    assert [(o.name, o.known) for o in back.others] == [
        ("plan", True),
        ("mood", False),
    ]
    np.testing.assert_array_equal(back.others[0].values, PLAN)


@pytest.mark.parametrize(
    "names",
    [
        b'["sales", ["plan", true]]',
        b'["sales", ["plan", 1], ["mood", false]]',
        b'["sales", [3, true], ["mood", false]]',
        b'[["sales"], ["plan", true], ["mood", false]]',
        b"sales",
        b"",
    ],
)
def test_names_that_do_not_fit_are_refused(names: bytes) -> None:
    settings, _sales = kept()
    _kind, raw = content.packed(settings.digest)
    arrays = raw[: raw.index(b'["sales"')]
    assert of_bytes(raw).label == "sales"
    with pytest.raises(ExplorerError, match="could not be read"):
        content.unpack("series", arrays + names)


def test_all_columns_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_SERIES_VALUES", 3 * N - 1)
    with pytest.raises(ExplorerError, match="may have 899 values, but these have 900"):
        kept()


def test_a_column_that_leaves_its_range_is_named() -> None:
    wild = np.append(PLAN[:-1], 1e12)
    digest = content.put_series(SALES, "s", None, (Other("wild", False, wild),))
    with pytest.raises(ExplorerError, match=r"one value of 'wild' lies \d"):
        own_series.make(OwnSeriesSettings(digest=digest), 0)


def test_alone_a_series_is_kept_as_it_always_was() -> None:
    """Links name it by the digest of these very bytes."""
    digest = content.put_series(np.arange(3.0), "a")
    assert digest.startswith("a3708212e33322ba3649611e")
