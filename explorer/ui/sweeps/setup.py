"""What a sweep varies and how: the controls, from the bounds of the settings."""

from typing import Any

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig, settings_groups
from explorer.config.settings import Scalar, choices_of, extra_of
from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.plots.words import listed
from explorer.runs.trials import Range
from explorer.sweeping.plan import Plan, SweepSettings
from explorer.sweeping.space import (
    MOST_RANGES,
    chosen,
    narrowed,
    read_range,
    variable_settings,
    whole_range,
)
from explorer.ui.address import show_sweep, take_over
from explorer.ui.controls import log_options, settings_widgets
from explorer.ui.describe import run_line, title_of
from explorer.ui.language import Translate
from explorer.ui.page import shown_later, worded

USUAL = ("training.learning_rate", "model.hidden_size")
EXAMPLE_SPACE = ("training.learning_rate=0.0005:0.05", "model.hidden_size=8:64")
EXAMPLE_STEPS = 300
AROUND, AROUND_WHOLE = 10, 4
"""A range begins this many times below and above the present value."""


def example() -> Plan:
    """Learning rate and hidden size of an LSTM on the sine wave."""
    base = choosing.make_config("sine", "lstm", {"training.steps": EXAMPLE_STEPS})
    return Plan(base, tuple(read_range(base, text) for text in EXAMPLE_SPACE))


def example_button(visitor: Visitor, _: Translate) -> None:
    """Start the example with one click."""
    st.button(
        _("Try it: learning rate and hidden size of an LSTM on the sine wave"),
        icon=":material/play_arrow:",
        key="sweep-example",
        help=_("30 trials of 300 steps; it takes about a minute."),
        on_click=shown_later(_start_example),
        args=(visitor,),
    )


def setup(visitor: Visitor, base: RunConfig, _: Translate) -> None:
    """The controls of a new sweep around this config, and the button that starts it.

    Raises:
        ExplorerError: if a range is none.
    """
    st.caption(
        _("What is not searched stays as above: %(run)s, %(steps)s steps.")
        % {"run": run_line(base, _), "steps": f"{base.training.steps:,}"}
    )
    first, second = st.columns(2, gap="large")
    prefix = f"sweep.{base.data}.{base.model}"
    with first:
        names = list(variable_settings(base))
        picked = st.multiselect(
            _("Settings to search"),
            names,
            default=[name for name in USUAL if name in names],
            format_func=lambda name: label_of(base, name, _),
            max_selections=MOST_RANGES,
            placeholder=_("Choose settings"),
            key=worded(f"{prefix}.names"),
            help=_("One to four settings; each within the range given here."),
        )
        space = [_range(base, name, prefix, _) for name in picked]
    with second:
        settings = settings_widgets(
            SweepSettings, SweepSettings().values(), "sweep.settings", _
        )
    ready = bool(space) and None not in space
    st.button(
        _("Start sweep"),
        type="primary",
        icon=":material/play_arrow:",
        key="sweep-start",
        disabled=not ready,
        help=_("Each trial is a run of its own; live runs go first."),
        on_click=shown_later(_start),
        args=(visitor, base, space, settings),
    )


def label_of(base: RunConfig, name: str, _: Translate) -> str:
    """A setting's title; with its group where two are called alike."""
    title = _(title_of(base, name))
    alike = [
        n for n in variable_settings(base) if title_of(base, n) == title_of(base, name)
    ]
    if len(alike) == 1:
        return title
    return _("%(name)s (%(more)s)") % {"name": title, "more": name}


STATUS = {
    "running": N_("running"),
    "stopped": N_("stopped"),
    "finished": N_("finished"),
}


def plan_line(plan: Plan, status: str, _: Translate) -> str:
    """As in "LSTM on Sine wave: Learning rate, Hidden size; 30 trials (running)"."""
    names = [label_of(plan.base, each.name, _) for each in plan.space]
    return _("%(model)s on %(data)s: %(settings)s; %(trials)d trials (%(status)s)") % {
        "model": _(specs.model_spec(plan.base.model).title),
        "data": _(specs.data_spec(plan.base.data).title),
        "settings": listed(names, _),
        "trials": plan.trials,
        "status": _(STATUS[status]),
    }


def _range(base: RunConfig, name: str, prefix: str, _: Translate) -> Range | None:
    """The widget of one range; None where it leaves nothing to compare."""
    field, label = variable_settings(base)[name], label_of(base, name, _)
    whole, key = whole_range(base, name), f"{prefix}.range.{name}"
    if whole.choices:
        words = extra_of(field).get("choices", {})
        options = choices_of(field) or whole.choices
        values = st.multiselect(
            label,
            options,
            default=options,
            format_func=lambda value: _(str(words.get(value, value))),
            key=worded(key),
            placeholder=_("Choose values"),
            help=_(str(field.description)),
        )
        return chosen(base, name, values) if len(values) > 1 else None
    low, high = _ends(whole, _present(base, name), field, label, key, _)
    return narrowed(base, name, low, high) if low < high else None


def _ends(
    whole: Range, present: float, field: Any, label: str, key: str, _: Translate
) -> tuple[Any, Any]:
    help_ = _(str(field.description))
    if extra_of(field).get("scale") == "log":
        options = log_options(whole.low, whole.high, present, whole.whole)
        around = AROUND_WHOLE if whole.whole else AROUND
        inside = [o for o in options if present / around <= o <= present * around]
        ends = (inside[0], inside[-1]) if len(inside) > 1 else (options[0], options[-1])
        low, high = st.select_slider(
            label,
            options,
            value=ends,
            format_func=lambda number: f"{number:g}",
            key=key,
            help=help_,
        )
        return low, high
    kind = int if whole.whole else float
    step = extra_of(field).get("slider_step", 1 if whole.whole else None)
    bounds = kind(whole.low), kind(whole.high)
    low, high = st.slider(
        label, *bounds, value=bounds, step=step and kind(step), key=key, help=help_
    )
    return low, high


def _present(base: RunConfig, name: str) -> float:
    group, _, key = name.partition(".")
    return float(settings_groups(base)[group][key])


def _start(
    visitor: Visitor,
    base: RunConfig,
    space: list[Range],
    settings: dict[str, Scalar],
) -> None:
    show_sweep(
        visitor.sweeps.start(Plan(base, tuple(space), SweepSettings.read(settings))).id
    )


def _start_example(visitor: Visitor) -> None:
    plan = example()
    group = visitor.sweeps.start(plan)
    take_over(plan.base)
    show_sweep(group.id)
