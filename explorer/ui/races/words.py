"""The settings of a race in words: as short as tells them apart."""

from collections.abc import Sequence

from pydantic.fields import FieldInfo

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.config.settings import choices_of, extra_of
from explorer.errors import N_
from explorer.plots.training.clock import CLOCKS
from explorer.plots.words import listed
from explorer.racing.race import Race
from explorer.racing.results import Spread, Value, differing, telling
from explorer.runs.records import Run
from explorer.ui.describe import title_of
from explorer.ui.language import Translate
from explorer.ui.live.frames import STATES

NONE = "–"
"""Stands where a setting has no such value, or nothing is known yet."""


def labels(configs: Sequence[RunConfig], _: Translate) -> list[str]:
    """A name for each of these, by what tells it apart from the others."""
    if len(configs) == 1:
        return [_(specs.model_spec(configs[0].model).title)]
    names = telling(configs)
    differences = differing(configs)
    found = []
    for k, config in enumerate(configs):
        parts = [
            part_of(config, name, differences[name][k], _)
            for name in names
            if differences[name][k] is not None
        ]
        found.append(listed(parts, _))
    return found


def race_line(race: Race, _: Translate) -> str:
    """What races, on what and how often."""
    data = specs.data_spec(race.configs[0].data)
    line = _("%(count)d settings on %(data)s, %(clock)s, seeds for each: %(seeds)d")
    clock = _(CLOCKS[race.clock])
    numbers = {"count": len(race.configs), "data": _(data.title), "clock": clock}
    return line % (numbers | {"seeds": race.seeds})


def part_of(config: RunConfig, name: str, value: Value, _: Translate) -> str:
    """One setting with its value; an architecture is its own name."""
    if name == "model":
        return shown(config, name, value, _)
    return f"{_(title_of(config, name))} {shown(config, name, value, _)}"


def columns(configs: Sequence[RunConfig], _: Translate) -> dict[str, list[str]]:
    """By title: what differs between these, and each one's value.

    Where architectures differ, what only some of them have goes without saying.
    """
    found: dict[str, list[str]] = {}
    differences = differing(configs)
    for name, values in differences.items():
        having = [(c, v) for c, v in zip(configs, values, strict=True) if v is not None]
        if len(having) < 2 or len({v for _config, v in having}) < 2:
            continue
        owner = having[0][0]
        found.setdefault(
            _(title_of(owner, name)),
            [shown(c, name, v, _) for c, v in zip(configs, values, strict=True)],
        )
    return found


def shown(config: RunConfig, name: str, value: Value, _: Translate) -> str:
    """A value as people read it."""
    if value is None:
        return NONE
    if name == "model":
        return _(specs.model_spec(str(value)).title)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    group, _dot, _key = name.partition(".")
    if group in ("model", "training"):
        field = fields_of(config).get(name)
        if field is None:
            return NONE  # an architecture that has no use for it
        if choices_of(field):
            return _(extra_of(field).get("choices", {}).get(value, str(value)))
    return str(value)


def fields_of(config: RunConfig) -> dict[str, FieldInfo]:
    """By dotted name: the settings of the model and the training that may differ."""
    model = specs.model_spec(config.model).settings.model_fields
    unused = specs.unused_training(config.model)
    idle = specs.unused_model(config.data, config.model)
    training = type(config.training).model_fields
    named = {f"model.{n}": field for n, field in model.items() if n not in idle}
    return named | {
        f"training.{name}": field
        for name, field in training.items()
        if name not in unused
    }


def spread_words(spread: Spread | None, form: str = ",.3g") -> str:
    """A number over seeds, as in "0.0123 ± 0.0004"."""
    if spread is None:
        return NONE
    mean = format(spread.mean, form)
    if spread.seeds < 2:
        return mean
    return f"{mean} ± {format(spread.deviation, form)}"


COUNTED = N_("%(words)s (%(count)d of %(seeds)d seeds)")


def reached_words(spread: Spread | None, seeds: int, form: str, _: Translate) -> str:
    """The same where not every seed may have come so far."""
    words = spread_words(spread, form)
    if spread is None or spread.seeds == seeds:
        return words
    return _(COUNTED) % {"words": words, "count": spread.seeds, "seeds": seeds}


def state_words(runs: Sequence[Run], _: Translate) -> str:
    """What became of one setting's runs."""
    if not runs:
        return _("deleted")
    kinds = dict.fromkeys(run.status for run in runs)
    return listed([_(STATES[kind]) for kind in kinds], _)
