"""The panels of pages that show views: every one, with a picture, that a run has."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from explorer import catalog
from explorer.config import RunConfig, Scalar, bounds_of, choices_of, extra_of
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.errors import N_, ExplorerError, Words
from explorer.inspection.base import ViewSpec, views
from explorer.inspection.example import MarkedOptions
from explorer.plots.panel import Button, Content, InsidePanel, Scene, panels
from explorer.runs.records import View
from explorer.training.changes import Change, completed
from explorer.ui.language import Translate
from explorer.ui.live.panels import PANELS
from explorer.ui.live.wishes import LIVE, Wish

LOSS = next(panel for panel in PANELS if panel.name == "loss")
SHARED = tuple(MarkedOptions.model_fields)
NEWEST = -1


class Elsewhere(NamedTuple):
    """A view of another moment, or of another run."""

    run: str
    step: int  # or NEWEST
    wanted: Wanted


def panels_for(
    config: RunConfig, page: str = "inside"
) -> list[tuple[InsidePanel, ViewSpec]]:
    """The pictures of a page that a run's model and data have."""
    resolved = catalog.resolve(config)
    here = [panel for panel in panels().values() if panel.page == page]
    each = [(panel, views()[panel.view]) for panel in here]
    return [(panel, spec) for panel, spec in each if spec.applies(resolved)]


def described(
    config: RunConfig, _: Translate, page: str = "inside"
) -> list[dict[str, Any]]:
    """Every panel of a page as the live component builds it."""
    loss = {
        "name": LOSS.name,
        "question": _(LOSS.question(config)),
        "controls": LOSS.controls(config, _),
    }
    return [
        loss,
        *(
            {
                "name": panel.view,
                "question": _(panel.question),
                "about": _(panel.about),
                "controls": [
                    *_controls(config, spec, _),
                    *(_button(button, _) for button in panel.buttons),
                ],
            }
            for panel, spec in panels_for(config, page)
        ),
    ]


def shared_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    """The controls of the example that all panels look at."""
    fields = MarkedOptions.model_fields
    windows = len(catalog.make_data(config).validation.x)
    example = {"kind": "number", "value": -1, "min": -1, "max": windows - 1, "step": 1}
    return [
        {
            "name": name,
            "label": _(str(fields[name].title)),
            "help": _(str(fields[name].description)),
            **more,
        }
        for name, more in (
            ("example", example),
            ("text", {"kind": "text", "value": "", "min": 0, "max": 1000}),
            ("mark", {**example, "max": catalog.make_data(config).steps - 1}),
        )
    ]


def wanted(config: RunConfig, wish: Wish) -> dict[str, Wanted]:
    """By panel: the view that a tab's visible panels need."""
    shown = {*wish.shown.split(","), wish.csv}
    return {
        panel.view: _wanted(spec, wish)
        for panel, spec in panels_for(config, wish.page)
        if panel.view in shown
    }


def elsewhere(snapshot: Snapshot, wish: Wish, basis: int) -> dict[str, list[Elsewhere]]:
    """By panel: what it needs from other moments and runs. `basis` is a kept step."""
    now = snapshot.run.step if wish.at == LIVE else wish.at
    kept = [step for step in snapshot.checkpoints if step < now]
    found: dict[str, list[Elsewhere]] = {}
    asked = wanted(snapshot.run.config, wish)
    for name, want in asked.items():
        panel = panels()[name]
        run = snapshot.run.id
        each = [Elsewhere(run, k, want) for k in earlier(kept, panel.ghosts)]
        if panel.basis:
            each.append(Elsewhere(run, basis, want))
        if panel.beside and wish.beside:
            each.append(Elsewhere(wish.beside, NEWEST, want))
        found[name] = each
    return found


def left_out(run: str, lacking: Mapping[Elsewhere, ExplorerError]) -> ExplorerError:
    """The one sentence about all that is lacking; another run goes before moments."""
    need, error = max(lacking.items(), key=lambda item: item[0].run != run)
    if need.run != run:
        return ExplorerError(
            N_("No other run is drawn beside this one: %(why)s"), why=error.words
        )
    return ExplorerError(
        N_("Not every earlier moment is drawn: %(why)s"), why=error.words
    )


def chosen_change(config: RunConfig, wish: Wish) -> dict[str, Scalar]:
    """The change that a tab has chosen, for a run to hold.

    Raises:
        ExplorerError: if it is not sound.
    """
    chosen = wish.options_of("change")
    change = Change.read({n: v for n, v in chosen.items() if n in Change.model_fields})
    return completed(change, catalog.resolve(config)).values()


def earlier(kept: list[int], count: int) -> list[int]:
    """At most `count` of the kept steps, spread by ratio, so that they seldom change.

    >>> earlier([0, 1, 2, 4, 8, 16, 32, 64], 3)
    [4, 64]
    """
    powers = [step for step in kept if step & (step - 1) == 0 and step > 0]
    stride = 1
    while count and len(powers[::stride]) > count:
        stride *= 2
    newest_first = powers[::-1][::stride][:count]
    return newest_first[::-1]


def drawn(
    snapshot: Snapshot,
    wish: Wish,
    seen: Mapping[Wanted, View],
    others: Mapping[Elsewhere, tuple[RunConfig, View]],
    basis: int,
    _: Translate,
) -> dict[str, Content]:
    """The visible panels whose views are there."""
    needs = elsewhere(snapshot, wish, basis)
    found = {LOSS.name: LOSS.draw(snapshot, wish, {}, _) or {}}
    for name, want in wanted(snapshot.run.config, wish).items():
        if (view := seen.get(want)) is not None:
            found[name] = _draw(snapshot, wish, name, view, needs[name], others, _)
    return found


def _draw(
    snapshot: Snapshot,
    wish: Wish,
    name: str,
    view: View,
    needs: list[Elsewhere],
    others: Mapping[Elsewhere, tuple[RunConfig, View]],
    _: Translate,
) -> Content:
    panel = panels()[name]
    if "error" in view.notes:
        said = Words.read(view.notes["error"]).text(_)
        return {"figure": None, "reading": said, "alternative": said}
    own = [e for e in needs if e in others and "error" not in others[e][1].notes]
    there = {e: others[e][1] for e in own}
    basis = needs[-1 - bool(panel.beside and wish.beside)] if panel.basis else None
    beside = next((e for e in own if e.run != snapshot.run.id), None)
    ghosts = [e for e in own if e is not basis and e is not beside]
    scene = Scene(
        snapshot.run.config,
        view,
        None if wish.mark < 0 else wish.mark,
        tuple(there[e] for e in ghosts),
        there.get(basis) if basis else None,
        others[beside] if beside else None,
        snapshot.curves,
    )
    return panel.draw(scene, _)


def _wanted(spec: ViewSpec, wish: Wish) -> Wanted:
    """A view with the shared example and its own options, as canonical JSON."""
    fields = spec.options.model_fields
    chosen = {n: v for n, v in wish.options_of(spec.name).items() if n in fields}
    common = {n: getattr(wish, n) for n in SHARED if n in fields}
    return Wanted(spec.name, json.dumps({**chosen, **common}, sort_keys=True))


def _controls(
    config: RunConfig, spec: ViewSpec, _: Translate
) -> Iterator[dict[str, Any]]:
    """A control for every option of a view, the shared ones left out."""
    offered = spec.choices(catalog.resolve(config))
    for name, field in spec.options.model_fields.items():
        if name in SHARED:
            continue
        control: dict[str, Any] = {
            "name": f"{spec.name}.{name}",
            "label": _(str(field.title)),
            "help": _(str(field.description)),
            "value": field.default,
        }
        low, high = bounds_of(field)
        if name in offered:
            pairs = [(value, words.text(_)) for value, words in offered[name]]
            known = [value for value, _words in pairs]
            value = str(field.default)
            control |= {"kind": "select", "options": pairs}
            control["value"] = value if value in known else known[0]
        elif choices := choices_of(field):
            shown = extra_of(field).get("choices", {})
            pairs = [(choice, _(shown.get(choice, choice))) for choice in choices]
            control |= {"kind": "select", "options": pairs}
        elif field.annotation in (int, float):
            step = extra_of(field).get("slider_step", 1)
            kind = "range" if "slider_step" in extra_of(field) else "number"
            control |= {"kind": kind, "min": low, "max": high, "step": step}
        else:
            control |= {"kind": "text", "min": 0, "max": 200}
        yield control


def _button(button: Button, _: Translate) -> dict[str, Any]:
    return {
        "name": button.name,
        "kind": "button",
        "label": _(button.label),
        "help": _(button.help),
        "value": button.value,
    }


def table(view: View) -> str:
    """Every number of a view as CSV: the array's name, its indices, the value."""
    out = io.StringIO()
    writer = csv.writer(out)
    deepest = max((a.ndim for a in view.arrays.values()), default=0)
    writer.writerow(["array", *(f"index_{k}" for k in range(deepest)), "value"])
    for name, values in view.arrays.items():
        for place in np.ndindex(values.shape):
            filled = [*place, *[""] * (deepest - len(place))]
            writer.writerow([name, *filled, values[place]])
    return out.getvalue()
