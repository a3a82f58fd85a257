"""The texts that come with the program, and the language in which they are read."""

from pathlib import Path
from typing import Any, Literal

from explorer.config.settings import setting
from explorer.errors import N_

Language = Literal["en", "zh"]

FOLDER = Path(__file__).parents[2] / "assets" / "texts"


def language_field(description: str) -> Any:
    """In which language a dataset is written."""
    return setting(
        "en",
        description,
        title=N_("Language"),
        choices={"en": N_("English"), "zh": N_("Chinese")},
    )


def shipped(name: str) -> str:
    """The text of a file."""
    return (FOLDER / name).read_text(encoding="utf-8")
