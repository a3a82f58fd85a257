"""A dataset before anything learns from it: its picture, its numbers and hints."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.data.base import Data
from explorer.data.statistics import (
    Stationarity,
    autocorrelation,
    balance,
    series_numbers,
    stationarity,
    text_numbers,
)
from explorer.errors import N_
from explorer.plots.data import autocorrelation as lags
from explorer.plots.data import balance as labels
from explorer.plots.data import histogram, merges, preview, window
from explorer.tasks import TASKS
from explorer.ui.data.preview import (
    asked,
    is_written,
    picture,
    show_floors,
    show_warnings,
    show_written,
)
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_still
from explorer.ui.plain import literal

GIVEN = 60
"""Tokens of a window that are written out."""

BORDER = "│"
"""Stands between byte pairs, which would run into each other."""

HINTS: dict[Stationarity, str] = {
    "steady": N_(
        "Two tests (ADF and KPSS) agree that what the model is given is steady: it "
        "keeps returning to one level, so that what is learned early holds later."
    ),
    "wandering": N_(
        "Two tests (ADF and KPSS) agree that what the model is given wanders like a "
        "random walk: its level never comes back, so a model can hardly beat repeating "
        "the last value. Ask for differences or log returns instead."
    ),
    "trend": N_(
        "What the model is given swings about a level that shifts: the held-out part "
        "may lie where the model has never been. Differences take such a trend away."
    ),
    "unsure": N_(
        "The tests (ADF and KPSS) cannot tell whether what the model is given is "
        "steady: there is too little of it, or it changes too slowly."
    ),
    "unknown": N_("This is too short to say whether it is steady."),
}


def show_picture(data: Data, about: str, _: Translate) -> None:
    """All of a series with its held-out part; symbols by count; examples written.

    Args:
        about: the dataset and its settings, for a picture that is saved.
    """
    if is_written(data):
        show_written(data, _)
    else:
        figure, sentence, alternative = picture(data, _)
        if data.series is not None:
            figure["layout"]["xaxis"].pop("range", None)
        title = _("What does the data look like?")
        show_still("picture", figure, alternative, _, title=title, about=about)
        st.caption(literal(sentence))
    show_warnings(data, _)


def show_numbers(data: Data, _: Translate) -> None:
    """One row of numbers, by what the data is made of."""
    numbers = _values(data, _) if not data.symbols else _tokens(data, _)
    numbers[_("Windows to learn from")] = f"{len(data.train.x):,}"
    numbers[_("Task")] = _(TASKS[data.task].title)
    with st.container(horizontal=True, gap="medium", key="numbers"):
        for label, number in numbers.items():
            st.metric(label, number, width="content")
    if sentence := _guess_per_byte(data, _):
        st.caption(sentence)
    show_floors(data, _)


def show_details(data: Data, about: str, _: Translate) -> None:
    """A window and its target, spread, memory and balance; `about` as above."""
    left, right = st.columns(2)
    with left:
        _window(data, about, _)
    with right:
        if data.labels:
            _balance(data, about, _)
        elif not data.symbols:
            _histogram(data, about, _)
        elif data.pairs is not None:
            _merges(data, _)
    if data.series is not None:
        with left:
            _autocorrelation(data, about, _)
        with right:
            st.header(_("Is it steady?"), anchor=False)
            kind = stationarity(_given(data))
            st.markdown(_(HINTS[kind]))


def _values(data: Data, _: Translate) -> dict[str, str]:
    facts = series_numbers(_shown(data))
    return {
        _("Values"): f"{facts.length:,}",
        _("Missing"): f"{facts.missing:,}",
        _("Mean"): f"{facts.mean:.4g}",
        _("Deviation"): f"{facts.deviation:.4g}",
        _("Least"): f"{facts.low:.4g}",
        _("Greatest"): f"{facts.high:.4g}",
    }


def _tokens(data: Data, _: Translate) -> dict[str, str]:
    ids = data.text.tokens if data.text is not None else data.train.x.ravel()
    facts = text_numbers(ids[ids > 0] if data.padded else ids, len(data.symbols))
    bits = _("%(entropy).2f of %(most).2f bits")
    found = {
        _("Tokens"): f"{facts.length:,}",
        _("Kinds"): f"{facts.kinds:,}",
        _("Entropy of a token"): bits % facts._asdict(),
    }
    if data.bytes_per_token is not None:
        found[_("Bytes of a token")] = f"{data.bytes_per_token:.2f}"
    return found


def _guess_per_byte(data: Data, _: Translate) -> str:
    """What the best simple guess costs, where tokens stand for bytes of writing; empty
    elsewhere."""
    if data.bytes_per_token is None or not data.baselines:
        return ""
    name = min(data.baselines, key=data.baselines.__getitem__)
    message = _(
        "A held-out token stands for %(size).2f bytes of the text on average. The best "
        "simple guess (%(name)s) pays %(bits).2f bits per byte: %(loss).2f nats per "
        "token, divided by ln 2 and by those bytes. So different tokens compare."
    )
    return message % {
        "size": data.bytes_per_token,
        "name": _(name),
        "bits": data.baselines[name] / np.log(2) / data.bytes_per_token,
        "loss": data.baselines[name],
    }


def _shown(data: Data) -> NDArray[Any]:
    """The values that people know, in real units."""
    if data.series is not None:
        return np.asarray(data.series.values, np.float64)
    x = data.train.x if data.image is not None else data.train.x[..., 0]
    return np.asarray(data.scaler.undo(x)).ravel()


def _given(data: Data) -> NDArray[Any]:
    """(n,) what a model is given of the series."""
    assert data.series is not None
    return data.series.asked


def _window(data: Data, about: str, _: Translate) -> None:
    title = _("What goes in, and what is asked for?")
    st.header(title, anchor=False)
    x, y = data.train.x[len(data.train.x) // 2], data.train.y[len(data.train.y) // 2]
    if data.task == "forecast" and data.image is None:
        number = data.series.number if data.series is not None else 0
        drawn = window.extract(
            x, y, data.counted_from, data.series is not None, data.channels, number
        )
        alternative = window.alternative(drawn, _)
        figure = window.figure(drawn, _)
        show_still("window", figure, alternative, _, title=title, about=about)
        st.caption(literal(window.reading(drawn, _)))
    elif data.task == "next_token":
        tokens = [data.symbols[int(k)] for k in x[:GIVEN]]
        later = [data.symbols[int(k)] for k in y[:GIVEN]]
        text = (
            _("given:\n%(given)s\n\nasked for, one place later:\n%(asked)s")
            if data.shifted
            else _("given:\n%(given)s\n\nasked for, place by place:\n%(asked)s")
        )
        between = data.joiner if data.pairs is None else BORDER
        both = {"given": between.join(tokens), "asked": between.join(later)}
        st.code(text % both, language=None, wrap_lines=True)
        st.caption(_("A window of %(steps)d tokens.") % {"steps": data.steps})
    else:
        message = _("A window has %(steps)d steps. Asked for: %(answer)s.")
        answer = asked(data, y, _) if data.task != "generate" else _("more like it")
        st.markdown(message % {"steps": data.steps, "answer": f"`{answer}`"})


def _histogram(data: Data, about: str, _: Translate) -> None:
    title = _("Which values come how often?")
    st.header(title, anchor=False)
    label = data.series.label if data.series is not None else ""
    drawn = histogram.extract(_shown(data), label)
    alternative = histogram.alternative(drawn, _)
    figure = histogram.figure(drawn, _)
    show_still("histogram", figure, alternative, _, title=title, about=about)


def _merges(data: Data, _: Translate) -> None:
    st.header(_("Which pairs became tokens?"), anchor=False)
    assert data.pairs is not None
    assert data.text is not None
    learned = data.text.tokens[: data.text.split]
    drawn = merges.extract(data.pairs.merges, learned, data.symbols)
    if drawn.pairs:
        st.code(merges.lines(drawn), language=None, height=260)
    st.caption(literal(merges.reading(drawn, _)))


def _autocorrelation(data: Data, about: str, _: Translate) -> None:
    title = _("How alike are values some steps apart?")
    st.header(title, anchor=False)
    found = autocorrelation(_given(data))
    drawn = lags.extract(found.values, found.band)
    alternative = lags.alternative(drawn, _)
    figure = lags.figure(drawn, _)
    show_still("lags", figure, alternative, _, title=title, about=about)
    st.caption(literal(lags.reading(drawn, _)))


def _balance(data: Data, about: str, _: Translate) -> None:
    title = _("Does every label come as often?")
    st.header(title, anchor=False)
    shares = balance(data.train.y, data.labels)
    drawn = labels.extract([s.label for s in shares], [s.share for s in shares])
    alternative = labels.alternative(drawn, _)
    figure = labels.figure(drawn, _)
    show_still("balance", figure, alternative, _, title=title, about=about)
    st.caption(literal(labels.reading(drawn, _)))


def series_picture(
    key: str,
    drawn: preview.PreviewDrawn,
    _: Translate,
    *,
    title: str,
    about: str,
    height: int = 260,
) -> None:
    """A stretch of numbers as the preview draws it; the rest as of `show_figure`."""
    figure, alternative = preview.figure(drawn, _), preview.alternative(drawn, _)
    show_still(key, figure, alternative, _, title=title, about=about, height=height)
