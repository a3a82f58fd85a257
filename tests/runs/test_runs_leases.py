"""One holder at a time, on every database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from explorer.runs.store import Store


@pytest.fixture(autouse=True)
def _free(store: Store) -> Iterator[None]:
    yield
    for holder in ("ann", "bob", *map(str, range(12))):
        store.leases.give_up(holder)


def take(store: Store, holder: str, seconds: float = 60.0, gone: bool = False) -> str:
    """Who holds the lease when this holder has asked for it."""
    return store.leases.take(holder, f"at {holder}'s", seconds, lambda _: gone).holder


def test_a_lease_is_anothers_until_it_ends_or_is_given_up(store: Store) -> None:
    assert take(store, "ann") == "ann"
    known = store.leases.take("bob", "", 60.0, lambda _: False)
    assert (known.holder, known.where) == ("ann", "at ann's")
    assert known.until > datetime.now(UTC) + timedelta(seconds=30)
    assert take(store, "ann") == "ann"
    store.leases.give_up("bob")
    assert take(store, "bob") == "ann"
    store.leases.give_up("ann")
    assert take(store, "bob", seconds=0.0) == "bob"
    assert take(store, "ann") == "ann"


def test_who_is_gone_holds_nothing(store: Store) -> None:
    assert take(store, "ann") == "ann"
    asked = []

    def gone(where: str) -> bool:
        asked.append(where)
        return True

    assert store.leases.take("bob", "", 60.0, gone).holder == "bob"
    assert asked == ["at ann's"]


def test_of_twelve_who_ask_at_once_one_has_it(store: Store) -> None:
    with ThreadPoolExecutor(12) as pool:
        holders = set(pool.map(lambda k: take(store, str(k)), range(12)))
    assert len(holders) == 1
