"""What pictures must know of a run beside its views, found once for each config."""

from functools import lru_cache

from explorer import catalog
from explorer.config import RunConfig
from explorer.inspection.base import captures_of, views_of
from explorer.inspection.prediction import answer_to
from explorer.models.base import favourite
from explorer.runs.facts import Facts
from explorer.runs.records import Lines
from explorer.tasks import TASKS

MOST_CONFIGS = 256


@lru_cache(MOST_CONFIGS)
def facts_of(config: RunConfig) -> Facts:
    """What a run's model and data are, for those who see neither."""
    resolved = catalog.resolve(config)
    data = catalog.make_data(config)
    captures = captures_of(resolved)
    return Facts(
        config,
        data.task,
        resolved.model.learning,
        frozenset(spec.name for spec in views_of(resolved)),
        frozenset(capture.kind for capture in captures),
        favourite(captures).name if captures else "",
        answer_to(data) or "",
    )


def lines(*configs: RunConfig) -> Lines:
    """What the loss of runs on the same data is measured against."""
    data = catalog.make_data(configs[0])
    unit = data.loss_unit or TASKS[data.task].loss_unit
    return Lines(*catalog.floor_of(*configs), data.baselines, unit)
