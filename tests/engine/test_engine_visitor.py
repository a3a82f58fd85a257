"""One person at the engine: what they may tell, start and take, and in which words
they are refused."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine import classes
from explorer.engine.classes import Lesson
from explorer.engine.limits import (
    LIMITS,
    MEGABYTE,
    SERVER_LIMITS,
    Limits,
    read_limits,
)
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.commands import LEARNING_RATE, PAUSE, RELEASE, RESUME, STEP, STOP
from explorer.runs.records import Command, Group, Run
from explorer.runs.trials import Range
from explorer.sweeping.plan import Plan

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
OPEN = ("model", "model.hidden_size", "training.learning_rate", "training.steps")
GOAL, WITHIN = 0.02, 60


def small(**given: object) -> RunConfig:
    usual = {"model.hidden_size": 8, "training.steps": 40, "data.window": 16}
    named = {k.replace("__", "."): v for k, v in given.items()}
    return choosing.make_config("sine", "rnn", usual | named)


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def engine(with_workers: None) -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture
def ann(engine: Engine) -> Visitor:
    return Visitor(engine, "ann")


@pytest.fixture
def bob(engine: Engine) -> Visitor:
    return Visitor(engine, "bob")


@pytest.fixture
def group(engine: Engine) -> Group:
    """A class of Tea's that Ann has joined."""
    lesson = classes.checked(Lesson("Waves", small(), OPEN, GOAL, WITHIN))
    group = engine.store.groups.create("class", "tea", lesson.facts())
    Visitor(engine, "ann").join(group.id, "Ann")
    return group


# Watching and controlling


def test_who_started_a_run_may_control_it_and_nobody_else(
    ann: Visitor, bob: Visitor
) -> None:
    run = ann.prepare(small())
    assert run.owner == "ann"
    assert ann.may_control(run)
    assert not bob.may_control(run)
    assert bob.store.get(run.id) == run


@pytest.mark.parametrize(
    "command",
    [PAUSE(), RESUME(), STEP(1), STOP(), LEARNING_RATE(1.0), RELEASE()],
    ids=lambda command: command.name,
)
def test_another_is_told_why_they_may_not(
    ann: Visitor, bob: Visitor, command: Command
) -> None:
    run = ann.prepare(small())
    with pytest.raises(ExplorerError, match=f"'{run.id}' is another's. Fork it"):
        bob.send(run.id, command)
    assert ann.store.get(run.id).status == "paused"


def test_another_may_not_throw_a_run_away(ann: Visitor, bob: Visitor) -> None:
    run = ann.prepare(small())
    with pytest.raises(ExplorerError, match="is another's"):
        bob.throw_away(run.id)
    ann.throw_away(run.id)
    with pytest.raises(ExplorerError, match="no run"):
        ann.store.get(run.id)
    with pytest.raises(ExplorerError, match="no run"):
        ann.send(run.id, RESUME())


def test_a_fork_of_anothers_run_is_ones_own_and_leaves_that_be(
    ann: Visitor, bob: Visitor
) -> None:
    run = ann.start(small(training__steps=20000))
    wait(lambda: 0 in ann.store.checkpoint_steps(run.id))
    fork = bob.fork(run, 0, run.config)
    assert (fork.owner, fork.parent, fork.group_id) == ("bob", run.id, "")
    bob.send(fork.id, STOP())
    assert ann.store.get(run.id).status == "training"
    own = ann.fork(run, 0, run.config)
    wait(lambda: ann.store.get(run.id).status == "stopped")
    ann.send(own.id, STOP())


def test_a_new_run_stops_ones_own_but_not_anothers(ann: Visitor, bob: Visitor) -> None:
    run = ann.prepare(small())
    new = bob.start(small(), instead_of=run)
    assert ann.store.get(run.id).status == "paused"
    bob.send(new.id, STOP())
    assert not bob.may_stop(run)
    assert ann.may_stop(run)


def test_the_teacher_may_control_the_runs_of_a_class(
    engine: Engine, group: Group, ann: Visitor, bob: Visitor
) -> None:
    run = ann.prepare(small(), group.id)
    tea = Visitor(engine, "tea")
    assert tea.may_control(run)
    tea.send(run.id, STOP())
    assert not bob.may_control(run)
    engine.store.groups.delete(group.id)
    assert not tea.may_control(run)
    assert ann.may_control(run)


# Limits


def test_limits_are_read() -> None:
    assert read_limits("") == Limits()
    read = read_limits(" active_runs=3, uploads=0 ,,")
    assert (read.active_runs, read.uploads) == (3, 0)
    assert read.parameters == Limits().parameters


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("active_runs", f"{LIMITS} must be like .* but got 'active_runs'"),
        ("active_runs=many", "active_runs must be a whole number from 1 to 1000"),
        ("active_runs=0", "got '0'. Nearest: 1"),
        ("activ_runs=3", "Did you mean 'active_runs'?"),
    ],
)
def test_a_wrong_limit_gets_a_sentence(text: str, message: str) -> None:
    with pytest.raises(ExplorerError, match=message):
        read_limits(text)


@settings(max_examples=50)
@given(st.text(max_size=40) | st.from_regex(r"active_runs=.{0,9}", fullmatch=True))
def test_any_text_is_limits_or_one_sentence(text: str) -> None:
    with suppress(ExplorerError):
        assert 1 <= read_limits(text).active_runs <= 1000


def test_limits_come_from_the_environment(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMITS, "parameters=100")
    said = r"may have 100 parameters .*, but this one has 321\. Make it smaller"
    with pytest.raises(ExplorerError, match=said):
        Visitor(engine, "cid").start(small(model__hidden_size=16))


def test_only_so_many_runs_train_at_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMITS, "active_runs=1")
    dan = Visitor(engine, "dan")
    first = dan.start(small(training__steps=20000))
    paused = engine.prepare(small(), "dan")
    said = "may train 1 runs at one time here, and 1 of yours are training"
    with pytest.raises(ExplorerError, match=said):
        dan.start(small())
    with pytest.raises(ExplorerError, match=said):
        dan.send(paused.id, RESUME())
    second = dan.start(small(training__steps=20000), instead_of=first)
    eve = Visitor(engine, "eve")
    eve.send(eve.start(small()).id, STOP())  # another's runs count for another
    dan.send(second.id, STOP())


def test_twelve_starts_at_once_are_as_many_as_may(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMITS, "active_runs=4")
    gil = Visitor(engine, "gil")

    def start(_: int) -> list[Run]:
        with suppress(ExplorerError):
            return [gil.start(small(training__steps=20000))]
        return []

    with ThreadPoolExecutor(12) as pool:
        started = [run for runs in pool.map(start, range(12)) for run in runs]
    assert len(started) == 4
    gil.send_all(started, STOP())


def test_imports_at_once_fill_no_more_than_what_one_may_store(
    engine: Engine, ann: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ann.start(small())
    wait(lambda: ann.store.get(run.id).ended)
    raw, ivy = ann.export([run.id]), Visitor(engine, "ivy")
    ivy.take_in(raw)
    size = ivy.store.shelf.stored_bytes("ivy")
    filled = bytes(MEGABYTE - size * 7 // 2)  # leaves room for two more and a half
    ivy.store.contents.hold("ivy", "f" * 64, "text", "long", filled)
    monkeypatch.setenv(LIMITS, "stored_megabytes=1")
    checked = Barrier(4)
    monkeypatch.setattr(engine, "check_states", lambda *_given: checked.wait(60))

    def take_in(_: int) -> str:
        try:
            ivy.take_in(raw)
        except ExplorerError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(take_in, range(4)))
    assert said[:2] == ["", ""]
    assert all("with these runs yours would take 2." in each for each in said[2:])
    assert ivy.store.shelf.stored_bytes("ivy") <= MEGABYTE
    assert len(ivy.store.shelf.of("ivy")) == 3


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ("active_runs=1", "server trains 1 runs at one time, and"),
        ("stored_megabytes=1", "server stores 1 MB for all its visitors"),
        ("free_megabytes=100000000", "disk must have 100000000 MB free before"),
    ],
)
def test_a_new_cookie_brings_nothing_beyond_the_servers_limits(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, limits: str, said: str
) -> None:
    busy = Visitor(engine, "hal").start(small(training__steps=20000))
    engine.store.contents.hold("hal", "e" * 64, "text", "long", bytes(1_000_000))
    monkeypatch.setenv(SERVER_LIMITS, limits)
    with pytest.raises(ExplorerError, match=f"{said}.*{SERVER_LIMITS}"):
        Visitor(engine, "somebody new").start(small())
    engine.send(busy.id, STOP())


def test_a_new_cookie_brings_no_sweep_beyond_the_servers_limit(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups, new = engine.store.groups, Visitor(engine, "somebody new")
    plan = Plan(small(), (Range("training.learning_rate", 0.001, 0.1),))
    running = groups.create("sweep", "hal", {"status": "running"})
    rests = groups.create("sweep", new.owner, plan.facts() | {"status": "stopped"})
    monkeypatch.setenv(SERVER_LIMITS, "running_sweeps=1")
    said = f"runs 1 sweeps at one time, and 1 are running.*{SERVER_LIMITS}"
    with pytest.raises(ExplorerError, match=said):
        new.start_sweep(plan)
    with pytest.raises(ExplorerError, match=said):
        new.go_on_with_sweep(rests.id)
    assert [group.id for group in groups.of(new.owner, "sweep")] == [rests.id]
    groups.delete(running.id)


def test_runs_and_data_fill_ones_room(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMITS, "stored_megabytes=1")
    fay = Visitor(engine, "fay")
    fay.allowed.check_room()
    engine.store.contents.hold("fay", "f" * 64, "text", "long", bytes(1_000_000))
    with pytest.raises(ExplorerError, match="may store 1 MB here, and yours take 1"):
        fay.start(small())


# Own data


@pytest.fixture
def own(engine: Engine) -> RunConfig:
    """A config on data of Tea's."""
    digest = content.put_series([float(k % 7) for k in range(300)], "sevens")
    engine.store.contents.hold("tea", digest, "series", "sevens", b"")
    values = {"data.digest": digest, "data.window": 16, "model.hidden_size": 8}
    return choosing.make_config("own_series", "rnn", values)


def test_own_data_is_for_its_owner(
    engine: Engine, own: RunConfig, bob: Visitor
) -> None:
    tea = Visitor(engine, "tea")
    run = tea.prepare(own)
    with pytest.raises(ExplorerError, match="Own data is private to who gave it"):
        bob.prepare(own)
    with pytest.raises(ExplorerError, match="Own data is private to who gave it"):
        bob.fork(run, 0, own)


def test_a_class_opens_its_data_to_its_members_alone(
    engine: Engine, own: RunConfig, ann: Visitor, bob: Visitor
) -> None:
    lesson = classes.checked(Lesson("Sevens", own))
    group = engine.store.groups.create("class", "tea", lesson.facts())
    with pytest.raises(ExplorerError, match="Only who has joined a class"):
        ann.prepare(own, group.id)
    ann.join(group.id, "Ann")
    run = ann.prepare(own, group.id)
    assert run.group_id == group.id
    assert ann.store.contents.of("ann") == []
    with pytest.raises(ExplorerError, match="Own data is private"):
        ann.prepare(own)
    with pytest.raises(ExplorerError, match="Only who has joined"):
        bob.fork(run, 0, own)
    engine.store.groups.leave(group.id, "Ann")
    with pytest.raises(ExplorerError, match="Only who has joined"):
        ann.prepare(own, group.id)


def test_a_class_opens_no_other_data(
    engine: Engine, group: Group, own: RunConfig, ann: Visitor
) -> None:
    with pytest.raises(ExplorerError, match="data is fixed to sine, but got own_ser"):
        ann.prepare(own, group.id)


# Classes


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
    tea.join(group.id, "Tea")
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
    lesson = classes.checked(Lesson("L", small(), tuple(opened), None, within))
    made = classes.bounded(lesson, wished)
    classes.check_rules(lesson, made)
    assert classes.bounded(lesson, made) == made
    assert made.data_settings == lesson.base.data_settings
    assert made.training.steps <= (within or 20000)
    if "seed" not in opened:
        assert made.seed == lesson.base.seed
    if "training.batch_size" not in opened:
        assert made.training.batch_size == lesson.base.training.batch_size
    if "model.hidden_size" in opened and made.model == wished.model:
        assert made.model_settings["hidden_size"] == hidden


def test_a_locked_learning_rate_stays_while_a_run_trains(
    engine: Engine, ann: Visitor
) -> None:
    lesson = classes.checked(Lesson("Locked", small()))
    group = engine.store.groups.create("class", "tea", lesson.facts())
    ann.join(group.id, "Ann")
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
        bob.join(group.id, "Bob")
    with pytest.raises(ExplorerError, match="'Waves' was closed"):
        ann.start(small(), group.id)
    engine.store.groups.change(group.id, {"closed": False})
    bob.join(group.id, "Bob")


def test_a_full_class_takes_nobody_more(
    engine: Engine, group: Group, bob: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classes, "MOST_MEMBERS", 1)
    with pytest.raises(ExplorerError, match="has room for 1, and 'Waves' is full"):
        bob.join(group.id, "Bob")
    Visitor(engine, "ann").join(group.id, "Anne")  # only another name


def test_nobody_joins_a_race_or_nothing(engine: Engine, bob: Visitor) -> None:
    race = engine.store.groups.create("race", "tea", {})
    for group_id in (race.id, "made-up", "", "../x"):
        with pytest.raises(ExplorerError, match="nothing under the id"):
            bob.join(group_id, "Bob")
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
    ],
)
def test_a_lesson_that_is_none_gets_a_sentence(
    changed: dict[str, object], message: str
) -> None:
    with pytest.raises(ExplorerError, match=message):
        classes.checked(replace(Lesson("Waves", small()), **changed))  # type: ignore[arg-type]


def test_a_lesson_is_read_as_it_was_written(group: Group) -> None:
    lesson = classes.read_lesson(group)
    assert lesson.base == small()
    assert (lesson.open, lesson.goal, lesson.within) == (OPEN, GOAL, WITHIN)
    shorter = classes.checked(replace(lesson, within=7))
    assert shorter.base.training.steps == 7
