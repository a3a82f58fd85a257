"""Everything there is to choose from, and how a choice becomes a run.

Discovery is by folder: a file in `data/` or `models/` that ends in `SPEC` is in.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import torch

import explorer.data
import explorer.models
from explorer.config.pace import Pace, usual_pace
from explorer.config.run import FOLD, START, RunConfig
from explorer.config.settings import Scalar, Settings
from explorer.config.training import TrainingSettings
from explorer.data.base import Data, DataSpec, Windows
from explorer.data.folds import folded
from explorer.discovery import declared
from explorer.errors import N_, ExplorerError, Words, unknown
from explorer.models.base import UNUSED, ModelSpec, SequenceModel, Sizes, parameters
from explorer.tasks import Task

DEFAULT_DATA = "sine"
DEFAULT_MODEL = "lstm"
_OF_THE_RUN = ("data", "model", "seed", "start", "fold")


def _specs(package: ModuleType) -> list[Any]:
    found = declared(package, "SPEC").values()
    return sorted(found, key=lambda spec: (spec.order, spec.name))


@cache
def datasets() -> Mapping[str, DataSpec]:
    """Every dataset by name, in the order of the lessons."""
    return {spec.name: spec for spec in _specs(explorer.data)}


@cache
def models() -> Mapping[str, ModelSpec]:
    """Every architecture by name, in the order of the lessons."""
    return {spec.name: spec for spec in _specs(explorer.models)}


def data_spec(name: str) -> DataSpec:
    """The dataset of that name.

    Raises:
        ExplorerError: if there is none.
    """
    if name not in datasets():
        raise unknown(N_("dataset"), name, datasets())
    return datasets()[name]


def model_spec(name: str) -> ModelSpec:
    """The architecture of that name.

    Raises:
        ExplorerError: if there is none.
    """
    if name not in models():
        raise unknown(N_("model"), name, models())
    return models()[name]


class Resolved(NamedTuple):
    """A config with its names looked up and its settings checked."""

    data: DataSpec
    data_settings: Any  # an instance of `data.settings`
    model: ModelSpec
    model_settings: Any  # an instance of `model.settings`


def usual_model(data: str) -> str:
    """The architecture that a newcomer to a dataset starts with.

    Raises:
        ExplorerError: if there is no such dataset.
    """
    names = [m.name for m in fitting(data)]
    return DEFAULT_MODEL if DEFAULT_MODEL in names else names[0]


def usual_data(model: str) -> str:
    """The dataset on which an architecture is shown: the first one, if it fits.

    Raises:
        ExplorerError: if there is no such architecture.
    """
    spec = model_spec(model)
    able = [d.name for d in datasets().values() if d.offered and task_of(d, spec)]
    return DEFAULT_DATA if DEFAULT_DATA in able else able[0]


def linked_training(data: str, model: str) -> dict[str, Scalar]:
    """What a link leaves out of the training settings where a dataset or an
    architecture has its own: always the same, so that every link keeps its meaning."""
    return {**data_spec(data).training, **model_spec(model).training}


def usual_training(
    data: str, model: str, model_settings: Mapping[str, Scalar] | None = None
) -> dict[str, Scalar]:
    """The training settings that a dataset or an architecture of this size begins
    otherwise with; of its usual size if None."""
    usual = linked_training(data, model)
    pace = usual_pace_of(data, model, model_settings)
    if pace is None:
        return usual
    plain = TrainingSettings.model_validate(usual)
    if pace.learning_rate != plain.learning_rate:
        usual["learning_rate"] = pace.learning_rate
    if pace.schedule != plain.schedule:
        usual["schedule"] = pace.schedule
    return usual


def usual_pace_of(
    data: str, model: str, model_settings: Mapping[str, Scalar] | None = None
) -> Pace | None:
    """The learning rate that a run begins with, and why; None where there is no rate,
    or an architecture names its own."""
    spec, training = model_spec(model), data_spec(data).training
    if spec.learning != "gradient" or "learning_rate" in spec.training:
        return None
    usual = int(spec.settings().values().get("hidden_size", 1))
    width = int((model_settings or {}).get("hidden_size", usual))
    own = training.get("learning_rate")
    schedule = TrainingSettings.read(training).schedule
    rate = None if own is None else float(own)
    return usual_pace(spec.attends, width, usual, rate, schedule)


def unused_training(model: str) -> tuple[str, ...]:
    """The training settings that an architecture has no use for."""
    return UNUSED[model_spec(model).learning]


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
    model = usual_model(data) if model is None else model
    config = _config(data, model, settings or {}, seed, start, fold)
    check_fit(config)
    return config


def _config(
    data: str,
    model: str,
    settings: Mapping[str, Any],
    seed: int | str = 0,
    start: str = "",
    fold: str = "",
    linked: bool = False,
) -> RunConfig:
    """A complete config, each of whose settings is in its own bounds; with what a link
    leaves out, if `linked`."""
    groups: dict[str, dict[str, Any]] = {"data": {}, "model": {}, "training": {}}
    for name, value in settings.items():
        group, dot, key = name.partition(".")
        if not dot or group not in groups:
            raise unknown(N_("setting"), name, setting_names(data, model))
        groups[group][key] = value
    chosen_data, chosen_model = data_spec(data), model_spec(model)
    model_settings = chosen_model.settings.read(
        groups["model"], _setting_of_model(model)
    ).values()
    usual = (
        linked_training(data, model)
        if linked
        else usual_training(data, model, model_settings)
    )
    return RunConfig(
        data=data,
        model=model,
        data_settings=chosen_data.settings.read(
            groups["data"], _setting_of_data(data)
        ).values(),
        model_settings=model_settings,
        training=TrainingSettings.read(
            usual | groups["training"], N_("training setting")
        ),
        seed=_seed(seed),
        start=_start(start),
        fold=_fold(fold),
    )


def _setting_of_data(name: str) -> Words:
    return Words(N_("setting of dataset %(name)s:"), {"name": name})


def _setting_of_model(name: str) -> Words:
    return Words(N_("setting of model %(name)s:"), {"name": name})


def check_fit(config: RunConfig) -> None:
    """See that the model can learn this data's task and can be built.

    Raises:
        ExplorerError: if it cannot.
    """
    resolved = resolve(config)
    if task_of(resolved.data, resolved.model) is None:
        able = [m.name for m in models().values() if task_of(resolved.data, m)]
        raise ExplorerError(
            N_(
                "Dataset '%(data)s' asks for %(task)s, which model '%(model)s' cannot "
                "learn. Models that can: %(able)s."
            ),
            data=config.data,
            task=resolved.data.task,
            model=config.model,
            able=", ".join(able),
        )
    parameter_count(config)


def task_of(data: DataSpec, model: ModelSpec) -> Task | None:
    """What the model would learn of the data: its task; or, of one series, to make
    more windows like its own; None if it can learn neither."""
    if data.task in model.tasks:
        return data.task
    if data.resembled and "generate" in model.tasks:
        return "generate"
    return None


def fitting(data: str) -> list[ModelSpec]:
    """The architectures that can learn a dataset, in their order."""
    return [m for m in models().values() if task_of(data_spec(data), m)]


def resolve(config: RunConfig) -> Resolved:
    """Look up a config's names and check its settings again.

    Raises:
        ExplorerError: if it names something this program does not have.
    """
    data, model = data_spec(config.data), model_spec(config.model)
    return Resolved(
        data,
        data.settings.read(config.data_settings, _setting_of_data(data.name)),
        model,
        model.settings.read(config.model_settings, _setting_of_model(model.name)),
    )


def make_data(config: RunConfig) -> Data:
    """The run's dataset; made once per process and shared.

    Raises:
        ExplorerError: if the settings contradict each other.
    """
    spec = data_spec(config.data)
    settings = spec.settings.read(config.data_settings)
    task = task_of(spec, model_spec(config.model)) or spec.task
    return _made(config.data, settings, config.seed, task, config.fold)


@lru_cache(maxsize=64)
def _made(name: str, settings: Settings, seed: int, task: Task, fold: str) -> Data:
    if fold:
        return folded(_made(name, settings, seed, task, ""), fold)
    data = datasets()[name].make(settings, seed)
    return data if task == data.task else as_windows(data)


def forget_data() -> None:
    """Let go of made datasets, since some of what they were made from is deleted."""
    _made.cache_clear()


def as_windows(data: Data) -> Data:
    """A series as windows to make more of: y is x, and no forecast's lines apply."""
    return replace(
        data,
        task="generate",
        train=Windows(data.train.x, data.train.x),
        validation=Windows(data.validation.x, data.validation.x),
        baselines={},
        floor=None,
        floor_note="",
        past_floor=None,
        past_floor_note="",
        counted_from=0,
        shifted=False,
        hint="",
    )


def floor_of(*configs: RunConfig) -> tuple[float | None, str]:
    """The floor that each of these runs on the same data may reach, and what it is: of
    the past alone where one of them sees no more."""
    one_way = any(model_spec(config.model).one_way for config in configs)
    return make_data(configs[0]).floor_for(one_way)


def sizes(config: RunConfig) -> Sizes:
    """What the run's data asks of its model."""
    data = make_data(config)
    return Sizes(
        data.inputs,
        data.outputs,
        len(data.symbols),
        data.steps,
        data.task,
        data.source,
        data.padded,
        data.shifted,
    )


def build_model(config: RunConfig) -> SequenceModel:
    """The run's model, freshly initialised by torch's current random state.

    Raises:
        ExplorerError: if its settings contradict each other.
    """
    resolved = resolve(config)
    return resolved.model.make(resolved.model_settings, sizes(config))


def parameter_count(config: RunConfig) -> int:
    """How many numbers the run's model learns; no memory is taken for them.

    Raises:
        ExplorerError: if the model's settings contradict each other.
    """
    with torch.device("meta"):
        return parameters(build_model(config))


def head_count(config: RunConfig) -> int:
    """How many numbers of the run's model are its head's own.

    Raises:
        ExplorerError: if the model's settings contradict each other.
    """
    with torch.device("meta"):
        return parameters(build_model(config).head)


def defaults_for(config: RunConfig) -> RunConfig:
    """The default config of the same data and model, even where the data is too short
    for it; trained as is usual for a model of this size."""
    usual = _config(config.data, config.model, _named(config, "digest"))
    training = usual_training(config.data, config.model, config.model_settings)
    return usual.model_copy(update={"training": TrainingSettings.read(training)})


def linked_defaults(config: RunConfig) -> RunConfig:
    """What a link to the config leaves out."""
    named = _named(config, "digest")
    return _config(config.data, config.model, named, linked=True)


def _named(config: RunConfig, key: str) -> dict[str, Scalar]:
    """The one data setting that has no sensible default: which own data is meant."""
    value = config.data_settings.get(key)
    return {} if value is None else {f"data.{key}": value}


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
    data = rest.get("data", DEFAULT_DATA)
    config = _config(
        data,
        rest.get("model") or usual_model(data),
        settings,
        rest.get("seed", 0),
        rest.get("start", ""),
        rest.get("fold", ""),
        linked=True,
    )
    check_fit(config)
    return config


def setting_names(data: str, model: str) -> list[str]:
    """Every dotted setting name of a dataset, a model and the training."""
    groups: dict[str, type[Settings]] = {
        "data": data_spec(data).settings,
        "model": model_spec(model).settings,
        "training": TrainingSettings,
    }
    return [f"{g}.{name}" for g, cls in groups.items() for name in cls.model_fields]


def check_start(config: RunConfig, start: RunConfig) -> None:
    """See that a run can begin with the weights of another.

    Raises:
        ExplorerError: if the two are not built alike.
    """
    if config.model == start.model and _built(config) == _built(start):
        return
    raise ExplorerError(
        N_(
            "A run can begin with the weights of one that is built alike, but this one "
            "is %(own)s and the other %(other)s. Give it the other's architecture and "
            "model settings."
        ),
        own=_in_short(config),
        other=_in_short(start),
    )


def _built(config: RunConfig) -> dict[str, Scalar]:
    """The model settings that decide the shapes of its weights."""
    return {k: v for k, v in config.model_settings.items() if k != "dropout"}


def _in_short(config: RunConfig) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in _built(config).items())
    return f"{config.model} ({settings})"


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
