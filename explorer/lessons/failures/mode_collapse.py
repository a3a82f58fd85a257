"""A generator that says the same whatever the noise."""

from explorer.errors import N_
from explorer.lessons.base import Setup
from explorer.lessons.failures.base import Exhibit
from explorer.lessons.gan_game import AHEAD, diversity
from explorer.training.generating import COLLAPSED

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
        AHEAD,
    ),
    panel="windows",
    page="inside",
    asks=N_("What does it make?"),
    measured=N_("diversity of generated windows (real ones: 1)"),
    figure=diversity,
    fails=lambda found: found < COLLAPSED,
)
