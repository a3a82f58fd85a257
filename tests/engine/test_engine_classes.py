"""What a class allows, whom it takes, and what its task must be."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.engine import classes
from explorer.engine.class_tasks import (
    MOST_TASKS,
    add_task,
    copy_class,
    delete_class,
    delete_task,
    move_task,
    tasks_of,
)
from explorer.engine.classes import Task, read_task
from explorer.engine.classroom import read_classroom
from explorer.engine.limits import LIMITS, SERVER_LIMITS
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.commands import LEARNING_RATE, RESUME, STEP, STOP
from explorer.runs.records import Group, Progress
from tests.engine.visitors import GOAL, OPEN, WITHIN, small
from tests.waiting import wait

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_class_trains_what_it_allows(group: Group, ann: Visitor) -> None:
    allowed = small(model__hidden_size=16, training__steps=WITHIN)
    run = ann.prepare(allowed, group.id)
    assert (run.group_id, run.config) == (group.id, allowed)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (small(training__batch_size=8), "training.batch_size is fixed to 32, .* got 8"),
        (small(training__steps=61), "training.steps is fixed to 60, but got 61"),
        (small(data__noise=0.0), "data.noise is fixed to 0.1, but got 0.0"),
        (small(model__layers=2), "model.layers is fixed to 1, but got 2"),
        (small().model_copy(update={"seed": 5}), "seed is fixed to 0, but got 5"),
        (small().model_copy(update={"start": "x"}), "start is fixed to , but got x"),
    ],
)
def test_a_class_refuses_what_is_locked(
    group: Group, ann: Visitor, config: RunConfig, message: str
) -> None:
    for begin in (ann.start, ann.prepare):
        with pytest.raises(ExplorerError, match=f"In this class {message}"):
            begin(config, group.id)


def test_the_teacher_is_bound_by_the_rules_too(engine: Engine, group: Group) -> None:
    tea = Visitor(engine, "tea")
    with pytest.raises(ExplorerError, match="Only who has joined"):
        tea.start(small(), group.id)
    tea.classes.join(group.id, "Tea")
    with pytest.raises(ExplorerError, match="batch_size is fixed"):
        tea.start(small(training__batch_size=8), group.id)


def test_another_architecture_keeps_the_locked_settings(
    group: Group, ann: Visitor
) -> None:
    usual = {"model.hidden_size": 8, "training.steps": 40, "data.window": 16}
    lstm = choosing.make_config("sine", "lstm", usual | {"model.forget_bias": 0.0})
    assert ann.prepare(lstm, group.id).config == lstm
    deep = choosing.make_config("sine", "lstm", usual | {"model.layers": 2})
    with pytest.raises(ExplorerError, match=r"model\.layers is fixed to 1"):
        ann.prepare(deep, group.id)


@settings(max_examples=30)
@given(
    hidden=st.sampled_from([8, 16, 32]),
    rate=st.sampled_from([0.001, 0.01, 1.0]),
    steps=st.integers(1, 200),
    batch=st.sampled_from([8, 32]),
    model=st.sampled_from(["rnn", "lstm", "gru", "transformer"]),
    seed=st.integers(0, 3),
    opened=st.sets(st.sampled_from(classes.openable_settings(small()))),
    within=st.none() | st.integers(1, 100),
)
def test_what_a_class_makes_of_a_config_it_allows(
    hidden: int,
    rate: float,
    steps: int,
    batch: int,
    model: str,
    seed: int,
    opened: set[str],
    within: int | None,
) -> None:
    """The controls never offer what the server refuses, whatever is open."""
    values = {"model.hidden_size": hidden, "training.learning_rate": rate}
    values |= {"training.steps": steps, "training.batch_size": batch}
    wished = choosing.make_config("sine", model, values, seed)
    task = classes.checked(Task("L", small(), tuple(opened), None, within))
    made = classes.bounded(task, wished)
    classes.check_rules(task, made)
    assert classes.bounded(task, made) == made
    assert made.data_settings == task.base.data_settings
    assert made.training.steps <= (within or 20000)
    if "seed" not in opened:
        assert made.seed == task.base.seed
    if "training.batch_size" not in opened:
        assert made.training.batch_size == task.base.training.batch_size
    if "model.hidden_size" in opened and made.model == wished.model:
        assert made.model_settings["hidden_size"] == hidden


def test_a_locked_learning_rate_stays_while_a_run_trains(
    engine: Engine, ann: Visitor
) -> None:
    task = classes.checked(Task("Locked", small()))
    group = engine.store.groups.create("class", "tea", task.facts())
    ann.classes.join(group.id, "Ann")
    run = ann.prepare(small(), group.id)
    with pytest.raises(ExplorerError, match=r"training\.learning_rate is fixed"):
        ann.send(run.id, LEARNING_RATE(1.0))
    Visitor(engine, "tea").send(run.id, LEARNING_RATE(0.01))
    engine.store.groups.delete(group.id)
    ann.send(run.id, LEARNING_RATE(0.02))


def test_a_closed_class_takes_nobody_and_starts_nothing(
    engine: Engine, group: Group, ann: Visitor, bob: Visitor
) -> None:
    engine.store.groups.change(group.id, {"closed": True})
    with pytest.raises(ExplorerError, match="'Waves' was closed"):
        bob.classes.join(group.id, "Bob")
    with pytest.raises(ExplorerError, match="'Waves' was closed"):
        ann.start(small(), group.id)
    engine.store.groups.change(group.id, {"closed": False})
    bob.classes.join(group.id, "Bob")


def test_in_a_closed_class_no_run_goes_on_but_by_its_teacher(
    engine: Engine, group: Group, ann: Visitor
) -> None:
    run = ann.prepare(small(), group.id)
    engine.store.groups.change(group.id, {"closed": True})
    for go_on in (
        lambda: ann.send(run.id, RESUME()),
        lambda: ann.send(run.id, STEP(1)),
        lambda: ann.send_all([run], RESUME()),
    ):
        with pytest.raises(ExplorerError, match="'Waves' was closed"):
            go_on()
    assert engine.store.get(run.id).status == "paused"
    ann.send(run.id, STOP())
    left = ann.prepare(small())
    ann.send(left.id, STEP(1))


def test_a_fixed_setting_is_fixed_for_many_runs_too(
    engine: Engine, group: Group, ann: Visitor
) -> None:
    engine.store.groups.change(group.id, {"open": []})
    run = ann.prepare(small(), group.id)
    with pytest.raises(ExplorerError, match="learning_rate is fixed"):
        ann.send_all([run], LEARNING_RATE(1.0))


def test_a_class_goes_on_together_however_many_runs_its_teacher_has(
    engine: Engine,
    group: Group,
    ann: Visitor,
    bob: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob.classes.join(group.id, "Bob")
    runs = [person.prepare(small(), group.id) for person in (ann, bob)]
    tea, heard = Visitor(engine, "tea"), list[tuple[str, Progress | None]]()
    wait(lambda: all(run.owner != "tea" for run in engine.store.active()))
    monkeypatch.setenv(LIMITS, "active_runs=1")
    own = tea.start(small(training__steps=20000))
    try:
        monkeypatch.setattr(
            engine.hub, "heard", lambda i, p, _views: heard.append((i, p))
        )
        tea.send_all(runs, RESUME())
        for run in runs:
            wait(lambda run_id=run.id: engine.store.get(run_id).ended)  # type: ignore[misc]
            # Who watches is told as it stands: nothing is read again.
            first, *later = (p for run_id, p in heard if run_id == run.id)
            assert first is not None
            assert (first.status, first.step, len(first.curves.losses)) == (
                "training",
                0,
                0,
            )
            assert None not in later
        other = ann.prepare(small(), group.id)
        monkeypatch.setenv(SERVER_LIMITS, "active_runs=1")
        with pytest.raises(
            ExplorerError, match="This server trains 1 runs at one time"
        ):
            tea.send_all([other], RESUME())
    finally:
        tea.send(own.id, STOP())


def test_a_students_run_does_not_stop_for_their_teachers(
    engine: Engine, group: Group, ann: Visitor
) -> None:
    run = ann.prepare(small(), group.id)
    tea = Visitor(engine, "tea")
    assert tea.may_control(run)
    assert not tea.may_stop(run)
    mine = tea.start(small(), instead_of=run)
    assert engine.store.get(run.id).status == "paused"
    tea.send(mine.id, STOP())


def test_a_full_class_takes_nobody_more(
    engine: Engine, group: Group, bob: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classes, "MOST_MEMBERS", 1)
    with pytest.raises(ExplorerError, match="has room for 1, and 'Waves' is full"):
        bob.classes.join(group.id, "Bob")
    Visitor(engine, "ann").classes.join(group.id, "Anne")  # only another name


def test_nobody_joins_a_race_or_nothing(engine: Engine, bob: Visitor) -> None:
    race = engine.store.groups.create("race", "tea", {})
    for group_id in (race.id, "made-up", "", "../x"):
        with pytest.raises(ExplorerError, match="nothing under the id"):
            bob.classes.join(group_id, "Bob")
    with pytest.raises(ExplorerError, match="nothing under the id 'made"):
        bob.start(small(), "made-up")
    run = bob.prepare(small(), race.id)
    assert run.group_id == race.id


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": "  "}, "title of 1 to 80 characters, but this one has 0"),
        ({"title": "x" * 81}, "but this one has 81"),
        ({"text": "x" * 4001}, "4000 characters, but this one has 4001"),
        ({"goal": 0.0}, "a loss above 0, but got 0.0"),
        ({"goal": float("nan")}, "a loss above 0, but got nan"),
        ({"within": 0}, "from 1 to 20000, but got 0"),
        ({"within": 20_001}, "but got 20001"),
    ],
)
def test_a_lesson_that_is_none_gets_a_sentence(
    changed: dict[str, object], message: str
) -> None:
    with pytest.raises(ExplorerError, match=message):
        classes.checked(replace(Task("Waves", small()), **changed))  # type: ignore[arg-type]


def test_a_lesson_is_read_as_it_was_written(group: Group) -> None:
    task = classes.read_task(group)
    assert task.base == small()
    assert (task.open, task.goal, task.within) == (OPEN, GOAL, WITHIN)
    shorter = classes.checked(replace(task, within=7))
    assert shorter.base.training.steps == 7


# Tasks


def test_a_task_is_trained_in_by_members_of_its_class_alone(
    engine: Engine, ann: Visitor, bob: Visitor, group: Group
) -> None:
    second = add_task(engine.store, group, replace(read_task(group), title="Two"))
    engine.store.groups.change(group.id, {"at": 1})
    run = ann.prepare(small(), second.id)
    assert run.group_id == second.id
    assert Visitor(engine, "tea").may_control(run)
    assert not bob.may_control(run)
    with pytest.raises(ExplorerError, match="Only who has joined"):
        bob.prepare(small(), second.id)
    with pytest.raises(ExplorerError, match="is fixed to"):
        ann.prepare(small(model__layers=3), second.id)
    engine.store.groups.change(group.id, {"closed": True})
    with pytest.raises(ExplorerError, match="was closed by its teacher"):
        ann.prepare(small(), second.id)
    delete_class(engine.store, group)
    assert not Visitor(engine, "tea").may_control(run)
    with pytest.raises(ExplorerError, match="nothing under the id"):
        ann.prepare(small(), second.id)


def test_a_task_that_asks_first_is_answered_first(
    engine: Engine, ann: Visitor, bob: Visitor, group: Group
) -> None:
    asking = replace(read_task(group), title="Two", asks=True)
    second = add_task(engine.store, group, asking)
    engine.store.groups.change(group.id, {"at": 1})
    with pytest.raises(ExplorerError, match="says first what they expect"):
        ann.prepare(small(), second.id)
    with pytest.raises(ExplorerError, match="Only who has joined"):
        bob.classes.guess(second.id, 0.5)
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(ExplorerError, match="a choice or a number, but got"):
            ann.classes.guess(second.id, wrong)
    ann.classes.guess(second.id, 0.25)
    assert engine.store.guesses.of(second.id) == {"ann": 0.25}
    with pytest.raises(ExplorerError, match="A guess is given once"):
        ann.classes.guess(second.id, 0.1)
    ann.prepare(small(), second.id)


def test_nobody_guesses_who_has_trained_also_when_it_was_thrown_away(
    engine: Engine, ann: Visitor, group: Group
) -> None:
    run = ann.prepare(small(), group.id)
    engine.store.groups.change(group.id, {"asks": True})
    ann.throw_away(run.id)
    with pytest.raises(ExplorerError, match="before the first run of a task"):
        ann.classes.guess(group.id, 0.1)
    ann.have_back(run.id)


def test_what_is_known_is_guessed_by_nobody_and_need_not_be(
    engine: Engine, ann: Visitor, group: Group
) -> None:
    engine.store.groups.change(group.id, {"asks": True, "answer": 4.2})
    with pytest.raises(ExplorerError, match="before what came out is known"):
        ann.classes.guess(group.id, 4.2)
    assert engine.store.guesses.of(group.id) == {}
    ann.prepare(small(), group.id)


def test_a_tab_left_open_starts_nothing_in_a_task_that_the_class_has_left(
    engine: Engine, ann: Visitor, group: Group
) -> None:
    second = add_task(engine.store, group, read_task(group))
    begin = (ann.start, ann.prepare)
    for at, left in ((0, second), (1, group)):
        engine.store.groups.change(group.id, {"at": at})
        for each in begin:
            with pytest.raises(ExplorerError, match="and yours has gone on"):
                each(small(), left.id)
    engine.store.groups.change(group.id, {"own_pace": True})
    assert ann.prepare(small(), group.id).group_id == group.id
    delete_task(engine.store, engine.store.groups.get(group.id), group)
    with pytest.raises(ExplorerError, match="and yours has gone on"):
        ann.prepare(small(), group.id)
    assert ann.prepare(small(), second.id).group_id == second.id


def test_a_class_has_only_so_many_tasks(engine: Engine, group: Group) -> None:
    for _ in range(MOST_TASKS - 1):
        add_task(engine.store, group, read_task(group))
    with pytest.raises(ExplorerError, match=f"at most {MOST_TASKS} tasks"):
        add_task(engine.store, group, read_task(group))


def titles(engine: Engine, home_id: str) -> str:
    """The first letters of the tasks of a class, in capitals where it is."""
    home = engine.store.groups.get(home_id)
    every = [read_task(each).title[0].lower() for each in tasks_of(engine.store, home)]
    at = read_classroom(home).at
    return "".join(t.upper() if k == at else t for k, t in enumerate(every))


def test_tasks_change_places_and_the_first_may_go(engine: Engine, group: Group) -> None:
    store, first = engine.store, read_task(group)
    before = len(store.groups.of("tea", "class"))
    home = store.groups.create("class", "tea", replace(first, title="a").facts())
    with pytest.raises(ExplorerError, match="this is its only one"):
        delete_task(store, home, home)
    b, c = (add_task(store, home, replace(first, title=title)) for title in "bc")
    assert titles(engine, home.id) == "Abc"

    def moved(task: Group, by: int) -> tuple[int, str]:
        place = move_task(store, store.groups.get(home.id), task, by)
        return place, titles(engine, home.id)

    assert moved(c, -1) == (1, "Acb")
    assert moved(home, 1) == (1, "cAb")
    assert moved(home, -5) == (0, "Acb")
    assert moved(home, 9) == (2, "cbA")
    copied = copy_class(store, store.groups.get(home.id), "tea")
    assert titles(engine, copied.id) == "Cba"
    delete_task(store, store.groups.get(home.id), home)
    assert titles(engine, home.id) == "cB"
    delete_task(store, store.groups.get(home.id), c)
    assert titles(engine, home.id) == "B"
    again = copy_class(store, store.groups.get(home.id), "tea")
    assert titles(engine, again.id) == "B"
    with pytest.raises(ExplorerError, match="this is its only one"):
        delete_task(store, store.groups.get(home.id), b)
    for each in (home, copied, again):
        delete_class(store, store.groups.get(each.id))
    assert len(store.groups.of("tea", "class")) == before
    assert store.groups.of(home.id, "task") == []
