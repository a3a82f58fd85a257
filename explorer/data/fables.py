"""Short fables in plain language: small enough to train on while a class looks on."""

from functools import cache

from explorer.config.settings import Settings
from explorer.data.base import Data
from explorer.data.fields import validation_field, window_field
from explorer.data.shipped import Language, language_field, shipped
from explorer.data.spec import DataSpec
from explorer.data.tokens import (
    TokenKind,
    cut,
    merges_field,
    next_token_data,
    tokens_field,
)
from explorer.errors import N_


class FablesSettings(Settings):
    """Which fables, and cut into what."""

    language: Language = language_field(N_("The language of the fables."))
    tokens: TokenKind = tokens_field()
    merges: int = merges_field()
    window: int = window_field(48)
    validation_share: float = validation_field()


@cache
def fables(language: str) -> str:
    """The whole text."""
    return shipped(f"fables_{language}.txt")


def make(settings: FablesSettings, seed: int) -> Data:
    """The text is what it is: the seed changes nothing.

    Raises:
        ExplorerError: for words in Chinese, which is written without spaces, or a text
            too short for the window.
    """
    text, tokens = fables(settings.language), settings.tokens
    pieces = cut(text, tokens, settings.merges, settings.validation_share)
    return next_token_data(pieces, tokens, settings.window)


SPEC = DataSpec(
    name="fables",
    title=N_("Fables"),
    summary=N_(
        "Short animal stories, in English or Chinese. The model reads them symbol by "
        "symbol and learns to guess the next one; then it can tell its own."
    ),
    settings=FablesSettings,
    make=make,
    task="next_token",
    order=30,
)
