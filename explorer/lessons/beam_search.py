"""A beam finds what is likelier, and what is likelier is not always what is right."""

from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Lesson, Look, Number, Outcome, Record, Setup, Task
from explorer.runs.records import View

SOURCES = 32
WIDTH = 3
LIKELIER = 0.001
"""By so many nats at least, or it is a matter of rounding."""

MANY, HARDLY = 0.25, 0.2
"""Shares of the sources: of how many a likelier translation is found, and of how many
more at most it is the right one."""


def likelier(view: View) -> bool:
    """Whether the beam's translation has a higher probability than the greedy one."""
    notes = view.notes
    return bool(notes["score"] > notes["greedy_score"] + LIKELIER)


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Of how many sources a beam finds a likelier translation."""
    views = runs["writer"].views.values()
    found = [view.notes for view in views if likelier(view)]
    greedy, beam = (
        sum(view.notes[name] == view.notes["truth"] for view in views)
        for name in ("greedy", "said")
    )
    shorter = sum(len(notes["said"]) < len(notes["greedy"]) for notes in found)
    figures = {
        N_("sources with a likelier translation"): float(len(found)),
        N_("of these, written shorter"): float(shorter),
        N_("right: always the likeliest token"): float(greedy),
        N_("right: a beam of three"): float(beam),
    }
    hardly = abs(beam - greedy) <= HARDLY * len(views)
    many = len(found) >= MANY * len(views)
    return Outcome(float(len(found)), figures, many and hardly)


SHORT: Mapping[str, Scalar] = {
    "data.symbols": 10,
    "model.hidden_size": 32,
    "training.steps": 200,
}

LESSON = Lesson(
    name="beam_search",
    order=16,
    title=N_("Beam search by hand"),
    question=N_(
        "A net that has not learned enough writes 32 sequences backwards: once by "
        "always taking the likeliest token, once with a beam of three. For how many of "
        "the 32 does the beam find something likelier?"
    ),
    guess=Number(0.0, float(SOURCES), N_("of 32"), within=0.2),
    runs={"writer": Setup(N_("encoder and decoder"), "reverse", "seq2seq", SHORT)},
    outcome=outcome,
    panels=("beam", "writing", "loss"),
    task=Task(
        Setup(N_("encoder and decoder"), "reverse", "seq2seq", SHORT),
        ("training.steps", "training.learning_rate", "model.hidden_size"),
        0.3,
        {"training.steps": 500},
    ),
    views={
        f"source {k}": Look("beam", {"example": k, "width": WIDTH})
        for k in range(SOURCES)
    },
)
