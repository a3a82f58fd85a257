"""The smallest misprint: a GRU under another name."""

from dataclasses import replace

from explorer.errors import N_
from explorer.models import gru

MISPRINT = replace(gru.SPEC, name="gru_flipped", title=N_("GRU, misprinted: flipped"))
