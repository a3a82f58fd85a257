"""How files come in: bytes to values or text.

Whatever comes in, the answer is data or one `ExplorerError` that says what to mend.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from explorer.data.brought import Brought
from explorer.data.choices import Choices
from explorer.data.columns import MIN_VALUES, Taken, take_series
from explorer.data.conll import ENDINGS, read_tags
from explorer.data.conll_lines import is_tagged
from explorer.data.content import MAX_TEXT_BYTES, Kind
from explorer.data.decoding import decoded, in_one_piece, named, short
from explorer.data.labels import is_labelled, read_labels
from explorer.data.layout import is_table
from explorer.data.likeliest import likeliest
from explorer.data.midi import MAGIC as MIDI
from explorer.data.parsing import MAX_TABLE_BYTES, read_table
from explorer.data.recordings import read_recordings
from explorer.data.sounds import is_wav, read_sound
from explorer.data.sources import are_pairs, read_pairs
from explorer.data.text_table import HEAD, table_of
from explorer.data.tunes import read_notes
from explorer.data.zipped import is_zip
from explorer.errors import N_, ExplorerError

READ: Mapping[Kind, Callable[..., Brought]] = {
    "tags": read_tags,
    "labels": read_labels,
    "pairs": read_pairs,
    "notes": read_notes,
    "sound": read_sound,
    "recordings": read_recordings,
}
"""How each kind of examples is read: bytes, a file's name, an encoding, and the columns
of what is given and what is asked for."""

TABLES = (".csv", ".tsv", ".tab")
"""Endings of tables; what another file is, it tells itself."""
NAMED: Mapping[str, Kind] = {
    ".mid": "notes",
    ".midi": "notes",
    ".wav": "sound",
    ".zip": "recordings",
}
"""What a file by its ending is meant to be, also where it is damaged."""
FILES = (*TABLES, ".txt", *ENDINGS, *NAMED)
"""Endings of all that can be read."""


PAGES = str.maketrans("\f\v", "\n\n")


def kind_of(raw: bytes, filename: str, encoding: str = "") -> Kind:
    """What a file most likely is: a series, a text, or examples of some kind.

    Raises:
        ExplorerError: if it is none of them.
    """
    if raw.startswith(MIDI):
        return "notes"
    if is_wav(raw):
        return "sound"
    if is_zip(raw, filename):
        return "recordings"
    name = filename.lower()
    if name.endswith(ENDINGS):
        return "tags"
    if b"\0" in raw and (meant := NAMED.get(PurePath(name).suffix)):
        return meant
    raw, guessed = (raw, "") if encoding else likeliest(raw)
    text = decoded(raw, filename, MAX_TABLE_BYTES, encoding or guessed)
    if is_tagged(text):
        return "tags"
    tabled = name.endswith(TABLES) or "\t" in text
    if tabled and (found := kind_of_table(text, filename)):
        return found
    return "series" if name.endswith(TABLES) or is_table(text) else "text"


def kind_of_table(text: str, filename: str) -> Kind | None:
    """Whether a table is one of examples, by its first lines."""
    try:
        table = table_of("\n".join(text.split("\n")[:HEAD]), filename)
    except ExplorerError:
        return None
    if is_labelled(table):
        return "labels"
    return "pairs" if are_pairs(table) else None


def read_text(raw: bytes, filename: str, encoding: str = "") -> str:
    """The text of a file in UTF-8, GB18030 or what is said, with line ends as "\\n" and
    letters in one piece with their accents; a new page is a new line, and what nobody
    sees is left out.

    Raises:
        ExplorerError: if it is empty, short, of one symbol, too large, binary or in an
            encoding that is unsure.
    """
    raw_text = decoded(raw, filename, MAX_TEXT_BYTES, encoding)
    text = in_one_piece(raw_text).translate(PAGES)
    if len(text) < MIN_VALUES:
        raise ExplorerError(
            N_(
                "A text needs at least %(least)d characters, but '%(file)s' has "
                "%(came)d. Give a longer one."
            ),
            least=MIN_VALUES,
            file=named(filename),
            came=len(text),
        )
    if len(set(text) - set(" \t\n")) < 2:
        raise ExplorerError(
            N_(
                "A text needs two different symbols at least, or there is nothing to "
                "guess, but '%(file)s' is made of '%(came)s' alone. Give another."
            ),
            file=named(filename),
            came=short(text.strip())[:1],
        )
    return text


def read_series(
    raw: bytes, filename: str, choices: Choices | None = None, encoding: str = ""
) -> Taken:
    """One column of a table, NaN where its cells are empty; see `columns`.

    Raises:
        ExplorerError: if there is no such column, its values are no finite, varying
            series, or a person must say how it is meant.
    """
    return take_series(read_table(raw, filename, encoding), choices)
