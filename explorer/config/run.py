"""The config of a run, which nothing mutates, and its way into a link and back."""

import json
from functools import cached_property
from typing import Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from explorer.config.settings import Scalar
from explorer.config.training import TrainingSettings
from explorer.errors import N_, ExplorerError

MAX_QUERY_LENGTH = 4000

RUN_ID = r"^[A-Za-z0-9_-]{0,64}$"
BEST = "@best"
"""Behind a run's id: not its last moment, but that of its lowest held-out loss."""

START = rf"^(?:[A-Za-z0-9_-]{{1,64}}(?:{BEST})?)?$"
"""What names a run; empty where none is meant."""

FOLD = r"^([1-9]/[2-9])?$"
"""What names a fold in time; empty where none is meant."""


class RunConfig(BaseModel):
    """Everything a run is made from. Equal configs make equal runs, to the bit.

    Settings are complete: defaults are filled in by `explorer.catalog.choosing`, which
    also checks them, so that a record of a run needs no model code to be read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    data: str
    model: str
    data_settings: dict[str, Scalar]
    model_settings: dict[str, Scalar]
    training: TrainingSettings
    seed: int = Field(0, ge=0, le=2**31 - 1)
    start: str = Field("", pattern=START)
    """The run whose weights this one begins with, the last ones or, with `BEST` behind
    it, those of its lowest held-out loss; empty for random ones."""
    fold: str = Field("", pattern=FOLD)
    """Which fold in time is trained, as in "2/3"; empty for the data as a whole."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunConfig) and self._written == other._written

    def __hash__(self) -> int:
        return hash(self._written)

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.__dict__.pop("_written", None)  # `model_copy` makes it another
        return copied

    def to_json(self) -> str:
        """Canonical JSON: equal configs give equal text."""
        return self._written

    @cached_property
    def _written(self) -> str:
        """Written once: what is known of a config is found by it at every frame."""
        values = self.model_dump(mode="json")
        if not self.fold:
            del values["fold"]  # as it was written before there were folds
        return json.dumps(values, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ExplorerError: if the text is not a config.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            raise ExplorerError(
                N_(
                    "A run's config must be the JSON that this program wrote, but it "
                    "could not be read. Start a new run from its settings."
                )
            ) from None


GROUPS = ("data", "model", "training")
DIGEST = "digest"
"""The data setting that says which own data is meant: it has no sensible default."""


def settings_groups(config: RunConfig) -> dict[str, dict[str, Scalar]]:
    """The settings by group: "data", "model", "training"."""
    return {
        "data": config.data_settings,
        "model": config.model_settings,
        "training": config.training.values(),
    }


def difference(a: RunConfig, b: RunConfig) -> list[tuple[str, Scalar, Scalar]]:
    """What changed from `a` to `b`: (dotted name, value in a, value in b).

    Settings of a dataset or model that the other run does not use are left out.
    """
    changes: list[tuple[str, Scalar, Scalar]] = []
    for name in ("data", "model", "seed", "start", "fold"):
        if getattr(a, name) != getattr(b, name):
            changes.append((name, getattr(a, name), getattr(b, name)))
    groups_a, groups_b = settings_groups(a), settings_groups(b)
    for group in GROUPS:
        if group != "training" and getattr(a, group) != getattr(b, group):
            continue
        for key, value in groups_a[group].items():
            if groups_b[group].get(key, value) != value:
                changes.append((f"{group}.{key}", value, groups_b[group][key]))
    return changes


def to_query(config: RunConfig, defaults: RunConfig) -> str:
    """A URL query that holds only what differs from `defaults`, and which own data."""
    pairs = [("data", config.data), ("model", config.model)]
    groups, usual = settings_groups(config), settings_groups(defaults)
    for group in GROUPS:
        for key, value in groups[group].items():
            if usual[group].get(key) != value or key == DIGEST:
                pairs.append((f"{group}.{key}", _text(value)))
    if config.seed != defaults.seed:
        pairs.append(("seed", str(config.seed)))
    if config.start:
        pairs.append(("start", config.start))
    if config.fold:
        pairs.append(("fold", config.fold))
    return urlencode(pairs)


def query_pairs(query: str) -> dict[str, str]:
    """Split a URL query into its settings.

    Raises:
        ExplorerError: if it is too long, malformed, or names a setting twice.
    """
    if len(query) > MAX_QUERY_LENGTH:
        raise ExplorerError(
            N_(
                "Settings in a link may take %(most)d characters, but this one has "
                "%(came)d. Copy the link again with the Share button."
            ),
            most=MAX_QUERY_LENGTH,
            came=len(query),
        )
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ExplorerError(
            N_(
                "A link may name each setting once, but '%(name)s' comes twice. "
                "Remove one of them."
            ),
            name=twice[0][:60],
        )
    return dict(pairs)


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
