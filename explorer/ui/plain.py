"""Words that came from outside, shown as they stand.

Streamlit reads what it shows as Markdown. An address, a file's name, a column, a
nickname or the name of an imported run could so become a picture of another host, or
a link that passes for ours. Every page shows such words through `literal`.
"""

import re

import streamlit as st

from explorer.errors import ExplorerError, Words
from explorer.ui.language import Translate

JOINER = "\u2060"
"""A sign without width that parts what would be read as one: backslashes do not part
addresses, icons and arrows, which Streamlit looks for after it has read them."""

_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udfff]")
"""What turns the direction of writing, and what is no letter."""

_TOUCHING = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
_ARROWS = re.compile(r"(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_MARKS = re.compile(
    r"[\\`*\[\]<$~|&]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # one inside a word marks nothing
    r"|^[#>+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]"
)


def literal(words: str) -> str:
    r"""Words in one line, with nothing in it that Markdown would read.

    >>> literal("*a* hidden_size")
    '\\*a\\* hidden_size'
    """
    line = " ".join(_UNSEEN.sub("", words).split())
    parted = _ARROWS.sub(rf"\g<0>{JOINER}", _TOUCHING.sub(JOINER, line))
    return _MARKS.sub(r"\\\g<0>", parted)


def show_error(error: ExplorerError | Words, _: Translate, icon: str = "error") -> None:
    """What a person can mend, in a red box; it quotes what came."""
    st.error(literal(error.text(_)), icon=f":material/{icon}:")
