"""Words from outside on charts: Plotly reads tags, so none is left in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.config.kinds import OWN, Kind
from explorer.data.content import put_examples
from explorer.data.files import READ
from explorer.plots.answers import classes
from explorer.plots.data import balance, frequencies, histogram, preview
from explorer.plots.panel import names_on
from explorer.plots.runs import overlaid, standings
from explorer.runs.boards import Line, Standing
from explorer.runs.records import Curves, Lines, Validation
from explorer.ui.live.wishes import Wish
from tests.plots.test_plots_conformance import Moment

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
    odds, counts = np.full(2, 0.5, np.float32), np.eye(2, dtype=np.int64)
    said = classes.ClassesDrawn("gru", (NAME, "b"), odds, counts, 0, None)
    yield "classes", classes.figure(said)
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


LINES = {
    "labels": ("a.csv", [f"<a{k % 2},<a> word{k} <a href>" for k in range(60)]),
    "tags": ("a.conll", [f"<a\tO\n<b>{k}\tB-<a\nend\tI-<a\n" for k in range(60)]),
    "pairs": ("a.tsv", [f"<a>{k % 7}{k}\t<a>{k % 5}{k}" for k in range(60)]),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "model"),
    [("labels", "gru"), ("tags", "gru"), ("tags", "hmm"), ("pairs", "seq2seq")],
)
def test_examples_of_ones_own_make_no_link_on_any_panel(
    kind: Kind, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    filename, lines = LINES[kind]
    found = READ[kind]("\n".join(lines).encode(), filename)
    digest = put_examples(kind, found.examples)
    moment = Moment(model, OWN[kind], 2, {"data.digest": digest})
    for page in ("playground", "inside"):
        moment.wish = Wish(shown=",".join(names_on(page)))
        for name, panel in moment.panels().items():
            figure = panel.get("figure") or {"data": [], "layout": {}}
            for each in figure["data"]:
                each.pop("name", None)  # which no legend shows
            assert not [text for text in texts(figure) if "<a" in text], name
