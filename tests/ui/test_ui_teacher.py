"""The page Class for its teacher."""

import pytest

from explorer.engine.classes import read_task
from explorer.engine.limits import LIMITS
from explorer.engine.service import engine
from explorer.ui.classes import board
from tests.ui.classroom import (
    ANN,
    BOB,
    TEACHER,
    everything,
    joined,
    made,
    said,
    tables,
    trained,
)
from tests.ui.conftest import QUIET, page, shown_run, wait_for

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]


def test_a_teacher_makes_a_class_and_gets_its_link() -> None:
    test = page("class_room", owner=TEACHER, **{"model": "gru"})
    test.text_input(key="class_new.title").set_value("  Waves   at sea ")
    test.text_area(key="class_new.text").set_value("Look <b>there</b>")
    test.number_input(key="class_new.goal").set_value(0.02)
    test.number_input(key="class_new.within").set_value(500)
    test.multiselect(key="class_new.open.en").set_value(["model", "seed"])
    test.button(key="make_class").click().run()
    assert not test.exception
    assert not test.error
    group_id = str(test.query_params["class"])
    group = engine().store.groups.get(group_id, "class")
    task = read_task(group)
    assert group.owner == TEACHER
    assert (task.title, task.goal, task.within) == ("Waves at sea", 0.02, 500)
    assert (task.open, task.base.model) == (("model", "seed"), "gru")
    assert task.base.training.steps == 500
    assert test.title[0].value == "Waves at sea"
    assert f"/?class={group_id}" in next(c.value for c in test.code)
    assert "data:image/svg+xml" in tables(test)
    assert TEACHER not in everything(test)
    again = page("class_room", owner=TEACHER)
    again.button(key=f"open.{group_id}").click().run()
    assert again.title[0].value == "Waves at sea"


def test_two_classes_of_one_name_are_told_apart_by_their_codes() -> None:
    groups = made(), made()
    test = page("class_room", owner=TEACHER)
    labels = [test.button(key=f"open.{group.id}").label for group in groups]
    codes = [engine().store.passes.code(group.id, "join") for group in groups]
    assert [label.rsplit(" · ", 1)[1] for label in labels] == codes


def test_a_class_too_many_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMITS, "classes=0")
    test = page("class_room", owner=TEACHER)
    test.text_input(key="class_new.title").set_value("One too many")
    test.button(key="make_class").click().run()
    assert "may have 0 classes here" in test.error[0].value


@pytest.mark.parametrize("title", ["", "   "])
def test_a_class_without_a_title_is_refused(title: str) -> None:
    test = page("class_room", owner=TEACHER)
    test.text_input(key="class_new.title").set_value(title)
    test.button(key="make_class").click().run()
    assert [e.value[:26] for e in test.error] == ["A class needs a title of 1"]
    assert "class" not in test.query_params


def test_the_board_shows_everybody_the_best_first() -> None:
    group = joined(made(), (ANN, "Ann"), (BOB, "B<b>o</b>b"), ("cid-key", "*Cid*"))
    trained(group, ANN, 1.0, 0.2, 0.04, 0.06)
    trained(group, BOB, 1.0, 0.3)
    trained(group, BOB, 1.0, 0.1, status="training")
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    found = tables(test)
    assert "Joined: 3. Training now: 1. Reached the goal: 1." in said(test)
    assert "Ann leads with a validation loss of 0.04." in said(test)
    rows = found.split("<tr")
    assert [r.count("<bdi>Ann</bdi>") for r in rows[2:]] == [1, 0, 0]
    assert "0.04" in rows[2]
    assert "step 20" in rows[2]
    assert "<bdi>B&lt;b&gt;o&lt;/b&gt;b</bdi>" in rows[3]
    assert "trains" in rows[3]
    assert "<bdi>*Cid*</bdi>" in rows[4]
    for key in (TEACHER, ANN, BOB, "cid-key"):
        assert key not in everything(test)


def test_an_empty_class_says_what_comes_next() -> None:
    test = page("class_room", owner=TEACHER, **{"class": made().id})
    assert [i.value[:24] for i in test.info] == ["Nobody has joined yet. T"]


def test_a_goal_counts_within_its_steps() -> None:
    group = joined(made(within=25), (ANN, "Ann"))
    trained(group, ANN, 1.0, 0.2, 0.06, 0.013)
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    assert "Reached the goal: 0." in said(test)
    assert "<bdi>0.06</bdi>" in tables(test)
    assert "0.013" not in tables(test)


def test_the_teacher_changes_what_a_class_says_and_keeps_its_base() -> None:
    group = made()
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    form = f"class_edit.{group.id}"
    test.text_area(key=f"{form}.text").set_value("Another one")
    test.number_input(key=f"{form}.goal").set_value(0.5)
    test.number_input(key=f"{form}.within").set_value(30)
    test.multiselect(key=f"{form}.open.en").set_value([])
    test.button(key="change_class").click().run()
    assert not test.exception
    before, after = read_task(group), read_task(engine().store.groups.get(group.id))
    assert (after.text, after.goal, after.within) == ("Another one", 0.5, 30)
    assert after.open == ()
    assert after.base.training.steps == 30
    assert after.base.model_settings == before.base.model_settings


def test_what_is_open_stays_open_when_the_page_changes_its_language() -> None:
    group = made()
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    test.query_params["lang"] = "zh"
    test.run()
    # A list of its own: of the other one a browser knows the English words.
    listed = test.multiselect(key=f"class_edit.{group.id}.open.zh")
    assert listed.value == list(read_task(group).open) != []
    test.button(key="change_class").click().run()
    assert not test.exception
    assert read_task(engine().store.groups.get(group.id)).open == read_task(group).open


def test_the_teacher_pauses_resumes_and_stops_all() -> None:
    group = joined(made())
    runs = []
    for owner in (ANN, BOB):
        student = page(owner=owner, **{"class": group.id})
        student.button(key="step1").click()  # a new run, one step, then paused
        student.run()
        runs.append(shown_run(student))
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    for key, status in (
        ("pause", "paused"),
        ("stop", "stopped"),
        ("resume", "stopped"),
    ):
        test.button(key=f"{key}_all").click().run()
        assert not test.exception
        assert not test.error
        for run in runs:
            wait_for(run, lambda found, status=status: found.status == status)  # type: ignore[misc]


def test_a_removed_nickname_is_free_again_and_off_the_board() -> None:
    group = joined(made())
    trained(group, ANN, 1.0, 0.04)
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    assert test.button(key="remove_member").disabled
    test.selectbox(key="class.member").set_value("Ann").run()
    test.button(key="remove_member").click().run()
    board.looked.clear()
    test.run()
    assert "Ann" not in tables(test)
    student = page(owner=ANN, **{"class": group.id})
    assert student.button(key="join_class").label == "Join"
    assert [b.key for b in student.button if b.key == "train"] == []


def test_a_class_is_closed_opened_and_deleted() -> None:
    group = joined(made())
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    test.button(key="close_class").click().run()
    assert read_task(engine().store.groups.get(group.id)).closed
    assert "This class is closed" in test.info[0].value
    late = page(owner="late-key", **{"class": group.id})
    assert "closed by its teacher" in late.info[0].value
    student = page(owner=ANN, **{"class": group.id})
    student.button(key="train").click().run()
    assert "'Waves' was closed by its teacher" in student.error[0].value
    test.button(key="close_class").click().run()
    assert not read_task(engine().store.groups.get(group.id)).closed
    test.button(key="delete_class").click().run()
    assert not test.exception
    assert "class" not in test.query_params
    gone = page(owner=ANN, **{"class": group.id})
    assert "nothing under the id" in gone.error[0].value
    gone.button(key="leave_class").click().run()
    assert not gone.error
    assert not gone.button(key="train").disabled


def test_a_student_gets_no_teachers_page() -> None:
    group = joined(made())
    for owner in (ANN, "stranger-key"):
        test = page("class_room", owner=owner, **{"class": group.id})
        keys = {b.key for b in test.button}
        assert not keys & {"pause_all", "stop_all", "delete_class", "change_class"}
    lost = page("class_room", owner=TEACHER, **{"class": "made-up"})
    assert "nothing under the id 'made?up'" in lost.error[0].value
    assert lost.title[0].value == "Class"
