"""Which state follows which: the transitions of a chain, as they are learned."""

from typing import Any

from explorer.config.settings import Settings
from explorer.inspection.base import Subject, ViewSpec, float_array, has
from explorer.models.chain import is_chain
from explorer.runs.records import View


class TransitionOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: TransitionOptions) -> View:
    """values (K, K): row from, column to; chances 0..1, or a CRF's scores."""
    model = subject.model
    assert is_chain(model)  # `applies`
    return View(
        "transitions",
        subject.step,
        {"values": float_array(model.transitions)},
        {"chances": model.as_chances, **names_of(subject)},
    )


def names_of(subject: Subject) -> dict[str, Any]:
    """What the states of a chain are called: labels of a CRF; of an HMM numbers, each
    with the label that goes with it where there are labels, else ""."""
    model, labels = subject.model, subject.data.labels
    assert is_chain(model)  # `applies`
    names = [labels[int(k)] if k >= 0 else "" for k in model.labels()]
    return {"names": names, "numbered": model.as_chances}


VIEW = ViewSpec(
    "transitions",
    TransitionOptions,
    look,
    has("probability"),
    axes={"values": ("from", "to")},
)
