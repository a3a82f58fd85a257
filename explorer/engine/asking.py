"""Asking a worker: what needs a model is answered there, not in the server."""

import asyncio
from collections.abc import Callable
from typing import Any

from distributed import KilledWorker
from distributed.client import ClosedClientError

from explorer.config.run import RunConfig
from explorer.engine.jobs import Answer, Packed
from explorer.engine.packing import packed
from explorer.engine.runner import Runner
from explorer.engine.worker import asked
from explorer.errors import N_, ExplorerError
from explorer.runs.store import Store

ANSWER_WITHIN = 60
"""Seconds in which a worker answers a question about a stored state."""

LOST = (
    TimeoutError,
    OSError,
    KilledWorker,
    ClosedClientError,
    asyncio.CancelledError,
)
"""What asking says where workers or their scheduler went away."""


class Asker:
    """`ask`, which blocks until a worker answers."""

    def __init__(self, store: Store, runner: Runner) -> None:
        """The store has own data that a worker may lack; the runner, the workers."""
        self._store, self._runner = store, runner

    def ask(
        self, function: Callable[..., Any], configs: tuple[RunConfig, ...], *more: Any
    ) -> Any:
        """What a worker answers, who gets own data of these runs if it lacks some.

        Raises:
            ExplorerError: as the function does, or if no worker answers.
        """
        answer = self._answer(function, configs, (), more)
        if answer.lacks:
            contents = packed(self._store, *configs)
            answer = self._answer(function, configs, contents, more)
        return answer.value

    def _answer(
        self,
        function: Callable[..., Any],
        configs: tuple[RunConfig, ...],
        contents: tuple[Packed, ...],
        more: tuple[Any, ...],
    ) -> Answer:
        self._runner.check()
        try:
            task = self._runner.client.result(timeout=ANSWER_WITHIN).submit(
                asked,
                function,
                tuple(config.to_json() for config in configs),
                contents,
                *more,
                pure=False,
                priority=50,
            )
            answer: Answer = task.result(timeout=ANSWER_WITHIN)
        except LOST as error:
            raise ExplorerError(
                N_(
                    "A worker must answer within %(seconds)d seconds, but none did "
                    "(%(reason)s). Try again in a moment."
                ),
                seconds=ANSWER_WITHIN,
                reason=type(error).__name__,
            ) from None
        return answer
