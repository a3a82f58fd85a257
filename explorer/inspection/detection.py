"""How well scores tell what does not belong, where it is known what does not."""

from explorer.inspection import anomalies
from explorer.inspection.anomalies import AnomaliesOptions
from explorer.inspection.base import Subject, ViewSpec
from explorer.inspection.shown_series import series_choices
from explorer.runs.records import View


def look(subject: Subject, options: AnomaliesOptions) -> View:
    """scores (k, n) of the held-out part by each way of scoring, odd (n,): 0 where a
    place belongs."""
    seen = anomalies.look(subject, options)
    arrays = {name: seen.arrays[name] for name in ("scores", "odd")}
    notes = {name: seen.notes[name] for name in ("ways", "learning")}
    return View("detection", seen.step, arrays, notes)


VIEW = ViewSpec(
    "detection",
    AnomaliesOptions,
    look,
    anomalies.knows,
    series_choices,
    {"scores": ("way", "place"), "odd": ("place",)},
    learns=True,
)
