"""Every dataset and architecture there is, by name, and which fit each other.

Discovery is by folder: a file in `data/` or `models/` that ends in `SPEC` is in. Which
architectures there are is known without importing them, and PyTorch with them.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import explorer.data
import explorer.models
from explorer.config.run import RunConfig
from explorer.config.settings import Settings
from explorer.config.training import TrainingSettings
from explorer.data.spec import DataSpec
from explorer.discovery import declared, names
from explorer.errors import N_, Words, unknown
from explorer.tasks import TASKS, Task

if TYPE_CHECKING:  # they import torch, which takes seconds
    from explorer.models.base import ModelSpec
    from explorer.models.forecast_heads import Head

DEFAULT_DATA = "sine"
DEFAULT_MODEL = "lstm"


def _specs(package: ModuleType) -> list[Any]:
    found = declared(package, "SPEC").values()
    return sorted(found, key=lambda spec: (spec.order, spec.name))


@cache
def datasets() -> Mapping[str, DataSpec]:
    """Every dataset by name, in the order of the lessons."""
    return {spec.name: spec for spec in _specs(explorer.data)}


@cache
def models() -> "Mapping[str, ModelSpec]":
    """Every architecture by name, in the order of the lessons."""
    return {spec.name: spec for spec in _specs(explorer.models)}


@cache
def misprints() -> "Mapping[str, ModelSpec]":
    """Architectures with a known misprint by name: for a lesson, never offered."""
    found = declared(explorer.models, "MISPRINT").values()
    return {spec.name: spec for spec in found}


def known_models() -> "Mapping[str, ModelSpec]":
    """All that a run can be of by name, misprinted ones too."""
    return {**models(), **misprints()}


@cache
def model_names() -> Mapping[str, bool]:
    """All that a run can be of by name, and whether it is offered: an architecture is
    called as its file is, which is not imported for that."""
    offered, others = (names(explorer.models, word) for word in ("SPEC", "MISPRINT"))
    return dict.fromkeys(others, False) | dict.fromkeys(offered, True)


def data_spec(name: str) -> DataSpec:
    """The dataset of that name.

    Raises:
        ExplorerError: if there is none.
    """
    if name not in datasets():
        raise unknown(N_("dataset"), name, datasets())
    return datasets()[name]


def data_named(word: str) -> str:
    """A dataset's own name, also where a kind is named: "text" is its first one."""
    if word in datasets():
        return word
    kinds = (d for d in datasets().values() if TASKS[d.task].kind.lower() == word)
    return next((d.name for d in kinds if d.offered), word)


def model_spec(name: str) -> "ModelSpec":
    """The architecture of that name.

    Raises:
        ExplorerError: if there is none.
    """
    if name not in model_names():
        offered = (known for known, is_offered in model_names().items() if is_offered)
        raise unknown(N_("model"), name, offered)
    return known_models()[name]


class Resolved(NamedTuple):
    """A config with its names looked up and its settings checked."""

    data: DataSpec
    data_settings: Any  # an instance of `data.settings`
    model: "ModelSpec"
    model_settings: Any  # an instance of `model.settings`


def resolve(config: RunConfig) -> Resolved:
    """Look up a config's names and check its settings again.

    Raises:
        ExplorerError: if it names something this program does not have.
    """
    data, model = data_spec(config.data), model_spec(config.model)
    return Resolved(
        data,
        data.settings.read(config.data_settings, setting_of_data(data.name)),
        model,
        model.settings.read(config.model_settings, setting_of_model(model.name)),
    )


def setting_of_data(name: str) -> Words:
    return Words(N_("setting of dataset %(name)s:"), {"name": name})


def setting_of_model(name: str) -> Words:
    return Words(N_("setting of model %(name)s:"), {"name": name})


def task_of(data: DataSpec, model: "ModelSpec") -> Task | None:
    """What the model would learn of the data: its task; or, where windows can be
    resembled, to make more like them; None if it can learn neither."""
    if data.task in model.tasks:
        return data.task
    if data.resembled and "generate" in model.tasks:
        return "generate"
    return None


def head_of(resolved: Resolved) -> "Head":
    """What a run's model says of the value to come; "point" where it forecasts none."""
    head: Head = getattr(resolved.model_settings, "head", "point")
    return head


SERVES: Mapping[str, Task] = MappingProxyType(
    {"head": "forecast", "way_out": "next_token", "logits": "next_token"}
)
"""The model settings that change one task alone."""


def unused_model(data: str, model: str) -> tuple[str, ...]:
    """The settings that an architecture has no use for on a dataset."""
    asked = task_of(data_spec(data), model_spec(model))
    own = model_spec(model).settings.model_fields
    return tuple(name for name, task in SERVES.items() if task != asked and name in own)


def fitting(data: str) -> "list[ModelSpec]":
    """The architectures that can learn a dataset, in their order."""
    return [m for m in models().values() if task_of(data_spec(data), m)]


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


def unused_training(model: str) -> tuple[str, ...]:
    """The training settings that an architecture has no use for."""
    return model_spec(model).unused


def remembers(config: RunConfig) -> bool:
    """Whether what moves a run's weights keeps a memory from step to step."""
    training = config.training
    forgets = training.optimizer == "sgd" and training.momentum == 0
    return "optimizer" not in unused_training(config.model) and not forgets


def setting_names(data: str, model: str) -> list[str]:
    """Every dotted setting name of a dataset, a model and the training."""
    groups: dict[str, type[Settings]] = {
        "data": data_spec(data).settings,
        "model": model_spec(model).settings,
        "training": TrainingSettings,
    }
    return [f"{g}.{name}" for g, cls in groups.items() for name in cls.model_fields]
