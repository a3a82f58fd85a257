"""Who races: a grid of settings, a list made by hand, or fitting architectures.

All of one race learn the same data and the same task from the same seed, so that every
run sees the same windows in the same order, and the losses are of one kind.
"""

import itertools
import sys
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from explorer.catalog import building, choosing, specs
from explorer.config.run import RunConfig, settings_groups
from explorer.config.settings import Scalar, bounds_of
from explorer.config.training import TrainingSettings
from explorer.errors import N_, ExplorerError

if TYPE_CHECKING:  # it imports torch, which takes seconds
    from explorer.models.base import ModelSpec

MOST, USUAL = 8, 5
"""Settings of one race."""

MOST_SEEDS = 3

SIZE = "hidden_size"
"""The setting that makes an architecture larger or smaller."""

SHARED = (SIZE, "layers", "dropout", "head")
"""What architectures have in common, and take over from each other."""

Equal = Literal["hidden_size", "parameters"]


def grid(base: RunConfig, axes: Mapping[str, Sequence[Any]]) -> list[RunConfig]:
    """Every combination of the values of some settings, the last varying fastest.

    Args:
        base: what all have in common.
        axes: by dotted name, as in "model.hidden_size": the values, text or numbers.

    Raises:
        ExplorerError: if a value is not sound, or if there are too many combinations.
    """
    combined = list(itertools.product(*axes.values()))
    return checked(
        changed(base, dict(zip(axes, values, strict=True))) for values in combined
    )


def changed(base: RunConfig, settings: Mapping[str, Any]) -> RunConfig:
    """A config with some settings of its model or its training changed.

    Raises:
        ExplorerError: if a name is unknown or a value is not sound.
    """
    config = choosing.make_config(
        base.data, base.model, _settings(base) | dict(settings), base.seed
    )
    # Whoever begins with another run's weights goes on to do so.
    config = config.model_copy(update={"start": base.start})
    if base.start and config.model_settings != base.model_settings:
        return config.model_copy(update={"start": ""})
    return config


def checked(configs: Iterable[RunConfig]) -> list[RunConfig]:
    """These settings, each once, if they can race each other.

    Raises:
        ExplorerError: if they are too many, or do not learn the same from the same.
    """
    alone: list[RunConfig] = []
    for config in configs:
        if config not in alone:
            alone.append(config)
    if len(alone) > MOST:
        raise ExplorerError(
            N_(
                "A race has at most %(most)d settings, but these are %(came)d. Take "
                "fewer values."
            ),
            most=MOST,
            came=len(alone),
        )
    for config in alone[1:]:
        if _course(config) != _course(alone[0]):
            raise ExplorerError(
                N_(
                    "All of a race learn the same task from the same data and seed, "
                    "but %(one)s and %(other)s do not. Clear the list, or set the data "
                    "as before."
                ),
                one=f"{alone[0].model} ({alone[0].data}, seed {alone[0].seed})",
                other=f"{config.model} ({config.data}, seed {config.seed})",
            )
    return alone


def architectures(
    base: RunConfig, equal: Equal, names: Collection[str] | None = None
) -> list[RunConfig]:
    """Architectures that learn the base's task, in the order of the lessons.

    They take over what they share with the base; with equal parameters, each has the
    hidden size whose number of parameters is the nearest to the base's.

    Args:
        base: what they are compared with.
        equal: what they have as much of.
        names: which of them; the usual ones where nothing is said.

    Raises:
        ExplorerError: if the base is not sound, or if they are too many.
    """
    wanted = building.parameter_count(base)
    chosen = usual_rivals(base) if names is None else names
    found = []
    for spec in rivals(base):
        if spec.name not in chosen:
            continue
        config = _rebuilt(base, spec)
        if equal == "parameters" and config.model != base.model:
            config = at_parameters(config, wanted)
        found.append(config)
    return checked(found)


def rivals(base: RunConfig) -> "list[ModelSpec]":
    """The architectures that learn the base's task from its data."""
    data = specs.data_spec(base.data)
    task = specs.task_of(data, specs.model_spec(base.model))
    fitting = specs.fitting(base.data)
    return [spec for spec in fitting if specs.task_of(data, spec) == task]


def usual_rivals(base: RunConfig) -> list[str]:
    """The base's own architecture and the first others: a few lines to tell apart."""
    names = [spec.name for spec in rivals(base)]
    first = sorted(names, key=lambda name: name != base.model)[:USUAL]
    return [name for name in names if name in first]


def at_parameters(config: RunConfig, wanted: int) -> RunConfig:
    """The same with the hidden size whose number of parameters is nearest to `wanted`.

    Of sizes that are as near its own is taken, else the smaller. A model without a
    hidden size is left as it is, and so is one whose number does not depend on it.
    """
    sizes = _sizes(config)
    if not sizes:
        return config

    @cache
    def count(size: int) -> int | None:
        try:
            return building.parameter_count(_resized(config, size))
        except ExplorerError:
            return None  # attention needs a size that its heads divide

    def counted(size: int) -> int:
        """The number of the first size from here on that can be built."""
        numbers = (count(each) for each in range(size, sizes.stop))
        return next((n for n in numbers if n is not None), sys.maxsize)

    place = bisect_right(sizes, wanted, key=counted)
    near = [int(config.model_settings[SIZE])]
    for side in (reversed(sizes[:place]), sizes[place:]):
        near += itertools.islice((s for s in side if count(s) is not None), 1)
    apart = {size: abs((count(size) or 0) - wanted) for size in near}
    return _resized(config, min(near, key=lambda size: (apart[size], size != near[0])))


EXAMPLE = ("rnn", "lstm", "gru", "transformer")
"""Who races in the example, where the data is theirs to learn."""


def example(base: RunConfig) -> list[RunConfig]:
    """The race that stands ready: at most four architectures on the base's data, each
    with about its number of parameters.

    Raises:
        ExplorerError: if the base is not sound.
    """
    every = architectures(base, "parameters")
    usual = [config for config in every if config.model in EXAMPLE]
    return usual if len(usual) > 1 else every[: len(EXAMPLE)]


def with_seed(config: RunConfig, number: int) -> RunConfig:
    """The same, `number` seeds further."""
    return config.model_copy(update={"seed": (config.seed + number) % 2**31})


def _sizes(config: RunConfig) -> range:
    """The hidden sizes that a model may have; empty if it has none."""
    fields = specs.model_spec(config.model).settings.model_fields
    if SIZE not in fields:
        return range(0)
    low, high = bounds_of(fields[SIZE])
    assert low is not None, config.model
    assert high is not None, config.model
    return range(int(low), int(high) + 1)


def _resized(config: RunConfig, size: int) -> RunConfig:
    values = config.model_settings | {SIZE: size}
    return config.model_copy(update={"model_settings": values})


def _rebuilt(base: RunConfig, spec: "ModelSpec") -> RunConfig:
    """The base with another architecture, which has its own defaults where it shares
    nothing with the base."""
    if spec.name == base.model:
        return base
    own = spec.settings().values()
    kept = {k: v for k, v in base.model_settings.items() if k in SHARED and k in own}
    settings = _dotted("data", base.data_settings)
    sound = _sound(base, spec, settings, kept)
    sized = choosing.make_config(base.data, spec.name, settings | sound, base.seed)
    settings |= _dotted("training", _training(base, sized))
    return choosing.make_config(base.data, spec.name, settings | sound, base.seed)


def _sound(
    base: RunConfig,
    spec: "ModelSpec",
    settings: Mapping[str, Any],
    kept: Mapping[str, Scalar],
) -> dict[str, Scalar]:
    """What can be taken over: a size out of the other's bounds stays its own."""
    fields = spec.settings.model_fields
    taken: dict[str, Scalar] = {}
    for name, value in kept.items():
        low, high = bounds_of(fields[name])
        if low is not None and float(value) < low:
            continue
        if high is not None and float(value) > high:
            continue
        trial = taken | {f"model.{name}": value}
        try:
            choosing.make_config(base.data, spec.name, {**settings, **trial}, base.seed)
        except ExplorerError:
            continue  # heads do not divide it
        taken = trial
    return taken


def _training(base: RunConfig, other: RunConfig) -> dict[str, Scalar]:
    """The base's training, but what nets of the other's kind and size begin otherwise
    with."""
    present = choosing.usual_training(
        base.data, base.model, base.model_settings, base.data_settings
    )
    usual = choosing.usual_training(
        other.data, other.model, other.model_settings, other.data_settings
    )
    if present == usual:
        return base.training.values()
    plain = TrainingSettings().values()
    return base.training.values() | {n: plain[n] for n in present} | usual


def _settings(config: RunConfig) -> dict[str, Scalar]:
    groups = settings_groups(config).items()
    return {k: v for group, values in groups for k, v in _dotted(group, values).items()}


def _dotted(group: str, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {f"{group}.{name}": value for name, value in values.items()}


def _course(config: RunConfig) -> tuple[Any, ...]:
    """What all of a race have in common."""
    spec = specs.model_spec(config.model)
    task = specs.task_of(specs.data_spec(config.data), spec)
    return config.data, config.data_settings, config.seed, task
