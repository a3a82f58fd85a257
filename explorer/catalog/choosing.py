"""How a choice becomes a config: completed, checked, and found in a link again."""

import re
from collections.abc import Mapping
from typing import Any

from explorer.catalog.fitting import check_fit
from explorer.catalog.specs import (
    DEFAULT_DATA,
    data_named,
    data_spec,
    model_spec,
    setting_names,
    setting_of_data,
    setting_of_model,
    task_of,
    usual_model,
)
from explorer.config.pace import Pace, usual_pace
from explorer.config.run import FOLD, START, RunConfig
from explorer.config.settings import Scalar
from explorer.config.training import TrainingSettings
from explorer.errors import N_, ExplorerError, unknown

_OF_THE_RUN = ("data", "model", "seed", "start", "fold")


def linked_training(data: str, model: str) -> dict[str, Scalar]:
    """What a link leaves out of the training settings where a dataset or an
    architecture has its own: always the same, so that every link keeps its meaning."""
    usual = {**data_spec(data).training, **model_spec(model).training}
    return usual | _beginning(data, model, "training")


def usual_model_settings(data: str, model: str) -> dict[str, Scalar]:
    """The model settings that a run of an architecture begins with on a dataset."""
    plain = model_spec(model).settings().values()
    asked = _beginning(data, model, "model")
    return plain | {name: value for name, value in asked.items() if name in plain}


def _beginning(data: str, model: str, group: str) -> dict[str, Scalar]:
    """What a dataset begins with otherwise, for the task that the model would learn."""
    spec = data_spec(data)
    task = task_of(spec, model_spec(model))
    asked = spec.beginnings.get(task, {}) if task is not None else {}
    start = f"{group}."
    return {k.removeprefix(start): v for k, v in asked.items() if k.startswith(start)}


def usual_training(
    data: str,
    model: str,
    model_settings: Mapping[str, Scalar] | None = None,
    data_settings: Mapping[str, Scalar] | None = None,
) -> dict[str, Scalar]:
    """The training settings that a dataset or an architecture with these settings
    begins otherwise with; with its usual ones if None."""
    usual = linked_training(data, model)
    pace = usual_pace_of(data, model, model_settings, data_settings)
    if pace is None:
        return usual
    plain = TrainingSettings.model_validate(usual)
    if pace.learning_rate != plain.learning_rate:
        usual["learning_rate"] = pace.learning_rate
    if pace.schedule != plain.schedule:
        usual["schedule"] = pace.schedule
    return usual


def usual_pace_of(
    data: str,
    model: str,
    model_settings: Mapping[str, Scalar] | None = None,
    data_settings: Mapping[str, Scalar] | None = None,
) -> Pace | None:
    """The learning rate that a run begins with, and why; None where there is no rate,
    or an architecture names its own."""
    spec, chosen = model_spec(model), data_spec(data)
    if spec.learning != "gradient" or "learning_rate" in spec.training:
        return None
    usual = int(spec.settings().values().get("hidden_size", 1))
    width = int((model_settings or {}).get("hidden_size", usual))
    own = chosen.training.get("learning_rate")
    noise = chosen.noise_rate
    return usual_pace(
        spec.attends,
        width,
        usual,
        spec.rate,
        None if own is None else float(own),
        TrainingSettings.read(chosen.training).schedule,
        noise and noise(chosen.settings.read(data_settings or {})),
        chosen.tuned.get(model),
    )


def preset_settings(model: str, name: str) -> dict[str, Scalar]:
    """What a preset of an architecture sets, by dotted name.

    Raises:
        ExplorerError: if it has none of that name.
    """
    presets = {preset.name: preset for preset in model_spec(model).presets}
    if name not in presets:
        raise unknown(N_("preset"), name, presets)
    return dict(presets[name].settings)


def make_config(
    data: str = DEFAULT_DATA,
    model: str | None = None,
    settings: Mapping[str, Any] | None = None,
    seed: int | str = 0,
    start: str = "",
    fold: str = "",
) -> RunConfig:
    """A complete, checked config from what a person gave.

    Args:
        data, model: names; the dataset's usual architecture if None.
        settings: by dotted name, as in "model.hidden_size"; text or numbers.
        seed: a whole number from 0 to 2147483647.
        start: the id of a run to begin with; empty for random weights.
        fold: which fold in time is trained, as in "2/3"; empty for the data as a whole.

    Raises:
        ExplorerError: for an unknown name, a bad value, or a model and a dataset that
            do not fit each other.
    """
    config = _config(data, model, settings or {}, seed, start, fold)
    check_fit(config)
    return config


def _config(
    data: str,
    model: str | None,
    settings: Mapping[str, Any],
    seed: int | str = 0,
    start: str = "",
    fold: str = "",
    linked: bool = False,
) -> RunConfig:
    """A complete config, each of whose settings is in its own bounds; with what a link
    leaves out, if `linked`.

    What can be refused without the architecture comes first, since all architectures
    are imported for one.
    """
    groups: dict[str, dict[str, Any]] = {"data": {}, "model": {}, "training": {}}
    for name, value in settings.items():
        group, dot, key = name.partition(".")
        if not dot or group not in groups:
            known = setting_names(data, model or usual_model(data))
            raise unknown(N_("setting"), name, known)
        groups[group][key] = value
    seed, start, fold = _seed(seed), _start(start), _fold(fold)
    data_settings = (
        data_spec(data).settings.read(groups["data"], setting_of_data(data)).values()
    )
    TrainingSettings.read(groups["training"], N_("training setting"))
    model = usual_model(data) if model is None else model
    asked = usual_model_settings(data, model) | groups["model"]
    model_settings = (
        model_spec(model).settings.read(asked, setting_of_model(model)).values()
    )
    usual = (
        linked_training(data, model)
        if linked
        else usual_training(data, model, model_settings, data_settings)
    )
    return RunConfig(
        data=data,
        model=model,
        data_settings=data_settings,
        model_settings=model_settings,
        training=TrainingSettings.read(usual | groups["training"]),
        seed=seed,
        start=start,
        fold=fold,
    )


def lasting_config(
    data: str, model: str, settings: Mapping[str, Any], seed: int | str = 0
) -> RunConfig:
    """A complete, checked config that stays the same where newcomers begin otherwise.

    What is written down once, as a lesson is, needs such: settings left out are those
    that a link leaves out.

    Raises:
        ExplorerError: as `make_config`.
    """
    config = _config(data, model, settings, seed, linked=True)
    check_fit(config)
    return config


def config_from_pairs(pairs: Mapping[str, str]) -> RunConfig:
    """A config from a link's settings; what they leave out has its default.

    Raises:
        ExplorerError: one sentence about the first thing that is wrong.
    """
    settings = {k: v for k, v in pairs.items() if "." in k}
    rest = {k: v for k, v in pairs.items() if "." not in k}
    for name in rest:
        if name not in _OF_THE_RUN:
            raise unknown(N_("setting"), name, _OF_THE_RUN)
    data = data_named(rest.get("data", DEFAULT_DATA))
    config = _config(
        data,
        rest.get("model") or None,
        settings,
        rest.get("seed", 0),
        rest.get("start", ""),
        rest.get("fold", ""),
        linked=True,
    )
    check_fit(config)
    return config


def defaults_for(config: RunConfig) -> RunConfig:
    """The default config of the same data and model, even where the data is too short
    for it; trained as is usual for a model of this size."""
    usual = _config(config.data, config.model, _named(config, "digest"))
    training = usual_training(
        config.data, config.model, config.model_settings, config.data_settings
    )
    return usual.model_copy(update={"training": TrainingSettings.read(training)})


def linked_defaults(config: RunConfig) -> RunConfig:
    """What a link to the config leaves out."""
    named = _named(config, "digest")
    return _config(config.data, config.model, named, linked=True)


def _named(config: RunConfig, key: str) -> dict[str, Scalar]:
    """The one data setting that has no sensible default: which own data is meant."""
    value = config.data_settings.get(key)
    return {} if value is None else {f"data.{key}": value}


def _seed(value: int | str) -> int:
    try:
        seed = int(value)
    except ValueError:
        seed = -1
    if not 0 <= seed < 2**31:
        raise ExplorerError(
            N_(
                "seed must be a whole number from 0 to %(most)d, but got '%(came)s'. "
                "Take 0 if you have no wish."
            ),
            most=2**31 - 1,
            came=str(value)[:40],
        )
    return seed


def _start(value: str) -> str:
    if not re.fullmatch(START, value):
        raise ExplorerError(
            N_(
                "start must be the id of a run, of letters, digits, - and _, or with "
                "@best behind it for its lowest held-out loss, but got '%(came)s'. "
                "Copy it from the run's link."
            ),
            came=value[:40],
        )
    return value


def _fold(value: str) -> str:
    if not re.fullmatch(FOLD, value) or (value and value[0] > value[2]):
        raise ExplorerError(
            N_(
                "fold must name one of 2 to 9 folds, as in 2/3 for the second of "
                "three, but got '%(came)s'. Leave it empty for the data as a whole."
            ),
            came=value[:40],
        )
    return value
