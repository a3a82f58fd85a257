"""English and Simplified Chinese: the interface's words from gettext catalogues."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from explorer.errors import AsWritten

Translate = Callable[[str], str]

LANGUAGES = {"en": "English", "zh": "中文"}
DEFAULT_LANGUAGE = "en"
LANGUAGE = "lang"
"""The parameter of an address that says which."""

ASSETS = Path(__file__).parents[2] / "assets"


def best_language(wished: str | None, locale: str | None) -> str:
    """The language to show.

    Args:
        wished: what the reader chose, if anything.
        locale: what the browser prefers, as in "zh-CN".
    """
    for tag in (wished, (locale or "").split("-")[0].lower()):
        if tag in LANGUAGES:
            return tag
    return DEFAULT_LANGUAGE


@cache
def messages(language: str) -> dict[str, str]:
    """Every translated message of a language; none for English, the source."""
    path = ASSETS / "locale" / language / "LC_MESSAGES" / "messages.po"
    if language == DEFAULT_LANGUAGE:
        return {}
    with path.open("rb") as file:
        catalogue: Any = read_po(file, locale=language)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string}


@cache
def translator(language: str) -> Translate:
    """The function that turns an English message into `language`."""
    return partial(_translate, messages(language))


def _translate(catalogue: dict[str, str], message: str) -> str:
    if isinstance(message, AsWritten):
        return message
    return catalogue.get(message, message)
