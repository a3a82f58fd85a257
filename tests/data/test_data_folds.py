"""Folds in time: nothing of what a fold is judged by was there to learn from."""

import numpy as np
import pytest

from explorer import catalog
from explorer.config.run import RunConfig, difference, query_pairs
from explorer.errors import ExplorerError
from explorer.training.trainer import Budget, Trainer


def config(fold: str = "", data: str = "sine", **settings: object) -> RunConfig:
    named = {f"data.{name}": value for name, value in settings.items()}
    return catalog.make_config(data, None, named, 3, fold=fold)


@pytest.mark.parametrize("data", ["sine", "stock", "weather", "fables", "language"])
def test_a_fold_learns_from_the_beginning_and_is_judged_by_what_follows(
    data: str,
) -> None:
    whole = catalog.make_data(config(data=data))
    folds = [catalog.make_data(config(f"{k}/3", data)) for k in (1, 2, 3)]
    sizes = [len(fold.train.x) for fold in folds]
    quarter = len(whole.train.x) / 4
    np.testing.assert_allclose(sizes, [quarter, 2 * quarter, 3 * quarter], atol=1)
    for fold, size in zip(folds, sizes, strict=True):
        np.testing.assert_array_equal(fold.train.x, whole.train.x[:size])
        assert 1 <= len(fold.validation.x) <= 64
        assert fold.floor is None
        assert not fold.baselines


def test_no_value_is_in_both_parts_of_a_fold() -> None:
    whole = catalog.make_data(config())
    assert whole.series is not None
    values = whole.series.scaled
    for k in (1, 2, 3, 4):
        fold = catalog.make_data(config(f"{k}/4"))
        assert fold.series is not None
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
    made = catalog.make_config("sine", "rnn", {"training.steps": 5}, fold="2/3")
    again = RunConfig.from_json(made.to_json())
    linked = catalog.config_from_pairs(
        query_pairs("data=sine&model=rnn&training.steps=5&fold=2/3")
    )
    assert made == again == linked
    losses = [
        Trainer(each).advance(Budget()).curves.losses for each in (made, again, linked)
    ]
    np.testing.assert_array_equal(losses[0], losses[1])
    np.testing.assert_array_equal(losses[0], losses[2])
    plain = catalog.make_config("sine", "rnn", {"training.steps": 5})
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
