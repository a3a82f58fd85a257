"""One person at the engine: what they may tell, start and take, and in which words
they are refused."""

import pytest

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine import classes
from explorer.engine.classes import Task
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.commands import LEARNING_RATE, PAUSE, RELEASE, RESUME, STEP, STOP
from explorer.runs.records import Command, Group
from tests.engine.visitors import small
from tests.waiting import wait

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


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
    task = classes.checked(Task("Sevens", own))
    group = engine.store.groups.create("class", "tea", task.facts())
    with pytest.raises(ExplorerError, match="Only who has joined a class"):
        ann.prepare(own, group.id)
    ann.classes.join(group.id, "Ann")
    run = ann.prepare(own, group.id)
    assert run.group_id == group.id
    assert ann.store.contents.of("ann") == []
    with pytest.raises(ExplorerError, match="Own data is private"):
        ann.prepare(own)
    with pytest.raises(ExplorerError, match="Only who has joined"):
        bob.fork(run, 0, own)
    engine.store.members.remove(group.id, "Ann")
    with pytest.raises(ExplorerError, match="Only who has joined"):
        ann.prepare(own, group.id)


def test_a_class_opens_no_other_data(
    engine: Engine, group: Group, own: RunConfig, ann: Visitor
) -> None:
    with pytest.raises(ExplorerError, match="data is fixed to sine, but got own_ser"):
        ann.prepare(own, group.id)
