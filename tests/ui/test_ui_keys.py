"""A class on a projector, with a second teacher, elsewhere, and used again."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine.class_tasks import add_task, tasks_of
from explorer.engine.classes import read_task
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.lessons.base import lesson
from explorer.runs.passes import parted
from explorer.runs.records import Group
from explorer.ui.classes.tasks import of_lesson
from tests.ui.classroom import ANN, TEACHER, joined, made, said, tables, trained
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]

OTHER = "other-key"


def keys(test: AppTest) -> set[str]:
    return {str(b.key) for b in test.button}


def code(home: Group, opens: str) -> str:
    return engine().store.passes.code(home.id, opens)  # type: ignore[arg-type]


def test_a_projector_shows_the_board_and_changes_nothing() -> None:
    home = joined(made())
    trained(home, ANN, 1.0, 0.04)
    test = page("class_room", owner=OTHER, key=code(home, "look"))
    assert "<bdi>Ann</bdi>" in tables(test)
    assert "Joined: 2." in said(test)
    assert keys(test) & {"pause_all", "remove_member", "delete_class", "use_again"} == (
        set()
    )
    assert not test.expander
    assert not Visitor(engine(), OTHER).teaches(home)
    with pytest.raises(ExplorerError, match="lets look at it alone"):
        Visitor(engine(), OTHER).classes.use_key(code(home, "look"))


def test_a_second_teacher_steers_but_hands_nothing_on() -> None:
    home = joined(made())
    run = trained(home, ANN, 1.0)
    test = page("class_room", owner=OTHER, key=code(home, "teach"))
    assert not Visitor(engine(), OTHER).may_control(run)
    test.button(key="use_key").click().run()
    assert not test.exception
    assert "key" not in test.query_params
    assert {"pause_all", "remove_member", "close_class"} <= keys(test)
    assert not keys(test) & {"delete_class", "new_keys"}
    assert Visitor(engine(), OTHER).may_control(run)
    own = page("class_room", owner=OTHER)
    assert f"open.{home.id}" in keys(own)


def test_a_key_that_was_written_down_takes_the_class_over() -> None:
    home = made()
    test = page("class_room", owner=OTHER)
    test.text_input(key="class.code").set_value(parted(code(home, "own")).lower())
    test.button(key="enter_class").click().run()
    test.button(key="use_key").click().run()
    assert {"delete_class", "new_keys"} <= keys(test)
    before = page("class_room", owner=TEACHER, **{"class": home.id})
    assert "close_class" in keys(before)
    assert "new_keys" not in keys(before)
    old = code(home, "own")
    test.button(key="new_keys").click().run()
    gone = page("class_room", owner=TEACHER, **{"class": home.id})
    assert "close_class" not in keys(gone)
    wrong = page("class_room", owner=TEACHER, key=old)
    assert "opens none" in wrong.error[0].value
    wrong.button(key="drop_key").click().run()
    assert not wrong.error
    assert wrong.text_input(key="class.code")


def test_keys_are_shown_only_when_they_are_asked_for() -> None:
    home = made()
    test = page("class_room", owner=TEACHER, **{"class": home.id})
    shown = code(home, "own")
    assert parted(shown) not in [c.value for c in test.code]
    test.toggle(key=f"class.key.own.{home.id}").set_value(True).run()
    assert parted(shown) in [c.value for c in test.code]
    assert any(c.value.endswith(f"/class?key={shown}") for c in test.code)


def test_a_class_is_used_again_with_its_tasks_and_nobody_in_it() -> None:
    home = joined(made(text="Look", asks=True))
    store = engine().store
    add_task(store, home, of_lesson(lesson("first_loss"), "First loss"))
    store.groups.change(home.id, {"closed": True, "at": 1, "anonymous": True})
    store.guesses.put(home.id, ANN, 0.5)
    test = page("class_room", owner=TEACHER, **{"class": home.id})
    test.button(key="use_again").click().run()
    assert not test.exception
    again = store.groups.get(str(test.query_params["class"]))
    assert again.id != home.id
    assert (again.owner, again.facts["anonymous"]) == (TEACHER, True)
    assert not read_task(again).closed
    assert "at" not in again.facts
    pairs = zip(tasks_of(store, home), tasks_of(store, again), strict=True)
    for old, new in pairs:
        assert read_task(old).base == read_task(new).base
        assert (read_task(old).text, read_task(old).asks, read_task(old).lesson) == (
            read_task(new).text,
            read_task(new).asks,
            read_task(new).lesson,
        )
    assert store.members.of(again.id) == []
    assert store.guesses.of(again.id) == {}
    with pytest.raises(ExplorerError, match="used again by who teaches it"):
        Visitor(engine(), ANN).classes.use_again(home)
