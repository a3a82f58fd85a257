"""The doors through which files come in: bytes to values or text.

Whatever comes in, the answer is data or one `ExplorerError` that says what to mend.
"""

import unicodedata

from explorer.data.choices import Choices
from explorer.data.columns import MIN_VALUES, Taken, take_series
from explorer.data.content import MAX_TEXT_BYTES, Kind
from explorer.data.decoding import decoded, named, short
from explorer.data.layout import is_table
from explorer.data.likeliest import likeliest
from explorer.data.parsing import MAX_TABLE_BYTES, read_table
from explorer.errors import N_, ExplorerError

TABLES = (".csv", ".tsv", ".tab")
"""Endings of tables; what another file is, it tells itself."""


UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
"""Hyphens that may be, blanks of no width and marks of order and direction: nobody sees
them in a text, and none is a symbol of it."""

PAGES = str.maketrans("\f\v", "\n\n")


def kind_of(raw: bytes, filename: str, encoding: str = "") -> Kind:
    """Whether a file is a series or a text.

    Raises:
        ExplorerError: if it is neither.
    """
    if filename.lower().endswith(TABLES):
        return "series"
    raw, guessed = (raw, "") if encoding else likeliest(raw)
    text = decoded(raw, filename, MAX_TABLE_BYTES, encoding or guessed)
    return "series" if is_table(text) else "text"


def read_text(raw: bytes, filename: str, encoding: str = "") -> str:
    """The text of a file in UTF-8, GB18030 or what is said, with line ends as "\\n" and
    letters in one piece with their accents; a new page is a new line, and what nobody
    sees is left out.

    Raises:
        ExplorerError: if it is empty, short, of one symbol, too large, binary or in an
            encoding that is unsure.
    """
    raw_text = decoded(raw, filename, MAX_TEXT_BYTES, encoding)
    plain = raw_text.rstrip("\x1a").translate(UNSEEN).translate(PAGES)
    text = unicodedata.normalize("NFC", plain)
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
