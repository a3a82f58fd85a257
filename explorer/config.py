"""What a run is made from: settings with bounds, and the config that names them all.

One table of settings drives everything: the same bounds validate the URL, the command
line and the database, and build the sliders. Nothing mutates a config.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, Literal, Self, cast, get_args, get_origin
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from explorer.errors import N_ as N_
from explorer.errors import ExplorerError, Words, unknown

Scalar = bool | int | float | str
Scale = Literal["linear", "log"]

MAX_QUERY_LENGTH = 4000


def setting(
    default: Scalar,
    description: str,
    *,
    title: str,
    ge: float | None = None,
    le: float | None = None,
    scale: Scale = "linear",
    step: float | None = None,
    more: bool = False,
    live: bool = False,
    unit: str = "",
    choices: Mapping[str, str] | None = None,
    pattern: str | None = None,
) -> Any:
    """A field of a `Settings` class.

    Args:
        default: the value a newcomer starts with.
        description: what it does to the model, in a sentence; becomes the help text.
        title: its name in full words; becomes the label.
        ge, le: smallest and largest value, wherever it comes from.
        scale: "log" where equal steps of a slider should be equal ratios.
        step: the slider's step, where it is not the obvious one.
        more: shown behind "More settings".
        live: may change while a run trains, without a restart.
        unit: the unit of the value, where it has one.
        choices: for a `Literal` field, the words shown for each value.
        pattern: for a string field, the regular expression its value must match.
    """
    extra: dict[str, Any] = {"scale": scale, "more": more, "live": live, "unit": unit}
    if step is not None:
        extra["slider_step"] = step
    if choices is not None:
        extra["choices"] = dict(choices)
    return Field(
        default,
        title=title,
        description=description,
        ge=ge,
        le=le,
        pattern=pattern,
        allow_inf_nan=False if isinstance(default, float) else None,
        json_schema_extra=extra,
    )


class Settings(BaseModel):
    """Frozen values with bounds. Subclasses declare fields with `setting`."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    @classmethod
    def read(cls, values: Mapping[str, Any], group: str | Words = "setting") -> Self:
        """Build from what a person gave, as text or as numbers.

        Args:
            values: by name.
            group: what the names name, for messages.

        Raises:
            ExplorerError: one sentence with the rule, what came and what to do.
        """
        for name in values:
            if name not in cls.model_fields:
                raise unknown(group, name, cls.model_fields)
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            problem = error.errors()[0]
            name = str(problem["loc"][0]) if problem["loc"] else ""
            raise _refused(cls, name, problem) from None

    def values(self) -> dict[str, Scalar]:
        """Every setting by name, as plain numbers, booleans and strings."""
        return cast(dict[str, Scalar], self.model_dump(mode="json"))

    def changed(self) -> dict[str, Scalar]:
        """Only the settings that differ from their defaults."""
        fields = type(self).model_fields
        return {k: v for k, v in self.values().items() if v != fields[k].default}


def choices_of(field: FieldInfo) -> tuple[str, ...]:
    """The allowed values of a `Literal` field; empty for any other."""
    if get_origin(field.annotation) is Literal:
        return cast(tuple[str, ...], get_args(field.annotation))
    return ()


def extra_of(field: FieldInfo) -> dict[str, Any]:
    """What `setting` noted of a field: its scale, its unit, whether it is live."""
    return cast(dict[str, Any], field.json_schema_extra or {})


def bounds_of(field: FieldInfo) -> tuple[float | None, float | None]:
    """Smallest and largest allowed value of a number field."""
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    return low, high


def _refused(cls: type[Settings], name: str, problem: Any) -> ExplorerError:
    """One sentence for a value that a field refused."""
    if name not in cls.model_fields:
        return ExplorerError(str(problem["msg"]).removeprefix("Value error, "))
    field = cls.model_fields[name]
    given = repr(problem["input"])
    came = given if len(given) <= 60 else given[:57] + "..."
    if choices := choices_of(field):
        return ExplorerError(
            N_("%(name)s must be one of %(choices)s, but got %(came)s."),
            name=name,
            choices=", ".join(choices),
            came=came,
        )
    low, high = bounds_of(field)
    if field.annotation is bool:
        return ExplorerError(
            N_("%(name)s must be true or false, but got %(came)s."),
            name=name,
            came=came,
        )
    if field.annotation is str:
        return ExplorerError(
            N_("%(name)s does not have the expected form; got %(came)s."),
            name=name,
            came=came,
        )
    return ExplorerError(
        N_("%(name)s must be %(kind)s, but got %(came)s.%(nearest)s"),
        name=name,
        kind=_kind(field.annotation is int, low, high),
        came=came,
        nearest=_nearest(problem["input"], low, high),
    )


def _kind(whole: bool, low: float | None, high: float | None) -> Words:
    """What a number field takes."""
    if low is None or high is None:
        return Words(N_("a whole number") if whole else N_("a number"))
    return Words(
        N_("a whole number from %(low)s to %(high)s")
        if whole
        else N_("a number from %(low)s to %(high)s"),
        {"low": f"{low:g}", "high": f"{high:g}"},
    )


def _nearest(value: Any, low: float | None, high: float | None) -> str | Words:
    """The bound that a number lies beyond, to be named; empty for what is no number."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < math.inf
        and low is not None
        and high is not None
        and not low <= value <= high
    ):
        return Words(
            N_(" Nearest: %(value)s."), {"value": f"{low if value < low else high:g}"}
        )
    return ""


Optimizer = Literal["sgd", "adam", "adamw", "muon"]
Schedule = Literal["constant", "cosine", "warmup"]
Trainable = Literal["all", "head"]


class TrainingSettings(Settings):
    """How a run trains; the same for every architecture."""

    learning_rate: float = setting(
        0.005,
        N_(
            "How far each step moves the weights. Too small learns slowly, "
            "too large overshoots and diverges. Changes a running model at once."
        ),
        title=N_("Learning rate"),
        ge=1e-5,
        le=10.0,
        scale="log",
        live=True,
    )
    steps: int = setting(
        600,
        N_("How many times the weights are updated before the run is finished."),
        title=N_("Training steps"),
        ge=1,
        le=20000,
        scale="log",
    )
    batch_size: int = setting(
        32,
        N_("How many windows each step averages over: more is smoother and slower."),
        title=N_("Batch size"),
        ge=1,
        le=256,
        scale="log",
    )
    optimizer: Optimizer = setting(
        "adamw",
        N_("The rule that turns gradients into weight updates."),
        title=N_("Optimizer"),
        more=True,
        choices={
            "sgd": N_("SGD with momentum"),
            "adam": N_("Adam"),
            "adamw": N_("AdamW"),
            "muon": N_("Muon (matrices) + AdamW"),
        },
    )
    momentum: float = setting(
        0.9,
        N_("How much of the last update SGD and Muon carry into the next one."),
        title=N_("Momentum"),
        ge=0.0,
        le=0.99,
        step=0.01,
        more=True,
    )
    schedule: Schedule = setting(
        "cosine",
        N_("How the learning rate moves over the run."),
        title=N_("Learning-rate schedule"),
        more=True,
        choices={
            "constant": N_("constant"),
            "cosine": N_("cosine to one tenth"),
            "warmup": N_("warm-up, then cosine"),
        },
    )
    clip: float = setting(
        1.0,
        N_("Gradients longer than this are shortened to it; 0 switches it off."),
        title=N_("Gradient clipping (norm)"),
        ge=0.0,
        le=100.0,
        step=0.1,
        more=True,
    )
    weight_decay: float = setting(
        0.0,
        N_("L2 regularisation: pulls every weight towards zero at each step."),
        title=N_("Weight decay (L2)"),
        ge=0.0,
        le=1.0,
        step=0.001,
        more=True,
    )
    l1: float = setting(
        0.0,
        N_(
            "L1 regularisation: pulls every weight towards zero by the same amount, so "
            "that those which matter little end there."
        ),
        title=N_("L1 penalty"),
        ge=0.0,
        le=0.1,
        step=0.0001,
        more=True,
    )
    patience: int = setting(
        0,
        N_(
            "Early stopping: ends the run when the held-out loss was not beaten in so "
            "many measurements, about 25 in a run; 0 trains to the end."
        ),
        title=N_("Early stopping (measurements)"),
        ge=0,
        le=25,
        more=True,
    )
    examples: int = setting(
        0,
        N_(
            "Learn from so many training windows only, evenly chosen; 0 takes all. Few "
            "examples show what a model brings along from another run."
        ),
        title=N_("Training examples"),
        ge=0,
        le=4096,
        more=True,
    )
    trainable: Trainable = setting(
        "all",
        N_(
            "Which weights learn: all, or only the head, which reads the answer out of "
            "what the rest of the model has learned before."
        ),
        title=N_("Weights that learn"),
        more=True,
        choices={"all": N_("all weights"), "head": N_("the head alone")},
    )


RUN_ID = r"^[A-Za-z0-9_-]{0,64}$"
"""What names a run; empty where none is meant."""

FOLD = r"^([1-9]/[2-9])?$"
"""What names a fold in time; empty where none is meant."""


class RunConfig(BaseModel):
    """Everything a run is made from. Equal configs make equal runs, to the bit.

    Settings are complete: defaults are filled in by `explorer.catalog`, which also
    checks them, so that a record of a run needs no model code to be read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    data: str
    model: str
    data_settings: dict[str, Scalar]
    model_settings: dict[str, Scalar]
    training: TrainingSettings
    seed: int = Field(0, ge=0, le=2**31 - 1)
    start: str = Field("", pattern=RUN_ID)
    """The run whose last weights this one begins with; empty for random ones."""
    fold: str = Field("", pattern=FOLD)
    """Which fold in time is trained, as in "2/3"; empty for the data as a whole."""

    def __hash__(self) -> int:
        return hash(self.to_json())

    def to_json(self) -> str:
        """Canonical JSON: equal configs give equal text."""
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
