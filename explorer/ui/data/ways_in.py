"""The ways in which own data comes: a file, pasted text or numbers, a drawing."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.catalog import choosing
from explorer.config.kinds import OWN, STREAMS
from explorer.config.run import RunConfig
from explorer.data import files, typed
from explorer.data.brought import Brought
from explorer.data.columns import Taken
from explorer.data.content import KINDS, Kind, OwnSeries
from explorer.data.decoding import ENCODINGS
from explorer.data.times import places
from explorer.engine.own_data import give_examples, give_series, give_text
from explorer.engine.visitor import Visitor
from explorer.errors import N_, AsWritten, ExplorerError
from explorer.plots.data import preview
from explorer.plots.words import listed
from explorer.ui.address import take_over
from explorer.ui.data.dataset import series_picture
from explorer.ui.data.drawing import drawing
from explorer.ui.data.examples import read_examples, show_examples
from explorer.ui.data.reading import (
    found_once,
    read_by_choice,
    reader,
    title_of,
)
from explorer.ui.data.uploading import file_field
from explorer.ui.language import Translate
from explorer.ui.page import language, shown_later, words
from explorer.ui.plain import literal, show_error

TEXT_SHOWN = 300
FILES = tuple(ending.removeprefix(".") for ending in files.FILES)
MOST_MEGABYTES = 32
LENGTHS = (200, 400, 1000, 2000, 5000)

PASTED: Mapping[Kind, str] = {
    "series": N_("1.5  2.0  1.7  …"),
    "text": N_("A text of at least 100 characters"),
    "tags": N_("A token and its tag in each line, an empty line after a sentence"),
    "labels": N_("A text and its label in each line, a comma between them"),
    "pairs": N_("A source and its target in each line, a tab between them"),
}
"""What may be pasted, by its kind; what is no text comes as a file alone."""

_DONE = "ways_in.done"


def ways_in(me: Visitor) -> None:
    """Upload, paste or draw; what is kept becomes the data that is shown."""
    _ways(me, language())


@st.fragment
def _ways(me: Visitor, _language: str) -> None:
    _ = words()
    tabs = st.tabs([_("Upload"), _("Paste"), _("Draw")], key="ways", on_change="rerun")
    for tab, way in zip(tabs, (_upload, _paste, _draw), strict=True):
        if tab.open:
            with tab:
                try:
                    way(me, _)
                except ExplorerError as error:
                    show_error(error, _)
    if st.session_state.pop(_DONE, False):
        st.rerun()


def _upload(me: Visitor, _: Translate) -> None:
    file = file_field(
        _("A table, a text, examples, a tune, a sound, or a zip of recordings"),
        FILES,
        MOST_MEGABYTES,
        "upload",
        _,
        _(
            "It stays on this server, only you can train on it, and you can delete "
            "it. Tables may take 32 MB, texts 8 MB, MIDI files 0.25 MB, "
            "sounds 12 MB and a minute. A zip holds WAV files of at most 8 "
            "seconds, and a table (.csv or .tsv) with the name of a file and its text "
            "in each row."
        ),
    )
    if file is None:
        return
    encoding = st.selectbox(
        _("Encoding"),
        list(ENCODINGS),
        format_func=lambda name: _(ENCODINGS[name]),
        key="upload.encoding",
        help=_("How letters became bytes. Choose one where they look wrong."),
    )
    came = file.getvalue(), file.name, encoding
    usual = found_once(files.kind_of, *came, file.file_id, _)
    kind = _kind(usual, get_args(Kind), _)
    if kind in files.READ:
        _offer_examples(me, read_examples(kind, *came, _), _)
    elif kind == "text":
        text = found_once(files.read_text, *came, file.file_id, _)
        _offer_text(me, text, file.name, _)
    elif taken := read_by_choice(reader(*came, file.file_id, _), _):
        _offer_column(me, taken, _)


def _offer_column(me: Visitor, taken: Taken, _: Translate) -> None:
    """A series out of a table, between what it leaks and what was made of it."""
    for leak in taken.leaks:
        st.warning(literal(leak.text(_)), icon=":material/warning:")
    _offer_series(me, taken.series, _)
    for remark in taken.remarks:
        st.caption(literal(remark.text(_)))


def _kind(usual: Kind, kinds: Sequence[Kind], _: Translate) -> Kind:
    chosen = st.segmented_control(
        _("Read it as"),
        kinds,
        default=usual,
        required=True,
        format_func=lambda kind: _(KINDS[kind]),
        key=f"kind.{usual}",
        help=_(
            "What the file holds: numbers to forecast, symbols to guess, or examples "
            "of what is to be answered. Choose another where the guess is wrong."
        ),
    )
    return chosen or usual


def _offer_series(me: Visitor, series: OwnSeries, _: Translate) -> None:
    at: NDArray[Any] = np.arange(len(series.values))
    axis = N_("Place in the file (rows)")
    if series.times is not None:
        at, axis = places(series.times)
    filled = np.nan_to_num(series.values, nan=float(np.nanmean(series.values)))
    label = AsWritten(series.label)
    drawn = preview.extract(at, filled, len(filled), axis, label)
    drawn = drawn._replace(held_out=0)
    series_picture(
        "offered", drawn, _, title=_("As it came"), about=series.label, height=200
    )
    missing = int(np.isnan(series.values).sum())
    message = _("%(count)s values, %(missing)s of them missing.")
    counted = {"count": f"{len(filled):,}", "missing": f"{missing:,}"}
    st.caption(message % counted)
    if series.others:
        st.caption(literal(beside_line(series, _)))
    _keep_button("series", partial(give_series, me, series), _)


def beside_line(series: OwnSeries, _: Translate) -> str:
    """Which columns stand beside a series, and which of them are known in advance."""
    in_advance = _("%(column)s (known in advance)")
    names = [
        in_advance % {"column": o.name} if o.known else o.name for o in series.others
    ]
    return _("Given beside it: %(columns)s.") % {"columns": listed(names, _)}


def _offer_text(me: Visitor, text: str, label: str, _: Translate) -> None:
    start = text[:TEXT_SHOWN] + (" …" if len(text) > TEXT_SHOWN else "")
    st.code(start, language=None, wrap_lines=True)
    st.caption(_("%(count)s characters.") % {"count": f"{len(text):,}"})
    _keep_button("text", partial(give_text, me, text, label), _)


def _offer_examples(me: Visitor, found: Brought, _: Translate) -> None:
    show_examples(found, _)
    if found.too_few:
        show_error(found.too_few, _)
    else:
        _keep_button(found.kind, partial(give_examples, me, found), _)


def _keep_button(kind: Kind, give: Callable[[], str], _: Translate) -> None:
    st.button(
        _("Keep it and look at it"),
        type="primary",
        icon=":material/add:",
        key="keep",
        on_click=shown_later(_keep),
        args=(kind, give),
    )


def _keep(kind: Kind, give: Callable[[], str]) -> None:
    take_over(own_config(kind, give()))
    st.session_state[_DONE] = True


def own_config(kind: Kind, digest: str) -> RunConfig:
    """The usual run on own data, with the longest usual window that it is long enough
    for.

    Raises:
        ExplorerError: if it is too short for every window.
    """
    if kind not in STREAMS:
        return choosing.make_config(OWN[kind], None, {"data.digest": digest})
    for window in (48, 24, 16):
        settings = {"data.digest": digest, "data.window": window}
        try:
            return choosing.make_config(OWN[kind], None, settings)
        except ExplorerError:
            continue  # too short for this one
    settings = {"data.digest": digest, "data.window": 8}
    return choosing.make_config(OWN[kind], None, settings)


def _paste(me: Visitor, _: Translate) -> None:
    kind = _kind("series", list(PASTED), _)
    pasted = st.text_area(
        _("Numbers, or a text"),
        key=f"pasted.{kind}",
        height=160,
        max_chars=typed.MOST_PASTED,
        placeholder=_(PASTED[kind]),
        help=_(
            "Numbers may be parted by spaces, semicolons or line ends, or by commas "
            "where no comma begins decimals; nan is a gap."
        ),
    )
    label = st.text_input(
        _("What it is called"), _("pasted"), key="pasted.label", max_chars=60
    )
    if not pasted.strip():
        return
    if kind in files.READ:
        raw = pasted.encode("utf-8", "replace")
        found = read_examples(kind, raw, label.strip() or _("pasted"), "utf-8", _)
        _offer_examples(me, found, _)
    elif kind == "series":
        values = _pasted_numbers(pasted, _)
        if values is not None:
            _offer_series(me, OwnSeries(values, label.strip() or _("pasted")), _)
    else:
        text = files.read_text(pasted.encode("utf-8", "replace"), label)
        _offer_text(me, text, label.strip() or _("pasted"), _)


def _pasted_numbers(pasted: str, _: Translate) -> NDArray[np.float64] | None:
    """The numbers; None while nobody says which sign begins their decimals."""
    numbers = typed.pasted_numbers(pasted)
    if not numbers.rivals:
        return numbers.values
    form = st.radio(
        title_of("decimal", _),
        numbers.rivals,
        index=None,
        format_func=lambda form: typed.first_numbers(pasted, form.decimal),
        key="pasted.decimal",
        help=_("The signs in them may begin decimals or part thousands."),
    )
    if form is None:
        return None
    return typed.pasted_numbers(pasted, form.decimal).values


def _draw(me: Visitor, _: Translate) -> None:
    st.caption(_("Draw a line from left to right with mouse, pen or finger."))
    heights: list[object] = drawing("drawing", _)
    written = st.text_input(
        _("Or type its heights from left to right"),
        key="drawing.typed",
        placeholder="0 1 0 -1 0 1 0",
        help=_("Two numbers or more; the line goes through them evenly."),
    )
    length = st.select_slider(
        _("Values"),
        LENGTHS,
        400,
        key="drawing.length",
        help=_("The line is cut into so many values."),
    )
    times = st.select_slider(
        _("Repeated"),
        (1, 2, 4, 8, 16),
        4,
        key="drawing.times",
        help=_("A line that repeats gives a model something to learn and to be asked."),
    )
    if written.strip():
        heights = list(typed.typed_heights(written))
    if heights:
        values = np.tile(typed.drawn_series(heights, length), times)
        _offer_series(me, OwnSeries(values, _("drawn")), _)
