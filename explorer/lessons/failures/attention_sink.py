"""A head that must look somewhere, and looks at the first step."""

from explorer.errors import N_
from explorer.lessons.base import Look, Record, Setup
from explorer.lessons.failures.base import Exhibit

FIRST = 3
"""Among a head's scores, its mean weight on the first step."""

MUCH = 3.0
"""So many times what even weights would give it."""


def weight_on_first(record: Record) -> float:
    """The head's mean weight on the first step, as a multiple of an even share."""
    arrays = record.views["heads"].arrays
    return float(arrays["badges"][0, 0, FIRST] / arrays["badges_by_chance"][FIRST])


EXHIBIT = Exhibit(
    order=90,
    title=N_("Attention sink"),
    text=N_(
        "What stands before a capital is to be copied, and this head does it. At all "
        "other steps there is nothing to look back for, but softmax makes the weights "
        "add up to 1, so that the head must look somewhere. It learns to rest on the "
        "first sign, for a few letters on an earlier capital: neither says anything "
        "there. Large models do so too: who cuts the first token out of their memory "
        "breaks them. A sink that is always kept, or a softmax that may give weight to "
        "nobody, helps."
    ),
    run=Setup(
        N_("Transformer of one head"),
        "back_copy",
        "transformer",
        {
            "model.layers": 1,
            "model.heads": 1,
            "training.learning_rate": 0.01,
            "training.schedule": "warmup",
            "training.steps": 2500,
        },
    ),
    panel="heads",
    page="inside",
    asks=N_("Which head does what?"),
    measured=N_("weight on the first step, as a multiple of an even share"),
    figure=weight_on_first,
    fails=lambda times: times > MUCH,
    views={"heads": Look("heads")},
)
