"""The Playground in class mode for its students."""

import pytest

from explorer.catalog import choosing
from explorer.engine import classes
from explorer.engine.classes import read_task
from explorer.engine.service import engine
from explorer.runs.commands import STOP
from explorer.ui.classes import board
from tests.ui.classroom import (
    ANN,
    BOB,
    OPEN,
    TEACHER,
    everything,
    joined,
    made,
    said,
    trained,
)
from tests.ui.conftest import QUIET, page, shown_run

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]


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
    classes.check_rules(read_task(group), run.config)
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
    assert [m.nickname for m in engine().store.members.of(group.id)] == ["Ann"]


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
    board.looked.clear()
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
