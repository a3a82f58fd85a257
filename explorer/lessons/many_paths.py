"""CTC sums up all ways in which a word can lie in time, and most of it is silence."""

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Look, Outcome, Record, Setup, Task
from explorer.runs.records import View

NEARLY_ALL = 0.9
"""A path with more than this share of a word's chance has it alone."""

EVENLY = 0.001
"""Where the likeliest path has less, hundreds of others are as good."""


def word(view: View) -> list[int]:
    """The labels that are to be said."""
    return [truth for _predicted, truth in view.notes["edits"] if truth is not None]


def paths(steps: int, labels: list[int]) -> int:
    """In how many ways a word can be spread over so many steps.

    Each label fills a stretch of steps; blanks fill the rest, before, between and
    after: some between two equal labels, else none or more. That is as many ways as
    there are to set the ends of the stretches among the steps.

    >>> paths(3, [1, 2]), paths(3, [1, 1])
    (5, 1)
    """
    equal = sum(a == b for a, b in pairwise(labels))
    return math.comb(steps + len(labels) - equal, 2 * len(labels))


def shares(view: View) -> tuple[float, float]:
    """The chance of the word, by all its paths together; the likeliest path's share."""
    log_chance = -float(view.arrays["loss"][0]) * len(word(view))
    return math.exp(log_chance), math.exp(view.notes["score"] - log_chance)


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """How much of a word's chance its likeliest path has."""
    run = runs["gru"]
    view = run.views["prediction"]
    symbols = view.arrays["symbols"]  # (T, 1 + C), the blank first
    chance, share = shares(view)
    answer = "one" if share > NEARLY_ALL else "all" if share < EVENLY else "some"
    figures = {
        N_("likeliest path: its share of the word's chance"): share,
        N_("chance of the word, all paths together"): chance,
        N_("share of time steps at which nothing is said"): float(
            np.mean(symbols.argmax(-1) == 0)
        ),
        N_("share of labels said wrongly, of all windows"): run.validations[
            -1
        ].measures["label_error_rate"],
        N_("paths that spell the word: 10 to the power of"): math.log10(
            paths(len(symbols), word(view))
        ),
    }
    return Outcome(answer, figures, answer == "some")


SHORT: Mapping[str, Scalar] = {"training.steps": 600, "data.longest": 4}

LESSON = Lesson(
    name="many_paths",
    order=18,
    title=N_("CTC: many paths, one word"),
    question=N_(
        "A few tones can lie in 48 time steps in thousands of ways and more, and each "
        "way spells the same word. After training, how much of the word's chance does "
        "the likeliest way have?"
    ),
    guess=Choose(
        {
            "one": N_("nearly all: one path has over nine tenths"),
            "some": N_("a part: some paths have it between them"),
            "all": N_("next to nothing: they share it about evenly"),
        }
    ),
    runs={"gru": Setup(N_("GRU on tones"), "tones", "gru", SHORT)},
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(
            N_("GRU at a small learning rate"),
            "tones",
            "gru",
            {**SHORT, "training.learning_rate": 0.001},
        ),
        ("training.learning_rate", "training.steps", "data.noise"),
        0.4,
        {"training.learning_rate": 0.01},
    ),
    views={"prediction": Look("prediction")},
)
