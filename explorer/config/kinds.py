"""The kinds of data that people bring, and what each is called."""

from collections.abc import Mapping
from typing import Literal

from explorer.errors import N_

Kind = Literal["series", "text", "tags", "labels", "pairs"]
KINDS: Mapping[Kind, str] = {
    "series": N_("series"),
    "text": N_("text"),
    "tags": N_("tags"),
    "labels": N_("labelled examples"),
    "pairs": N_("pairs"),
}
