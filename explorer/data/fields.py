"""The settings that every dataset shares, worded once."""

from typing import Any

from explorer.config.settings import setting
from explorer.errors import N_


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
