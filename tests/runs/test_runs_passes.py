"""Codes that open a class: told by word of mouth, typed in, written down."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import ExplorerError
from explorer.runs import passes
from explorer.runs.passes import LENGTHS, LETTERS, parted, plain
from explorer.runs.records import Group
from explorer.runs.store import Store


@pytest.fixture
def group(store: Store) -> Group:
    return store.groups.create("class", "tea", {})


def test_no_two_characters_look_alike() -> None:
    assert len(set(LETTERS)) == len(LETTERS)
    assert not set("AEIOU") & set(LETTERS)
    for alike in ("0OQ", "1IL", "2Z", "5S", "8B"):
        assert len(set(alike) & set(LETTERS)) <= 1, alike


@pytest.mark.parametrize("opens", list(LENGTHS))
def test_a_code_opens_its_class(
    store: Store, group: Group, opens: passes.Opens
) -> None:
    code = store.passes.code(group.id, opens)
    assert re.fullmatch(f"[{LETTERS}]{{{LENGTHS[opens]}}}", code)
    assert store.passes.code(group.id, opens) == code
    assert store.passes.find(f" {parted(code).lower()} ") == (group.id, opens)
    store.passes.revoke(group.id, opens)
    with pytest.raises(ExplorerError, match=r"opens none\. Ask your teacher"):
        store.passes.find(code)
    assert store.passes.code(group.id, opens) != code


def test_tabs_that_ask_at_once_get_one_code(store: Store, group: Group) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(lambda _: store.passes.code(group.id, "join"), range(16)))
    assert len(codes) == 1


def test_a_code_goes_with_its_class(store: Store, group: Group) -> None:
    code = store.passes.code(group.id, "join")
    store.groups.delete(group.id)
    with pytest.raises(ExplorerError, match=f"'{code}' opens none"):
        store.passes.find(code)
    with pytest.raises(ExplorerError, match="There is nothing under the id"):
        store.passes.code(group.id, "join")


def test_a_code_that_another_class_has_is_not_given_twice(
    store: Store, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = store.groups.create("class", "tea", {})
    drawn = iter("BBBBB" + "BBBBB" + "CCCCC")
    monkeypatch.setattr(passes.secrets, "choice", lambda _: next(drawn))
    store.passes.revoke(group.id, "join")
    codes = [store.passes.code(each.id, "join") for each in (group, other)]
    assert codes == ["BBBBB", "CCCCC"]
    store.groups.delete(group.id)


@given(typed=st.text(max_size=60))
def test_whatever_is_typed_opens_nothing_or_something(store: Store, typed: str) -> None:
    assert plain(plain(typed)) == plain(typed)
    with pytest.raises(ExplorerError, match="opens none"):
        store.passes.find(typed)


def test_a_class_is_taught_along_and_handed_over(store: Store, group: Group) -> None:
    store.teachers.add(group.id, "two")
    store.teachers.add(group.id, "two")
    assert [store.teachers.teaches(group.id, o) for o in ("tea", "two", "x")] == [
        False,
        True,
        False,
    ]
    assert group in store.groups.of("two", "class")
    store.teachers.hand_over(group.id, "new")
    store.teachers.hand_over(group.id, "new")
    assert store.groups.get(group.id).owner == "new"
    assert store.teachers.teaches(group.id, "tea")
    store.teachers.dismiss(group.id)
    assert group.id not in [g.id for g in store.groups.of("tea", "class")]
    store.groups.delete(group.id)
    for act in (store.teachers.add, store.teachers.hand_over):
        with pytest.raises(ExplorerError, match="There is nothing under the id"):
            act(group.id, "two")
