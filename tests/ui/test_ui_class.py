"""The page Class for its teacher, and the Playground in class mode for its students."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.engine import classes
from explorer.engine.classes import Lesson, read_lesson
from explorer.engine.limits import LIMITS
from explorer.engine.service import engine
from explorer.runs.commands import STOP
from explorer.runs.records import Curves, Group, Progress, Run, Validation
from explorer.ui.classes import board
from tests.ui.conftest import QUIET, page, shown_run, wait_for

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]

TEACHER, ANN, BOB = "teacher-key", "ann-key", "bob-key"
OPEN = ("model.hidden_size", "training.learning_rate")
SMALL = {"model.hidden_size": 8, "training.steps": 40, "training.learning_rate": 0.01}


@pytest.fixture(autouse=True)
def now() -> None:
    """Every look at the board is a new one."""
    board.standings.clear()


def made(**more: Any) -> Group:
    base = choosing.make_config("sine", "gru", SMALL)
    facts = {"open": OPEN, "goal": 0.05, "within": 60, "text": "Learn *this*."} | more
    lesson = classes.checked(Lesson("Waves", base, **facts))
    return engine().store.groups.create("class", TEACHER, lesson.facts())


def joined(group: Group, *names: tuple[str, str]) -> Group:
    for owner, nickname in names or ((ANN, "Ann"), (BOB, "Bob")):
        engine().store.groups.join(group.id, owner, nickname)
    return group


def trained(group: Group, owner: str, *losses: float, status: Any = "paused") -> Run:
    """A run of the class with a measurement every ten steps."""
    store, base = engine().store, read_lesson(group).base
    run = store.create(base, 100, "paused", owner=owner, group_id=group.id)
    seen = tuple(Validation(10 * k, loss, 0.1) for k, loss in enumerate(losses))
    store.record(
        run.id, Progress(0, Curves.empty(), 10 * len(losses), 1.0, seen, status=status)
    )
    return store.get(run.id)


def everything(test: AppTest) -> str:
    """All that a tab receives: every element and component, and the address."""
    parts = [str(e.proto) for e in (*test.main, *test.sidebar) if hasattr(e, "proto")]
    for kind in ("html", "bidi_component", "markdown", "button", "text_input"):
        parts += [str(element.proto) for element in test.get(kind)]
    parts += [str(element) for element in (*test.main, *test.sidebar)]
    return "\n".join([*parts, repr(test.query_params)])


def tables(test: AppTest) -> str:
    return " ".join(e.proto.body for e in test.get("html"))


def said(test: AppTest) -> str:
    return " ".join(m.value for m in test.markdown)


# The teacher


def test_a_teacher_makes_a_class_and_gets_its_link() -> None:
    test = page("class_room", owner=TEACHER, **{"model": "gru"})
    test.text_input(key="class_new.title").set_value("  Waves   at sea ")
    test.text_area(key="class_new.text").set_value("Look <b>there</b>")
    test.number_input(key="class_new.goal").set_value(0.02)
    test.number_input(key="class_new.within").set_value(500)
    test.multiselect(key="class_new.open").set_value(["model", "seed"])
    test.button(key="make_class").click().run()
    assert not test.exception
    assert not test.error
    group_id = str(test.query_params["class"])
    group = engine().store.groups.get(group_id, "class")
    lesson = read_lesson(group)
    assert group.owner == TEACHER
    assert (lesson.title, lesson.goal, lesson.within) == ("Waves at sea", 0.02, 500)
    assert (lesson.open, lesson.base.model) == (("model", "seed"), "gru")
    assert lesson.base.training.steps == 500
    assert test.title[0].value == "Waves at sea"
    assert f"/?class={group_id}" in next(c.value for c in test.code)
    assert "data:image/svg+xml" in tables(test)
    assert TEACHER not in everything(test)
    again = page("class_room", owner=TEACHER)
    again.button(key=f"open.{group_id}").click().run()
    assert again.title[0].value == "Waves at sea"


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
    assert [i.value[:24] for i in test.info] == ["Nobody has joined yet. S"]


def test_a_goal_counts_within_its_steps() -> None:
    group = joined(made(within=25), (ANN, "Ann"))
    trained(group, ANN, 1.0, 0.2, 0.06, 0.01)
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    assert "Reached the goal: 0." in said(test)
    assert "<bdi>0.06</bdi>" in tables(test)
    assert "0.01" not in tables(test)


def test_the_teacher_changes_what_a_class_says_and_keeps_its_base() -> None:
    group = made()
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    form = f"class_edit.{group.id}"
    test.text_area(key=f"{form}.text").set_value("Another one")
    test.number_input(key=f"{form}.goal").set_value(0.5)
    test.number_input(key=f"{form}.within").set_value(30)
    test.multiselect(key=f"{form}.open").set_value([])
    test.button(key="change_class").click().run()
    assert not test.exception
    before, after = read_lesson(group), read_lesson(engine().store.groups.get(group.id))
    assert (after.text, after.goal, after.within) == ("Another one", 0.5, 30)
    assert after.open == ()
    assert after.base.training.steps == 30
    assert after.base.model_settings == before.base.model_settings


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
    test.selectbox(key="class.remove").set_value("Ann").run()
    test.button(key="remove_member").click().run()
    board.standings.clear()
    test.run()
    assert "Ann" not in tables(test)
    student = page(owner=ANN, **{"class": group.id})
    assert student.button(key="join_class").label == "Join"
    assert [b.key for b in student.button if b.key == "train"] == []


def test_a_class_is_closed_opened_and_deleted() -> None:
    group = joined(made())
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    test.button(key="close_class").click().run()
    assert read_lesson(engine().store.groups.get(group.id)).closed
    assert "This class is closed" in test.info[0].value
    late = page(owner="late-key", **{"class": group.id})
    assert "closed by its teacher" in late.info[0].value
    student = page(owner=ANN, **{"class": group.id})
    student.button(key="train").click().run()
    assert "'Waves' was closed by its teacher" in student.error[0].value
    test.button(key="close_class").click().run()
    assert not read_lesson(engine().store.groups.get(group.id)).closed
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


# The student


def test_a_student_joins_and_trains_under_the_rules() -> None:
    group = made()
    test = page(owner=ANN, **{"class": group.id})
    assert test.title[0].value == "Waves"
    test.text_input(key="class.nickname").set_value(" Ann ")
    test.button(key="join_class").click().run()
    assert not test.exception
    assert "Learn *this*." in said(test)
    assert "**Goal:** a validation loss of 0.05 or less" in said(test)
    assert "within 60 steps." in said(test)
    assert "You are **Ann**. Press Train to begin." in said(test)
    assert {w.label for w in test.select_slider} == {"Hidden size", "Learning rate"}
    assert not test.slider
    assert not test.number_input
    assert [c.value for c in test.caption if c.value.startswith("Open in this")] == [
        "Open in this class: Hidden size, Learning rate. The teacher fixed everything "
        "else."
    ]
    (size,) = [w for w in test.select_slider if w.label == "Hidden size"]
    assert size.value == 8
    size.set_value(16).run()
    test.button(key="train").click().run()
    assert not test.error
    run = engine().store.get(shown_run(test))
    engine().send(run.id, STOP())
    assert (run.group_id, run.owner) == (group.id, ANN)
    assert run.config.model_settings["hidden_size"] == 16
    assert (run.config.model, run.config.training.steps) == ("gru", 40)


def test_class_and_settings_survive_a_reload_and_a_page_switch() -> None:
    group = joined(made())
    test = page(owner=ANN, **{"class": group.id})
    (rate,) = [w for w in test.select_slider if w.label == "Learning rate"]
    assert rate.value == 0.01
    rate.set_value(0.005).run()  # which is everybody's default outside the class
    test.switch_page("../../pages/inside.py").run()
    test.switch_page("../../pages/playground.py").run()
    query = {name: str(value) for name, value in test.query_params.items()}
    again = page(owner=ANN, **query)
    assert again.query_params["class"] == group.id
    (rate,) = [w for w in again.select_slider if w.label == "Learning rate"]
    assert rate.value == 0.005
    assert "You are **Ann**" in said(again)
    again.button(key="leave_class").click().run()
    assert "class" not in again.query_params
    assert again.title[0].value == "Playground"


@pytest.mark.parametrize(
    "query",
    [
        {"training.batch_size": "8"},
        {"data": "stock"},
        {"model": "lstm", "model.layers": "3"},
        {"training.steps": "2000"},
    ],
)
def test_a_link_does_not_open_what_is_locked(query: dict[str, str]) -> None:
    group = joined(made())
    test = page(owner=ANN, **query, **{"class": group.id})
    test.button(key="step1").click().run()
    assert not test.error
    run = engine().store.get(shown_run(test))
    classes.check_rules(read_lesson(group), run.config)
    assert run.group_id == group.id


def test_an_open_architecture_can_be_changed() -> None:
    group = joined(made(open=("model",)))
    test = page(owner=ANN, **{"class": group.id})
    test.session_state["edition1.class.model"] = "transformer"
    test.run()
    assert not test.exception
    test.button(key="step1").click().run()
    assert not test.error
    run = engine().store.get(shown_run(test))
    assert run.config.model == "transformer"
    assert run.config.model_settings["hidden_size"] == 8
    assert run.config.training.learning_rate == 0.01


@pytest.mark.parametrize("name", ["ann", "", " ", "\u202e"])
def test_a_nickname_that_is_none_is_refused(name: str) -> None:
    group = joined(made(), (ANN, "Ann"))
    test = page(owner=BOB, **{"class": group.id})
    test.text_input(key="class.nickname").set_value(name)
    test.button(key="join_class").click().run()
    assert len(test.error) == 1
    assert [m.nickname for m in engine().store.groups.members(group.id)] == ["Ann"]


def test_a_student_sees_nicknames_and_losses_and_nothing_else_of_others() -> None:
    """Everything that a student's tab receives is looked at."""
    group = joined(made(open=(*OPEN, "seed")))
    theirs = trained(group, BOB, 1.0, 0.123)
    store = engine().store
    secret = theirs.config.model_copy(update={"seed": 918273645})
    hidden = store.create(secret, 77713, "paused", owner=BOB, group_id=group.id)
    store.shelf.describe(hidden.id, "Bobs own name", ["tagged"], False)
    own = trained(group, ANN, 1.0, 0.2)
    for name in ("", "class_room"):
        test = page(name, owner=ANN, run=own.id, **{"class": group.id})
        received = everything(test)
        assert "Bob</bdi>" in received
        assert "0.123" in received
        assert own.id in received
        for private in (
            theirs.id,
            hidden.id,
            BOB,
            ANN,
            TEACHER,
            "918273645",
            "77713",
            "77,713",
            "Bobs own name",
            "tagged",
        ):
            assert private not in received, private


def test_reaching_the_goal_is_said() -> None:
    group = joined(made())
    trained(group, ANN, 1.0, 0.2)
    test = page(owner=ANN, **{"class": group.id})
    assert "best loss 0\\.2" in said(test) or "best loss 0.2" in said(test)
    assert "The goal is not reached yet." in said(test)
    trained(group, ANN, 1.0, 0.05)
    board.standings.clear()
    test.run()
    assert "**You reached the goal at step 10.**" in said(test)


def test_a_run_outside_the_class_says_so() -> None:
    group = joined(made())
    run = engine().prepare(choosing.make_config(), ANN)
    test = page(owner=ANN, run=run.id, **{"class": group.id})
    assert any("not part of the class" in c.value for c in test.caption)
    inside = trained(group, ANN, 1.0)
    test = page(owner=ANN, run=inside.id, **{"class": group.id})
    assert not any("not part of the class" in c.value for c in test.caption)


def test_the_teachers_playground_stays_their_own_until_they_join() -> None:
    group = made()
    test = page(owner=TEACHER, **{"class": group.id})
    assert test.title[0].value == "Playground"
    assert len(test.select_slider) > 2
    test.text_input(key="class.nickname").set_value("Tea")
    test.button(key="join_class").click().run()
    assert test.title[0].value == "Waves"


# Limits and links, through the page


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ("active_runs=1", "may train 1 runs at one time here"),
        ("parameters=100", "may have 100 parameters on this server"),
        ("stored_megabytes=1", "may store 1 MB here"),
        ("activ=1", "Did you mean 'active_runs'?"),
        ("nonsense", "EXPLORER_LIMITS must be like active_runs=4"),
    ],
)
def test_a_limit_is_a_sentence_on_the_page(
    limits: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = f"limited-{limits}"
    if limits.startswith("stored"):
        contents = engine().store.contents
        contents.hold(person, "c" * 64, "text", "long", bytes(1_000_000))
    if limits.startswith("active"):
        store = engine().store
        store.create(choosing.make_config(), 100, "training", owner=person)
    test = page(owner=person)
    monkeypatch.setenv(LIMITS, limits)
    test.button(key="train").click().run()
    assert not test.exception
    assert any(sentence in error.value for error in test.error), test.error


def test_share_offers_three_links_and_says_which_is_read_only() -> None:
    group = joined(made())
    run = trained(group, ANN, 1.0)
    test = page(owner=ANN, run=run.id, **{"class": group.id})
    links = [c.value for c in test.code if c.value.startswith(("http", "?", ":"))]
    assert any(f"?run={run.id}" in c for c in links)
    assert any(f"/?class={group.id}" in c for c in links)
    assert any("data=sine&model=gru" in c for c in links)
    assert "It is read-only" in said(test)
    assert not any(key in c for key in (ANN, TEACHER) for c in links)
