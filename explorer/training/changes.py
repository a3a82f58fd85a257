"""Change one thing inside a model: clamp, freeze, mute, aim or zero, at chosen steps.

A change acts through the probe, on the very line that computes a value. So it can be
looked at on a finished model, and it can be held while a run learns.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.run import RunConfig
from explorer.config.settings import Settings, setting, whole_number
from explorer.errors import N_, ExplorerError, unknown
from explorer.models.captures import Capture, favourite

What = Literal["clamp", "freeze", "mute", "aim", "zero"]
OF_HEADS = ("mute", "aim")
"""What is done to attention; all else is done to units."""

MOST_PLACES = 4096
"""Steps that any window may have."""

MOST_CHANGES = 8
"""Of the changes held in a run, the newest so many act."""


class Change(Settings):
    """One thing that is changed. Units and time steps are counted from 1."""

    what: What = setting(
        "clamp",
        N_("What is done to it."),
        title=N_("Change"),
        choices={
            "clamp": N_("clamp units to a value"),
            "freeze": N_("freeze units at their first value"),
            "mute": N_("mute an attention head"),
            "aim": N_("aim a head at source tokens"),
            "zero": N_("zero the input"),
        },
    )
    capture: str = setting(
        "",
        N_("The gate, state or attention that is changed."),
        title=N_("Of"),
        pattern=r"^[a-z0-9_.]{0,60}$",
        when={"what": ("clamp", "freeze", *OF_HEADS)},
    )
    units: str = setting(
        "",
        N_(
            "Which units, or which source tokens a head is aimed at, as in 1, 4, 7-9; "
            "empty for all of them."
        ),
        title=N_("Units"),
        pattern=r"^[0-9, -]{0,200}$",
        when={"what": ("clamp", "freeze", "aim")},
    )
    head: int = setting(
        1,
        N_("Which attention head, counted from 1."),
        title=N_("Head"),
        ge=1,
        le=64,
        when={"what": OF_HEADS},
    )
    first: int = setting(
        1, N_("The first time step, counted from 1."), title=N_("From"), ge=1, le=4096
    )
    last: int = setting(
        0,
        N_("The last time step, counted from 1; left empty, that at the end."),
        title=N_("To"),
        ge=0,
        le=4096,
        unset=N_("last"),
    )
    value: float = setting(
        1.0,
        N_("The value that units are clamped to."),
        title=N_("Value"),
        ge=-10.0,
        le=10.0,
        when={"what": ("clamp",)},
    )

    def steps(self, count: int) -> slice:
        """The time steps, as places of an axis of that length."""
        return slice(self.first - 1, self.last or count)


def checked(change: Change, resolved: Resolved) -> Change:
    """The change, if the model has what it changes.

    Raises:
        ExplorerError: if there is no such capture, unit or head.
    """
    settings = resolved.model_settings
    captures = {c.name: c for c in resolved.model.captures(settings)}
    if change.what == "zero":
        return change
    if change.capture not in captures:
        raise unknown(N_("capture"), change.capture, captures)
    attends = captures[change.capture].kind == "attention"
    if captures[change.capture] not in offered(resolved)[change.what]:
        raise ExplorerError(
            N_(
                "Heads of an attention can be muted, and aimed where they look at a "
                "source; units of all else can be clamped or frozen. But '%(what)s' "
                "was asked for %(capture)s. Choose another."
            ),
            what=change.what,
            capture=change.capture,
        )
    heads = getattr(settings, "heads", 1)
    if attends and change.head > heads:
        raise ExplorerError(
            N_(
                "This model has %(count)d heads, but head %(came)d was to be muted. "
                "Choose one from 1 to %(count)d."
            ),
            count=heads,
            came=change.head,
        )
    units_of(change.units, MOST_PLACES if attends else settings.hidden_size)
    return change


def read_change(config: RunConfig, note: str) -> Change:
    """The change that a "hold" command's note tells.

    Raises:
        ExplorerError: if the run's model has nothing of the kind.
    """
    try:
        values = json.loads(note)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ExplorerError(
            N_("A change must be a JSON object, but got '%(came)s'."), came=note[:40]
        )
    return checked(Change.read(values, N_("setting")), specs.resolve(config))


def completed(change: Change, resolved: Resolved) -> Change:
    """The change with a part that it can act on, where none was named.

    The favourite of those; also where the part named is of another kind, as when a
    list still shows a gate but a head is to be muted.
    """
    parts = offered(resolved)
    choices = parts[change.what]
    every = {c.name for captures in parts.values() for c in captures}
    if not choices or change.capture in {c.name for c in choices}:
        return change
    if change.capture not in {"", *every}:
        return change
    return change.model_copy(update={"capture": favourite(choices).name})


def units_of(text: str, count: int) -> list[int]:
    """Unit indices, counted from 0, of a text like "1, 4, 7-9"; all for an empty one.

    Raises:
        ExplorerError: if it is no such list, or names a unit that is not there.
    """
    if not text.strip():
        return list(range(count))
    units: set[int] = set()
    for piece in text.split(","):
        low, dash, high = piece.strip().partition("-")
        first = whole_number(low) or 0
        last = (whole_number(high) or 0) if dash else first
        if not 1 <= first <= last <= count:
            raise ExplorerError(
                N_(
                    "Units must be numbers from 1 to %(count)d with commas between "
                    "them, as in 1, 4, 7-9, but got '%(came)s'. Empty means all."
                ),
                count=count,
                came=text[:40],
            )
        units.update(range(first - 1, last))
    return sorted(units)


def offered(resolved: Resolved) -> dict[str, list[Capture]]:
    """By kind of change: the captures that it can act on."""
    every = resolved.model.captures(resolved.model_settings)
    heads = [c for c in every if c.kind == "attention"]
    others = [c for c in every if c.kind != "attention"]
    aimed = [c for c in heads if c.keys == "source" != c.part]
    return {
        "clamp": others,
        "freeze": others,
        "mute": heads,
        "aim": aimed,
        "zero": [],
    }


def read_changes(facts: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes that a state holds; none in one from before there were any."""
    return tuple(Change.read(values) for values in facts.get("changes", ()))
