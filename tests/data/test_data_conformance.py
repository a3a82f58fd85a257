"""What holds for every dataset that is offered."""

import numpy as np
import pytest

from explorer.catalog import specs
from explorer.config.settings import Settings, bounds_of, choices_of
from explorer.data.base import Data
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import ExplorerError
from explorer.tasks import CAUSAL, IGNORED

OFFERED = [spec for spec in specs.datasets().values() if spec.offered]


def made(spec: DataSpec, seed: int = 3, **values: object) -> Data:
    return spec.make(spec.settings(**values), seed)


MADE = {spec.name: made(spec) for spec in OFFERED}
TOKENS = [spec for spec in OFFERED if MADE[spec.name].text is not None]
SERIES = [spec for spec in OFFERED if MADE[spec.name].series is not None]
SHIFTED = [spec for spec in OFFERED if spec.task in CAUSAL and MADE[spec.name].shifted]


def name_of(spec: DataSpec) -> str:
    return spec.name


each_shifted = pytest.mark.parametrize("spec", SHIFTED, ids=name_of)
each = pytest.mark.parametrize("spec", OFFERED, ids=name_of)
each_series = pytest.mark.parametrize("spec", SERIES, ids=name_of)
each_text = pytest.mark.parametrize("spec", TOKENS, ids=name_of)


def extremes(settings: type[Settings]) -> list[dict[str, object]]:
    """Every setting at each of its ends alone, then all low and all high together."""
    cases: list[dict[str, object]] = []
    low: dict[str, object] = {}
    high: dict[str, object] = {}
    for name, field in settings.model_fields.items():
        ends: tuple[object, ...] = choices_of(field)
        if not ends and field.annotation is bool:
            ends = (False, True)
        if not ends:
            ends = tuple(field.annotation(end) for end in bounds_of(field))
            low[name], high[name] = ends
        cases += [{name: end} for end in ends]
    return [*cases, low, high]


def test_there_are_datasets_of_both_tasks() -> None:
    assert {"sine", "stock", "fables", "language"} <= {spec.name for spec in OFFERED}
    assert {"own_series", "own_text"} <= set(specs.datasets())


@pytest.mark.quick
@each
def test_shapes_and_types(spec: DataSpec) -> None:
    data = made(spec)
    (n, T), (m, _) = data.train.x.shape[:2], data.validation.x.shape[:2]
    assert data.task == spec.task
    assert data.steps == T
    assert n > m > 0
    assert m <= MAX_VALIDATION_WINDOWS
    assert 0 <= data.counted_from < T
    for part in (data.train, data.validation):
        assert len(part.x) == len(part.y)
        if data.symbols:
            assert part.x.dtype == np.int64
            assert part.x.shape[1:] == (T,)
            assert 0 <= part.x.min() <= part.x.max() < len(data.symbols)
        else:
            assert part.x.dtype == np.float32
            assert part.x.shape[1:] == (T, data.inputs)
            assert np.isfinite(part.x).all()
        ANSWERS[spec.task](data, part.x, part.y)


def values(data: Data, x: np.ndarray, y: np.ndarray) -> None:
    assert y.dtype == np.float32
    assert y.shape == (*x.shape[:2], data.outputs)
    assert np.isfinite(y).all()


def tokens(data: Data, x: np.ndarray, y: np.ndarray) -> None:
    assert y.shape == x.shape
    assert data.outputs == len(data.symbols)
    assert_ids(y, data.outputs)


def one_label(data: Data, x: np.ndarray, y: np.ndarray) -> None:
    assert y.shape == (len(x),)
    assert data.outputs == len(data.labels)
    assert_ids(y, data.outputs)
    assert len(np.unique(y)) == len(data.labels)


def a_label_each(data: Data, x: np.ndarray, y: np.ndarray) -> None:
    assert y.shape == x.shape[:2]
    assert data.outputs == len(data.labels)
    assert_ids(y[y != IGNORED], data.outputs)


def another_sequence(data: Data, x: np.ndarray, y: np.ndarray) -> None:
    """What the decoder is given is the answer one place later, after a beginning."""
    target = data.steps - data.source
    assert y.shape == (len(x), target)
    assert data.padded
    said = y != IGNORED
    assert_ids(y[said], data.outputs)
    given = x[:, data.source :]
    assert (given[:, 0] == 1).all()
    np.testing.assert_array_equal(given[:, 1:][said[:, 1:]], y[:, :-1][said[:, 1:]])
    lengths = said.sum(1)
    assert (y[np.arange(len(y)), lengths - 1] == 2).all()
    assert (said == (np.arange(target) < lengths[:, None])).all()


def labels_in_order(data: Data, x: np.ndarray, y: np.ndarray) -> None:
    """No more labels, with a blank between equal ones, than there are steps."""
    assert y.ndim == 2
    assert data.outputs == 1 + len(data.labels)
    said = y != IGNORED
    assert_ids(y[said], len(data.labels))
    lengths = said.sum(1)
    assert lengths.min() >= 1
    twice = ((y[:, 1:] == y[:, :-1]) & said[:, 1:]).sum(1)
    assert (lengths + twice <= x.shape[1]).all()


def assert_ids(y: np.ndarray, most: int) -> None:
    assert y.dtype == np.int64
    assert 0 <= y.min() <= y.max() < most


ANSWERS = {
    "forecast": values,
    "next_token": tokens,
    "classify": one_label,
    "tag": a_label_each,
    "translate": another_sequence,
    "transcribe": labels_in_order,
}


@each_shifted
def test_target_is_the_input_one_place_later(spec: DataSpec) -> None:
    data = made(spec)
    for part in (data.train, data.validation):
        np.testing.assert_array_equal(part.x[:, 1:], part.y[:, :-1])
    if data.streamed:
        np.testing.assert_array_equal(data.train.x[1:, -1], data.train.y[:-1, -1])


@each_shifted
def test_training_windows_are_views(spec: DataSpec) -> None:
    data = made(spec)
    assert np.shares_memory(data.train.x, data.train.y)


@pytest.mark.quick
@each
def test_same_seed_same_arrays(spec: DataSpec) -> None:
    a, b = made(spec, 5), made(spec, 5)
    for one, other in ((a.train, b.train), (a.validation, b.validation)):
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.y, other.y)
    assert dict(a.baselines) == dict(b.baselines)
    assert a.floor == b.floor


@each
def test_global_random_state_is_not_used(spec: DataSpec) -> None:
    before = np.random.get_state()[1].copy()
    made(spec)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


@each
def test_another_seed_gives_other_values_unless_it_is_a_given_text(
    spec: DataSpec,
) -> None:
    a, b = made(spec, 5), made(spec, 7)
    given = a.text is not None and a.floor is None
    same = a.train.x.shape == b.train.x.shape and np.array_equal(a.train.x, b.train.x)
    assert same == given


@pytest.mark.quick
@each
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_floor_is_under_every_baseline(spec: DataSpec, seed: int) -> None:
    data = made(spec, seed)
    assert data.baselines
    assert all(np.isfinite(loss) for loss in data.baselines.values())
    if data.floor is not None:
        # 1 %: on a random walk the baselines are as good as the floor, but for luck.
        assert 0 <= data.floor <= 1.01 * min(data.baselines.values())
        assert data.floor_note


@each_series
def test_series_is_split_in_time_before_it_is_scaled(spec: DataSpec) -> None:
    data = made(spec)
    series, split, T = data.series, data.series.split, data.steps
    assert len(series.positions) == len(series.values) == len(series.scaled)
    if data.shifted:
        assert float(np.mean(series.scaled[:split])) == pytest.approx(0, abs=1e-4)
        assert float(np.std(series.scaled[:split])) == pytest.approx(1, abs=1e-4)
    scaled = series.scaled.reshape(len(series.values), -1)  # (n, I)
    np.testing.assert_array_equal(data.train.x[0], scaled[:T])
    np.testing.assert_array_equal(data.validation.x[0, 0], scaled[split])
    if data.shifted:
        np.testing.assert_array_equal(data.train.y[-1, -1], scaled[split - 1])
        np.testing.assert_array_equal(data.validation.y[-1, -1], scaled[-1])


@each_series
def test_restore_turns_the_truth_into_what_is_shown(spec: DataSpec) -> None:
    data = made(spec)
    if not data.shifted:
        pytest.skip("what a model is given is not all of the truth")
    for one in data.each:
        scaled, shown = one.series.asked, one.series.values
        restored = one.restore(scaled[1:], shown[:-1], one.scaler)
        np.testing.assert_allclose(restored, shown[1:], rtol=1e-5, atol=1e-6)


@each_series
def test_mean_baseline_on_counted_positions(spec: DataSpec) -> None:
    data = made(spec)
    counted = data.validation.y[:, data.counted_from :]
    assert data.baselines["mean"] == pytest.approx(float(np.mean(counted**2)))


@each_text
def test_text_is_split_in_time(spec: DataSpec) -> None:
    data = made(spec)
    tokens, split, T = data.text.tokens, data.text.split, data.steps
    np.testing.assert_array_equal(data.train.x[0], tokens[:T])
    if data.streamed:
        assert data.train.y[-1, -1] == tokens[split - 1]
    np.testing.assert_array_equal(data.validation.x[0], tokens[split : split + T])
    assert len(set(data.symbols)) == len(data.symbols)


@each_text
def test_better_guessers_score_better(spec: DataSpec) -> None:
    data = made(spec)
    loss = data.baselines
    if "bigram" not in loss:
        pytest.skip("its baselines are others")
    # Where symbols are drawn evenly, counting them or their pairs tells nothing.
    even = np.isclose(loss["unigram"], loss["uniform"], rtol=0.01)
    room = 1.1 if even else 1.0
    assert loss["bigram"] < room * loss["unigram"]
    assert loss["unigram"] < room * loss["uniform"]


@each
def test_extreme_settings_build_or_say_why_not(spec: DataSpec) -> None:
    built = 0
    for case in extremes(spec.settings):
        try:
            data = made(spec, **case)
        except ExplorerError:
            continue
        built += 1
        assert np.isfinite(data.train.x[-1]).all()
        assert np.isfinite(data.validation.y).all()
        assert all(np.isfinite(loss) for loss in data.baselines.values())
    assert built >= 5


@each
def test_every_setting_is_explained(spec: DataSpec) -> None:
    assert spec.title
    assert spec.summary.endswith(".")
    for name, field in spec.settings.model_fields.items():
        assert field.title, name
        assert field.description.endswith("."), name
