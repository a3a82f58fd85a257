"""Settings with bounds: one table of them drives everything.

The same bounds validate the URL, the command line and the database, and build the
sliders.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, Literal, Self, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from explorer.errors import N_, ExplorerError, Words, unknown

Scalar = bool | int | float | str
Scale = Literal["linear", "log"]


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
    when: Mapping[str, tuple[str, ...]] | None = None,
    unset: str = "",
    shift: int = 0,
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
        when: by another setting of the class, the values with which this one matters.
        unset: for a number, what its smallest value means, which is shown in its place.
        shift: what is added to a number where people read and type it: 1 for a place
            that is counted from 0, beside charts that count from 1.
    """
    extra: dict[str, Any] = {"scale": scale, "more": more, "live": live, "unit": unit}
    if step is not None:
        extra["slider_step"] = step
    if choices is not None:
        extra["choices"] = dict(choices)
    if unset:
        extra["unset"] = unset
    if shift:
        extra["shift"] = shift
    if when is not None:
        extra["when"] = {name: list(values) for name, values in when.items()}
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


WHOLE = re.compile(r"\s*-?[0-9]{1,15}\s*")
ANYTHING = re.compile(r"\^\[\\s\\S\]\{0,([0-9]+)\}\$")
"""A pattern that bounds the length alone."""


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


def whole_number(text: str) -> int | None:
    """A whole number as people type it; None for anything else.

    >>> whole_number("-12"), whole_number("²"), whole_number("9" * 6000)
    (-12, None, None)
    """
    return int(text) if WHOLE.fullmatch(text) else None


def choices_of(field: FieldInfo) -> tuple[str, ...]:
    """The allowed values of a `Literal` field; empty for any other."""
    if get_origin(field.annotation) is Literal:
        return cast(tuple[str, ...], get_args(field.annotation))
    return ()


def extra_of(field: FieldInfo) -> dict[str, Any]:
    """What `setting` noted of a field: its scale, its unit, whether it is live."""
    return cast(dict[str, Any], field.json_schema_extra or {})


def matters(field: FieldInfo, values: Mapping[str, Scalar]) -> bool:
    """Whether a setting has a say where the others of its class have these values."""
    when: dict[str, list[str]] = extra_of(field).get("when", {})
    return all(values[name] in those for name, those in when.items())


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
    count = len(problem["input"]) if isinstance(problem["input"], str) else 0
    if count > (most := _most_characters(field)) > 0:
        return ExplorerError(
            N_("%(name)s may have %(most)d characters, but has %(count)d. Shorten it."),
            name=name,
            most=most,
            count=count,
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


def _most_characters(field: FieldInfo) -> int:
    """How long a text may be that may say anything; 0 where it may not."""
    pattern = next((m.pattern for m in field.metadata if hasattr(m, "pattern")), None)
    found = ANYTHING.fullmatch(pattern or "")
    return int(found[1]) if found else 0


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
