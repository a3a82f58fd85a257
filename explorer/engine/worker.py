"""What workers execute. It keeps live trainers, so that a slice costs only its steps.

A trainer is kept by run and by the number of slices it has done. A job whose serial
does not match is answered `missing`; the runner then sends the state along. So a
worker that dies, or a job that is executed twice, can never make a wrong step.
"""

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from explorer.catalog import building, choosing
from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine.jobs import Answer, Job, Looked, Packed, Result, Wanted, Worked
from explorer.engine.packing import own_digest
from explorer.engine.program import Program, program
from explorer.errors import N_, ExplorerError, Words
from explorer.inspection.base import Request, Subject, look, views
from explorer.portable.states import check_states
from explorer.runs.messages import unexpected
from explorer.runs.records import Checkpoint, View
from explorer.training import reconstruction
from explorer.training.process import settle
from explorer.training.scores import floors
from explorer.training.seeded import facts_alone
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred

log = logging.getLogger(__name__)

MOST_TRAINERS = 64
LOOKING_SHARE = 0.02
"""In the long run looking costs so much of the time that a run has trained."""

HEAD_START, SPENT_IN = 2.0, 5.0
"""The time of so many slices may looking cost beyond that, for a net changes fastest at
first: all first looks, then what these leave, ever less within so many seconds of
training. Where many share a worker slices are short, and so is this."""

LONGEST_WAIT = 60.0
"""Seconds of training after which even a dear view has its turn."""

FIRST_COST = 0.01
"""Seconds that a first look counts which has learned what is kept for later ones."""

MOST_OF_A_SLICE = 0.5
"""Once looks have taken this share of a slice's time, the others wait for the next."""


@dataclass
class _Live:
    """A trainer, how many slices it has done, and when it was looked at.

    Times are the run's own, in seconds of training: where many share a worker each is
    looked at as much less often as it trains less.
    """

    trainer: Trainer
    serial: int = 0
    looked: dict[Wanted, float] = field(default_factory=dict)
    cost: dict[Wanted, float] = field(default_factory=dict)
    firsts: float = 0.0
    """Seconds that the first looks have cost."""

    once: set[Wanted] = field(default_factory=set)
    """What has learned in its first look, and was looked at that single time."""


_live: OrderedDict[str, _Live] = OrderedDict()
_lock = threading.Lock()


def get_ready() -> Program:
    """Take one step of the first model, and say what takes it."""
    settle()
    Trainer(choosing.make_config()).advance(Budget(steps=1))
    return program()


def warm_up(model: str, view: str = "") -> None:
    """Do once what people will ask for, so that nobody waits for what only the first
    time needs: a step of a model on the first dataset, and one look at it."""
    settle()
    trainer = Trainer(choosing.make_config(model=model))
    trainer.advance(Budget(steps=1))
    if view:
        _look(Subject.of(trainer), Wanted(view))


def forget(digests: Collection[str]) -> None:
    """Delete own data that nobody has any more, and what was made of it."""
    for digest in digests:
        content.throw_away(digest)
    building.forget_data()
    floors.cache_clear()
    reconstruction.forget()


def run_slices(jobs: list[Job]) -> list[Result]:
    """Advance every job's run by its slice, in order."""
    settle()
    with _lock:
        return [_run_slice(job) for job in jobs]


def asked(
    function: Callable[..., Any],
    configs: tuple[str, ...],
    contents: tuple[Packed, ...],
    *more: Any,
) -> Answer:
    """`function(*configs, *more)`, unless own data of these configs is lacking here.

    Raises:
        ExplorerError: as the function does; of any other exception, what it says.
    """
    lacking = _lacking(map(RunConfig.from_json, configs), contents)
    if lacking:
        return Answer(lacks=lacking)
    try:
        return Answer(function(*configs, *more))
    except ExplorerError:
        raise
    except Exception as error:
        log.exception("A question could not be answered")
        raise ExplorerError.saying(unexpected(error)) from None


def _lacking(
    configs: Iterable[RunConfig], contents: tuple[Packed, ...]
) -> tuple[str, ...]:
    """Take in what came along; the digests of what these runs need beyond."""
    for packed in contents:
        content.unpack(*packed)
    return tuple(filter(content.lacks, map(own_digest, configs)))


def begin(config: str, start: str, state: bytes) -> bytes:
    """The state before its first step of a run that begins with another's weights.

    Raises:
        ExplorerError: if the two are not built alike, or the state is not sound.
    """
    settle()
    return transferred(RunConfig.from_json(config), RunConfig.from_json(start), state)


def check(config: str, states: list[Checkpoint]) -> None:
    """See that a run can go on from each of these states.

    Raises:
        ExplorerError: if it cannot.
    """
    with _lock:
        check_states(RunConfig.from_json(config), states)


def facts_of_first(config: str, state: bytes) -> bytes | None:
    """A run's state before its first step without its weights, if its settings and its
    seed make these anew, to the bit; else None."""
    settle()
    with _lock:
        try:
            return facts_alone(RunConfig.from_json(config), state)
        except Exception:
            # Nobody asked for it: an old run whose data or model is gone keeps all.
            log.exception("A first moment could not be made anew")
            return None


def look_at(config: str, state: bytes, wanted: list[Wanted]) -> Looked:
    """Read views out of a stored state.

    Raises:
        ExplorerError: if the config or the state is not sound.
    """
    settle()
    with _lock:
        began = time.monotonic()
        trainer = Trainer(RunConfig.from_json(config), state)
        subject = Subject.of(trainer)
        views = [_look(subject, each) for each in wanted]
        return Looked(views, time.monotonic() - began)


def _run_slice(job: Job) -> Result:
    live, began = _live.get(job.run_id), time.time()
    try:
        if job.state is not None or job.fresh:
            config = RunConfig.from_json(job.config)
            if lacking := _lacking((config,), job.contents):
                return Result(job.run_id, job.serial, lacks=lacking)
            live = _begun(Trainer(config, job.state), job.serial, live)
        if live is None or live.serial != job.serial:
            return Result(job.run_id, job.serial, missing=True)
        _live[job.run_id] = live
        _live.move_to_end(job.run_id)
        while len(_live) > MOST_TRAINERS:
            _live.popitem(last=False)
        bounds = [n for n in (job.steps, job.most) if n is not None]
        budget = Budget(job.seconds, min(bounds, default=None))
        progress = live.trainer.advance(budget, job.commands, job.want_state)
        live.serial, trained = live.serial + 1, time.time()
        ended = progress.status != "training"
        now = job.looks if ended or job.steps is not None else job.at_once
        views = _look_live(live, job.looks, now, job.seconds)
        if ended:
            del _live[job.run_id]
        worked = Worked(began, trained, time.time())
        return Result(job.run_id, job.serial, progress, views, worked=worked)
    except Exception as error:
        if not isinstance(error, ExplorerError):
            log.exception("The run %s could not go on", job.run_id)
        _live.pop(job.run_id, None)
        return Result(job.run_id, job.serial, error=unexpected(error))


def _begun(trainer: Trainer, serial: int, before: _Live | None) -> _Live:
    """A trainer that goes on from a state. Who watches a run that rested has its views
    still: they have their turns as if it had not."""
    live = _Live(trainer, serial)
    if before is not None:
        live.cost, live.once, live.firsts = before.cost, before.once, before.firsts
        live.looked = {w: min(at, trainer.seconds) for w, at in before.looked.items()}
    return live


def _look_live(
    live: _Live,
    wanted: tuple[Wanted, ...],
    now: Collection[Wanted],
    seconds: float,
) -> tuple[tuple[Wanted, View], ...]:
    """The views whose turn it is: seldom enough to cost their share in all.

    Those of `now`, and those that nobody watched a slice ago, have their turn at once.
    After a good part of the slice's `seconds` the rest waits, unless it is now.
    """
    seen = []
    live.looked = {w: live.looked[w] for w in wanted if w in live.looked}
    trained, waits = live.trainer.seconds, _waits(live, seconds)
    left = MOST_OF_A_SLICE * seconds
    for each in sorted(wanted, key=lambda w: live.looked.get(w, -math.inf)):
        early = trained - live.looked.get(each, -math.inf) < waits.get(each, 0.0)
        if (early or left <= 0) and each not in now:
            continue
        began = time.perf_counter()
        view = _look(Subject.of(live.trainer), each)
        cost = time.perf_counter() - began
        left -= cost
        live.firsts += cost if each not in live.cost else 0.0
        live.cost[each] = _lasting(cost, each, live)
        live.looked[each] = trained
        seen.append((each, view))
    return tuple(seen)


def _waits(live: _Live, slice_: float) -> dict[Wanted, float]:
    """Seconds of training from one look at each view to its next, in slices of so many.

    Of all looks that cost a share s of the time, the pictures are least out of date, on
    the mean, where a view of cost c waits sqrt(c) / s times the sum of all the roots.
    """
    early = max(0.0, HEAD_START * slice_ - live.firsts) / SPENT_IN
    share = LOOKING_SHARE + early * math.exp(-live.trainer.seconds / SPENT_IN)
    roots = {each: math.sqrt(live.cost[each]) for each in live.looked}
    whole = sum(roots.values()) / share
    return {each: min(LONGEST_WAIT, root * whole) for each, root in roots.items()}


def _lasting(cost: float, wanted: Wanted, live: _Live) -> float:
    """What a look will cost, seconds, after one that cost so much."""
    if wanted not in live.looked and _learns(wanted):
        live.once.add(wanted)
        return FIRST_COST
    if wanted in live.once:
        live.once.remove(wanted)
        return cost
    # The lesser of two: one look may have met a busy machine.
    return min(cost, live.cost.get(wanted, cost))


def _learns(wanted: Wanted) -> bool:
    spec = views().get(wanted.view)
    return spec is not None and spec.learns


def _look(subject: Subject, wanted: Wanted) -> View:
    """The view, or the one sentence that says why there is none: never a dead run."""
    try:
        return look(subject, Request(wanted.view, wanted.options))
    except ExplorerError as error:
        words = error.words
    except Exception:
        # A bug in a view, whatever was asked of it, is no reason to end a run.
        log.exception("The view %s failed with options %s", *wanted)
        words = Words(N_("This view could not be read. Choose other options."))
    return View(wanted.view, subject.step, {}, {"error": asdict(words)})
