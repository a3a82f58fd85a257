"""The live panels: what each asks, what it draws, and which controls it has."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from explorer import catalog
from explorer.config import N_, RunConfig, bounds_of, extra_of
from explorer.engine.hub import Snapshot
from explorer.errors import Words
from explorer.inspection import prediction
from explorer.inspection.answer import MOST_PROMPT, PredictionOptions
from explorer.inspection.base import by_gradient, captures_of, favourite_of
from explorer.plots.inside import attention, gates, gradients
from explorer.plots.panel import AnswerPanel, answers
from explorer.plots.training import gradient_norm, loss, measures, overfitting
from explorer.runs.records import Lines, View
from explorer.tasks import MEASURES, TASKS
from explorer.ui.language import Translate
from explorer.ui.live.wishes import Wish

Content = dict[str, Any]
"""figure, reading, alternative, and for text its blocks."""


def always(config: RunConfig) -> bool:
    """A panel that every run has."""
    return True


class Panel(NamedTuple):
    """One live picture."""

    name: str
    question: Callable[[RunConfig], str]
    controls: Callable[[RunConfig, Translate], list[dict[str, Any]]]
    draw: Callable[[Snapshot, Wish, Mapping[str, View], Translate], Content | None]
    applies: Callable[[RunConfig], bool] = always


def lines(config: RunConfig) -> Lines:
    """What a run's loss is measured against."""
    data = catalog.make_data(config)
    unit = data.loss_unit or TASKS[data.task].loss_unit
    return Lines(data.floor, data.floor_note, data.baselines, unit)


def _content(plot: Any, drawn: Any, _: Translate, **more: Any) -> Content:
    return {
        "figure": plot.figure(drawn, _, **more),
        "reading": plot.reading(drawn, _),
        "alternative": plot.alternative(drawn, _),
    }


def _draw_loss(
    snapshot: Snapshot, wish: Wish, views: Mapping[str, View], _: Translate
) -> Content:
    content = _curve(snapshot, wish, _)
    if snapshot.validations and (newest := snapshot.validations[-1]).measures:
        content["proof"] = measures.line(newest.measures, newest.step, _)
    return content


def _curve(snapshot: Snapshot, wish: Wish, _: Translate) -> Content:
    """The loss, the gap between training and validation, or a measure."""
    run, seen = snapshot.run, snapshot.validations
    config = run.config
    total = run.step if run.status == "finished" else config.training.steps
    if wish.curve in TASKS[catalog.make_data(config).task].measures:
        drawn = measures.extract(config.model, seen, wish.curve, wish.axis, total)
        return _content(measures, drawn, _)
    if wish.curve == "gap":
        gap = overfitting.extract(
            config.model, snapshot.curves, seen, lines(config), wish.axis, total
        )
        return _content(overfitting, gap, _)
    curve = loss.extract(
        config.model,
        snapshot.curves,
        seen,
        snapshot.commands,
        lines(config),
        wish.axis,
        total,
        snapshot.parent,
    )
    return _content(loss, curve, _, y_log=wish.scale == "log")


def _error(view: View, _: Translate) -> Content | None:
    """What a panel says when its view could not be read."""
    if "error" not in view.notes:
        return None
    said = Words.read(view.notes["error"]).text(_)
    return {"figure": None, "reading": said, "alternative": ""}


def _draw_prediction(
    snapshot: Snapshot, wish: Wish, views: Mapping[str, View], _: Translate
) -> Content | None:
    if (view := views.get("prediction")) is None:
        return None
    if (error := _error(view, _)) is not None:
        return error
    return answers()[view.notes["answer"]].draw(snapshot.run.config, view, _)


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
    if wish.gradient == "training" or not by_gradient(catalog.resolve(config)):
        descends = catalog.model_spec(config.model).learning != "expectation"
        drawn = gradient_norm.extract(
            config.model,
            snapshot.curves,
            snapshot.commands,
            config.training.clip if descends else 0.0,
            wish.axis,
            config.training.steps,
            moved=not descends,
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


def _loss_question(config: RunConfig) -> str:
    if catalog.resolve(config).model.learning == "adversarial":
        return N_("Who is winning?")
    return N_("How low can the loss go?")


def _loss_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    scales = [("log", _("logarithmic")), ("linear", _("linear"))]
    axes = [("step", _("by step")), ("second", _("by second"))]
    task = TASKS[catalog.make_data(config).task]
    shown = [("loss", _("loss")), ("gap", _("overfitting"))]
    shown += [(name, _(MEASURES[name].title)) for name in task.measures]
    return [
        _select("curve", _("Shown"), shown, "loss"),
        _select("scale", _("Loss axis"), scales, "log"),
        _select("axis", _("Time axis"), axes, "step"),
    ]


def _answer_of(config: RunConfig) -> AnswerPanel:
    """The picture of this run's answers."""
    way = prediction.answer_to(catalog.make_data(config))
    assert way is not None, config.data
    return answers()[way.plot]


def _prediction_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    return [_control(name, _) for name in _answer_of(config).controls]


def _control(name: str, _: Translate) -> dict[str, Any]:
    """The control of one option of an answer."""
    field = PredictionOptions.model_fields[name]
    low, high = bounds_of(field)
    control = {
        "name": name,
        "label": _(str(field.title)),
        "help": _(str(field.description)),
        "value": field.default,
    }
    if field.annotation is str:
        return control | {"kind": "text", "min": 0, "max": MOST_PROMPT}
    step = extra_of(field).get("slider_step")
    kind = "number" if step is None else "range"
    return control | {"kind": kind, "min": low, "max": high, "step": step or 1}


def _inside_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    resolved = catalog.resolve(config)
    captures = resolved.model.captures(resolved.model_settings)
    options = []
    for capture in captures:
        number = int(capture.name.removeprefix("layer_").split(".")[0]) + 1
        layer = _("layer %(number)d") % {"number": number}
        options.append((capture.name, f"{_(capture.title)} · {layer}"))
    favourite = favourite_of(resolved).name
    controls = [_select("capture", _("Value"), options, favourite)]
    heads = getattr(resolved.model_settings, "heads", 0)
    if heads:
        numbers = [(str(k), str(k + 1)) for k in range(heads)]
        controls.append(_select("head", _("Head"), numbers, "0"))
    return controls


def _gradient_controls(config: RunConfig, _: Translate) -> list[dict[str, Any]]:
    ways = [("training", _("over training"))]
    if by_gradient(catalog.resolve(config)):
        ways.insert(0, ("time", _("through the window")))
    return [_select("gradient", _("Shown"), ways, ways[0][0])]


def _inside_question(config: RunConfig) -> str:
    resolved = catalog.resolve(config)
    kinds = {c.kind for c in resolved.model.captures(resolved.model_settings)}
    if "attention" in kinds:
        return N_("Where does it look?")
    return N_("What does it keep?") if "gate" in kinds else N_("What does it remember?")


def _gradient_question(config: RunConfig) -> str:
    resolved = catalog.resolve(config)
    if by_gradient(resolved):
        return N_("How far back does the error reach?")
    if resolved.model.learning == "expectation":
        return N_("How far does each step move the parameters?")
    return N_("How long are the gradients?")


PANELS = (
    Panel(
        "loss",
        _loss_question,
        _loss_controls,
        _draw_loss,
    ),
    Panel(
        "prediction",
        lambda config: _answer_of(config).question,
        _prediction_controls,
        _draw_prediction,
        lambda config: prediction.answered(catalog.resolve(config)),
    ),
    Panel(
        "inside",
        _inside_question,
        _inside_controls,
        _draw_inside,
        lambda config: bool(captures_of(catalog.resolve(config))),
    ),
    Panel(
        "gradients",
        _gradient_question,
        _gradient_controls,
        _draw_gradients,
    ),
)


def panels_for(config: RunConfig) -> list[Panel]:
    """The panels that a run has."""
    return [panel for panel in PANELS if panel.applies(config)]
