"""The settings that architectures share, worded once."""

from typing import Any

from explorer.config.settings import setting
from explorer.errors import N_


def hidden_size_field(description: str, default: int = 32, most: int = 512) -> Any:
    """H, the numbers that a model carries from step to step."""
    return setting(
        default, description, title=N_("Hidden size"), ge=1, le=most, scale="log"
    )


def layers_field(description: str, default: int = 1, most: int = 4) -> Any:
    """How many layers stand on each other."""
    return setting(default, description, title=N_("Layers"), ge=1, le=most)


def dropout_field() -> Any:
    """The share of values hidden at random between layers."""
    return _dropout(
        N_(
            "The share of values hidden at random between layers while training, so "
            "that the network relies on no single one. One layer has none."
        )
    )


def block_dropout_field() -> Any:
    """The share of values hidden at random inside every block."""
    return _dropout(
        N_(
            "The share of values hidden at random while training, so that the model "
            "relies on no single one."
        )
    )


def _dropout(description: str) -> Any:
    return setting(
        0.0, description, title=N_("Dropout"), ge=0.0, le=0.8, step=0.05, more=True
    )


def heads_field(default: int) -> Any:
    """How many attention heads share out the hidden size."""
    return setting(
        default,
        N_("How many places each step can look at for different reasons at once."),
        title=N_("Attention heads"),
        ge=1,
        le=8,
    )


def feed_forward_field() -> Any:
    """How wide a block is between its two matrices."""
    return setting(
        4,
        N_("How many times wider than the hidden size each block thinks in between."),
        title=N_("Feed-forward width (times hidden size)"),
        ge=1,
        le=8,
        more=True,
    )


def head_field() -> Any:
    """What a forecast says of the value to come."""
    return setting(
        "point",
        N_(
            "What a forecast says of the next value: one number, or a distribution. A "
            "Gaussian learns its mean and variance by the likelihood, quantiles learn "
            "by the pinball loss; bands then come from the model itself."
        ),
        title=N_("Head of a forecast"),
        choices={
            "point": N_("one number"),
            "gaussian": N_("a Gaussian"),
            "quantile": N_("quantiles, 5 to 95 %"),
        },
        more=True,
    )
