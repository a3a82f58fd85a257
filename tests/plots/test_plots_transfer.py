"""What the chart of pretraining says: whether it saves examples, or updates alone."""

import pytest

from explorer.plots.parts import margin_for
from explorer.plots.runs import transfer
from explorer.runs.records import Lines

pytestmark = pytest.mark.quick
COUNTS = [1, 8, 64]


def said(scratch: list[float], tuned: float) -> str:
    """The sentence for these losses by the numbers of examples."""
    found = {("scratch", n): loss for n, loss in zip(COUNTS, scratch, strict=True)}
    found |= {("all", n): tuned for n in COUNTS}
    lines = Lines(None, "", {}, "")
    return transfer.reading(transfer.extract("gru", COUNTS, found, lines, 1200))


@pytest.mark.parametrize(
    ("scratch", "words"),
    [
        ([0.5, 0.2, 0.02], "from scratch, which needs 64 examples to get as low."),
        (
            [0.5, 0.2, 0.1],
            "from scratch, which gets as low with none of these numbers.",
        ),
        (
            [0.5, 0.48, 0.45],
            "in 1,200 updates it is updates that are missing, not examples",
        ),
        (
            [0.02, 0.02, 0.02],
            "With the fewest examples (1) pretraining does not help here",
        ),
        ([0.031, 0.03, 0.02], "from scratch, which needs 8 examples to get as low."),
    ],
)
def test_what_pretraining_saves(scratch: list[float], words: str) -> None:
    assert words in said(scratch, 0.03 if scratch[0] > 0.03 else 0.04)


def test_every_label_at_a_lines_end_has_room() -> None:
    lines = Lines(None, "", {"the last value of a season ago": 0.3}, "")
    drawn = transfer.extract("gru", COUNTS, {("all", 1): 0.1}, lines, 30)
    room = transfer.figure(drawn)["layout"]["margin"]
    assert room == margin_for(lines.baselines, 7)
