"""The controls of panels, built from classes of settings: plain data for a browser."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from explorer.catalog import building, specs
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar, Settings, bounds_of, choices_of, extra_of
from explorer.inspection.base import views
from explorer.inspection.example import MarkedOptions
from explorer.plots.panel import Button, Panel
from explorer.runs.facts import Facts
from explorer.ui.language import Translate

Control = dict[str, Any]
Offered = Mapping[str, Sequence[tuple[str, str]]]
"""By option: what it may be, as (value, words in the reader's language)."""

SHARED = tuple(MarkedOptions.model_fields)
"""What all panels of a page look at; it has no control in each of them."""

MOST_LETTERS = 200


def panel_controls(panel: Panel, facts: Facts, _: Translate) -> list[Control]:
    """A control for every choice: the panel's own, its views' options, its buttons."""
    begins, found = panel.begins(facts), []
    for cls, offered in _classes(panel, facts, _):
        for name in _chosen(panel, cls, facts):
            choices = offered.get(name)
            if choices is None or choices:
                field = cls.model_fields[name]
                control = _control(field, choices, begins.get(name), _)
                for other, values in extra_of(field).get("when", {}).items():
                    control["when"] = [f"{panel.name}.{other}", values]
                found.append({"name": f"{panel.name}.{name}", **control})
    return [*found, *(_button(button, _) for button in panel.buttons)]


def _chosen(panel: Panel, cls: type[Settings], facts: Facts) -> list[str]:
    """What of a panel's settings or of a view's options can be chosen in it."""
    names = [n for n in cls.model_fields if n not in SHARED and n not in panel.follows]
    if cls is panel.settings or panel.offers is None:
        return names
    return [name for name in names if name in panel.offers(facts)]


def _classes(
    panel: Panel, facts: Facts, _: Translate
) -> Iterator[tuple[type[Settings], Offered]]:
    """The panel's settings and its views' options, and what they may be for a run."""
    choices = panel.choices(facts).items()
    yield panel.settings, {n: [(v, _(w)) for v, w in each] for n, each in choices}
    resolved = specs.resolve(facts.config)
    for name in panel.needs(facts, panel.settings()):
        spec = views()[name]
        options = spec.choices(resolved).items()
        yield spec.options, {n: [(v, w.text(_)) for v, w in e] for n, e in options}


def _control(
    field: FieldInfo,
    offered: Sequence[tuple[str, str]] | None,
    begin: Scalar | None,
    _: Translate,
) -> Control:
    """What chooses a value of a field.

    Args:
        field: of a class of settings.
        offered: what it may be for this run; None: whatever the field allows.
        begin: where it begins; None: at the default.
    """
    value = field.default if begin is None else begin
    control: Control = {"label": _(str(field.title)), "help": _(str(field.description))}
    low, high = bounds_of(field)
    if offered is not None:
        values = [each for each, _words in offered]
        value = str(value) if str(value) in values else values[0]
        return control | {"kind": "select", "options": offered, "value": value}
    if choices := choices_of(field):
        shown = extra_of(field).get("choices", {})
        pairs = [(choice, _(shown.get(choice, choice))) for choice in choices]
        return control | {"kind": "select", "options": pairs, "value": value}
    if field.annotation in (int, float):
        slides = "slider_step" in extra_of(field)
        step = extra_of(field).get("slider_step", 1)
        kind = "range" if slides else "number"
        control |= {"kind": kind, "min": low, "max": high, "step": step}
        control |= _blank(field, _)
    else:
        control |= {"kind": "text", "min": 0, "max": MOST_LETTERS}
    return control | {"value": value}


def _blank(field: FieldInfo, _: Translate) -> Control:
    """What stands in an empty field in place of its smallest value, and what is added
    to every other one where it is shown."""
    extra, (low, _high) = extra_of(field), bounds_of(field)
    if not (unset := extra.get("unset", "")) or low is None:
        return {}
    shift = extra.get("shift", 0)
    return {"blank": _(unset), "unset": low, "min": low + 1, "shift": shift}


def _button(button: Button, _: Translate) -> Control:
    return {
        "name": button.name,
        "kind": "button",
        "label": _(button.label),
        "help": _(button.help),
        "value": button.value,
    }


def example_controls(config: RunConfig, _: Translate) -> list[Control]:
    """The controls of the example that all panels look at."""
    fields = MarkedOptions.model_fields
    data = building.make_data(config)
    windows = len(data.validation.x)
    example = {"kind": "number", "value": -1, "min": 0, "max": windows - 1, "step": 1}
    return [
        {
            "name": name,
            "label": _(str(fields[name].title)),
            "help": _(str(fields[name].description)),
            **more,
            **_blank(fields[name], _),
        }
        for name, more in (
            ("example", example),
            ("text", {"kind": "text", "value": "", "min": 0, "max": 1000}),
            ("mark", {**example, "max": data.steps - 1}),
        )
    ]


def compared_controls(
    config: RunConfig, _: Translate, beside: Sequence[tuple[str, str]]
) -> list[Control]:
    """The same, and where there are other runs, (id, what it is), one beside it."""
    shared = example_controls(config, _)
    if beside:
        none = ("", _("no other run"))
        select = {"kind": "select", "options": [none, *beside], "value": ""}
        shared.append({"name": "beside", "label": _("Beside"), **select})
    return shared
