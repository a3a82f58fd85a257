"""What a lesson says: Markdown in each language, in three parts."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "assets" / "lessons"
BREAK = "\n---\n"
"""The line between two parts."""


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
    before, after, task = (part.strip() for part in text.split(BREAK))
    return Text(before, after, task)
