"""The tasks of a class, in their order.

The first one stands in the group of the class itself; each of the others is a group
that belongs to the class. A run is part of the task that it was started in.
"""

from dataclasses import asdict, replace

from explorer.engine.classes import KIND, Task, read_task
from explorer.engine.classroom import read_classroom
from explorer.errors import N_, ExplorerError
from explorer.runs.records import Group, GroupKind
from explorer.runs.store import Store

TASK: GroupKind = "task"
KINDS: tuple[GroupKind, ...] = (KIND, TASK)
MOST_TASKS = 20


def home_of(store: Store, group: Group) -> Group:
    """The class that a task is part of.

    Raises:
        ExplorerError: if it was deleted.
    """
    return group if group.kind == KIND else store.groups.get(group.owner, KIND)


def tasks_of(store: Store, home: Group) -> list[Group]:
    """The groups of all tasks of a class, in their order."""
    return [home, *reversed(store.groups.of(home.id, TASK))]


def task_in(store: Store, group: Group) -> Task:
    """What a task asks; it is closed where its class is.

    Raises:
        ExplorerError: if the class was deleted.
    """
    closed = read_task(home_of(store, group)).closed
    return replace(read_task(group), closed=closed)


def add_task(store: Store, home: Group, task: Task) -> Group:
    """One more task, after the others.

    Raises:
        ExplorerError: if there are too many.
    """
    if (there := len(tasks_of(store, home))) >= MOST_TASKS:
        raise ExplorerError(
            N_(
                "A class has at most %(most)d tasks, and this one has %(came)d. Take "
                "one away, or make a second class."
            ),
            most=MOST_TASKS,
            came=there,
        )
    return store.groups.create(TASK, home.id, task.facts())


def copy_class(store: Store, home: Group, owner: str) -> Group:
    """A new class with the same tasks, in which nobody is yet; it is this person's."""
    groups = tasks_of(store, home)
    choices = {k: v for k, v in asdict(read_classroom(home)).items() if k != "at"}
    first = replace(read_task(home), closed=False).facts() | choices
    copied = store.groups.create(KIND, owner, first)
    for group in groups[1:]:
        store.groups.create(TASK, copied.id, read_task(group).facts())
    return copied


def delete_class(store: Store, home: Group) -> None:
    """Forget a class with its tasks; the runs stay."""
    for group in reversed(tasks_of(store, home)):
        store.groups.delete(group.id)
