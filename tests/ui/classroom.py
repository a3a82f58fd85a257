"""A class, the runs of its students, and what a tab of theirs receives."""

from typing import Any

from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.engine import classes
from explorer.engine.classes import Task, read_task
from explorer.engine.service import engine
from explorer.runs.records import Curves, Group, Progress, Run, Validation

TEACHER, ANN, BOB = "teacher-key", "ann-key", "bob-key"
OPEN = ("model.hidden_size", "training.learning_rate")
SMALL = {"model.hidden_size": 8, "training.steps": 40, "training.learning_rate": 0.01}


def made(**more: Any) -> Group:
    base = choosing.make_config("sine", "gru", SMALL)
    facts = {"open": OPEN, "goal": 0.05, "within": 60, "text": "Learn *this*."} | more
    task = classes.checked(Task("Waves", base, **facts))
    return engine().store.groups.create("class", TEACHER, task.facts())


def joined(group: Group, *names: tuple[str, str]) -> Group:
    for owner, nickname in names or ((ANN, "Ann"), (BOB, "Bob")):
        engine().store.members.join(group.id, owner, nickname)
    return group


def trained(group: Group, owner: str, *losses: float, status: Any = "paused") -> Run:
    """A run of the class with a measurement every ten steps."""
    store, base = engine().store, read_task(group).base
    run = store.create(base, 100, "paused", owner=owner, group_id=group.id)
    seen = tuple(Validation(10 * k, loss, 0.1) for k, loss in enumerate(losses))
    store.record(
        run.id, Progress(0, Curves.empty(), 10 * len(losses), 1.0, seen, status=status)
    )
    return store.get(run.id)


def everything(test: AppTest) -> str:
    """All that a tab receives: every element and component, and the address."""
    parts = [str(e.proto) for e in (*test.main, *test.sidebar) if hasattr(e, "proto")]
    for kind in ("html", "bidi_component", "markdown", "button", "text_input"):
        parts += [str(element.proto) for element in test.get(kind)]
    parts += [str(element) for element in (*test.main, *test.sidebar)]
    return "\n".join([*parts, repr(test.query_params)])


def tables(test: AppTest) -> str:
    return " ".join(e.proto.body for e in test.get("html"))


def said(test: AppTest) -> str:
    return " ".join(m.value for m in test.markdown)
