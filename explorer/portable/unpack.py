"""A zip of runs, read back: all of it is sound, or one sentence says what is not."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray
from pydantic import ValidationError

from explorer.catalog import building, choosing, specs
from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError
from explorer.portable.layout import FACTS, Facts
from explorer.portable.opened import Folder, opened
from explorer.portable.record import Kept, is_own
from explorer.portable.vocabulary import check_vocabulary
from explorer.runs.ids import new_id
from explorer.runs.messages import read_sentence
from explorer.runs.records import (
    ENDED,
    Checkpoint,
    Command,
    Curves,
    Run,
    Status,
    Validation,
    number,
)
from explorer.runs.shelf import MOST_NAME
from explorer.tasks import MEASURES
from explorer.training.commands import checked

BOTH = "rivals"
"""A column of older zips: a GAN's discriminator loss, or another model's surprise."""


_CONSTANTS = re.compile(
    r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|(?P<constant>NaN|Infinity)', re.DOTALL
)
"""Strings, and what pydantic reads as numbers and JSON does not know."""

MOST_NESTED = 250_000
"""Lists and objects in what is told of a run. Two million that are empty take a minute
to be read and a word to be packed."""


class Importer(NamedTuple):
    """Who takes in runs, and what they may."""

    owner: str
    """Whose the runs become."""
    room: int
    """How many bytes they may take together."""
    may_see: Callable[[RunConfig], bool]
    """Whether the own data that a config names is theirs."""
    allow: Callable[[RunConfig], None]
    """Raises an ExplorerError where a model is too large for them."""
    check: Callable[[RunConfig, Sequence[Checkpoint]], None]
    """`states.check_states`, or what has a worker do it."""


def unpacked(raw: bytes, importer: Importer) -> list[Kept]:
    """The runs of a zip, each under a new id, for `Store.import_runs`.

    Of a run on data that the importer may not see, the numbers alone are taken.

    Raises:
        ExplorerError: if anything in it is not as an export writes it.
    """
    folders = opened(raw, importer.room)
    return [_kept(name, folder, importer) for name, folder in folders.items()]


def _kept(name: str, folder: Folder, importer: Importer) -> Kept:
    facts = _facts(name, folder.facts)
    seen = not is_own(facts.config) or importer.may_see(facts.config)
    config = checked_config(facts.config) if seen else _unseen(facts.config)
    if seen:
        importer.allow(config)
        if folder.vocabulary:
            check_vocabulary(folder.vocabulary, building.make_data(config), name)
    curves = _curves(name, folder.curves, config.model)
    states = (
        [Checkpoint(*each) for each in sorted(folder.states.items())] if seen else []
    )
    _check_lengths(name, facts, curves, states, config)
    importer.check(config, states)
    return Kept(
        _run(facts, config, importer.owner, bool(states), seen),
        curves,
        [_validation(name, each) for each in facts.validations],
        [
            checked(config, Command(c.step, c.name, c.value, c.note))
            for c in facts.commands
        ],
        states,
    )


def _facts(name: str, raw: bytes) -> Facts:
    try:
        text = raw.decode()
        if text.count("[") + text.count("{") > MOST_NESTED or any(
            found["constant"] for found in _CONSTANTS.finditer(text)
        ):
            raise _wrong(name, FACTS)
        return Facts.model_validate_json(text)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise _wrong(name, where or FACTS) from None
    except ValueError:
        raise _wrong(name, FACTS) from None


def _wrong(folder: str, what: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "A run to import must be as its export wrote it, but in '%(folder)s' this "
            "is not: %(what)s. Export it again and leave it as it is."
        ),
        folder=folder[:60],
        what=what.encode("ascii", "replace").decode()[:60],
    )


def checked_config(config: RunConfig) -> RunConfig:
    """The same config, complete, with every setting checked.

    Raises:
        ExplorerError: if it cannot be built here.
    """
    settings = {
        **{f"data.{k}": v for k, v in config.data_settings.items()},
        **{f"model.{k}": v for k, v in config.model_settings.items()},
        **{f"training.{k}": v for k, v in config.training.values().items()},
    }
    return choosing.make_config(
        config.data, config.model, settings, config.seed, config.start
    )


def _unseen(config: RunConfig) -> RunConfig:
    """A config whose data is another's: what can be checked of it is."""
    resolved = specs.resolve(config)
    if specs.task_of(resolved.data, resolved.model) is None:
        raise _wrong(config.data, config.model)
    return config.model_copy(
        update={
            "data_settings": resolved.data_settings.values(),
            "model_settings": resolved.model_settings.values(),
        }
    )


def _curves(name: str, raw: bytes, model: str) -> Curves:
    if not raw:
        return Curves.empty()
    try:
        found = safetensors.numpy.load(raw)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError):
        raise _wrong(name, "curves.safetensors") from None
    if BOTH in found:
        found |= _told_apart(found.pop(BOTH), model)
    columns = [found.pop(each, None) for each in Curves._fields]
    sound = not found and all(
        c is not None and c.dtype == np.float32 and c.ndim == 1 for c in columns
    )
    if not sound or len({len(c) for c in columns if c is not None}) > 1:
        raise _wrong(name, "curves.safetensors")
    return Curves(*(c for c in columns if c is not None))


def _told_apart(both: NDArray[Any], model: str) -> dict[str, NDArray[Any]]:
    """The two columns that `BOTH` stood for."""
    none = np.full_like(both, np.nan)
    if specs.model_spec(model).learning == "adversarial":
        return {"surprises": none, "discriminator_losses": both}
    return {"surprises": both, "discriminator_losses": none}


def _check_lengths(
    name: str,
    facts: Facts,
    curves: Curves,
    states: Sequence[Checkpoint],
    config: RunConfig,
) -> None:
    """All that counts steps must count them alike, and tags must fit together."""
    steps = [v.step for v in facts.validations]
    most = config.training.steps
    sound = (
        facts.step <= len(curves.losses) <= most
        and all(a < b for a, b in pairwise(steps))
        and all(step <= most for step in steps)
        and all(state.step <= facts.step for state in states)
        and all(command.step <= most for command in facts.commands)
        and bool(np.isfinite(curves.seconds).all())
        and len(" ".join(facts.tags)) <= MOST_NAME
    )
    if not sound:
        raise _wrong(name, "steps")


def _validation(name: str, measured: Any) -> Validation:
    if not measured.measures.keys() <= MEASURES.keys():
        raise _wrong(name, "measures")
    measures = {n: number(x) for n, x in measured.measures.items()}
    return Validation(measured.step, number(measured.loss), measured.seconds, measures)


def _run(facts: Facts, config: RunConfig, owner: str, stands: bool, seen: bool) -> Run:
    """A run of one's own; one that was under way waits, if it can go on."""
    status: Status = facts.status
    if status not in ENDED:
        goes_on = stands or (seen and facts.step == 0)
        status = "paused" if goes_on else "stopped"
    return Run(
        id=new_id(),
        config=config,
        status=status,
        step=facts.step,
        seconds=facts.seconds,
        parameters=building.parameter_count(config) if seen else 0,
        created=datetime.now(UTC),
        message=read_sentence(facts.message),
        owner=owner,
        name=facts.name,
        tags=tuple(facts.tags),
    )
