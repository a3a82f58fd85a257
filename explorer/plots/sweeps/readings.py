"""The pictures of a sweep in words, computed from the same numbers."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.errors import N_
from explorer.plots.parts import Translate, short
from explorer.plots.ratio import in_ratio
from explorer.plots.sweeps.study import FEW, SweepDrawn, weights
from explorer.plots.words import clauses, listed, paragraph
from explorer.runs.trials import Range, Trial, TrialState, count_of, why_none

Reading = Callable[[SweepDrawn, Translate], str]

QUESTIONS: Mapping[str, str] = {
    "history": N_("How fast does the search get better?"),
    "intermediate": N_("Which trials were worth going on with?"),
    "cuts": N_("Which values of each setting do well?"),
    "contour": N_("Which settings do well together?"),
    "parallel": N_("What do the best trials have in common?"),
    "importances": N_("Which setting matters most?"),
}


def read_history(drawn: SweepDrawn, _: Translate = str) -> str:
    """The best loss, when it was found, and against the floor."""
    if not drawn.ended:
        why = why_none(drawn.trials)
        return _("No trial has ended yet.") if why is None else why.text(_)
    best = _first(drawn)
    values = {
        "count": len(drawn.ended),
        "loss": short(best.loss),
        "number": best.place,
        "since": len([t for t in drawn.ended if t.number > best.number]),
    }
    if drawn.floor:
        return in_ratio(
            best.loss / drawn.floor,
            _(
                "The lowest loss of %(count)d trials is %(loss)s, %(percent)s %% above "
                "the floor, in trial %(number)d; %(since)d after it found nothing "
                "better."
            ),
            _(
                "The lowest loss of %(count)d trials is %(loss)s, %(times)s times the "
                "floor, in trial %(number)d; %(since)d after it found nothing better."
            ),
            **values,
        )
    return (
        _(
            "The lowest loss of %(count)d trials is %(loss)s, in trial %(number)d; "
            "%(since)d after it found nothing better."
        )
        % values
    )


def read_intermediate(drawn: SweepDrawn, _: Translate = str) -> str:
    """What pruning spared, and which trials were lost."""
    sentences = [_read_lost(drawn, _)]
    if drawn.ended:
        sentences.insert(0, _read_pruned(drawn, bool(sentences[0]), _))
    return paragraph(*filter(None, sentences)) or _("Nothing was measured yet.")


def _read_lost(drawn: SweepDrawn, _: Translate) -> str:
    ends: tuple[TrialState, ...] = ("diverged", "failed")
    lost = {state: count_of(drawn.trials, state) for state in ends}
    if not any(lost.values()):
        return ""
    return (
        _("%(diverged)d trials diverged (at a triangle), and %(failed)d failed.") % lost
    )


def _read_pruned(drawn: SweepDrawn, some_lost: bool, _: Translate) -> str:
    pruned = [t for t in drawn.trials if t.state == "pruned"]
    if not pruned:
        return "" if some_lost else _("Every trial was trained to its end.")
    saved = sum(drawn.steps - t.steps for t in pruned)
    whole = drawn.steps * len(drawn.ended)
    values = {
        "pruned": len(pruned),
        "count": len(drawn.ended),
        "saved": f"{saved:,}",
        "share": f"{100 * saved / whole:.0f}",
    }
    return (
        _(
            "%(pruned)d of %(count)d trials ended early (at a cross): %(saved)s steps, "
            "%(share)s %% of all, were spared."
        )
        % values
    )


def read_cuts(drawn: SweepDrawn, _: Translate = str) -> str:
    """Between which values the best quarter lies, for the setting that says most."""
    if len(drawn.ended) < FEW:
        return _few(_)
    slopes = {each: _slope(drawn, each) for each in drawn.space if not each.choices}
    if not slopes:
        return read_parallel(drawn, _)
    each, slope = max(slopes.items(), key=lambda pair: abs(pair[1]))
    values = {"name": drawn.titles[each.name], "slope": f"{slope:+.2f}"}
    if abs(slope) < 0.3:
        return (
            _(
                "No setting pushes the loss one way throughout: the clearest is "
                "%(name)s, with a rank correlation of %(slope)s."
            )
            % values
        )
    message = _(
        "%(name)s: the lower, the lower the loss, mostly (rank correlation %(slope)s)."
    )
    if slope < 0:
        message = _(
            "%(name)s: the higher, the lower the loss, mostly (rank correlation "
            "%(slope)s)."
        )
    return message % values


def read_contour(drawn: SweepDrawn, _: Translate = str) -> str:
    """Where the lowest loss lies."""
    if len(drawn.space) < 2:
        return _("A map needs two settings; this sweep varies one.")
    if len(drawn.ended) < FEW:
        return _few(_)
    best = _first(drawn)
    return _("The lowest loss, %(loss)s, lies at %(values)s.") % {
        "loss": short(best.loss),
        "values": values_in_words(drawn, best.values, _),
    }


def read_parallel(drawn: SweepDrawn, _: Translate = str) -> str:
    """What the best quarter shares."""
    if len(drawn.ended) < FEW:
        return _few(_)
    ranked = sorted(drawn.ended, key=lambda t: t.loss)
    quarter = ranked[: max(2, len(ranked) // 4)]
    parts = [_span(each, quarter, drawn) for each in drawn.space]
    return _("The best %(count)d trials have %(spans)s.") % {
        "count": len(quarter),
        "spans": clauses(parts, _),
    }


def read_importances(drawn: SweepDrawn, _: Translate = str) -> str:
    """The heaviest setting."""
    shares = weights(drawn)
    if not shares:
        return _("Six trials with different losses are needed to tell.")
    name, share = max(shares.items(), key=lambda pair: pair[1])
    return _(
        "%(name)s stands behind %(share)s %% of what the settings change between good "
        "and middling trials."
    ) % {"name": name, "share": f"{100 * share:.0f}"}


READINGS: Mapping[str, Reading] = {
    "history": read_history,
    "intermediate": read_intermediate,
    "cuts": read_cuts,
    "contour": read_contour,
    "parallel": read_parallel,
    "importances": read_importances,
}


def alternative(name: str, drawn: SweepDrawn, _: Translate = str) -> str:
    """A picture in words: what it is and what it says."""
    kinds = {
        "history": N_("Chart of the loss of every trial in order."),
        "intermediate": N_("Line chart of every trial's loss while it trained."),
        "cuts": N_("Scatter charts of the loss by each setting."),
        "contour": N_("Map of the loss over pairs of settings."),
        "parallel": N_("Lines of all trials through their settings."),
        "importances": N_("Bar chart of how much each setting matters."),
    }
    return paragraph(_(kinds[name]), READINGS[name](drawn, _))


def values_in_words(
    drawn: SweepDrawn, values: Mapping[str, object], _: Translate
) -> str:
    """As in "Learning rate 0.0123, Hidden size 32"."""
    return listed(
        [
            f"{drawn.titles[each.name]} {_short(values[each.name])}"
            for each in drawn.space
        ],
        _,
    )


def _first(drawn: SweepDrawn) -> Trial:
    return min(drawn.ended, key=lambda t: (t.loss, t.number))


def _few(_: Translate) -> str:
    return _("Three trials must have ended before they can be compared.")


def _short(value: object) -> str:
    return short(value) if isinstance(value, float) else str(value)


def _span(each: Range, trials: list[Trial], drawn: SweepDrawn) -> str:
    """As in "Hidden size 32 to 64"."""
    values = [t.values[each.name] for t in trials]
    if each.choices:
        common = dict.fromkeys(str(value) for value in values)
        return f"{drawn.titles[each.name]} {' / '.join(common)}"
    low, high = (short(float(end)) for end in (min(values), max(values)))
    return f"{drawn.titles[each.name]} {low} – {high}"


def _slope(drawn: SweepDrawn, each: Range) -> float:
    """Spearman's rank correlation of a setting and the loss."""
    x = _ranks([float(t.values[each.name]) for t in drawn.ended])
    y = _ranks([t.loss for t in drawn.ended])
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else 0.0


def _ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Places from 1 in rising order; equal values share the mean of theirs.

    scipy.stats has it too, and takes two thirds of a second to import.

    >>> _ranks([5.0, 2.0, 5.0, 9.0]).tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (count.cumsum() - (count - 1) / 2)[place]
    return ranks
