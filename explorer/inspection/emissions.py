"""What each state says: the emissions of a chain, over every symbol or over values.

The chain is asked one step at a time: every symbol alone, or values from -3 to 3 of a
standardised series (of the one that is shown, the others at their mean).
"""

import numpy as np
import torch

from explorer.config.settings import Settings
from explorer.data.base import next_value
from explorer.inspection.base import Subject, ViewSpec, float_array, has
from explorer.inspection.transitions import names_of
from explorer.models.chain import is_chain
from explorer.runs.records import View

PLACES = 121
REACH = 3.0


class EmissionOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: EmissionOptions) -> View:
    """values (K, V) of symbols, or (K, n) at the places (n,): chances or densities, or
    a CRF's scores."""
    model, data = subject.model, subject.data
    assert is_chain(model)  # `applies`
    places = torch.linspace(-REACH, REACH, PLACES)
    if data.symbols:
        x = torch.arange(len(data.symbols))[:, None]  # (V, 1)
    else:
        x = torch.zeros(PLACES, 1, data.inputs)
        x[:, 0, data.series.number if data.series else 0] = places
    with torch.no_grad():
        emitted = model.likes(x)[:, 0].T  # (K, V or n)
        emitted = emitted.exp() if model.as_chances else emitted
    arrays = {"values": float_array(emitted)}
    real = data.restore is next_value
    if not data.symbols:
        shown = data.scaler.undo(places.numpy()) if real else places.numpy()
        arrays["places"] = np.asarray(shown, np.float32)
        if model.as_chances:  # a density is per unit of what is shown
            arrays["values"] = arrays["values"] / (data.scaler.scale if real else 1.0)
    notes = {
        "chances": model.as_chances,
        **names_of(subject),
        "symbols": list(data.symbols),
        "label": data.series.label if real and data.series else "",
    }
    return View("emissions", subject.step, arrays, notes)


VIEW = ViewSpec(
    "emissions",
    EmissionOptions,
    look,
    has("probability"),
    axes={"values": ("state", "symbol or place"), "places": ("symbol or place",)},
)
