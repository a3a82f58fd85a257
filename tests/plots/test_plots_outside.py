"""Words from outside on charts: Plotly reads tags, so none is left in them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from explorer.plots.data import balance, frequencies, histogram, preview
from explorer.plots.runs import overlaid, standings
from explorer.runs.boards import Line, Standing
from explorer.runs.records import Curves, Lines, Validation

pytestmark = pytest.mark.quick

NAME = '<a href="http://other">x</a>'
NUMBERS = np.arange(5, dtype=np.float32)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif not isinstance(value, np.ndarray) and hasattr(value, "__iter__"):
        for each in value:
            yield from texts(each)
    elif isinstance(value, np.ndarray) and value.dtype.kind in "UO":
        yield from texts(list(value))


def drawn() -> Iterator[tuple[str, Any]]:
    """Every chart that names what people gave, of things named so."""
    series = preview.extract(np.arange(5), NUMBERS, 3, "time", NAME)
    yield "preview", preview.figure(series)
    yield "histogram", histogram.figure(histogram.extract(NUMBERS, NAME))
    yield "balance", balance.figure(balance.extract([NAME, "b"], [0.5, 0.5]))
    yield (
        "frequencies",
        frequencies.figure(frequencies.extract(np.array([0, 0, 1]), [NAME, "b"], 3)),
    )
    curves = Curves(*[NUMBERS] * len(Curves._fields))
    runs = [(NAME, "lstm", curves, [Validation(2, 0.5, 1.0, {})])] * 2
    yield "overlaid", overlaid.figure(overlaid.extract(runs, ["nats", "nats"]))
    line = Line(NUMBERS, NUMBERS)
    standing = Standing(NAME, 0, 0.1, 4, None, True, line)
    chart = standings.extract([standing], 0.1, 9, Lines(None, "", {}, "nats"))
    yield "standings", standings.figure(chart)


@pytest.mark.parametrize(
    "figure", [pytest.param(figure, id=name) for name, figure in drawn()]
)
def test_a_name_makes_no_link(figure: Any) -> None:
    found = list(texts(figure))
    assert not [text for text in found if "<a" in text]
    assert [text for text in found if "&lt;a" in text]
