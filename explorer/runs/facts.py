"""What pictures must know of a run's model and data: plain, and free of torch."""

from typing import NamedTuple

from explorer.config.run import RunConfig
from explorer.tasks import Task


class Facts(NamedTuple):
    """What follows from a run's config alone; `inspection.facts` finds it."""

    config: RunConfig
    task: Task
    learning: str
    """How the model learns: "gradient", "adversarial", "expectation"."""
    views: frozenset[str]
    """The names of the views that its model and data have."""
    kinds: frozenset[str]
    """What can be read out of the model: "gate", "attention", "hidden", ..."""
    favourite: str
    """The value that says most at first sight; empty where none can be read."""
    measures: tuple[str, ...]
    """What it is judged by beside the loss, names of `explorer.tasks.MEASURES`."""
    answer: str
    """The file that looks at the model's answers, and the plot of that name draws
    them; empty where there is none."""
    tokens: bool
    """Whether it reads tokens, not numbers."""
