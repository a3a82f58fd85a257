"""Asking a worker: what needs a model is answered there, not in the server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Future as Task

from explorer.config.run import RunConfig
from explorer.engine.jobs import Answer
from explorer.engine.packing import packed
from explorer.engine.runner import Runner
from explorer.engine.worker import asked
from explorer.engine.workers import LOST
from explorer.errors import N_, ExplorerError
from explorer.runs.store import Store

ANSWER_WITHIN = 60
"""Seconds in which a worker answers a question about a stored state."""

LOOK_PRIORITY, CHECK_PRIORITY = 50, 5
"""Of questions, as Dask sees them: a look is quick and goes first; what came from
outside is checked when live runs leave time for it, before sweeps."""


class Asker:
    """`ask`, which blocks until a worker answers."""

    def __init__(self, store: Store, runner: Runner) -> None:
        """The store has own data that a worker may lack; the runner, the workers."""
        self._store, self._runner = store, runner

    def ask(
        self,
        function: Callable[..., Any],
        configs: tuple[RunConfig, ...],
        *more: Any,
        priority: int = LOOK_PRIORITY,
        within: float = ANSWER_WITHIN,
    ) -> Any:
        """What a worker answers, who gets own data of these runs if it lacks some.
        `within` so many seconds.

        Raises:
            ExplorerError: as the function does, or if no worker answers.
        """
        asking = (function, tuple(config.to_json() for config in configs))
        first = self.submit(asked, *asking, (), *more, priority=priority)
        answer: Answer = self.wait(first, within)
        if answer.lacks:
            contents = packed(self._store, *configs)
            again = self.submit(asked, *asking, contents, *more, priority=priority)
            answer = self.wait(again, within)
        return answer.value

    def submit(
        self,
        function: Callable[..., Any],
        *given: Any,
        priority: int = LOOK_PRIORITY,
    ) -> "Task[Any]":
        """Have some worker begin with `function(*given)`.

        Raises:
            ExplorerError: if there is none.
        """
        self._runner.check()
        with answering():
            client = self._runner.needed().result(timeout=ANSWER_WITHIN)
            return client.submit(function, *given, pure=False, priority=priority)

    def wait(self, task: "Task[Any]", within: float = ANSWER_WITHIN) -> Any:
        """What became of it; one that takes too long is given up.

        Raises:
            ExplorerError: as the function does, or if no worker answers.
        """
        with answering(within):
            return task.result(timeout=within)


@contextmanager
def answering(within: float = ANSWER_WITHIN) -> Iterator[None]:
    """Say in a sentence that no worker answered."""
    try:
        yield
    except LOST as error:
        raise ExplorerError(
            N_(
                "A worker must answer within %(seconds)d seconds, but none did "
                "(%(reason)s). Try again in a moment."
            ),
            seconds=within,
            reason=type(error).__name__,
        ) from None
