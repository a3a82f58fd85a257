"""Boards: the best of each member, when they met the goal, and in which order."""

import numpy as np
import pytest

from explorer.runs.boards import Line, Score, Trained, shown_runs, standings
from explorer.runs.records import (
    Group,
    Member,
)
from explorer.runs.store import Store
from tests.runs.slices import made, measured


def test_scores_say_the_best_and_when_the_goal_was_met(
    store: Store, group: Group
) -> None:
    first, second, third = (made(store, "a", group.id) for _ in range(3))
    measured(store, first, (0, 1.0), (10, 0.04), (20, 0.05), (30, 0.01))
    measured(store, second, (0, 2.0), (10, float("nan")), (20, 0.3))
    scores = store.boards.scores(group.id, goal=0.05, within=20)
    assert [(s.run_id, s.best, s.reached) for s in scores] == [
        (first.id, 0.04, 10),
        (second.id, 0.3, None),
        (third.id, None, None),
    ]
    assert store.boards.scores(group.id)[0].best == 0.01
    assert store.boards.scores(group.id)[0].reached is None
    store.shelf.throw_away(first.id)
    assert [s.run_id for s in store.boards.scores(group.id)] == [second.id, third.id]


def test_lines_are_what_was_measured(store: Store, group: Group) -> None:
    run, empty = made(store, "a", group.id), made(store, "a", group.id)
    measured(store, run, (0, 2.0), (10, float("nan")), (20, 0.5))
    found = store.boards.lines([run.id, empty.id])
    assert found[run.id].steps.tolist() == [0, 10, 20]
    np.testing.assert_array_equal(found[run.id].losses, np.float32([2, np.nan, 0.5]))
    assert found[empty.id].losses.shape == (0,)
    assert store.boards.lines([]) == {}


def test_standings_name_no_run_and_no_person(store: Store, group: Group) -> None:
    store.members.join(group.id, "key-a", "Ann")
    store.members.join(group.id, "key-b", "Bob")
    runs = [made(store, owner, group.id) for owner in ("key-a", "key-b", "key-c")]
    for run, loss in zip(runs, (0.2, 0.1, 0.05), strict=True):
        measured(store, run, (0, 1.0), (10, loss))
    members = store.members.of(group.id)
    found = store.boards.standings(members, group.id, goal=0.1)
    assert [(s.nickname, s.seat, s.best, s.reached) for s in found] == [
        ("Bob", 1, 0.1, 10),
        ("Ann", 0, 0.2, None),
    ]
    assert found[0].training
    assert found[0].drawn == found[0].won == Trained("lstm", 7, None, 0.005)
    assert found[0].line.losses.tolist() == [1.0, np.float32(0.1)]
    message = repr(found)
    assert not any(key in message for key in ("key-", *(run.id for run in runs)))


def score(run_id: str, status: str, best: float | None, owner: str = "a") -> Score:
    return Score(run_id, owner, status, 5, best, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scores", "shown"),
    [
        ([score("1", "finished", 0.1), score("2", "finished", 0.2)], "1"),
        ([score("1", "finished", 0.2), score("2", "finished", 0.1)], "2"),
        ([score("1", "finished", 0.1), score("2", "training", None)], "2"),
        ([score("1", "training", 0.3), score("2", "stopped", None)], "1"),
        ([score("1", "stopped", None), score("2", "diverged", None)], "2"),
    ],
)
def test_the_run_under_way_is_shown_else_the_best(
    scores: list[Score], shown: str
) -> None:
    assert shown_runs(scores)["a"].run_id == shown


def test_who_has_not_trained_comes_last_in_the_order_of_coming() -> None:
    members = [Member("a", "A"), Member("b", "B", 1), Member("c", "C", 2)]
    scores = [score("1", "finished", 0.5, "c")]
    line, rate = Line(np.empty(0), np.empty(0)), Trained("gru", 7, 2, 0.01)
    found = standings(members, scores, {"1": line}, {"1": rate})
    assert [s.nickname for s in found] == ["C", "A", "B"]
    assert [s.best for s in found] == [0.5, None, None]
    assert [s.won for s in found] == [rate, None, None]


def test_the_best_loss_stands_beside_the_settings_that_reached_it() -> None:
    scores = [score("1", "finished", 0.5), score("2", "training", 0.7)]
    empty = Line(np.empty(0), np.empty(0))
    trained = {name: Trained("gru", int(name), 1, 0.01) for name in ("1", "2")}
    (found,) = standings([Member("a", "A")], scores, {"2": empty}, trained)
    assert (found.won, found.drawn) == (trained["1"], trained["2"])
