"""Questions to workers: what goes first, and what is said where no answer comes."""

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest

from explorer.catalog import choosing
from explorer.engine import asking
from explorer.engine.asking import Asker
from explorer.engine.dispatch import BACKGROUND_PRIORITY, LIVE_PRIORITY
from explorer.engine.jobs import Answer
from explorer.engine.runner import Runner
from explorer.engine.service import Engine
from explorer.errors import ExplorerError
from explorer.portable.states import MOST_PIECE
from explorer.runs.records import Checkpoint
from explorer.runs.store import Store

pytestmark = pytest.mark.quick


class Workers:
    """Workers that note what they are asked, and answer or do not."""

    def __init__(self, answers: bool = True) -> None:
        self.answers = answers
        self.submitted: list[tuple[Any, ...]] = []
        self.priorities: list[int] = []

    def submit(self, *given: Any, pure: bool, priority: int) -> Any:
        self.submitted.append(given)
        self.priorities.append(priority)
        return SimpleNamespace(result=self.result)

    def result(self, timeout: float) -> Answer:
        if not self.answers:
            raise TimeoutError
        return Answer()


def asker(workers: Workers | None) -> Asker:
    client: Future[Any] = Future()
    if workers is not None:
        client.set_result(workers)
    runner = SimpleNamespace(needed=lambda: client, check=lambda: None)
    return Asker(cast(Store, None), cast(Runner, runner))


def checked(workers: Workers | None, *sizes: int) -> None:
    engine = Engine.__new__(Engine)
    engine._asker = asker(workers)
    states = [Checkpoint(step, bytes(size)) for step, size in enumerate(sizes)]
    engine.check_states(choosing.make_config(), states)


def test_states_from_outside_are_checked_in_pieces_behind_live_runs() -> None:
    workers = Workers()
    checked(workers, MOST_PIECE, MOST_PIECE, 5, 6)
    steps = [[state.step for state in given[-1]] for given in workers.submitted]
    assert steps == [[0], [1], [2, 3]]
    assert all(BACKGROUND_PRIORITY < p < LIVE_PRIORITY for p in workers.priorities)


def test_no_answer_in_time_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ExplorerError, match="must answer within 60 seconds"):
        checked(Workers(answers=False), 5)
    monkeypatch.setattr(asking, "ANSWER_WITHIN", 0.01)
    with pytest.raises(ExplorerError, match="must answer within"):
        checked(None, 5)
    with pytest.raises(ExplorerError, match="must answer within"):
        asker(Workers(answers=False)).wait(
            Workers(answers=False).submit(pure=False, priority=0)
        )
