"""The contract of what belongs to people: shelves, groups, their own data, boards."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import ExplorerError
from explorer.runs.boards import Line, Score, Trained, shown_runs, standings
from explorer.runs.ids import new_id
from explorer.runs.members import MOST_NICKNAME
from explorer.runs.records import (
    Checkpoint,
    Curves,
    Group,
    Member,
    Progress,
    Run,
    Validation,
)
from explorer.runs.shelf import MOST_NAME
from explorer.runs.store import Store
from tests.runs.slices import CONFIG


@pytest.fixture
def ann() -> str:
    """A person whom no other test knows."""
    return f"ann-{new_id()}"


def made(store: Store, owner: str, group_id: str = "", **more: object) -> Run:
    return store.create(CONFIG, 11, owner=owner, group_id=group_id, **more)  # type: ignore[arg-type]


def measured(store: Store, run: Run, *seen: tuple[int, float]) -> None:
    validations = tuple(Validation(step, loss, 0.1) for step, loss in seen)
    store.record(run.id, Progress(0, Curves.empty(), 97, 1.0, validations))


# Shelves


def test_a_shelf_holds_ones_own_pinned_first_then_newest(
    store: Store, ann: str
) -> None:
    runs = [made(store, ann) for _ in range(3)]
    made(store, "another")
    store.shelf.describe(runs[1].id, "the best", ("waves", "波"), pinned=True)
    found = store.shelf.of(ann)
    assert [run.id for run in found] == [runs[1].id, runs[2].id, runs[0].id]
    assert (found[0].name, found[0].tags, found[0].pinned) == (
        "the best",
        ("waves", "波"),
        True,
    )
    assert [run.id for run in store.shelf.of(ann, limit=1)] == [runs[1].id]


@pytest.mark.parametrize(
    ("name", "tags"), [("x" * (MOST_NAME + 1), ()), ("", ("x" * 50, "y" * 50))]
)
def test_a_name_that_is_too_long_is_refused(
    store: Store, ann: str, name: str, tags: tuple[str, ...]
) -> None:
    run = made(store, ann)
    with pytest.raises(ExplorerError, match=f"may have {MOST_NAME} characters"):
        store.shelf.describe(run.id, name, tags, pinned=False)
    assert store.get(run.id) == run


def test_what_is_thrown_away_can_be_had_back_until_it_is_swept(
    store: Store, ann: str
) -> None:
    run, kept = made(store, ann), made(store, ann)
    store.shelf.throw_away(run.id)
    assert [r.id for r in store.shelf.of(ann)] == [kept.id]
    with pytest.raises(ExplorerError, match="no run"):
        store.get(run.id)
    assert run.id not in [r.id for r in store.active()]
    store.room.sweep_out()
    store.shelf.have_back(run.id)
    assert store.get(run.id) == run
    store.shelf.throw_away(run.id)
    store.room.sweep_out(timedelta(0))
    store.shelf.have_back(run.id)
    with pytest.raises(ExplorerError, match="no run"):
        store.get(run.id)
    assert store.get(kept.id) == kept


def test_active_runs_are_counted_by_person(store: Store, ann: str) -> None:
    assert store.shelf.active(ann) == 0
    run = made(store, ann)
    made(store, ann, status="paused")
    gone = made(store, ann)
    assert store.shelf.active(ann) == 2
    store.shelf.throw_away(gone.id)
    store.set_status(run.id, "stopped")
    assert store.shelf.active(ann) == 0


def test_what_a_person_stores_is_summed(store: Store, ann: str) -> None:
    assert store.shelf.stored_bytes(ann) == 0
    run, other = made(store, ann), made(store, "another")
    zeros = np.zeros(5, np.float32)
    for each in (run, other):
        curves = Curves(*[zeros] * 6)
        kept = (Checkpoint(0, bytes(13)), Checkpoint(5, bytes(17)))
        store.record(
            each.id, Progress(0, curves, 5, 1.0, checkpoints=kept, state=bytes(19))
        )
    store.contents.hold(ann, new_id(), "text", "mine", bytes(23))
    assert store.shelf.stored_bytes(ann) == 13 + 17 + 19 + 6 * 5 * 4 + 23
    assert store.shelf.sizes(ann) == {run.id: 30}


def test_the_runs_of_a_group_come_in_their_order(store: Store, ann: str) -> None:
    group = store.groups.create("race", ann, {})
    runs = [made(store, ann, group.id), made(store, "other", group.id)]
    made(store, ann)
    assert store.shelf.of_group(group.id) == runs
    store.shelf.throw_away(runs[0].id)
    assert store.shelf.of_group(group.id) == runs[1:]


# Groups


def test_a_group_is_as_it_was_made(store: Store, ann: str) -> None:
    facts = {"title": "Wellen 波", "goal": 0.02, "open": ["a"], "more": None}
    group = store.groups.create("class", ann, facts)
    assert store.groups.get(group.id) == group
    assert store.groups.get(group.id, "class").facts == facts
    assert store.groups.of(ann, "class") == [group]
    assert store.groups.of(ann, "race") == []
    assert group in store.groups.every("class")


@pytest.mark.parametrize("group_id", ["", "made-up", "../../x", "x" * 500, "'; --"])
def test_a_group_that_is_not_there_gets_a_sentence(store: Store, group_id: str) -> None:
    with pytest.raises(ExplorerError, match="nothing under the id"):
        store.groups.get(group_id)
    with pytest.raises(ExplorerError, match="nothing under the id"):
        store.groups.change(group_id, {})


def test_a_group_of_another_kind_is_not_there(store: Store, ann: str) -> None:
    group = store.groups.create("race", ann, {})
    with pytest.raises(ExplorerError, match="nothing under the id"):
        store.groups.get(group.id, "class")


def test_a_change_puts_facts_in_place_of_those_of_the_same_names(
    store: Store, ann: str
) -> None:
    group = store.groups.create("class", ann, {"a": 1, "b": 2})
    assert store.groups.change(group.id, {"b": 3, "c": 4}).facts == {
        "a": 1,
        "b": 3,
        "c": 4,
    }


def test_a_group_goes_with_its_members_and_its_runs_stay(
    store: Store, ann: str
) -> None:
    group = store.groups.create("class", "tea", {})
    store.members.join(group.id, ann, "Ann")
    run = made(store, ann, group.id)
    store.groups.delete(group.id)
    assert store.members.of(group.id) == []
    assert store.get(run.id) == run


@pytest.fixture
def group(store: Store) -> Group:
    return store.groups.create("class", "tea", {})


def test_members_come_in_the_order_in_which_they_came(
    store: Store, group: Group
) -> None:
    for name in ("Zoë", "李雷", "Ann"):
        store.members.join(group.id, name.lower(), name)
    store.members.remove(group.id, "李雷")
    store.members.remove(group.id, "nobody")
    assert store.members.of(group.id) == [
        Member("zoë", "Zoë", 0),
        Member("ann", "Ann", 2),
    ]
    store.members.join(group.id, "李雷", "Lei", seen=False)
    assert store.members.of(group.id)[1] == Member("李雷", "Lei", 1, seen=False)


def test_who_left_or_was_removed_is_told_apart(store: Store, group: Group) -> None:
    for owner in ("a", "b", "c"):
        store.members.join(group.id, owner, owner.upper())
    store.members.leave(group.id, "a")
    store.members.remove(group.id, "B")
    stays = {owner: store.members.stay(group.id, owner) for owner in "abcd"}
    assert stays == {"a": "left", "b": "removed", "c": "in", "d": None}
    store.members.join(group.id, "c", "A")  # a name is free when its owner has gone
    store.members.remove(group.id, "B")
    assert [m.nickname for m in store.members.of(group.id)] == ["A"]


def test_a_nickname_is_hidden_shown_and_changed(store: Store, group: Group) -> None:
    for owner in ("a", "b"):
        store.members.join(group.id, owner, owner.upper())
    store.members.show(group.id, "A", seen=False)
    assert [m.seen for m in store.members.of(group.id)] == [False, True]
    with pytest.raises(ExplorerError, match="'b' is taken"):
        store.members.rename(group.id, "A", "b")
    with pytest.raises(ExplorerError, match="1 to"):
        store.members.rename(group.id, "A", " ")
    store.members.rename(group.id, "A", " Ann  B ")
    assert store.members.of(group.id)[0] == Member("a", "Ann B", 0)


def test_a_nickname_is_ones_own_whatever_its_letters(
    store: Store, group: Group
) -> None:
    store.members.join(group.id, "a", "  Straße \t 7 ")
    assert store.members.of(group.id) == [Member("a", "Straße 7")]
    with pytest.raises(ExplorerError, match="'STRASSE 7' is taken"):
        store.members.join(group.id, "b", "STRASSE 7")
    store.members.join(group.id, "a", "strasse 7")
    assert store.members.of(group.id) == [Member("a", "strasse 7")]
    other = store.groups.create("class", "tea", {})
    store.members.join(other.id, "b", "Strasse 7")


@settings(max_examples=60)
@given(name=st.text(max_size=40))
def test_any_text_is_a_nickname_or_refused(store: Store, name: str) -> None:
    group = store.groups.create("class", "tea", {})
    try:
        store.members.join(group.id, "a", name)
    except ExplorerError as error:
        assert f"1 to {MOST_NICKNAME} characters" in str(error)  # noqa: PT017
        assert store.members.of(group.id) == []
    else:
        ((_, kept, *_rest),) = store.members.of(group.id)
        assert 1 <= len(kept) <= MOST_NICKNAME
        assert kept.isprintable()


def test_of_two_who_want_one_nickname_at_once_one_gets_it(
    store: Store, group: Group
) -> None:
    refused = []

    def join(owner: str) -> None:
        try:
            store.members.join(group.id, owner, "Ann")
        except ExplorerError as error:
            refused.append(error)

    threads = [threading.Thread(target=join, args=(f"o{k}",)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.members.of(group.id)) == 1
    assert len(refused) == 7


# Own data


def test_own_data_is_held_by_each_who_gave_it(store: Store, ann: str) -> None:
    digest, bob = new_id(), f"bob-{new_id()}"
    assert store.contents.content(digest) is None
    store.contents.hold(ann, digest, "series", "prices", b"123")
    store.contents.hold(ann, digest, "series", "again", b"123")
    store.contents.hold(bob, digest, "series", "his", b"123")
    (mine,) = store.contents.of(ann)
    assert (mine.digest, mine.kind, mine.label, mine.size) == (
        digest,
        "series",
        "prices",
        3,
    )
    assert store.contents.holds(bob, digest)
    assert not store.contents.holds("nobody", digest)
    assert store.contents.content(digest) == ("series", b"123")
    assert not store.contents.let_go(ann, digest)
    assert store.contents.of(ann) == []
    assert store.contents.content(digest) == ("series", b"123")
    assert store.contents.let_go(bob, digest)
    assert store.contents.content(digest) is None


# Boards


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


def test_a_guess_is_kept_by_task_and_person(store: Store, group: Group) -> None:
    other = store.groups.create("task", group.id, {})
    with pytest.raises(ExplorerError, match="nothing under the id"):
        store.guesses.put("none", "a", 0.25)
    store.guesses.put(group.id, "b", "数")
    store.guesses.put(group.id, "a", 4.0)
    with pytest.raises(ExplorerError, match="A guess is given once"):
        store.guesses.put(group.id, "a", 0.25)
    store.guesses.put(other.id, "a", "lstm")
    assert store.guesses.of(group.id) == {"a": 4.0, "b": "数"}
    store.members.join(group.id, "a", "A")
    (standing,) = store.boards.standings(store.members.of(group.id), group.id)
    assert standing.guess == 4.0
    store.groups.delete(group.id)
    assert store.guesses.of(group.id) == {}
