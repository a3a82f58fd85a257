"""A generator that says the same whatever the noise."""

from explorer.errors import N_
from explorer.lessons.base import Record, Setup
from explorer.lessons.failures.base import Exhibit
from explorer.training.generating import COLLAPSED


def diversity(record: Record) -> float:
    """How far two generated windows lie apart, as a multiple of two real ones."""
    return record.validations[-1].measures["diversity"]


EXHIBIT = Exhibit(
    order=60,
    title=N_("Mode collapse"),
    text=N_(
        "The generator of a GAN learns five times for each time that its judge learns, "
        "and the judge learns slowly. Whatever fools the judge just now pays, so all "
        "noise is sent to that one window; when the judge has caught up, all of it "
        "moves on together. Windows no longer differ, though each alone may look fair. "
        "A better balance of turns and learning rates helps."
    ),
    run=Setup(
        N_("GAN out of balance"),
        "sine",
        "gan",
        {
            "training.steps": 300,
            "training.batch_size": 32,
            "training.learning_rate": 0.02,
            "model.generator_steps": 5,
            "model.discriminator_pace": 0.05,
        },
    ),
    panel="windows",
    page="inside",
    asks=N_("What does it make?"),
    measured=N_("diversity of generated windows (real ones: 1)"),
    figure=diversity,
    fails=lambda found: found < COLLAPSED,
)
