"""The settings that recurrent architectures share, worded once."""

from typing import Any

from explorer.config import N_, setting


def dropout_field() -> Any:
    """The share of values hidden at random between layers."""
    return setting(
        0.0,
        N_(
            "The share of values hidden at random between layers while training, so "
            "that the network relies on no single one. One layer has none."
        ),
        title=N_("Dropout"),
        ge=0.0,
        le=0.8,
        step=0.05,
        more=True,
    )
