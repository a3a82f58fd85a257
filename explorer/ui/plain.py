"""Words that came from outside, shown as they stand.

Streamlit reads what it shows as Markdown. An address, a file's name, a column, a
nickname or the name of an imported run could so become a picture of another host, or
a link that passes for ours. Every page shows such words through `literal`.
"""

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.errors import ExplorerError, Words
from explorer.ui.language import Translate
from explorer.ui.paper import paper_table

JOINER = "\u2060"
"""A sign without width that parts what would be read as one: backslashes do not part
addresses, icons and arrows, which Streamlit looks for after it has read them."""

_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udfff]")
"""What turns the direction of writing, and what is no letter."""

_PERCENT = re.compile(r"(?<=\d) %")

_TOUCHING = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
_ARROWS = re.compile(r"(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_AFTER_NUMBERS = "|".join(
    rf"(?<=^\d{{{digits}}})[.)](?=\s|$)" for digits in range(1, 10)
)
"""What makes a list of a line that begins with a number; longer ones begin none."""
_MARKS = re.compile(
    r"[\\`*\[\]<$~|&]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # one inside a word marks nothing
    rf"|^[#>+=-]|{_AFTER_NUMBERS}"
)


_PICTURES = re.compile(r"!(?=\[)|&(?=#|\w+;)|data(?=\\?:)", re.IGNORECASE)
"""What begins a picture or such a link, be it spelt by an entity."""

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""Some spreadsheets read the wide signs of East Asian keyboards like the narrow."""

_NUMBER = re.compile(r"[+-]?[\d.,]+(?:e[+-]?\d+)?", re.IGNORECASE)


def literal(words: str) -> str:
    r"""Words in one line, with nothing in it that Markdown would read.

    No line ends between a number and its percent sign.

    >>> literal("*a* hidden_size")
    '\\*a\\* hidden_size'
    >>> literal("12 % of them") == "12\u00a0% of them"
    True
    """
    line = _PERCENT.sub("\u00a0%", " ".join(_UNSEEN.sub("", words).split()))
    parted = _ARROWS.sub(rf"\g<0>{JOINER}", _TOUCHING.sub(JOINER, line))
    return _MARKS.sub(r"\\\g<0>", parted)


def safe_markdown(text: str) -> str:
    """What a person wrote in Markdown, without pictures and links to `data:`."""
    return _PICTURES.sub(rf"\g<0>{JOINER}", text)


def harmless(cell: Any) -> Any:
    """What a spreadsheet does not take for a formula; numbers stay as they are.

    >>> harmless(["=1+1", "-0.5", "gru", 3, "\uff1d1+1"])
    ["'=1+1", '-0.5', 'gru', 3, "'\uff1d1+1"]
    """
    if isinstance(cell, Mapping):
        return {harmless(name): harmless(each) for name, each in cell.items()}
    if isinstance(cell, list | tuple):
        return [harmless(each) for each in cell]
    formula = isinstance(cell, str) and _FORMULA.match(cell)
    return f"'{cell}" if formula and not _NUMBER.fullmatch(cell) else cell


def show_table(table: Any, **options: Any) -> Any:
    """A table, which every reader can take along, open in a spreadsheet, and print."""
    chosen = st.dataframe(harmless(table), **options)
    settings, nothing = options.get("column_config", {}), options.get("placeholder", "")
    st.html(paper_table(table, settings, nothing))
    return chosen


def show_error(error: ExplorerError | Words, _: Translate, icon: str = "error") -> None:
    """What a person can mend, in a red box; it quotes what came."""
    st.error(literal(error.text(_)), icon=f":material/{icon}:")
