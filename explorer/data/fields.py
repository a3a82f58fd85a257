"""The settings that every dataset shares, worded once."""

from typing import Any, Literal

from explorer.config.settings import setting
from explorer.data.content import DIGEST, NO_DIGEST
from explorer.errors import N_

HeldOut = Literal["end", "chance"]
ScaledBy = Literal["training", "all"]


def digest_field(description: str) -> Any:
    """Which own content is meant: the digest of it."""
    return setting(
        NO_DIGEST,
        description,
        title=N_("Content"),
        pattern=f"^{DIGEST.pattern}$",
        more=True,
    )


def window_field(default: int) -> Any:
    """How many steps a model sees at once, T."""
    return setting(
        default,
        N_(
            "How many steps a model sees at once: it can use nothing that lies further "
            "back. Longer windows train slower."
        ),
        title=N_("Window"),
        ge=8,
        le=256,
        step=8,
        unit=N_("steps"),
    )


def count_field(
    description: str,
    title: str,
    default: int,
    least: int = 100,
    most: int = 4000,
    step: int = 100,
) -> Any:
    """How many windows there are to learn from, where each is made by itself."""
    return setting(
        default, description, title=title, ge=least, le=most, step=step, more=True
    )


def validation_field() -> Any:
    """The share of the sequence, at its end, that no model is trained on."""
    return setting(
        0.2,
        N_(
            "The last part of the sequence, kept away from training: the loss there "
            "shows what was learned rather than remembered."
        ),
        title=N_("Validation share"),
        ge=0.05,
        le=0.5,
        step=0.05,
        more=True,
    )


def examples_share_field() -> Any:
    """The share of the examples, drawn by chance, that no model is trained on."""
    return setting(
        0.2,
        N_(
            "How many of the examples are kept away from training, at most 64; the "
            "seed draws which. The same example is never on both sides."
        ),
        title=N_("Validation share"),
        ge=0.05,
        le=0.5,
        step=0.05,
        more=True,
    )


def held_out_field() -> Any:
    """Which windows are judged by; one of two answers is a known mistake."""
    return setting(
        "end",
        N_(
            "Which windows the loss is judged by. Drawn by chance, they overlap with "
            "those that the model learns from, and the loss says what is known by "
            "heart: a mistake that is often made, here to be looked at. The end of the "
            "series is not learnt from either way."
        ),
        title=N_("Held-out windows"),
        more=True,
        choices={
            "end": N_("of the end, in time"),
            "chance": N_("drawn by chance (a leak)"),
        },
    )


def scaled_by_field() -> Any:
    """Whose mean and spread scale the series; one of two answers is a known mistake."""
    return setting(
        "training",
        N_(
            "Whose mean and spread make the numbers that the model sees. Those of the "
            "whole series tell of values that are still to come: a mistake that is "
            "often made, here to be looked at."
        ),
        title=N_("Scaled by"),
        more=True,
        choices={
            "training": N_("the training part"),
            "all": N_("the whole series (a leak)"),
        },
    )
