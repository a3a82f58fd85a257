"""Widgets built from settings: the same bounds and words as everywhere else."""

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import streamlit as st
from pydantic.fields import FieldInfo

from explorer.config.settings import (
    Scalar,
    Settings,
    bounds_of,
    choices_of,
    extra_of,
    matters,
)
from explorer.ui.language import Translate

DECIMAL = (1, 1.5, 2, 3, 5, 7)
BINARY = (1, 1.5)
Place = Callable[[str], AbstractContextManager[Any]]

MANY = 1000
"""Whole numbers that reach this far are offered in decimal steps, others in binary."""


def settings_widgets(
    cls: type[Settings],
    values: Mapping[str, Scalar],
    prefix: str,
    _: Translate,
    skip: tuple[str, ...] = (),
    place: Place = nullcontext,
) -> dict[str, Any]:
    """One widget per setting, the rarer ones behind "More settings"; what they say.

    One that does not matter beside the others keeps its value and is not shown.

    Args:
        place: where a setting of that name stands.
    """
    fields = {n: f for n, f in cls.model_fields.items() if n not in skip}
    chosen = {n: v for n, v in values.items() if n in cls.model_fields}
    more = {n: f for n, f in fields.items() if extra_of(f).get("more")}

    def show(name: str) -> None:
        if matters(fields[name], chosen):
            key = f"{prefix}.{name}"
            chosen[name] = widget(name, fields[name], chosen[name], key, _)

    for name in fields:
        if name not in more:
            with place(name):
                show(name)
    if more:
        with st.expander(_("More settings"), key=f"{prefix}.more"):
            for name in more:
                show(name)
    return chosen


def widget(name: str, field: FieldInfo, value: Any, key: str, _: Translate) -> Any:
    """The widget that fits a field: a switch, a choice, a slider or a log slider."""
    label, help_ = _(str(field.title or name)), _(str(field.description or ""))
    if unit := extra_of(field).get("unit"):
        label = _("%(name)s (%(more)s)") % {"name": label, "more": _(unit)}
    shared: dict[str, Any] = {"label": label, "key": key, "help": help_}
    if field.annotation is bool:
        return st.toggle(value=bool(value), **shared)
    if choices := choices_of(field):
        words = extra_of(field).get("choices", {})
        return st.selectbox(
            options=choices,
            index=choices.index(value),
            format_func=lambda choice: _(words.get(choice, choice)),
            **shared,
        )
    low, high = bounds_of(field)
    if low is None or high is None:
        return st.text_input(value=value, **shared)
    return _slider(field, low, high, value, shared)


def _slider(
    field: FieldInfo, low: float, high: float, value: Any, shared: dict[str, Any]
) -> Any:
    """A slider from bound to bound: logarithmic, whole, or in hundredths."""
    extra, whole = extra_of(field), field.annotation is int
    if extra.get("scale") == "log":
        return st.select_slider(
            options=log_options(low, high, value, whole=whole),
            value=value,
            format_func=lambda number: (
                f"{number:,}" if number >= 1e6 else f"{number:g}"
            ),
            **shared,
        )
    if whole:
        step = int(extra.get("slider_step", 1))
        return st.slider(
            min_value=int(low),
            max_value=int(high),
            value=int(value),
            step=step,
            **shared,
        )
    part = float(extra.get("slider_step", (high - low) / 100))
    digits = max(0, -math.floor(math.log10(part)))
    return st.slider(
        min_value=float(low),
        max_value=float(high),
        value=float(value),
        step=part,
        format=f"%.{digits}f",
        **shared,
    )


def log_options(low: float, high: float, value: float, whole: bool) -> list[Any]:
    """Round numbers from `low` to `high` at about equal ratios, and `value` itself.

    >>> log_options(1, 8, 5, whole=True)
    [1, 2, 3, 4, 5, 6, 8]
    """
    base, marks = (2, BINARY) if whole and high < MANY else (10, DECIMAL)
    start = max(low, 1e-9)
    powers = range(
        math.floor(math.log(start, base)), math.ceil(math.log(high, base)) + 1
    )
    numbers = {float(f"{m * float(base) ** p:.6g}") for p in powers for m in marks}
    numbers |= {float(low), float(high), float(value)}
    inside = sorted(n for n in numbers if low <= n <= high)
    if not whole:
        return inside
    return sorted({int(n) for n in inside if n == int(n)})
