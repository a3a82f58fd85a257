"""Recall, selective copying and brackets: what a window asks, and its exact lines."""

import math

import numpy as np
import pytest

from explorer.data import brackets, recall, selective_copy
from explorer.errors import ExplorerError


def small_recall(**values: int) -> recall.RecallSettings:
    return recall.RecallSettings(**{"count": 200, **values})


def test_every_key_asked_for_has_its_value_in_the_window() -> None:
    data = recall.make(small_recall(pairs=5, queries=7, key_kinds=11, value_kinds=6), 1)
    assert data.train.x.shape == data.train.y.shape == (200, 17)
    for x, y in zip(*data.train, strict=True):
        told = dict(zip(x[:10:2].tolist(), x[1:10:2].tolist(), strict=True))
        assert len(told) == 5
        assert [told[key] for key in x[10:].tolist()] == y[10:].tolist()
    assert data.counted_from == 10
    assert data.floor == 0
    assert not data.shifted


def test_who_forgot_the_pairs_loses_what_the_lower_line_says() -> None:
    """A value that two keys of four have: a half; another one: a quarter."""
    values, answers = np.array([[7, 7, 8, 9]]), np.array([[7, 8, 7]])
    assert recall.unbound(values, answers) == pytest.approx(
        (2 * math.log(2) + math.log(4)) / 3, rel=1e-12
    )
    lines = recall.make(small_recall(), 2).baselines
    assert lines["values kept, pairs forgotten"] < lines["uniform"] == math.log(4)


def test_more_pairs_than_keys_are_refused() -> None:
    with pytest.raises(ExplorerError, match="9 pairs need more than the 8 keys"):
        recall.make(small_recall(pairs=9, key_kinds=8), 1)


def test_letters_are_asked_for_in_order_wherever_they_stood() -> None:
    settings = selective_copy.SelectiveCopySettings(letters=3, places=11, count=2000)
    data = selective_copy.make(settings, 3)
    x, y = data.train
    assert x.shape == (2000, 14)
    for given, asked in zip(x, y, strict=True):
        letters = given[:11][given[:11] < selective_copy.KINDS]
        np.testing.assert_array_equal(letters, asked[11:])
    assert (x[:, 11:] == selective_copy.MARK).all()
    taken = (x[:, :11] < selective_copy.KINDS).mean(0)  # every place is as likely
    assert np.abs(taken - 3 / 11).max() < 0.05
    assert data.counted_from == 11
    assert data.baselines == {"uniform": math.log(8)}


def test_more_letters_than_places_are_refused() -> None:
    settings = selective_copy.SelectiveCopySettings(letters=5, places=4)
    with pytest.raises(ExplorerError, match="5 letters do not fit into 4 places"):
        selective_copy.make(settings, 1)


def read(word: np.ndarray, kinds: int) -> list[list[int]]:
    """What is open before each bracket, by a stack; fails if one closes another."""
    before, stack = [], list[int]()
    for bracket in word.tolist():
        before.append(list(stack))
        if bracket < kinds:
            stack.append(bracket)
        else:
            assert stack.pop() == bracket - kinds
    return before


def test_every_bracket_closes_the_last_one_and_the_floor_is_the_grammars() -> None:
    settings = brackets.BracketsSettings(
        kinds=3, depth=2, opening=0.3, count=100, window=32
    )
    data = brackets.make(settings, 5)
    losses, counted = [], []
    held = np.concatenate([data.validation.x, data.validation.y[:, -1:]], 1)
    for word in held:
        for bracket, opened in list(zip(word, read(word, 3), strict=True))[1:]:
            chance = {0: 1.0, 1: 0.3, 2: 0.0}[len(opened)]
            opens = bracket < 3
            losses.append(-math.log(chance / 3 if opens else 1 - chance))
            counted.append(losses[-1] + (0 if opens else math.log(3)))
    assert data.floor == pytest.approx(np.mean(losses), rel=1e-12)
    line = data.baselines["depth counted, kinds forgotten"]
    assert line == pytest.approx(np.mean(counted), rel=1e-12)
    assert max(len(opened) for word in held for opened in read(word, 3)) == 2


def test_with_one_kind_a_counter_knows_all() -> None:
    data = brackets.make(brackets.BracketsSettings(kinds=1, count=100), 1)
    assert data.baselines["depth counted, kinds forgotten"] == data.floor
