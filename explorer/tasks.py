"""The tasks that a sequence model can learn, how each is judged, and in what words.

Shapes, with N windows, T time steps, I inputs, O outputs, V symbols, C labels, S source
and L target steps:

| task | x | y | what a model answers |
|---|---|---|---|
| forecast | (N, T, I) values | (N, T, O) values | (N, T, O) values |
| next_token | (N, T) ids | (N, T) ids | (N, T, V) logits |
| classify | (N, T, I) or (N, T) | (N,) labels | (N, C) logits |
| tag | (N, T, I) or (N, T) | (N, T) labels | (N, T, C) logits |
| translate | (N, S + L) ids: the source, then what the decoder is given | (N, L) ids | (N, L, V) logits |
| transcribe | (N, T, I) values | (N, L) labels | (N, T, 1 + C) logits, blank first |
| generate | (N, T, I) values | as x | (N, T, 1) the discriminator's logits |

Where a place of y has no answer it holds `IGNORED`.
"""  # noqa: E501

from collections.abc import Mapping
from typing import Literal, NamedTuple

from explorer.errors import N_

Task = Literal[
    "forecast",
    "next_token",
    "classify",
    "tag",
    "translate",
    "transcribe",
    "generate",
]

CAUSAL: tuple[Task, ...] = ("forecast", "next_token")
"""The tasks in which the answer at a time step may depend on no later one."""

IGNORED = -100
"""A target that is not counted, as in torch's cross-entropy."""


FILLED, BEGIN, END = 0, 1, 2
"""The first symbols of a translation's vocabulary: what fills up, begins and ends."""


class TaskSpec(NamedTuple):
    """How a task is spoken of."""

    title: str
    loss_unit: str
    measures: tuple[str, ...]
    """Beside the loss, on the held-out part; names of `MEASURES`."""
    kind: str
    """Of data that asks for it, in a word by which people look for data."""


class Measure(NamedTuple):
    """A number that says how well a model does."""

    title: str
    higher: bool  # whether more is better
    percent: bool = False  # a share of 1, shown in percent
    undefined: str = ""  # why there may be none
    about: str = ""  # what it is, where its name does not say it all


TASKS: Mapping[Task, TaskSpec] = {
    "forecast": TaskSpec(
        N_("forecast"),
        N_("mean squared error (standardised)"),
        ("mae", "rmse", "r2", "best_skill", "crps", "pinball"),
        N_("Series"),
    ),
    "next_token": TaskSpec(
        N_("next token"),
        N_("cross-entropy (nats per token)"),
        ("perplexity", "bits_per_token", "bits_per_byte", "accuracy", "recalled"),
        N_("Text"),
    ),
    "classify": TaskSpec(
        N_("classify"),
        N_("cross-entropy (nats per sequence)"),
        ("accuracy", "trained_accuracy", "precision", "recall", "f1"),
        N_("Labels"),
    ),
    "tag": TaskSpec(
        N_("tag"),
        N_("cross-entropy (nats per step)"),
        ("accuracy", "precision", "recall", "f1", "entity_f1"),
        N_("Labels"),
    ),
    "translate": TaskSpec(
        N_("translate"),
        N_("cross-entropy (nats per token)"),
        ("exact_match", "token_accuracy", "bleu"),
        N_("Translation"),
    ),
    "transcribe": TaskSpec(
        N_("transcribe"),
        N_("CTC loss (nats per label)"),
        ("label_error_rate", "exact_match"),
        N_("Labels"),
    ),
    "generate": TaskSpec(
        N_("generate"),
        N_("generator's loss (nats)"),
        (
            "diversity",
            "kinds",
            "value_distance",
            "autocorrelation_distance",
            "real_score",
            "fake_score",
        ),
        N_("Series"),
    ),
}

UNMOVED = N_("the held-out part does not move")
UNCALIBRATED = N_("too few values are held out to calibrate intervals")

MEASURES: Mapping[str, Measure] = {
    "accuracy": Measure(N_("Accuracy"), True, True),
    "trained_accuracy": Measure(N_("Accuracy on training windows"), True, True),
    "recalled": Measure(N_("Accuracy of what must be recalled"), True, True),
    "precision": Measure(N_("Precision (macro)"), True, True),
    "recall": Measure(N_("Recall (macro)"), True, True),
    "f1": Measure(N_("F1 (macro)"), True, True),
    "entity_f1": Measure(
        N_("Entity F1"),
        True,
        True,
        undefined=N_("the held-out part has no entities, and none was said"),
    ),
    "exact_match": Measure(N_("Exact match"), True, True),
    "token_accuracy": Measure(N_("Token accuracy"), True, True),
    "bleu": Measure(N_("BLEU (0–100)"), True),
    "perplexity": Measure(N_("Perplexity"), False),
    "bits_per_token": Measure(N_("Bits per token"), False),
    "bits_per_byte": Measure(
        N_("Bits per byte"),
        False,
        about=N_(
            "It is what the model pays per byte of the held-out text, so that "
            "characters, byte pairs and words compare on one axis; what <unk> and "
            "lower case hide of words is not paid for."
        ),
    ),
    "mae": Measure(N_("MAE (standardised)"), False),
    "rmse": Measure(N_("RMSE (standardised)"), False),
    "r2": Measure(N_("R²"), True, undefined=UNMOVED),
    "best_skill": Measure(
        N_("Skill against the best simple guess"),
        True,
        undefined=N_("a simple guess is never wrong here"),
    ),
    "crps": Measure(
        N_("CRPS (standardised)"),
        False,
        undefined=UNCALIBRATED,
        about=N_(
            "It judges the whole distribution of the next value, on the last value of "
            "each window of the second half: that of the model's head, or, where that "
            "says one number, this plus the misses of the first half of the held-out "
            "windows. Of a single certain answer it is the MAE."
        ),
    ),
    "nll": Measure(
        N_("Negative log-likelihood (nats per value)"),
        False,
        about=N_(
            "It is what a Gaussian head lowers: how unlikely it finds each held-out "
            "value, as a density of standardised values, so that it may fall below 0."
        ),
    ),
    "pinball": Measure(
        N_("Pinball loss (standardised)"),
        False,
        undefined=UNCALIBRATED,
        about=N_(
            "It judges the quantiles from 5 to 95 % of the next value, on the last "
            "value of each window of the second half: those of the model's head, or, "
            "where that says one number, this plus the quantiles of the misses of the "
            "first half. It is half the CRPS, but for the tails."
        ),
    ),
    "skill": Measure(N_("Skill against repeat-last"), True, undefined=UNMOVED),
    "label_error_rate": Measure(N_("Label error rate"), False, True),
    "diversity": Measure(
        N_("Diversity (real windows: 1)"),
        True,
        undefined=N_("the real windows are all alike"),
    ),
    "kinds": Measure(
        N_("Kinds of windows"),
        True,
        about=N_(
            "It says how many kinds generated windows are of in effect: evenly mixed, "
            "so many kinds would surprise as much. Each window counts as of the kind "
            "of the training window that is nearest to it."
        ),
    ),
    "value_distance": Measure(N_("Distance of values (Wasserstein)"), False),
    "autocorrelation_distance": Measure(
        N_("Distance of autocorrelations"),
        False,
        undefined=N_("the real or the generated windows do not move"),
    ),
    "real_score": Measure(N_("Score of real windows"), True, True),
    "fake_score": Measure(N_("Score of generated windows"), True, True),
}
"""Every measure that a stored run may have; "skill" is that of older ones."""
