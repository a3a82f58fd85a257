"""The contract of what belongs to people: shelves, groups, own data, guesses."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import ExplorerError
from explorer.runs.ids import new_id
from explorer.runs.members import MOST_NICKNAME
from explorer.runs.records import (
    Checkpoint,
    Curves,
    Group,
    Member,
    Progress,
)
from explorer.runs.shelf import MOST_NAME
from explorer.runs.store import Store
from tests.runs.slices import made


@pytest.fixture
def ann() -> str:
    """A person whom no other test knows."""
    return f"ann-{new_id()}"


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


# Guesses


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
