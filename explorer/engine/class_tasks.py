"""The tasks of a class, in their order.

The one that a class began with stands in the group of the class itself; each of the
others is a group that belongs to the class. A run is part of the task that it was
started in.
"""

from dataclasses import asdict, replace

from explorer.engine.classes import KIND, Task, read_task
from explorer.engine.classroom import read_classroom
from explorer.errors import N_, ExplorerError
from explorer.runs.groups import AdmitGroup
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
    """The groups of all tasks of a class, in their order; there is at least one."""
    room = read_classroom(home)
    others = reversed(store.groups.of(home.id, TASK))
    groups = [*others] if room.first_gone else [home, *others]
    places = {group_id: place for place, group_id in enumerate(room.order)}
    return sorted(groups, key=lambda group: places.get(group.id, len(places)))


def task_in(store: Store, group: Group) -> Task:
    """What a task asks; it is closed where its class is.

    Raises:
        ExplorerError: if the class was deleted.
    """
    closed = read_task(home_of(store, group)).closed
    return replace(read_task(group), closed=closed)


def check_at(store: Store, group: Group) -> None:
    """See that a class is at a task, where its members do not choose one themselves.

    Raises:
        ExplorerError: if it has gone on, or the task or the class was deleted.
    """
    home = home_of(store, group)
    room, ids = read_classroom(home), [each.id for each in tasks_of(store, home)]
    here = ids if room.own_pace else ids[min(room.at, len(ids) - 1) :][:1]
    if group.id not in here:
        raise ExplorerError(
            N_(
                "A class trains in the task at which it is, and yours has gone on. "
                "Look at the new task, then train."
            )
        )


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


def move_task(store: Store, home: Group, group: Group, by: int) -> int:
    """Put a task so many places later, or before where `by` is below 0; its new place,
    counted from 0. The class stays at the task at which it is."""
    groups = tasks_of(store, home)
    ids = [each.id for each in groups]
    at = ids[min(read_classroom(home).at, len(ids) - 1)]
    ids.remove(group.id)
    ids.insert(max(0, [g.id for g in groups].index(group.id) + by), group.id)
    store.groups.change(home.id, {"order": ids, "at": ids.index(at)})
    return ids.index(group.id)


def delete_task(store: Store, home: Group, group: Group) -> None:
    """Take a task out of a class; everybody's runs stay.

    Raises:
        ExplorerError: if it is the only one.
    """
    ids = [each.id for each in tasks_of(store, home)]
    if ids == [group.id]:
        raise ExplorerError(
            N_(
                "A class has at least one task, and this is its only one. Add another "
                "before, or delete the class."
            )
        )
    place, at = ids.index(group.id), read_classroom(home).at
    facts = {"at": at - 1 if at > place else min(at, len(ids) - 2)}
    if group.id == home.id:
        store.groups.change(home.id, facts | {"first_gone": True})
    else:
        store.groups.change(home.id, facts)
        store.groups.delete(group.id)


def copy_class(
    store: Store, home: Group, owner: str, admit: AdmitGroup | None = None
) -> Group:
    """A new class with the same tasks, in which nobody is yet; it is this person's.

    Raises:
        ExplorerError: as `admit` does.
    """
    choices = {k: v for k, v in asdict(read_classroom(home)).items() if k != "at"}
    first = replace(read_task(home), closed=False).facts() | choices
    copied = store.groups.create(KIND, owner, first | {"order": []}, admit)
    order = [
        copied.id
        if group.id == home.id
        else store.groups.create(TASK, copied.id, read_task(group).facts()).id
        for group in tasks_of(store, home)
    ]
    return store.groups.change(copied.id, {"order": order})


def delete_class(store: Store, home: Group) -> None:
    """Forget a class with its tasks; the runs stay."""
    for group in store.groups.of(home.id, TASK):
        store.groups.delete(group.id)
    store.groups.delete(home.id)
