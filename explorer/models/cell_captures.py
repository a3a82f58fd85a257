"""What can be read out of a cell, as a part of an encoder or of a decoder."""

from typing import Literal

from explorer.errors import N_
from explorer.models.captures import Capture, Part

PLACES: tuple[tuple[Literal["decoder", "encoder"], Part], ...] = (
    ("decoder", "target"),
    ("encoder", "source"),
)

TITLES = {
    "decoder": {
        "input_gate": N_("Decoder: input gate"),
        "forget_gate": N_("Decoder: forget gate"),
        "output_gate": N_("Decoder: output gate"),
        "reset_gate": N_("Decoder: reset gate"),
        "update_gate": N_("Decoder: update gate (1 keeps the old state)"),
        "candidate": N_("Decoder: candidate"),
        "memory": N_("Decoder: memory"),
        "hidden": N_("Decoder: hidden state"),
    },
    "encoder": {
        "input_gate": N_("Encoder: input gate"),
        "forget_gate": N_("Encoder: forget gate"),
        "output_gate": N_("Encoder: output gate"),
        "reset_gate": N_("Encoder: reset gate"),
        "update_gate": N_("Encoder: update gate (1 keeps the old state)"),
        "candidate": N_("Encoder: candidate"),
        "memory": N_("Encoder: memory"),
        "hidden": N_("Encoder: hidden state"),
    },
}


def placed(
    capture: Capture, place: Literal["decoder", "encoder"], part: Part
) -> Capture:
    """A cell's capture as one of the encoder or of the decoder."""
    layer, _, name = capture.name.partition(".")
    return capture._replace(
        name=f"{layer}.{place}.{name}", title=TITLES[place][name], part=part
    )
