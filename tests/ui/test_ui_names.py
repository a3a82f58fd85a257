"""Whom the board of a class names, and how; who has gone."""

from types import SimpleNamespace
from typing import Any

import pytest

from explorer.engine.service import engine
from explorer.plots.theme import colour_of
from explorer.ui.classes import board, register
from tests.ui.classroom import ANN, BOB, TEACHER, joined, made, said, tables, trained
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]


def test_the_removed_and_who_left_are_gone_at_once_and_told_so() -> None:
    group = joined(made())
    ann, bob = (page(owner=o, **{"class": group.id}) for o in (ANN, BOB))
    ann.button(key="leave_class").click().run()
    engine().store.members.remove(group.id, "Bob")
    assert engine().store.members.of(group.id) == []
    bob.run()
    assert "Your teacher has removed you" in bob.warning[0].value
    again = page(owner=ANN, **{"class": group.id})
    assert not again.warning
    again.text_input(key="class.nickname").set_value("Ann")
    again.button(key="join_class").click().run()
    assert "You are **Ann**" in said(again)
    assert [m.seat for m in engine().store.members.of(group.id)] == [0]


def test_the_board_says_what_everybody_trained_and_is_sorted() -> None:
    group = joined(made())
    trained(group, ANN, 1.0, 0.04)
    trained(group, BOB, 1.0, 0.3)
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    heads = tables(test).split("</thead>")[0]
    for title in ("Architecture", "Hidden size", "Layers", "Learning rate"):
        assert f">{title}<" in heads
    row = tables(test).split("<tr")[2]
    for cell in ("1", "Ann", "0.04", "GRU", "8", "0.01"):
        assert f"<bdi>{cell}</bdi>" in row
    assert f"color: {colour_of('gru')}" in row
    (order,) = [c for c in test.segmented_control if c.label == "Sort by"]
    engine().store.members.rename(group.id, "Ann", "Zoe")
    board.looked.clear()
    order.set_value("nickname").run()
    rows = tables(test).split("<tr")[2:]
    assert ["Bob" in rows[0], "Zoe" in rows[1]] == [True, True]
    assert "<bdi>2</bdi>" in rows[0]  # the place is still that of the loss


def test_nobody_has_a_place_before_a_loss() -> None:
    group = joined(made())
    trained(group, BOB, 1.0, 0.3)
    for owner, name in ((TEACHER, "class_room"), (ANN, "playground")):
        test = page(name, owner=owner, **{"class": group.id})
        ann, bob = (
            next(row for row in tables(test).split("<tr") if f"<bdi>{who}</bdi>" in row)
            for who in ("Ann", "Bob")
        )
        assert "<bdi>1</bdi>" in bob
        assert "<td><bdi>–</bdi></td>" in ann
        assert "<bdi>2</bdi>" not in ann


def test_who_is_level_shares_a_place() -> None:
    group = joined(made())
    trained(group, ANN, 1.0, 0.3)
    trained(group, BOB, 1.0, 0.3)
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    assert "Ann, Bob are level at a validation loss of 0.3." in said(test)
    rows = tables(test).split("<tr")[2:]
    assert [row.split("<td>")[1] for row in rows] == ["<bdi>1</bdi></td>"] * 2


def test_names_are_hidden_changed_and_taken_away() -> None:
    group = joined(made())
    trained(group, BOB, 1.0, 0.3)
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    student = page(owner=ANN, **{"class": group.id})

    def seen(name: str) -> list[bool]:
        board.looked.clear()
        return [name in tables(each.run()) for each in (test, student)]

    assert seen("Bob") == [True, True]
    test.selectbox(key="class.member").set_value("Bob").run()
    test.button(key="show_member").click().run()
    assert seen("Bob") == [False, False]
    assert seen("Student 2") == [True, True]
    test.button(key="show_names").click().run()
    assert seen("Bob") == [True, True]
    test.text_input(key="class.new_name").set_value("Rob")
    test.button(key="rename_member").click().run()
    assert seen("Rob") == [True, True]
    test.toggle(key=f"class.anonymous.{group.id}").set_value(True).run()
    assert seen("Rob") == [False, False]
    assert seen("Ann") == [False, True]
    assert any("others you are Student 1" in c.value for c in student.caption)


@pytest.mark.parametrize("name", ["Cid", "f u c k"])
def test_a_nickname_waits_where_the_teacher_or_a_word_says_so(name: str) -> None:
    group = joined(made(), (ANN, "Ann"))
    if name == "Cid":
        engine().store.groups.change(group.id, {"approve": True})
    test = page(owner=BOB, **{"class": group.id})
    test.text_input(key="class.nickname").set_value(name)
    test.button(key="join_class").click().run()
    assert f"You are **{name}**" in said(test)
    desk = page("class_room", owner=TEACHER, **{"class": group.id})
    assert f"<bdi>{name}</bdi>" not in tables(desk)
    assert f"Not seen by the others: {name} (Student 2)." in said(desk)
    assert "Nicknames not seen: 1." in said(desk)


def test_all_tabs_share_one_look_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    store: Any = SimpleNamespace(
        members=SimpleNamespace(of=looks.append),
        boards=SimpleNamespace(standings=lambda *_asked: []),
    )
    board.looked.clear()
    monkeypatch.setattr(register, "READ_EVERY", 1e9)
    for _tab in range(3):
        board.standings(store, "home", "task", None, None)
    assert looks == ["home"]
    monkeypatch.setattr(register, "READ_EVERY", 1e-9)
    for _tab in range(3):
        board.standings(store, "home", "task", None, None)
    assert len(looks) == 4
