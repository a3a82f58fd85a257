"""What one person, and the whole server, may train, keep and start at one time."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.engine.classes import Task
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
from explorer.runs.commands import RESUME, STOP
from explorer.runs.records import Run
from explorer.runs.trials import Range
from explorer.sweeping.plan import Plan
from tests.engine.visitors import small
from tests.waiting import wait

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


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
        new.sweeps.start(plan)
    with pytest.raises(ExplorerError, match=said):
        new.sweeps.go_on(rests.id)
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


def test_a_visitor_has_so_many_classes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMITS, "classes=1")
    jan, facts = Visitor(engine, "jan"), Task("A", small()).facts()
    others = engine.store.groups.create("class", "somebody else", facts)
    home = engine.store.groups.create(
        "class", jan.owner, facts, jan.allowed.admit_class
    )
    with pytest.raises(ExplorerError, match="may have 1 classes here, and 1 are yours"):
        jan.classes.use_again(home)
    for each in (others, home):
        engine.store.groups.delete(each.id)
