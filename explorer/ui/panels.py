"""The live panels: what each asks, what it draws, and which controls it has."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from explorer import catalog
from explorer.config import N_, RunConfig
from explorer.engine.hub import Snapshot
from explorer.errors import Words
from explorer.inspection.prediction import MOST_PROMPT, PredictionOptions
from explorer.plots import (
    attention,
    forecast,
    gates,
    gradient_norm,
    gradients,
    loss,
    text,
)
from explorer.runs.records import Lines, View
from explorer.training.objectives import LOSS_UNITS
from explorer.ui.translation import Translate
from explorer.ui.wishes import Wish

Content = dict[str, Any]
"""figure, reading, alternative, and for text its blocks."""


class Panel(NamedTuple):
    """One live picture."""

    name: str
    question: Callable[[RunConfig], str]
    controls: Callable[[RunConfig, Translate], list[dict[str, Any]]]
    draw: Callable[[Snapshot, Wish, Mapping[str, View], Translate], Content | None]


def lines(config: RunConfig) -> Lines:
    """What a run's loss is measured against."""
    data = catalog.make_data(config)
    return Lines(data.floor, data.floor_note, data.baselines, LOSS_UNITS[data.task])


def _content(plot: Any, drawn: Any, _: Translate, **more: Any) -> Content:
    return {
        "figure": plot.figure(drawn, _, **more),
        "reading": plot.reading(drawn, _),
        "alternative": plot.alternative(drawn, _),
    }


def _draw_loss(
    snapshot: Snapshot, wish: Wish, views: Mapping[str, View], _: Translate
) -> Content:
    config = snapshot.run.config
    drawn = loss.extract(
        config.model,
        snapshot.curves,
        snapshot.validations,
        snapshot.commands,
        lines(config),
        wish.axis,
        config.training.steps,
        snapshot.parent,
    )
    return _content(loss, drawn, _, y_log=wish.scale == "log")


def _error(view: View, _: Translate) -> Content | None:
    """What a panel says when its view could not be read."""
    if "error" not in view.notes:
        return None
    said = Words.read(view.notes["error"]).said(_)
    return {"figure": None, "reading": said, "alternative": ""}


def _draw_prediction(
    snapshot: Snapshot, wish: Wish, views: Mapping[str, View], _: Translate
) -> Content | None:
    if (view := views.get("prediction")) is None:
        return None
    if (error := _error(view, _)) is not None:
        return error
    if view.notes["task"] == "forecast":
        drawn = forecast.extract(snapshot.run.config.model, view)
        return _content(forecast, drawn, _)
    odds = text.extract(snapshot.run.config.model, view)
    return _content(text, odds, _) | {"text": {"blocks": _blocks(view, _)}}


def _blocks(view: View, _: Translate) -> list[dict[str, Any]]:
    """A sample after its prompt, and a held-out passage coloured by its loss."""
    notes, joiner = view.notes, view.notes["joiner"]
    sample = [[word, "prompt", 0] for word in notes["prompt"]]
    sample += [[word, "", 0] for word in notes["sample"]]
    caption = _("The model writes (after the bold beginning)")
    if notes["left_out"]:
        unknown = " ".join(notes["left_out"][:12])
        caption = _("Not in the vocabulary, left out: %(unknown)s") % {
            "unknown": unknown
        }
    shades = text.shade(view.arrays["losses"])
    passage = [
        [word, "", float(shade)]
        for word, shade in zip(notes["passage"], shades, strict=True)
    ]
    return [
        {"caption": caption, "tokens": sample, "joiner": joiner},
        {
            "caption": _("Held-out text: the redder, the more it surprised the model"),
            "tokens": passage,
            "joiner": joiner,
        },
    ]


def _draw_inside(
    snapshot: Snapshot, wish: Wish, views: Mapping[str, View], _: Translate
) -> Content | None:
    if (view := views.get("inside")) is None:
        return None
    if (error := _error(view, _)) is not None:
        return error
    plot: Any = attention if view.notes["kind"] == "attention" else gates
    return _content(plot, plot.extract(view), _)


def _draw_gradients(
    snapshot: Snapshot, wish: Wish, views: Mapping[str, View], _: Translate
) -> Content | None:
    config = snapshot.run.config
    if wish.gradient == "training":
        drawn = gradient_norm.extract(
            config.model,
            snapshot.curves,
            snapshot.commands,
            config.training.clip,
            wish.axis,
            config.training.steps,
        )
        return _content(gradient_norm, drawn, _)
    if (view := views.get("gradients")) is None:
        return None
    if (error := _error(view, _)) is not None:
        return error
    return _content(gradients, gradients.extract(config.model, view), _)


def _select(
    name: str, label: str, options: list[tuple[str, str]], value: str
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "kind": "select",
        "options": options,
        "value": value,
    }


def _loss_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    scales = [("log", _("logarithmic")), ("linear", _("linear"))]
    axes = [("step", _("by step")), ("second", _("by second"))]
    return [
        _select("scale", _("Loss axis"), scales, "log"),
        _select("axis", _("Time axis"), axes, "step"),
    ]


def _prediction_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    if catalog.data_spec(config.data).task != "next_token":
        return []
    fields = PredictionOptions.model_fields
    texts = {
        n: {"label": _(str(f.title)), "help": _(str(f.description))}
        for n, f in fields.items()
    }
    return [
        {"name": "temperature", "kind": "range", "value": 0.8, "min": 0, "max": 2}
        | {"step": 0.1}
        | texts["temperature"],
        {"name": "top_k", "kind": "number", "value": 0, "min": 0, "max": 100}
        | {"step": 1}
        | texts["top_k"],
        {"name": "prompt", "kind": "text", "value": "", "min": 0, "max": MOST_PROMPT}
        | texts["prompt"],
    ]


def _inside_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    resolved = catalog.resolve(config)
    captures = resolved.model.captures(resolved.model_settings)
    options = []
    for capture in captures:
        number = int(capture.name.removeprefix("layer_").split(".")[0]) + 1
        layer = _("layer %(number)d") % {"number": number}
        options.append((capture.name, f"{_(capture.title)} · {layer}"))
    # A forget gate or an attention map says more at first sight than what comes first.
    favourite = next((c.name for c in captures if "forget" in c.name), captures[0].name)
    controls = [_select("capture", _("Value"), options, favourite)]
    heads = getattr(resolved.model_settings, "heads", 0)
    if heads:
        numbers = [(str(k), str(k + 1)) for k in range(heads)]
        controls.append(_select("head", _("Head"), numbers, "0"))
    return controls


def _gradient_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    ways = [("time", _("through the window")), ("training", _("over training"))]
    return [_select("gradient", _("Shown"), ways, "time")]


def _prediction_question(config: RunConfig) -> str:
    if catalog.data_spec(config.data).task == "next_token":
        return N_("What would it write?")
    return N_("What does it foresee?")


def _inside_question(config: RunConfig) -> str:
    resolved = catalog.resolve(config)
    kinds = {c.kind for c in resolved.model.captures(resolved.model_settings)}
    if "attention" in kinds:
        return N_("Where does it look?")
    return N_("What does it keep?") if "gate" in kinds else N_("What does it remember?")


PANELS = (
    Panel(
        "loss",
        lambda config: N_("How low can the loss go?"),
        _loss_controls,
        _draw_loss,
    ),
    Panel("prediction", _prediction_question, _prediction_controls, _draw_prediction),
    Panel("inside", _inside_question, _inside_controls, _draw_inside),
    Panel(
        "gradients",
        lambda config: N_("How far back does the error reach?"),
        _gradient_controls,
        _draw_gradients,
    ),
)
