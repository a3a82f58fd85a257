"""A class's teachers who teach it no more, in the tabs that they still have open."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine.class_tasks import add_task, tasks_of
from explorer.engine.classes import read_task
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.records import Group
from explorer.ui.classes import names, projector, rights, teaching
from tests.ui.classroom import ANN, TEACHER, joined, made
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]

OTHER = "other-key"


class Redrawn(BaseException):
    """As what ends a run of the script, and is caught nowhere."""


def desk(home: Group, owner: str) -> AppTest:
    return page("class_room", owner=owner, **{"class": home.id})


@pytest.mark.parametrize("act", ["close_class", "show_names", "delete_task"])
def test_who_teaches_no_more_changes_nothing_in_a_tab_left_open(act: str) -> None:
    home = joined(made())
    store = engine().store
    add_task(store, home, read_task(home))
    store.members.show(home.id, "Ann", seen=False)
    store.teachers.add(home.id, OTHER)
    test = desk(home, OTHER)
    if act == "delete_task":
        view = f"class.view.{home.id}"
        next(c for c in test.segmented_control if c.key == view).set_value(1).run()
    store.teachers.dismiss(home.id)
    before = [store.groups.get(home.id), *tasks_of(store, home)]
    test.button(key=act).click().run()
    assert [store.groups.get(home.id), *tasks_of(store, home)] == before
    assert [m.seen for m in store.members.of(home.id)] == [False, True]
    assert store.groups.of(OTHER, "class") == []
    assert not test.exception
    assert test.error


def test_a_class_handed_over_is_deleted_by_its_new_teacher_alone() -> None:
    home = made()
    store = engine().store
    before = desk(home, TEACHER)
    before.toggle(key=f"class.key.look.{home.id}").set_value(True).run()
    code = store.passes.code(home.id, "look")
    store.teachers.hand_over(home.id, OTHER)
    store.teachers.dismiss(home.id)
    for key in ("delete_class", "new_keys"):
        stale = desk(home, OTHER)
        store.teachers.hand_over(home.id, TEACHER)  # OTHER teaches along
        stale.button(key=key).click().run()
        assert "you do so no more" in stale.error[0].value
        assert store.passes.holds(home.id, "look", code)
        assert store.groups.get(home.id).owner == TEACHER
        store.teachers.hand_over(home.id, OTHER)
    before.button(key="delete_class").click().run()
    assert store.groups.get(home.id).owner == OTHER


def test_what_draws_itself_anew_sees_whether_it_still_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = joined(made())
    store = engine().store
    store.teachers.add(home.id, OTHER)
    visitor, code = Visitor(engine(), OTHER), store.passes.code(home.id, "look")
    drawn: list[str] = []

    def redraw() -> None:
        raise Redrawn

    for module in (rights, projector):
        monkeypatch.setattr(module.st, "rerun", redraw)
    for module in (teaching, projector):
        monkeypatch.setattr(module, "now", lambda *_: drawn.append("now"))
    monkeypatch.setattr(names, "_waiting", lambda *_: drawn.append("names"))

    def draw_all() -> int:
        parts = (
            lambda: teaching._live(visitor, home, home, False, str),
            lambda: names._names(visitor, home, str),
            lambda: projector._live(visitor, home, home, code, False, str),
        )
        ended = 0
        for part in parts:
            try:
                part()
            except Redrawn:
                ended += 1
        return ended

    assert (draw_all(), drawn) == (0, ["now", "names", "now"])
    store.teachers.dismiss(home.id)
    store.passes.revoke(home.id, "look")
    assert (draw_all(), drawn) == (3, ["now", "names", "now"])


def test_a_key_taken_back_between_two_looks_lets_nobody_in() -> None:
    home = made()
    store = engine().store
    for opens, use in (
        ("teach", store.teachers.add),
        ("own", store.teachers.hand_over),
    ):
        code = store.passes.code(home.id, opens)  # type: ignore[arg-type]
        store.passes.revoke(home.id, opens)  # type: ignore[arg-type]
        with pytest.raises(ExplorerError, match="opens none"):
            use(home.id, ANN, code)
    assert not Visitor(engine(), ANN).teaches(store.groups.get(home.id))
