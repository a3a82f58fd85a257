"""A lesson's runs that begin with what another of them has learned: each starts when
that one has ended, wherever somebody looks on."""

import threading
from collections.abc import Mapping

from explorer.engine.visitor import Visitor
from explorer.lessons.base import Lesson
from explorer.runs.records import Run

_one_at_a_time = threading.Lock()
"""Two tabs may look on at once, and each run starts once."""


def follow(visitor: Visitor, lesson: Lesson, group_id: str) -> bool:
    """Start what waited for a run that has ended by now; whether anything was started.

    Args:
        visitor: whose runs they are.
        lesson: whose runs they are.
        group_id: the group whose facts name the runs, which are changed.

    Raises:
        ExplorerError: if there is no such group, if one of its runs was deleted, or if
            a limit is reached; then it can be asked for again.
    """
    if not any(setup.start for setup in lesson.runs.values()):
        return False
    store = visitor.store
    with _one_at_a_time:
        ids: dict[str, str] = dict(store.groups.get(group_id).facts["runs"])
        runs = {name: store.get(run_id) for name, run_id in ids.items()}
        due = [
            name
            for name, setup in lesson.runs.items()
            if name not in runs
            and (first := runs.get(setup.start))
            and first.status == "finished"
        ]
        for name in due:
            setup = lesson.runs[name]
            config = setup.config().model_copy(update={"start": ids[setup.start]})
            ids[name] = visitor.start(config).id
            store.groups.change(group_id, {"runs": ids})
    return bool(due)


def all_over(lesson: Lesson, runs: Mapping[str, Run]) -> bool:
    """Whether nothing trains any more, and nothing is left to be started."""
    return all(run.ended for run in runs.values()) and not any(
        name not in runs
        and (first := runs.get(setup.start))
        and first.status == "finished"
        for name, setup in lesson.runs.items()
    )
