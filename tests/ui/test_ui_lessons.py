"""The page Lessons without a browser: a guess first, then runs, outcome and task."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.lessons import base
from explorer.lessons.base import Lesson, Setup, lesson, lessons
from explorer.lessons.failures.base import exhibits
from explorer.ui.lessons.asked import NOT_YET
from explorer.ui.lessons.attempts import Attempt, attempts, forget
from explorer.ui.lessons.following import follow
from explorer.ui.lessons.listed import BEGUN, DONE, NEW, state_of
from explorer.ui.lessons.own import goal_line, verdict
from tests.ui.conftest import NOBODY, QUIET, asked, page, wait_for

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """A lesson of a few steps, in the place of the third."""
    whole = lesson("floor")
    quick = {"training.steps": 30, "model.hidden_size": 4}
    tiny = Setup("GRU", "sine", "gru", quick)
    task = replace(whole.task, begins=tiny, opens=("training.steps",), goal=100.0)
    made = replace(whole, runs={"gru": tiny}, task=task)
    known = {**lessons(), "floor": made}
    monkeypatch.setattr(base, "lessons", lambda: known)
    return made


@pytest.fixture
def chained(short: Lesson, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """The same with a second run, which begins with what the first has learned."""
    runs = {"gru": short.runs["gru"], "later": replace(short.runs["gru"], start="gru")}
    made = replace(short, runs=runs)
    known = {**lessons(), "floor": made}
    monkeypatch.setattr(base, "lessons", lambda: known)
    return made


def mine() -> dict[str, Attempt]:
    return attempts(Visitor(engine(), NOBODY))


def opened(name: str, language: str = "en") -> AppTest:
    return page("lessons", lesson=name, lang=language)


@pytest.mark.quick
def test_all_lessons_are_listed_and_one_is_opened() -> None:
    test = page("lessons")
    keys = [str(b.key) for b in test.button if str(b.key).startswith("lesson.open.")]
    assert keys == [f"lesson.open.{name}" for name in lessons()]
    test.button(key="lesson.open.adding").click().run()
    number = lesson("adding").number
    assert test.title[0].value == f"{number}. The adding problem"
    test.button(key="lesson.next").click().run()
    assert test.title[0].value.startswith(f"{number + 1}. ")
    test.button(key="lesson.all").click().run()
    assert test.title[0].value == "Lessons"


def test_the_museum_trains_an_exhibit_and_shows_its_settings() -> None:
    test = page("lessons")
    keys = [str(b.key) for b in test.button if str(b.key).startswith("museum.")]
    assert keys == [f"museum.{name}" for name in exhibits()]
    assert any("model.forget_bias=5" in each.value for each in test.markdown)
    test.button(key="museum.exposure_bias").click().run()
    assert not test.error
    run = engine().store.get(asked(test, "run"))
    assert run.config == exhibits()["exposure_bias"].run.config()
    assert test.session_state["moment.look"] == (run.id, "prediction")
    wait_for(run.id, lambda now: now.ended)


def test_nothing_runs_before_there_is_a_guess() -> None:
    test = opened("adding")
    assert test.button(key="lesson.run").disabled
    test.radio(key="lesson.guess.adding").set_value("gru").run()
    assert not test.button(key="lesson.run").disabled
    test = opened("floor")
    slider = test.select_slider(key="lesson.guess.floor")
    assert slider.value == NOT_YET
    assert test.button(key="lesson.run").disabled
    slider.set_value(lesson("floor").guess.options[3]).run()
    assert not test.button(key="lesson.run").disabled


@pytest.mark.usefixtures("short")
def test_a_lesson_from_its_question_to_its_goal() -> None:
    test = opened("floor")
    guess = lesson("floor").guess.options[5]
    test.select_slider(key="lesson.guess.floor").set_value(guess).run()
    test.button(key="lesson.run").click().run()
    assert not test.exception
    attempt = mine()["floor"]
    assert attempt.guess == guess
    assert state_of(attempt) == BEGUN
    wait_for(attempt.runs["gru"], lambda run: run.ended)
    test.run()
    headers = [each.value for each in test.header]
    assert headers == ["What came out", "See for yourself", "Why?", "Now you"]
    assert any("It came out otherwise" in each.value for each in test.info)
    assert any("do not bear out" in each.value for each in test.warning)
    test.button(key="lesson.train").click().run()
    assert not test.exception
    wait_for(mine()["floor"].own, lambda run: run.ended)
    test.run()
    assert any("Goal reached" in each.value for each in test.success)
    assert state_of(mine()["floor"]) == DONE
    test.button(key="lesson.again").click().run()
    assert "floor" not in mine()
    assert test.button(key="lesson.run")


@pytest.mark.usefixtures("short")
def test_a_lesson_whose_runs_were_deleted_asks_anew() -> None:
    test = opened("floor")
    guess = lesson("floor").guess.options[5]
    test.select_slider(key="lesson.guess.floor").set_value(guess).run()
    test.button(key="lesson.run").click().run()
    run = mine()["floor"].runs["gru"]
    wait_for(run, lambda run: run.ended)
    engine().store.delete(run)
    test.run()
    assert any("were deleted" in each.value for each in test.info)
    assert test.button(key="lesson.run")


@pytest.mark.usefixtures("short")
def test_a_lesson_whose_own_run_was_deleted_lets_one_train_again() -> None:
    test = opened("floor")
    guess = lesson("floor").guess.options[5]
    test.select_slider(key="lesson.guess.floor").set_value(guess).run()
    test.button(key="lesson.run").click().run()
    wait_for(mine()["floor"].runs["gru"], lambda run: run.ended)
    test.run()
    test.button(key="lesson.train").click().run()
    wait_for(own := mine()["floor"].own, lambda run: run.ended)
    engine().store.delete(own)
    test.run()
    assert not test.error
    assert not test.button(key="lesson.train").disabled


@pytest.mark.usefixtures("chained")
def test_a_run_begins_when_the_one_has_ended_whose_weights_it_takes() -> None:
    forget(Visitor(engine(), NOBODY), lesson("floor"))
    test = opened("floor")
    guess = lesson("floor").guess.options[5]
    test.select_slider(key="lesson.guess.floor").set_value(guess).run()
    test.button(key="lesson.run").click().run()
    assert not test.exception
    first = mine()["floor"].runs["gru"]
    wait_for(first, lambda run: run.ended)
    test.run()
    assert not test.exception
    second = mine()["floor"].runs["later"]
    wait_for(second, lambda run: run.ended)
    test.run()
    assert test.header[0].value == "What came out"
    store = engine().store
    assert store.get(second).config.start == first
    assert store.validations(second)[0].loss == store.validations(first)[-1].loss
    assert mine()["floor"].runs == {"gru": first, "later": second}


def test_a_lesson_waits_for_no_run_whose_beginning_was_stopped(chained: Lesson) -> None:
    run = Visitor(engine(), NOBODY).prepare(chained.runs["gru"].config())
    engine().store.set_status(run.id, "stopped")
    facts = {"lesson": "floor", "guess": 1.0, "runs": {"gru": run.id}}
    group = engine().store.groups.create("lesson", NOBODY, facts)
    assert not follow(Visitor(engine(), NOBODY), chained, group.id)
    test = opened("floor")
    assert any("came to their end" in error.value for error in test.error)
    assert list(mine()["floor"].runs) == ["gru"]


def test_a_lesson_asks_in_chinese() -> None:
    test = opened("adding", "zh")
    assert test.title[0].value.endswith(". 加法问题")
    assert "五十个" in test.markdown[0].value
    assert test.button(key="lesson.run").label == "运行"


def test_an_unknown_lesson_is_said_and_the_list_is_there() -> None:
    test = opened("adings")
    assert "Unknown lesson" in test.error[0].value
    assert test.title[0].value == "Lessons"


def test_states_and_sentences() -> None:
    assert state_of(None) == NEW
    run = engine().store.runs()[0]
    going = replace(run, status="training", step=7)
    task = replace(lesson("floor").task, goal=0.1)
    assert verdict(run, None, task, str) == "Your run begins …"
    assert verdict(run, 0.1, task, str).startswith("Goal reached")
    assert verdict(going, 0.1, task, str).startswith("Goal reached")
    assert verdict(run, 0.2, task, str).startswith("Not yet: your run came down to")
    assert verdict(going, 0.2, task, str) == "Step 7: lowest so far 0.2."


def test_a_goal_of_a_measure_is_reached_at_the_runs_end_alone() -> None:
    run = replace(engine().store.runs()[0], status="finished")
    going = replace(run, status="training", step=7)
    stopped = replace(run, status="stopped")
    task = replace(lesson("floor").task, goal=0.7, measure="diversity")
    goal = "**Goal:** at the end, Diversity (real windows: 1): 0.7 or more."
    assert goal_line(task, str) == goal
    assert verdict(run, 0.8, task, str) == "Goal reached: your run ended at 0.8."
    assert verdict(run, 0.6, task, str).startswith("Not yet: your run ended at 0.6,")
    assert verdict(stopped, 0.8, task, str).startswith("Not yet")
    assert verdict(going, 0.8, task, str) == "Step 7: now 0.8."
    low = replace(task, measure="value_distance")
    assert goal_line(low, str).endswith("0.7 or less.")
    assert verdict(run, 0.6, low, str).startswith("Goal reached")


def test_a_lesson_whose_run_was_stopped_says_so(short: Lesson) -> None:
    me = Visitor(engine(), NOBODY)
    run = me.prepare(short.configs()["gru"])
    engine().store.set_status(run.id, "stopped")
    facts = {"lesson": "floor", "guess": 1.0, "runs": {"gru": run.id}}
    engine().store.groups.create("lesson", NOBODY, facts)
    test = opened("floor")
    assert any("came to their end" in error.value for error in test.error)
    assert not test.button(key="lesson.again").disabled


def test_who_guesses_again_lets_the_old_runs_stop(short: Lesson) -> None:
    me = Visitor(engine(), NOBODY)
    long = choosing.make_config("sine", "gru", {"training.steps": 20_000})
    run = me.start(long)
    facts = {"lesson": "floor", "guess": 1.0, "runs": {"gru": run.id}}
    engine().store.groups.create("lesson", NOBODY, facts)
    opened("floor").button(key="lesson.again").click().run()
    wait_for(run.id, lambda now: now.status == "stopped")
    assert "floor" not in mine()
