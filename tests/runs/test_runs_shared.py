"""Owners, groups, own data and secrets: the same on every database."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest

from explorer.config.run import RunConfig
from explorer.config.training import TrainingSettings
from explorer.errors import ExplorerError
from explorer.runs.ids import new_id
from explorer.runs.records import Checkpoint, Curves, Group, Progress
from explorer.runs.shelf import Active
from explorer.runs.store import Store, open_store

CONFIG = RunConfig(
    data="sine",
    model="lstm",
    data_settings={},
    model_settings={},
    training=TrainingSettings(steps=5),
)
NASTY = "a\0b\ud800c' ; -- 数"


def test_a_shelf_has_pinned_runs_first_and_says_what_they_weigh(store: Store) -> None:
    owner = new_id()
    first, second, third = (store.create(CONFIG, 1, owner=owner) for _ in range(3))
    store.create(CONFIG, 1, owner=new_id())
    store.shelf.describe(first.id, "先", ["a", "b"], pinned=True)
    kept = Checkpoint(0, b"x" * 700)
    store.record(
        second.id, Progress(0, Curves.empty(), 0, 0.0, (), (kept,), state=b"y" * 30)
    )
    assert [run.id for run in store.shelf.of(owner)] == [first.id, third.id, second.id]
    found = store.get(first.id)
    assert (found.name, found.tags, found.pinned) == ("先", ("a", "b"), True)
    assert store.get(second.id).pinned is False
    assert store.shelf.active(owner) == 3
    assert store.shelf.stored_bytes(owner) == 730
    assert store.shelf.sizes(owner) == {second.id: 700}
    store.shelf.throw_away(second.id)
    assert store.shelf.stored_bytes(owner) == 0
    store.shelf.have_back(second.id)
    assert store.shelf.stored_bytes(owner) == 730


@pytest.mark.parametrize("how", ["start", "resume"])
def test_twelve_who_begin_at_once_are_as_many_as_may(store: Store, how: str) -> None:
    owner = new_id()
    resting = [store.create(CONFIG, 1, "paused", owner=owner).id for _ in range(12)]

    def admit(active: Active, coming: int) -> None:
        if active.mine + coming > 4:
            raise ExplorerError("Four may train")

    def begin(run_id: str) -> int:
        try:
            if how == "start":
                store.create(CONFIG, 1, owner=owner, admit=admit)
            else:
                store.activate([run_id], owner, admit)
        except ExplorerError:
            return 0
        return 1

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(begin, resting)) == 4
    assert store.shelf.active(owner) == 4


@pytest.mark.parametrize("how", ["start", "go on"])
def test_twelve_sweeps_that_begin_at_once_are_as_many_as_may(
    store: Store, how: str
) -> None:
    owner, running = new_id(), {"status": "running"}
    resting = [store.groups.create("sweep", owner, {}).id for _ in range(12)]

    def admit(every: Sequence[Group]) -> None:
        if sum(g.owner == owner and g.facts == running for g in every) >= 4:
            raise ExplorerError("Four may run")

    def begin(group_id: str) -> None:
        with suppress(ExplorerError):
            if how == "start":
                store.groups.create("sweep", owner, running, admit)
            else:
                store.groups.change(group_id, running, admit)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(begin, resting))
    mine = store.groups.of(owner, "sweep")
    assert sum(group.facts == running for group in mine) == 4


def test_twelve_uploads_at_once_are_as_many_as_may(store: Store) -> None:
    owner = new_id()

    def admit(held: int, stored: int) -> None:
        if held >= 4 or stored >= 40:
            raise ExplorerError("Four may be held")

    def give(digest: str) -> None:
        with suppress(ExplorerError):
            store.contents.hold(owner, digest, "text", "x", bytes(10), admit)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(give, [new_id() for _ in range(12)]))
    held = store.contents.of(owner)
    assert len(held) == 4
    store.contents.hold(owner, held[0].digest, "text", "x", bytes(10), admit)


def test_what_was_thrown_away_is_back_until_it_is_swept_out(store: Store) -> None:
    owner = new_id()
    run = store.create(CONFIG, 1, owner=owner)
    store.shelf.throw_away(run.id)
    assert store.shelf.of(owner) == []
    assert store.shelf.active(owner) == 0
    assert store.room.sweep_out() == 0
    store.shelf.have_back(run.id)
    assert [r.id for r in store.shelf.of(owner)] == [run.id]
    store.shelf.throw_away(run.id)
    assert store.room.sweep_out(timedelta(days=-1)) == 1
    store.shelf.have_back(run.id)
    with pytest.raises(ExplorerError, match="There is no run"):
        store.get(run.id)


def test_a_groups_facts_and_runs(store: Store) -> None:
    group = store.groups.create("race", "ann", {"title": "甲\0", "open": True})
    run = store.create(CONFIG, 1, group_id=group.id)
    assert store.groups.get(group.id) == group
    assert store.groups.get(group.id, "race") == group
    changed = store.groups.change(group.id, {"open": False})
    assert changed.facts == {"title": "甲\0", "open": False}
    assert [r.id for r in store.shelf.of_group(group.id)] == [run.id]
    assert group.id in {g.id for g in store.groups.every("race")}
    assert group.id not in {g.id for g in store.groups.of("ann", "class")}
    store.groups.delete(group.id)
    assert store.get(run.id).group_id == group.id


@pytest.mark.parametrize("group_id", ["", "made-up", NASTY, "x" * 500])
def test_an_unknown_group_is_one_sentence(store: Store, group_id: str) -> None:
    for ask in (
        lambda: store.groups.get(group_id),
        lambda: store.groups.change(group_id, {"a": 1}),
        lambda: store.members.join(group_id, "ann", "Ann"),
    ):
        with pytest.raises(ExplorerError, match="There is nothing under the id"):
            ask()


def test_thirty_who_join_at_once_get_thirty_names(store: Store) -> None:
    group = store.groups.create("class", "teacher", {}).id

    def join(k: int) -> str:
        try:
            # Ten names for thirty people, and everybody joins twice.
            for _again in range(2):
                store.members.join(group, f"person{k}", f"Name {k % 10}")
        except ExplorerError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(join, range(30)))
    names = [member.nickname for member in store.members.of(group)]
    assert sorted(names) == [f"Name {k}" for k in range(10)]
    assert sum("is taken" in words for words in said) == 20
    store.groups.delete(group)
    assert store.members.of(group) == []


def test_own_data_is_held_once_per_person(store: Store) -> None:
    digest, ann, ben = new_id(), new_id(), new_id()
    for owner in (ann, ann, ben):
        store.contents.hold(owner, digest, "series", NASTY, b"\0\xff")
    (held,) = store.contents.of(ann)
    assert (held.digest, held.kind, held.label, held.size) == (
        digest,
        "series",
        "abc' ; -- 数",
        2,
    )
    assert store.contents.holds(ben, digest)
    assert store.contents.content(digest) == ("series", b"\0\xff")
    assert store.contents.let_go(ann, digest) is False
    assert store.contents.let_go(ben, digest) is True
    assert store.contents.content(digest) is None


def test_a_secret_is_made_once_by_whoever_asks_first(
    fresh: Callable[[], str], url: str
) -> None:
    stores = [open_store(url) for _ in range(4)]
    name = new_id()
    with ThreadPoolExecutor(4) as pool:
        secrets = set(pool.map(lambda store: store.keys.get(name), stores))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 48
    other = open_store(fresh())
    assert other.keys.get(name) != stores[0].keys.get(name)
    for store in (*stores, other):
        store.close()


def test_nasty_names_are_kept_as_far_as_they_can_be(store: Store) -> None:
    run = store.create(CONFIG, 1)
    store.shelf.describe(run.id, NASTY, [NASTY], pinned=False)
    assert store.get(run.id).name == "abc' ; -- 数"
    assert store.get(run.id).tags == (NASTY,)
