"""What a config is made into: its data and its model."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch
from torch.nn import init
from torch.overrides import TorchFunctionMode

from explorer.catalog.specs import (
    data_spec,
    datasets,
    head_of,
    model_spec,
    resolve,
    task_of,
)
from explorer.config.run import RunConfig
from explorer.config.settings import Settings
from explorer.data.base import Data, without_lines
from explorer.data.folds import folded
from explorer.data.windows import Windows
from explorer.models.base import SequenceModel, Sizes, parameters
from explorer.models.forecast_heads import NUMBERS
from explorer.models.notation import head_equations
from explorer.tasks import Task


def make_data(config: RunConfig) -> Data:
    """The run's dataset; made once per process and shared.

    Raises:
        ExplorerError: if the settings contradict each other.
    """
    return _made(*_asks(config))


@lru_cache(maxsize=1024)
def _asks(config: RunConfig) -> tuple[str, Settings, int, Task, str]:
    """What a run's dataset is made of."""
    spec = data_spec(config.data)
    settings = spec.settings.read(config.data_settings)
    task = task_of(spec, model_spec(config.model)) or spec.task
    return config.data, settings, config.seed, task, config.fold


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
    """A series or images as windows to make more of: y is x, labels are but kinds, and
    no other task's lines apply."""
    return replace(
        without_lines(data),
        task="generate",
        train=Windows(data.train.x, data.train.x),
        validation=Windows(data.validation.x, data.validation.x),
        counted_from=0,
        shifted=False,
        labels=(),
        kinds=data.train.y if data.task == "classify" else None,
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
        data.outputs * NUMBERS[head_of(resolve(config))],
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
    model = resolved.model.make(resolved.model_settings, sizes(config))
    model.tells = head_of(resolved)
    return model


def equations(config: RunConfig) -> str:
    """The model's equations, and those of its head where that says a distribution, as
    Markdown with LaTeX.

    Raises:
        ExplorerError: if the model's settings contradict each other.
    """
    resolved = resolve(config)
    written = resolved.model.equations(resolved.model_settings, sizes(config))
    return "\n\n".join([written, *head_equations(head_of(resolved))])


def parameter_count(config: RunConfig) -> int:
    """How many numbers the run's model learns; no memory is taken for them.

    Raises:
        ExplorerError: if the model's settings contradict each other.
    """
    with _Unfilled():
        return parameters(build_model(config))


def head_count(config: RunConfig) -> int:
    """How many numbers of the run's model are its head's own.

    Raises:
        ExplorerError: if the model's settings contradict each other.
    """
    with _Unfilled():
        return parameters(build_model(config).head)


class _Unfilled(TorchFunctionMode):
    """Draws no numbers for tensors, so that their memory is never touched.

    Tensors of PyTorch's device "meta" have none at all, but to multiply them it imports
    its compiler, which takes 1.5 s and 70 MB.
    """

    def __torch_function__(
        self,
        func: Any,
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The tensor with whatever it holds, where it would be filled."""
        named = kwargs or {}
        if func in (torch.rand, torch.randn):
            return torch.empty(*args, **named)
        if func in (init.normal_, init.uniform_, init.constant_, init.kaiming_uniform_):
            return args[0] if args else named["tensor"]
        return func(*args, **named)
