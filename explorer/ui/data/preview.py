"""The picture of a dataset beside its settings, before anything is trained."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.catalog import building
from explorer.config.run import RunConfig
from explorer.data.base import Data
from explorer.data.marked import marked
from explorer.errors import N_
from explorer.plots.data import examples, frequencies, preview
from explorer.plots.images import Sheet, of_windows
from explorer.plots.parts import Figure
from explorer.tasks import END, FILLED, IGNORED
from explorer.ui.describe import data_line
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure
from explorer.ui.plain import literal

HEIGHT = 170
WIDTH = 244
"""Fixed: a drawer that opens would first squeeze the figure to nothing."""

WINDOWS = 2
WRITTEN = 3
"""Examples that are written out."""

LONGEST = 160
"""Letters of one of them."""


def is_written(data: Data) -> bool:
    """Whether data is best shown as examples that are written out."""
    return data.series is None and data.text is None and bool(data.symbols)


def show_written(data: Data, _: Translate) -> None:
    """Some examples with their answers, and how many there are."""
    st.code("\n\n".join(written(data, _)), language=None, wrap_lines=True)
    message = _("%(count)s examples to learn from; some of them, with the answers.")
    st.caption(message % {"count": f"{len(data.train.x):,}"})


def show_preview(config: RunConfig, _: Translate) -> None:
    """What the data looks like, and what is known of it."""
    data = building.make_data(config)
    if is_written(data):
        show_written(data, _)
    else:
        figure, sentence, alternative = picture(data, _)
        figure["layout"]["showlegend"] = False  # a drawer is narrow
        show_figure(
            "preview",
            figure,
            alternative,
            _,
            title=_("What does the data look like?"),
            about=data_line(config, _),
            height=HEIGHT,
            width=WIDTH,
        )
        st.caption(literal(sentence))
    show_floors(data, _)
    show_warnings(data, _)


def show_floors(data: Data, _: Translate) -> None:
    """What is known of how low a loss can go."""
    if data.floor is not None:
        note = _("Floor: %(note)s. No model can be expected to go below it.")
        st.caption(note % {"note": _(data.floor_note)})
    if data.past_floor is not None:
        note = _("A model that sees the past alone has a higher floor: %(note)s.")
        st.caption(note % {"note": _(data.past_floor_note)})


def show_warnings(data: Data, _: Translate) -> None:
    """What belongs to this data and should be known before anything learns from it."""
    for leak in data.leaks:
        st.warning(literal(leak.text(_)), icon=":material/warning:")
    if data.hint:
        st.info(_(data.hint), icon=":material/info:")


def picture(data: Data, _: Translate) -> tuple[Figure, str, str]:
    """The figure of a series, a text or single windows; a reading; the alternative."""
    if data.series is not None:
        series = data.series
        drawn = preview.extract(
            series.positions,
            np.asarray(series.values),
            series.split,
            series.axis,
            series.label,
            marked(data, series),
            [
                (one.label, np.asarray(one.values))
                for k, one in enumerate(data.together)
                if k != series.number
            ],
        )
        figure = preview.figure(drawn, _)
        figure["layout"]["xaxis"]["range"] = _around_split(data)
        return figure, preview.reading(drawn, _), preview.alternative(drawn, _)
    if data.text is not None:
        counted = frequencies.extract(data.text.tokens, data.symbols, data.text.split)
        sentence = frequencies.reading(counted, _)
        return (
            frequencies.figure(counted, _),
            sentence,
            frequencies.alternative(counted, _),
        )
    shown = _examples(data)
    return (
        examples.figure(shown, _),
        _reading(data, _),
        examples.alternative(shown, _),
    )


def written(data: Data, _: Translate) -> list[str]:
    """The first training examples of tokens, each with what is asked for."""
    return [
        _written(data, x, y, _)
        for x, y in zip(data.train.x[:WRITTEN], data.train.y[:WRITTEN], strict=True)
    ]


def _around_split(data: Data) -> list[Any]:
    """A few windows on both sides of the split, so that single waves can be seen."""
    assert data.series is not None
    positions, reach = data.series.positions, WINDOWS * data.steps
    first = max(0, data.series.split - 2 * reach)
    last = min(len(positions) - 1, data.series.split + reach)
    return [str(positions[first]), str(positions[last])]


def _examples(data: Data) -> examples.ExamplesDrawn:
    """Windows by label, or the channels of one, the labels of its steps below."""
    x, y = data.train
    if data.image is not None:
        rows = np.concatenate([x[:, :1], y], 1) if data.task == "forecast" else x
        every = Sheet(data.painted(rows)[None], data.image.paper, data.image.ink)
        title = N_("label") if data.labels else N_("windows")
        return examples.of_images(every, y, data.labels, title)
    if data.task == "classify" and x.shape[2] > examples.MOST_ROWS:
        return examples.of_images(of_windows(x), y, data.labels, N_("label"))
    if data.task == "classify":
        return examples.of_labels(x, y, data.labels, N_("label"))
    drawn = examples.of_channels(x[0], data.channels, N_("what is given"))
    if data.task == "tag":
        labels = np.where(y[0] == IGNORED, np.nan, y[0])
        return drawn._replace(
            names=(*drawn.names, N_("label")), rows=(*drawn.rows, (labels,))
        )
    return drawn


def _reading(data: Data, _: Translate) -> str:
    numbers = {"count": f"{len(data.train.x):,}", "steps": data.steps}
    if data.task == "classify":
        message = _("%(count)s windows of %(steps)d steps; some of each label.")
        return message % numbers
    if data.task == "forecast" and data.image is not None:
        return _("Some of %(count)s images; each row is asked for below the last.") % (
            numbers
        )
    if data.task == "generate" and data.image is not None:
        return _("Some of %(count)s images; more like them are to be made.") % numbers
    if data.task == "generate":
        return _("One of %(count)s windows; more like them are to be made.") % numbers
    message = _("One of %(count)s windows; asked for: %(answer)s.")
    return message % {**numbers, "answer": asked(data, data.train.y[0], _)}


def asked(data: Data, y: NDArray[Any], _: Translate) -> str:
    """An answer as people read it."""
    if data.task == "forecast" and data.image is not None:
        return _("the next row")
    if data.task == "forecast":
        value = float(data.scaler.undo(y[-1, 0]))
        return _("%(value)s at the last step") % {"value": f"{value:.3g}"}
    answers = y[y != IGNORED] if y.ndim else y[None]
    if data.labels:
        return " ".join(_(data.labels[int(k)]) for k in answers)
    kept = [data.symbols[int(k)] for k in answers if not data.padded or k > END]
    return data.joiner.join(kept)


def _written(data: Data, x: NDArray[Any], y: NDArray[Any], _: Translate) -> str:
    least = END if data.task == "translate" else FILLED if data.padded else -1
    given = x[: data.source] if data.task == "translate" else x
    there = given > least
    tokens = [data.symbols[int(k)] for k in given[there]]
    if data.task == "tag":
        tags = ["" if k == IGNORED else _(data.labels[int(k)]) for k in y[there]]
        return examples.aligned(tokens, tags)
    text = data.joiner.join(tokens)
    text = text if len(text) <= LONGEST else text[:LONGEST] + " …"
    return examples.answered(text, asked(data, y, _))
