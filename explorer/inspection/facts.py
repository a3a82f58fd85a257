"""What pictures must know of a run beside its views, found once for each config."""

from functools import lru_cache

from explorer.catalog import building, specs
from explorer.config.run import RunConfig
from explorer.inspection.base import captures_of, views_of
from explorer.inspection.prediction import answer_to
from explorer.models.captures import favourite
from explorer.runs.facts import Facts
from explorer.runs.records import Lines
from explorer.tasks import TASKS, Task

MOST_CONFIGS = 256


def facts_of(config: RunConfig) -> Facts:
    """What a run's model and data are, for those who see neither.

    Raises:
        ExplorerError: if there is no such data, or no longer.
    """
    data = building.make_data(config)
    answer = answer_to(data) or ""
    return _facts(config, data.task, data.measures, answer, bool(data.symbols))


@lru_cache(MOST_CONFIGS)
def _facts(
    config: RunConfig,
    task: Task,
    measures: tuple[str, ...],
    answer: str,
    tokens: bool,
) -> Facts:
    resolved = specs.resolve(config)
    captures = captures_of(resolved)
    if specs.head_of(resolved) == "gaussian":
        measures = (*measures, "nll")
    return Facts(
        config,
        task,
        resolved.model.learning,
        frozenset(spec.name for spec in views_of(resolved)),
        frozenset(capture.kind for capture in captures),
        favourite(captures).name if captures else "",
        measures,
        answer,
        tokens,
    )


def lines(*configs: RunConfig) -> Lines:
    """What the loss of runs on the same data is measured against."""
    data = building.make_data(configs[0])
    unit = data.loss_unit or TASKS[data.task].loss_unit
    floor, note = building.floor_of(*configs)
    whole = (data.floor, data.floor_note) if floor != data.floor else (None, "")
    return Lines(floor, note, data.baselines, unit, *whole)
