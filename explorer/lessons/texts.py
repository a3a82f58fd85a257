"""What a lesson says: Markdown in each language, in three parts."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "assets" / "lessons"
BREAK = "\n---\n"
"""The line between two parts."""

_WRAPPED = re.compile(
    r"(?<=[\u2e80-\uffef”])\n(?=(?:\*\*)?[\u2e80-\uffef“])"
    r"|(?<=[，。！？：；、）”])\n(?=[^\s\-|>#$\d*]|\*\*)"
)
"""A line's end between Chinese characters, or after a full-width mark and not before a
list or a table: browsers would show it as a blank."""


class Text(NamedTuple):
    """The parts of a lesson in the order in which they are read."""

    before: str
    """What one must know to guess."""
    after: str
    """Why it comes out as it does, and where to see it."""
    task: str
    """What to do now."""


@cache
def read(name: str, language: str) -> Text:
    """The text of a lesson in a language: "en" or "zh"."""
    text = (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")
    parts = _WRAPPED.sub("", text).split(BREAK)
    before, after, task = (part.strip() for part in parts)
    return Text(before, after, task)
