"""What a teacher chooses for a class as a whole, whatever its tasks."""

from dataclasses import dataclass, fields

from explorer.runs.records import Group


@dataclass(frozen=True)
class Classroom:
    """What the group of a class says besides its first task."""

    anonymous: bool = False
    """Whether all are shown as students with numbers."""
    approve: bool = False
    """Whether the others see a nickname only when the teacher lets them."""
    own_pace: bool = False
    """Whether everybody chooses which of the tasks they are at."""
    at: int = 0
    """The task at which all are, where they do not choose, counted from 0."""
    order: tuple[str, ...] = ()
    """The groups of the tasks as the teacher put them; others come after."""
    first_gone: bool = False
    """Whether the task in the class's own group was deleted."""
    name: str = ""
    """What the class is called; empty where it is called like its first task."""


def read_classroom(group: Group) -> Classroom:
    """What the group of a class says."""
    names = {field.name for field in fields(Classroom)}
    facts = {k: v for k, v in group.facts.items() if k in names}
    return Classroom(**facts | {"order": tuple(facts.get("order", ()))})


def name_of(group: Group) -> str:
    """What the class of this group is called."""
    return read_classroom(group).name or str(group.facts["title"])
