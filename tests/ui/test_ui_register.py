"""What all tabs of a class share: read once in two seconds, and nobody is misled."""

from types import SimpleNamespace

import pytest

from explorer.engine.class_tasks import tasks_of
from explorer.engine.classes import KIND
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.ui.classes import attending, register
from tests.ui.classroom import ANN, BOB, joined, made
from tests.ui.conftest import QUIET

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time that a register knows, as a test sets it."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(register, "time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(attending, "shown_task", lambda: 0)
    register._read.clear()
    return clock


def test_tabs_share_what_was_read_for_two_seconds(clock: SimpleNamespace) -> None:
    group, store = joined(made(), (ANN, "Ann")), engine().store
    first = register.shared_register(store, group.id)
    assert set(first.members) == {ANN}
    joined(group, (BOB, "Bob"))
    clock.now = 1.9
    assert register.shared_register(store, group.id) is first
    clock.now = 2.1
    assert set(register.shared_register(store, group.id).members) == {ANN, BOB}


def test_what_one_has_just_done_is_no_change_of_the_class(
    clock: SimpleNamespace,
) -> None:
    """What the tabs share knows nothing of it yet."""
    group, store = joined(made(), (ANN, "Ann")), engine().store
    visitor = Visitor(engine(), ANN)
    before = attending.here_in(visitor, store.groups.get(group.id, KIND))
    assert before is not None
    assert not attending.has_moved(visitor, before)
    register.shared_register(store, group.id).guesses(group)
    (task,) = tasks_of(store, group)
    store.guesses.put(task.id, ANN, 0.3)
    after = attending.here_in(visitor, store.groups.get(group.id, KIND))
    assert after is not None
    assert after.guess == 0.3
    assert not attending.has_moved(visitor, after)
    assert attending.has_moved(visitor, before) is False  # as shared, for two seconds
    clock.now = 2.1
    assert attending.has_moved(visitor, before)
    assert not attending.has_moved(visitor, after)
