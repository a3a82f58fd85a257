"""Which settings a sweep varies, and between which values: built from their bounds."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig, settings_groups
from explorer.config.settings import Scalar, Settings, bounds_of, choices_of, extra_of
from explorer.config.training import TrainingSettings
from explorer.errors import N_, ExplorerError, Words, unknown
from explorer.runs.trials import Range

MOST_RANGES = 4
NEVER_VARIED = ("training.steps", "data.digest")
"""Trials are compared at equal steps, and on one and the same data."""


def variable_settings(base: RunConfig) -> dict[str, FieldInfo]:
    """The settings that a sweep of this config may vary, by dotted name."""
    unused = {f"training.{key}" for key in specs.unused_training(base.model)}
    unused |= {f"model.{key}" for key in specs.unused_model(base.data, base.model)}
    return {
        f"{group}.{key}": field
        for group, cls in _classes(base).items()
        for key, field in cls.model_fields.items()
        if f"{group}.{key}" not in NEVER_VARIED
        and f"{group}.{key}" not in unused
        and (_choices(field) or None not in bounds_of(field))
    }


def whole_range(base: RunConfig, name: str) -> Range:
    """All that a setting's bounds allow.

    Raises:
        ExplorerError: if a sweep cannot vary it.
    """
    field = _field(base, name)
    if choices := _choices(field):
        return Range(name, choices=choices)
    low, high = bounds_of(field)
    assert low is not None
    assert high is not None
    log = extra_of(field).get("scale") == "log" and low > 0
    return Range(name, low, high, field.annotation is int, log)


def narrowed(base: RunConfig, name: str, low: Any, high: Any) -> Range:
    """The part of a number setting's range from `low` to `high`.

    Raises:
        ExplorerError: if it is no number setting, or an end is out of its bounds.
    """
    allowed = whole_range(base, name)
    if allowed.choices:
        raise ExplorerError(
            N_(
                "%(name)s has no range but choices: %(choices)s. Name some of them "
                "with commas between."
            ),
            name=name,
            choices=", ".join(map(str, allowed.choices)),
        )
    first, last = (float(_value(base, name, end)) for end in (low, high))
    if first >= last:
        raise ExplorerError(
            N_(
                "A range goes from a lower to a higher value, but %(name)s got "
                "%(low)s:%(high)s. Give the lower one first."
            ),
            name=name,
            low=f"{first:g}",
            high=f"{last:g}",
        )
    return allowed._replace(low=first, high=last)


def chosen(base: RunConfig, name: str, values: Sequence[Any]) -> Range:
    """Some values of a setting, each of which it allows.

    Raises:
        ExplorerError: if it does not, or there are fewer than two.
    """
    _field(base, name)
    read = tuple(dict.fromkeys(_value(base, name, value) for value in values))
    if len(read) < 2:
        raise ExplorerError(
            N_(
                "A sweep needs at least two values to compare, but %(name)s got "
                "'%(came)s'. Name more with commas between, or a range as in 8:64."
            ),
            name=name,
            came=", ".join(map(str, values))[:60],
        )
    return Range(name, choices=read)


def read_range(base: RunConfig, text: str) -> Range:
    """As in "training.learning_rate=0.0005:0.05" or "model.hidden_size=8,16,32".

    A name alone means all that its bounds allow.

    Raises:
        ExplorerError: if it is not of that form, or out of bounds.
    """
    name, sign, values = (part.strip() for part in text.partition("="))
    if not sign:
        return whole_range(base, name)
    low, colon, high = values.partition(":")
    if colon:
        return narrowed(base, name, low.strip(), high.strip())
    return chosen(base, name, [v.strip() for v in values.split(",") if v.strip()])


def checked_space(space: Sequence[Range]) -> tuple[Range, ...]:
    """One to four settings, each of them once.

    Raises:
        ExplorerError: if there are more, fewer, or one twice.
    """
    names = [each.name for each in space]
    if not 1 <= len(names) <= MOST_RANGES or len(set(names)) < len(names):
        raise ExplorerError(
            N_(
                "A sweep varies 1 to %(most)d settings, each of them once, but got "
                "%(came)s. Choose fewer, or others."
            ),
            most=MOST_RANGES,
            came=", ".join(names)[:120] or Words(N_("none")),
        )
    return tuple(space)


def with_values(
    base: RunConfig, values: Mapping[str, Scalar], fold: str = ""
) -> RunConfig:
    """The config of a trial: the base with these settings in place of its own.

    Raises:
        ExplorerError: if they contradict each other.
    """
    settings: dict[str, Any] = {
        f"{group}.{key}": value
        for group, group_values in settings_groups(base).items()
        for key, value in group_values.items()
    }
    return choosing.make_config(
        base.data, base.model, settings | dict(values), base.seed, base.start, fold
    )


def _field(base: RunConfig, name: str) -> FieldInfo:
    fields = variable_settings(base)
    if name in NEVER_VARIED:
        raise ExplorerError(
            N_(
                "Trials are compared at equal steps and on the same data, so a sweep "
                "cannot vary '%(name)s'. Choose another setting."
            ),
            name=name,
        )
    if name not in fields:
        raise unknown(N_("setting of a sweep"), name, fields)
    return fields[name]


def _choices(field: FieldInfo) -> tuple[Scalar, ...]:
    return (False, True) if field.annotation is bool else choices_of(field)


def _value(base: RunConfig, name: str, value: Any) -> Any:
    """A value as its setting has it; refused where the setting refuses it."""
    group, _, key = name.partition(".")
    return _classes(base)[group].read({key: value}).values()[key]


def _classes(base: RunConfig) -> dict[str, type[Settings]]:
    resolved = specs.resolve(base)
    return {
        "training": TrainingSettings,
        "model": resolved.model.settings,
        "data": resolved.data.settings,
    }
