"""A person's own text."""

from explorer.config.settings import Settings, setting
from explorer.data import content
from explorer.data.base import Data
from explorer.data.fields import digest_field, validation_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.tokens import (
    TokenKind,
    cut,
    merges_field,
    next_token_data,
    tokens_field,
)
from explorer.errors import N_


class OwnTextSettings(Settings):
    """Which text, and cut into what."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded text; it is filled in for you.")
    )
    most: int = setting(
        content.MAX_TEXT_BYTES,
        N_("Only so many characters from the beginning are read; the rest is left."),
        title=N_("Characters at most"),
        more=True,
        ge=100,
        le=content.MAX_TEXT_BYTES,
        scale="log",
    )
    lower: bool = setting(
        False,
        N_("Fewer symbols to tell apart: The and the become one. Words always are."),
        title=N_("Lower case"),
        more=True,
    )
    tokens: TokenKind = tokens_field()
    merges: int = merges_field()
    window: int = window_field(48)
    validation_share: float = validation_field()


def make(settings: OwnTextSettings, seed: int) -> Data:
    """The text is what it is: the seed changes nothing.

    Raises:
        ExplorerError: if there is no such content, it is too short for the window, or
            it cannot be cut into words.
    """
    text, tokens = prepared(settings), settings.tokens
    pieces = cut(text, tokens, settings.merges, settings.validation_share)
    return next_token_data(pieces, tokens, settings.window)


def prepared(settings: OwnTextSettings) -> str:
    """The stored text, shortened and lower-cased as the settings say.

    Windows are cut from one stream, so that nothing needs to be filled up.

    Raises:
        ExplorerError: if there is no such content.
    """
    text = content.get_text(settings.digest)[: settings.most]
    return text.lower() if settings.lower else text


SPEC = DataSpec(
    name="own_text",
    title=N_("Own text"),
    summary=N_("A text of yours, guessed symbol by symbol."),
    settings=OwnTextSettings,
    make=make,
    task="next_token",
    order=91,
    offered=False,
)
