"""Nicknames in a class: whose they are, who sees them, and who sits where."""

import threading
from datetime import datetime, tzinfo

import pytest

from explorer.errors import ExplorerError
from explorer.runs.records import Group
from explorer.runs.store import Store


@pytest.fixture
def group(store: Store) -> Group:
    return store.groups.create("class", "tea", {})


@pytest.mark.parametrize(
    "name",
    [
        "\u0410nn\u0430",  # Cyrillic
        "\uff21nna",  # wide
        "Anna\ufe0f",
        "An\u034fna",
        "\u3164Anna\u2800",
        "ANNA",
    ],
)
def test_a_nickname_that_looks_like_anothers_is_taken(
    store: Store, group: Group, name: str
) -> None:
    store.members.join(group.id, "a", "Anna")
    with pytest.raises(ExplorerError, match="is taken"):
        store.members.join(group.id, "b", name)
    store.members.join(group.id, "b", "Bob")
    with pytest.raises(ExplorerError, match="is taken"):
        store.members.rename(group.id, "Bob", name)


@pytest.mark.parametrize("name", ["\u3164", "\u2800 \u115f", "\u200b\ufe0f", "\u034f"])
def test_a_nickname_that_nobody_sees_is_none(
    store: Store, group: Group, name: str
) -> None:
    with pytest.raises(ExplorerError, match="this one has 0"):
        store.members.join(group.id, "a", name)


def test_who_was_hidden_renamed_or_removed_shows_no_other_name_by_themselves(
    store: Store, group: Group
) -> None:
    """A student may leave and come back, or join once more in a second tab."""
    for owner in ("a", "b", "c", "d"):
        store.members.join(group.id, owner, f"Rude {owner}")
    store.members.show(group.id, "Rude a", seen=False)
    store.members.rename(group.id, "Rude b", "Bob")
    store.members.remove(group.id, "Rude c")
    store.members.leave(group.id, "d")
    for owner in ("a", "b", "c", "d"):
        store.members.join(group.id, owner, f"Rude {owner}")
    seen = {m.owner: m.seen for m in store.members.of(group.id)}
    assert seen == {"a": False, "b": False, "c": False, "d": True}


def test_seats_stay_when_a_clock_is_set_back(
    store: Store, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Back(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Back":
            return cls(2001, 1, 1, tzinfo=tz)

    store.members.join(group.id, "z", "Zoe")
    monkeypatch.setattr("explorer.runs.members.datetime", Back)
    for owner in ("b", "a"):
        store.members.join(group.id, owner, owner)
    assert [m.owner for m in store.members.of(group.id)] == ["z", "b", "a"]


def test_the_last_seat_is_taken_once(store: Store, group: Group) -> None:
    refused = []

    def admit(_group: Group, others: int) -> bool:
        if others >= 3:
            raise ExplorerError("full")
        return True

    def join(owner: str) -> None:
        try:
            store.members.join(group.id, owner, owner, admit=admit)
        except ExplorerError as error:
            refused.append(error)

    threads = [threading.Thread(target=join, args=(f"o{k}",)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(store.members.of(group.id)), len(refused)) == (3, 5)
