"""The workers that are there: one that joins takes a first step before it gets a run.

One that cannot, or that runs another program than the server does, gets none at all.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any, NamedTuple

from distributed import Client, fire_and_forget
from distributed import Future as Task

from explorer.catalog import choosing, specs
from explorer.engine.program import Program, difference, program
from explorer.engine.worker import forget, get_ready, warm_up
from explorer.errors import N_, Words
from explorer.inspection.base import views_of

log = logging.getLogger(__name__)

WARMING_PRIORITY = -10
"""Of a task that warms up, as Dask sees it: behind all that anybody waits for."""


class Verdict(NamedTuple):
    """What came of a worker's first step."""

    useless: Words | None
    """Why it gets no work, as a part of a sentence; None where it gets some."""
    remark: Words | None
    """What people should know of it."""


def to_warm_up() -> list[tuple[str, ...]]:
    """What each worker does once, by model, or model and view: a step of every model
    that can learn the first dataset, and every look at the first of them. Each is
    short, as whoever trains meanwhile waits for one to end."""
    first = choosing.make_config()
    models = [model.name for model in specs.fitting(specs.DEFAULT_DATA)]
    looks = [view for view in views_of(specs.resolve(first)) if not view.learns]
    return [
        *((model,) for model in models),
        *((first.model, view.name) for view in looks),
    ]


class Welcoming:
    """Those who came over one connection. Only one thread calls it."""

    def __init__(
        self,
        client: Client,
        joined: Callable[[], None],
        deleted: Callable[[], Collection[str]],
    ) -> None:
        """`joined` is called from any thread when more is known of a worker; `deleted`
        gives the digests of own data that one who joins must not keep."""
        self._client, self._joined, self._deleted = client, joined, deleted
        self._first: dict[str, Future[Program]] = {}
        self._warming: dict[str, list[Task[None]]] = {}
        self._verdicts: dict[str, Verdict] = {}

    @property
    def coming(self) -> bool:
        """Whether somebody is about to be ready."""
        return any(not first.done() for first in list(self._first.values()))

    @property
    def why_useless(self) -> Words | None:
        """Why one of them gets no work."""
        reasons = (verdict.useless for verdict in list(self._verdicts.values()))
        return next((reason for reason in reasons if reason is not None), None)

    @property
    def remarks(self) -> list[Words]:
        """What people should know of those who are there, each thing once."""
        remarks = (verdict.remark for verdict in list(self._verdicts.values()))
        return list({str(words): words for words in remarks if words}.values())

    def ready(self, present: Collection[str]) -> list[str]:
        """Those of the present workers that can train."""
        for gone in self._first.keys() - set(present):
            self._first.pop(gone).cancel()
            self._warming.pop(gone, None)
            self._verdicts.pop(gone, None)
        for worker in present:
            if worker not in self._first:
                self._first[worker] = self._welcome(worker)
            elif self._first[worker].done() and worker not in self._verdicts:
                self._verdicts[worker] = judged(worker, self._first[worker])
        ready = [
            worker
            for worker in present
            if worker in self._verdicts and self._verdicts[worker].useless is None
        ]
        for worker in ready:
            if worker not in self._warming:
                self._have_forgotten(worker, self._deleted())
                self._warming[worker] = self._warm(worker)
        return ready

    def forget(self, digests: Collection[str]) -> None:
        """Have all who train delete this own data, each when it finds time."""
        for worker in self._warming:
            self._have_forgotten(worker, digests)

    def _have_forgotten(self, worker: str, digests: Collection[str]) -> None:
        if digests:
            fire_and_forget(
                self._client.submit(
                    forget,
                    digests,
                    workers=[worker],
                    allow_other_workers=False,
                    pure=False,
                )
            )

    def _welcome(self, worker: str) -> "Future[Program]":
        """Have a worker take a first step and say what it runs, while nobody waits for
        it: it may hang."""

        async def first_step() -> Program:
            task = self._client.submit(
                get_ready,
                workers=[worker],
                allow_other_workers=False,
                pure=False,
                priority=100,
            )
            answer: Program = await task
            return answer

        loop: Any = self._client.loop
        first = asyncio.run_coroutine_threadsafe(first_step(), loop.asyncio_loop)
        first.add_done_callback(lambda _done: self._joined())
        return first

    def _warm(self, worker: str) -> "list[Task[None]]":
        """Have a worker do once what people will ask of it, while it has nothing else
        to do."""
        return [
            self._client.submit(
                warm_up,
                *of_what,
                workers=[worker],
                allow_other_workers=False,
                pure=False,
                priority=WARMING_PRIORITY,
            )
            for of_what in to_warm_up()
        ]


def judged(worker: str, first: "Future[Program]") -> Verdict:
    """Whether a worker may train, by its first step; the log is told if it may not."""
    try:
        verdict = compared(worker, first.result(timeout=0))
    except Exception as error:
        values = {"error": repr(error)[:200]}
        verdict = _useless(worker, Words(N_("a first step ended in %(error)s"), values))
    if verdict.remark is not None:
        log.warning("%s: %s", worker, verdict.remark)
    return verdict


def compared(worker: str, other: Any) -> Verdict:
    """What is to be thought of a worker that says this of its program."""
    own = program()
    machine = other.machine if isinstance(other, Program) else worker
    if why := difference(own, other):
        return _useless(machine, why)
    if other.processor == own.processor:
        return Verdict(None, None)
    remark = Words(
        N_(
            "Workers on %(machine)s compute with another processor than the server's: "
            "%(theirs)s instead of %(own)s. A run that is trained there may differ in "
            "its last digits."
        ),
        {"machine": machine, "theirs": other.processor, "own": own.processor},
    )
    return Verdict(None, remark)


def _useless(machine: str, why: Words) -> Verdict:
    values = {"machine": machine, "why": why}
    remark = N_(
        "Workers on %(machine)s get no work: %(why)s. Mend that, and start them again."
    )
    return Verdict(
        Words(N_("those on %(machine)s get none: %(why)s"), values),
        Words(remark, values),
    )
