"""A reader's way through a lesson, as the store keeps it for their browser."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.lessons.base import Lesson, Outcome, Record, losses
from explorer.runs.commands import RESUME, STOP
from explorer.runs.records import Group, GroupKind, Run, Status, View

KIND: GroupKind = "lesson"

ANSWER: tuple[Status, ...] = ("finished", "diverged")
"""The ends of a run from which a lesson's answer can be computed."""


class Attempt(NamedTuple):
    """A guess, and the runs that answer."""

    id: str
    lesson: str
    guess: str | float
    runs: Mapping[str, str]
    """Run ids, by the names that the lesson gives its runs."""
    own: str
    """The id of the last run of the reader's own for the task; empty for none."""
    reached: bool
    """Whether a run of the reader's own has reached the goal."""


def attempts(visitor: Visitor) -> dict[str, Attempt]:
    """This reader's last attempt at each lesson, by its name."""
    newest_first = visitor.store.groups.of(visitor.owner, KIND)
    return {each.lesson: each for each in map(_attempt, reversed(newest_first))}


def begin(visitor: Visitor, lesson: Lesson, guess: str | float) -> None:
    """Keep a guess and start the lesson's runs, in place of an earlier attempt.

    Raises:
        ExplorerError: if a limit is reached; the earlier attempt stays.
    """
    runs = start_runs(visitor, lesson)
    forget(visitor, lesson)
    ids = {name: run.id for name, run in runs.items()}
    facts = {"lesson": lesson.name, "guess": guess, "runs": ids}
    visitor.store.groups.create(KIND, visitor.owner, facts)


def start_runs(visitor: Visitor, lesson: Lesson) -> dict[str, Run]:
    """Start all runs of a lesson that need no other's weights, or none; by their names.

    Raises:
        ExplorerError: if a limit is reached.
    """
    runs: dict[str, Run] = {}
    try:
        for name, setup in lesson.runs.items():
            if not setup.start:
                runs[name] = visitor.prepare(setup.config())
        visitor.send_all(runs.values(), RESUME())
    except ExplorerError:
        for run in runs.values():
            visitor.store.delete(run.id)
        raise
    return runs


def forget(visitor: Visitor, lesson: Lesson) -> None:
    """Let go of what was guessed; its runs stop, and stay among the reader's runs."""
    store = visitor.store
    for group in store.groups.of(visitor.owner, KIND):
        if group.facts["lesson"] == lesson.name:
            attempt = _attempt(group)
            store.groups.delete(group.id)
            for run_id in (*attempt.runs.values(), attempt.own):
                with suppress(ExplorerError):  # it may have been deleted
                    if not store.get(run_id).ended:
                        visitor.send(run_id, STOP())


def begin_own(visitor: Visitor, attempt: Attempt, config: RunConfig) -> None:
    """Start a run of the reader's own for the task.

    Raises:
        ExplorerError: if a limit is reached.
    """
    run = visitor.start(config)
    visitor.store.groups.change(attempt.id, {"own": run.id})


def keep_reached(visitor: Visitor, attempt: Attempt) -> None:
    """Remember that the goal was reached."""
    visitor.store.groups.change(attempt.id, {"reached": True})


def runs_of(visitor: Visitor, attempt: Attempt) -> dict[str, Run]:
    """The lesson's runs as they stand, by name.

    Raises:
        ExplorerError: if one was deleted.
    """
    return {name: visitor.store.get(run_id) for name, run_id in attempt.runs.items()}


def own_of(visitor: Visitor, attempt: Attempt) -> Run | None:
    """The reader's own run for the task; None where there is none, or no longer."""
    try:
        return visitor.store.get(attempt.own) if attempt.own else None
    except ExplorerError:
        return None


def outcome(visitor: Visitor, lesson: Lesson, runs: Mapping[str, Run]) -> Outcome:
    """What the ended runs say to the lesson's question. Blocks.

    Raises:
        ExplorerError: if one did not come to its end, or a view of it cannot be had.
    """
    ended = {name for name, run in runs.items() if run.status in ANSWER}
    if ended != lesson.runs.keys():
        raise ExplorerError(
            N_(
                "A lesson's answer needs runs that came to their end, but one of "
                "these was stopped or failed. Guess again to run them anew."
            )
        )
    return lesson.outcome(
        {name: _record(visitor, run, lesson) for name, run in runs.items()}
    )


def _record(visitor: Visitor, run: Run, lesson: Lesson) -> Record:
    """A run as it ended, with what the lesson's answer looks at."""
    store, looks = visitor.store, lesson.views
    wanted = tuple(Wanted(each.view, each.written) for each in looks.values())
    views: list[View] = []
    if wanted:
        views = visitor.engine.looks.at(run.id, run.step, wanted)
    seen = dict(zip(looks, views, strict=True))
    validations = tuple(store.validations(run.id))
    simple = losses(visitor.engine.simple.of(run.config)) if lesson.methods else {}
    return Record(run.config, store.curves(run.id), validations, seen, simple)


def _attempt(group: Group) -> Attempt:
    facts: Mapping[str, Any] = group.facts
    return Attempt(
        group.id,
        facts["lesson"],
        facts["guess"],
        facts["runs"],
        facts.get("own", ""),
        facts.get("reached", False),
    )
