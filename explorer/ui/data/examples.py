"""What was read of a file of examples, before it is kept."""

from collections.abc import Mapping

import streamlit as st

from explorer.config.kinds import Kind
from explorer.data import files
from explorer.data.aside import examples_aside
from explorer.data.base import Heard
from explorer.data.brought import Brought, Shown
from explorer.data.mel import Frames
from explorer.errors import N_, AsWritten, ExplorerError
from explorer.plots.data import balance, spectrogram
from explorer.plots.data import tune as tunes
from explorer.plots.data.examples import aligned, answered
from explorer.ui.data.reading import AT_ONCE, waited_for
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_still
from explorer.ui.plain import literal

AT_ONCE_OF: Mapping[Kind, int] = {"notes": 20_000, "recordings": 20_000}
"""Bytes that a page reads itself of a kind that takes long: each may be an event, or
many once they are inflated."""

_READ = "examples.read"
"""The last file that was read, and what it came to: by the likeliest columns, and by
those that were chosen last."""

LONGEST = 200
"""Letters of an example that are written out."""

TITLES = {
    "tags": (N_("Column of the tokens"), N_("Column of the tags")),
    "labels": (N_("Column of the texts"), N_("Column of the labels")),
    "pairs": (N_("Column of the sources"), N_("Column of the targets")),
    "notes": ("", N_("Voice")),
    "recordings": (N_("Column of the files"), N_("Column of the texts")),
}
"""What the columns are called, of what is given and of what is asked for."""

FEWEST: Mapping[Kind, int] = {"pairs": 2, "notes": 2}
"""Columns of which one is chosen; 3 of the others."""


def read_examples(
    kind: Kind, raw: bytes, filename: str, encoding: str, _: Translate
) -> Brought:
    """The examples by the chosen columns.

    Raises:
        ExplorerError: if the file is none of them.
    """
    found = _read(kind, raw, filename, encoding, "", "", _)
    if found.columns is None or len(found.columns.names) < FEWEST.get(kind, 3):
        return found
    key = f"{kind}.{filename}.{'.'.join(found.columns.names)}"
    chosen = [
        st.selectbox(
            _(title),
            found.columns.names,
            index=found.columns.names.index(usual),
            key=f"{title}.{key}",
        )
        if usual
        else ""
        for title, usual in zip(TITLES[kind], found.columns[1:], strict=True)
    ]
    given, asked = chosen
    if (given, asked) == found.columns[1:]:
        return found
    return _read(kind, raw, filename, encoding, given, asked, _)


def _read(
    kind: Kind,
    raw: bytes,
    filename: str,
    encoding: str,
    given: str,
    asked: str,
    _: Translate,
) -> Brought:
    """Read once, though the page is drawn again at each click."""
    which = (raw, kind, filename, encoding)
    if st.session_state.get(_READ, (None,))[0] != which:
        st.session_state[_READ] = which, {}
    results: dict[tuple[str, str], Brought | ExplorerError] = st.session_state[_READ][1]
    call = given, asked
    if call not in results:
        found: Brought | ExplorerError
        try:
            if len(raw) <= AT_ONCE_OF.get(kind, AT_ONCE):
                found = files.READ[kind](raw, filename, encoding, given, asked)
            else:
                reading = examples_aside(kind, raw, filename, encoding, given, asked)
                found = waited_for(reading, _)
        except ExplorerError as error:
            found = error
        for other in [other for other in results if any(other) and any(call)]:
            del results[other]
        results[call] = found
    result = results[call]
    if isinstance(result, ExplorerError):
        raise result
    return result


def show_examples(found: Brought, _: Translate) -> None:
    """The first of them, or a picture; how often each answer comes, and what was made
    of the file."""
    if found.tune is not None:
        show_tune("offered.tune", found.tune, found.label, _)
    if found.sound is not None:
        show_sound("offered.sound", found.sound, found.label, _)
    if found.shown:
        written = "\n\n".join(_written(each) for each in found.shown)
        st.code(written, language=None, wrap_lines=True)
    for remark in found.remarks:
        st.caption(literal(remark.text(_)))
    if found.counts:
        total = sum(found.counts.values())
        shares = [count / total for count in found.counts.values()]
        drawn = balance.extract([*map(AsWritten, found.counts)], shares)
        figure, alternative = balance.figure(drawn, _), balance.alternative(drawn, _)
        title = _("Does every label come as often?")
        show_still(
            "offered",
            figure,
            alternative,
            _,
            title=title,
            about=found.label,
            height=200,
        )
        st.caption(literal(balance.reading(drawn, _)))


def show_tune(key: str, tune: Heard, about: str, _: Translate) -> None:
    """The notes of a tune as a piano roll."""
    drawn = tunes.extract(tune.notes, tune.bars)
    figure, alternative = tunes.figure(drawn, _), tunes.alternative(drawn, _)
    title = _("How does the tune go?")
    show_still(key, figure, alternative, _, title=title, about=about, height=220)
    st.caption(literal(tunes.reading(drawn, _)))


def show_sound(key: str, sound: Frames, about: str, _: Translate) -> None:
    """A sound as a map of its bands."""
    drawn = spectrogram.extract(sound.bands, sound.centres, sound.hop)
    figure, alternative = (
        spectrogram.figure(drawn, _),
        spectrogram.alternative(drawn, _),
    )
    title = _("What does the sound look like?")
    show_still(key, figure, alternative, _, title=title, about=about, height=240)
    st.caption(literal(spectrogram.reading(drawn, _)))


def _written(shown: Shown) -> str:
    given, asked = shown
    if isinstance(given, str):
        return answered(_short(given), _short(str(asked)))
    return aligned([_short(token) for token in given], list(asked))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST] + " …"
