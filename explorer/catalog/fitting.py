"""Whether a model, a dataset and what a run begins with fit each other."""

from explorer.catalog.specs import (
    Resolved,
    head_of,
    models,
    resolve,
    task_of,
    unused_model,
)
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar
from explorer.errors import N_, ExplorerError


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
    check_used(resolved)
    # Only here is PyTorch needed, which takes seconds to import.
    from explorer.catalog.building import parameter_count

    parameter_count(config)


def check_used(resolved: Resolved) -> None:
    """See that no setting is chosen that the data gives no use for.

    Raises:
        ExplorerError: if one is.
    """
    unused = unused_model(resolved.data.name, resolved.model.name)
    if head_of(resolved) != "point" and "head" in unused:
        raise ExplorerError(
            N_(
                "A head that says a distribution needs numbers to forecast, but got "
                "'%(head)s' on dataset '%(data)s', which has none. Take the head "
                "'point'."
            ),
            head=head_of(resolved),
            data=resolved.data.name,
        )
    usual = type(resolved.model_settings)().values()
    for name, value in resolved.model_settings.values().items():
        if name in unused and value != usual[name]:
            raise ExplorerError(
                N_(
                    "%(name)s speaks of tokens to come, but got '%(came)s' on dataset "
                    "'%(data)s', where none are foretold. Leave it at '%(usual)s'."
                ),
                name=f"model.{name}",
                came=value,
                data=resolved.data.name,
                usual=usual[name],
            )


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
    """The model settings that decide the shapes of its weights, but for the head's: a
    head with other outputs begins at random."""
    settings = config.model_settings.items()
    return {k: v for k, v in settings if k not in ("dropout", "head")}


def _in_short(config: RunConfig) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in _built(config).items())
    return f"{config.model} ({settings})"
