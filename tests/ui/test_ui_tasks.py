"""A class with several tasks: in order or at one's own pace, each with its poll."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.engine.class_tasks import TASK, add_task, tasks_of
from explorer.engine.classes import Task, checked, read_task
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.lessons.base import Number, lesson
from explorer.runs.records import Group
from explorer.ui.classes import board
from explorer.ui.classes.tasks import of_lesson
from tests.ui.classroom import (
    ANN,
    BOB,
    TEACHER,
    joined,
    made,
    said,
    tables,
    trained,
)
from tests.ui.conftest import QUIET, page, shown_run

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]


def second(home: Group, **more: object) -> Group:
    """A second task: an echo, with a question first."""
    base = choosing.make_config("adding", "lstm", {"training.steps": 30})
    facts = {"open": ("seed",), "goal": 0.1, "text": "Add *two*.", "asks": True} | more
    task = checked(Task("Sums", base, **facts))  # type: ignore[arg-type]
    return add_task(engine().store, home, task)


def desk(home: Group) -> AppTest:
    board.looked.clear()
    return page("class_room", owner=TEACHER, **{"class": home.id})


def order(home: Group) -> list[str]:
    """The groups of a class's tasks as they stand now."""
    store = engine().store
    return [group.id for group in tasks_of(store, store.groups.get(home.id))]


def move_to(test: AppTest, home: Group, place: int) -> None:
    """Choose a task on the teacher's page."""
    view = f"class.view.{home.id}"
    next(c for c in test.segmented_control if c.key == view).set_value(place).run()


def test_the_teacher_moves_all_on_and_their_pages_follow() -> None:
    home = joined(made())
    group = second(home, asks=False, open=("training.learning_rate",))
    run = trained(home, ANN, 1.0, 0.2)
    student = page(owner=ANN, run=run.id, **{"class": home.id})
    (rate,) = [w for w in student.select_slider if w.label == "Learning rate"]
    rate.set_value(0.02).run()
    assert "Task 1 of 2" in said(student)
    assert "Learn *this*." in said(student)
    test = desk(home)
    move_to(test, home, 1)
    assert "on Adding problem" in said(test)
    test.button(key="move_all").click().run()
    assert not test.exception
    assert not [b for b in test.button if b.key == "move_all"]
    student.run()
    assert not student.exception
    assert "Task 2 of 2" in said(student)
    assert "Add *two*." in said(student)
    assert student.query_params["data"] == "adding"
    assert "run" not in student.query_params
    student.button(key="step1").click().run()
    assert not student.error
    new = engine().store.get(shown_run(student))
    assert (new.group_id, new.config) == (group.id, read_task(group).base)
    move_to(test, home, 0)
    test.button(key="move_all").click().run()
    student.run()
    assert shown_run(student) == run.id  # one's own newest run in that task


def test_at_ones_own_pace_everybody_chooses() -> None:
    home = joined(made())
    second(home)
    test = desk(home)
    test.toggle(key=f"class.own_pace.{home.id}").set_value(True).run()
    student = page(owner=ANN, task="2", **{"class": home.id})
    assert "Add *two*." in said(student)
    at = next(c for c in student.segmented_control if c.label == "Task")
    at.set_value(0).run()
    assert "Learn *this*." in said(student)
    assert student.query_params["task"] == "1"
    for wrong in ("0", "99", "-3", "x", "²"):
        far = page(owner=ANN, task=wrong, **{"class": home.id})
        assert not far.exception


def test_a_task_is_added_changed_and_deleted() -> None:
    home = made()
    test = desk(home)
    test.text_input(key="task_new.title").set_value("Two waves")
    test.checkbox(key="task_new.asks").set_value(True)
    test.button(key="add_task").click().run()
    assert not test.exception
    assert not test.error
    test.selectbox(key="class.lesson").set_value("first_loss")
    test.button(key="add_lesson").click().run()
    groups = tasks_of(engine().store, home)
    assert [read_task(g).title for g in groups[:2]] == ["Waves", "Two waves"]
    assert [read_task(g).asks for g in groups] == [False, True, True]
    assert read_task(groups[2]).lesson == "first_loss"
    move_to(test, home, 2)
    test.number_input(key=f"class_edit.{groups[2].id}.goal").set_value(1.5)
    test.button(key="change_class").click().run()
    changed = read_task(engine().store.groups.get(groups[2].id))
    assert (changed.goal, changed.lesson) == (1.5, "first_loss")
    test.button(key="move_task.-1").click().run()
    assert not test.exception
    assert test.button(key="delete_task").label == "Delete task 2"
    assert order(home) == [home.id, groups[2].id, groups[1].id]
    test.button(key="delete_task").click().run()
    test.button(key="delete_task").click().run()
    assert not test.exception
    assert order(home) == [groups[1].id]
    assert "delete_task" not in {each.key for each in test.button}
    assert test.title[0].value == "Waves"  # as its people know it
    test.text_input(key=f"class.name.{home.id}").set_value(" Two  waves ").run()
    assert test.title[0].value == "Two waves"
    assert not test.exception
    test.button(key="delete_class").click().run()
    assert engine().store.groups.of(home.id, TASK) == []


def test_who_has_not_guessed_cannot_train_and_the_teacher_sees_who_expects_what() -> (
    None
):
    home = joined(made())
    group = second(home)
    engine().store.groups.change(home.id, {"at": 1})
    student = page(owner=ANN, **{"class": home.id})
    assert student.button(key="train").disabled
    assert student.button(key="give_guess").disabled
    assert "**Say first what you expect**" in said(student)
    slider = next(s for s in student.select_slider if s.key.startswith("class.guess"))
    low = slider.options[1]
    slider.set_value(float(low)).run()
    student.button(key="give_guess").click().run()
    assert not student.error
    assert f"Your guess: **{low}**" in said(student)
    assert not student.button(key="train").disabled
    test = desk(home)
    assert "Guesses: 1 of 2." in said(test)
    row = tables(test).split("By whom")[1].split("<tr")[1]
    assert f"<td>{low}</td><td><bdi>Ann</bdi></td>" in row
    trained(group, ANN, 1.0, float(low))
    assert "So far 1 of 1 came out near their guess." in said(desk(home))
    with pytest.raises(ExplorerError, match="given before the first run of a task"):
        Visitor(engine(), ANN).classes.guess(group.id, 0.5)


def test_what_a_lesson_says_stands_beside_the_guesses() -> None:
    home = joined(made())
    shown = lesson("first_loss")
    group = add_task(engine().store, home, of_lesson(shown, "First loss"))
    store = engine().store
    store.groups.change(home.id, {"at": 1})
    for owner, guess in ((ANN, 4.0), (BOB, 1.0)):
        store.guesses.put(group.id, owner, guess)
    test = desk(home)
    assert not test.button(key="class.experiment").disabled
    assert "Guesses: 2 of 2." in said(test)
    assert "What came out" not in said(test)
    store.groups.change(group.id, {"answer": 4.03})
    assert "What came out: **4 nats**. Guesses that are right: 1 of" in said(desk(home))
    student = page(owner=ANN, **{"class": home.id})
    assert "Your guess: **4 nats**" in said(student)
    assert "What came out: **4 nats**." in said(student)
    assert shown.task.begins.config() == read_task(group).base


def test_who_has_not_guessed_when_it_is_known_what_came_out_trains_without() -> None:
    home = joined(made())
    group = add_task(engine().store, home, of_lesson(lesson("first_loss"), "First"))
    store = engine().store
    store.groups.change(home.id, {"at": 1})
    first, second = (page(owner=ANN, **{"class": home.id}) for _ in range(2))
    asked = lesson("first_loss").guess
    assert isinstance(asked, Number)
    for tab in (first, second):
        assert tab.button(key="train").disabled
        tab.select_slider(key=f"class.guess.{group.id}").set_value(
            asked.options[3]
        ).run()
    store.groups.change(group.id, {"answer": 4.03})
    first.button(key="give_guess").click().run()
    assert "before what came out is known" in first.error[0].value
    assert store.guesses.of(group.id) == {}
    assert "What came out: **4 nats**." in said(first)
    assert not first.button(key="train").disabled
    assert not any(b.key == "give_guess" for b in first.button)
    store.groups.change(group.id, {"answer": None})
    store.guesses.put(group.id, ANN, 1.0)
    second.button(key="give_guess").click().run()
    assert "A guess is given once" in second.error[0].value
    assert store.guesses.of(group.id) == {ANN: 1.0}


def test_a_lesson_whose_run_was_deleted_gives_no_answer_and_breaks_no_page() -> None:
    home = joined(made())
    group = add_task(engine().store, home, of_lesson(lesson("first_loss"), "First"))
    run = trained(home, TEACHER, 1.0, status="finished")
    facts = {"runs": {"gone": "deleted", "other": run.id}}
    engine().store.groups.change(home.id, {"at": 1})
    engine().store.groups.change(group.id, facts)
    assert "Guesses: 0 of 2." in said(desk(home))
    assert "answer" not in engine().store.groups.get(group.id).facts


def test_a_goal_that_is_no_loss_is_no_goal_of_a_class() -> None:
    assert of_lesson(lesson("gan_game"), "GAN").goal is None
    floor = lesson("floor")
    assert of_lesson(floor, "Floor").goal == floor.task.goal
