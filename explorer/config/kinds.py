"""The kinds of data that people bring, and what each is called."""

from collections.abc import Mapping
from typing import Literal

from explorer.errors import N_

Kind = Literal[
    "series", "text", "tags", "labels", "pairs", "notes", "sound", "recordings"
]
KINDS: Mapping[Kind, str] = {
    "series": N_("series"),
    "text": N_("text"),
    "tags": N_("tags"),
    "labels": N_("labelled examples"),
    "pairs": N_("pairs"),
    "notes": N_("notes"),
    "sound": N_("sound"),
    "recordings": N_("recordings with their texts"),
}
OWN: Mapping[Kind, str] = {kind: f"own_{kind}" for kind in KINDS}
"""The dataset that reads each kind."""

STREAMS: frozenset[Kind] = frozenset({"series", "text", "notes", "sound"})
"""Kinds of which windows are cut from one sequence, which must be long enough."""
