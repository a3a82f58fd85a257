"""From text to token ids: what a symbol is, and how rare ones are treated."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import setting
from explorer.data.base import MAX_VALIDATION_WINDOWS, Data, Text, split_point, windows
from explorer.data.baselines import token_baselines
from explorer.data.decoding import short
from explorer.errors import N_, ExplorerError

TokenKind = Literal["character", "word"]
TOKEN_CHOICES = {"character": N_("characters"), "word": N_("words")}

UNKNOWN = "<unk>"
MAX_SYMBOLS = 2000
"""A model answers with a number per symbol and step: more would make it crawl."""

MARKS = "".join(
    c for k in range(0x300, 0x1F000) if unicodedata.category(c := chr(k))[0] == "M"
)
"""What is written around a letter and belongs to it: accents, vowel signs, viramas."""

JOINERS = "\u200c\u200d"
"""Stand unseen inside words of Persian and of India, and say how letters are joined."""

LETTERS = rf"[^\W\d_]+(?:[{MARKS}{JOINERS}]+[^\W\d_]*)*"
WORD = re.compile(rf"{LETTERS}(?:['’]{LETTERS})*|\d+|\n|[^\w\s]|_")
LETTER = re.compile(r"[^\W\d_]")
UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # kana and Han characters
    r"\u0e01-\u0e30\u0e80-\u0eb0\u0f40-\u0f6c"  # Thai, Lao, Tibetan
    r"\u1000-\u102a\u1780-\u17b3]"  # Burmese, Khmer
)
"""Letters of scripts without spaces between words."""


def tokens_field() -> Any:
    """The setting for what counts as one symbol."""
    return setting(
        "character",
        N_(
            "What a model reads and writes one at a time. Words make shorter sequences "
            "with more symbols; rare words become <unk>."
        ),
        title=N_("Tokens"),
        choices=TOKEN_CHOICES,
    )


def words(text: str) -> list[str]:
    """Lower-cased words, numbers, punctuation marks and line ends.

    >>> words("The fox's tail, at last! नदी बहती")
    ['the', "fox's", 'tail', ',', 'at', 'last', '!', 'नदी', 'बहती']

    Raises:
        ExplorerError: for a script without spaces between words.
    """
    n_letters = len(LETTER.findall(text))
    if n_letters and len(UNSPACED.findall(text)) / n_letters > 0.3:
        raise ExplorerError(
            N_(
                "Word tokens need a text with spaces between its words, but this one "
                "is in a script without them, such as Chinese, Japanese or Thai, where "
                "the character is the unit. Choose tokens: character."
            )
        )
    return WORD.findall(text.lower())


def pieces_of(text: str, tokens: TokenKind) -> list[str]:
    """The text cut into the symbols of that kind.

    Raises:
        ExplorerError: if the text cannot be cut that way.
    """
    return words(text) if tokens == "word" else list(text)


def vocabulary(pieces: Sequence[str], split: int, tokens: TokenKind) -> tuple[str, ...]:
    """The symbols, sorted; `UNKNOWN` comes first where some pieces are left out.

    Characters: all of the text. Words: those that occur at least twice in the training
    part. Either way the `MAX_SYMBOLS` most frequent only.
    """
    counts = Counter(pieces[:split]) if tokens == "word" else Counter(pieces)
    least = 2 if tokens == "word" else 1
    common = [symbol for symbol, n in counts.most_common() if n >= least]
    kept = set(common[: MAX_SYMBOLS - 1])
    everything = set(pieces)
    if len(everything) == len(kept) + 1 and least == 1:
        kept = everything
    left_out = () if everything <= kept else (UNKNOWN,)
    return (*left_out, *sorted(kept))


def encode(pieces: Sequence[str], symbols: Sequence[str]) -> NDArray[np.int64]:
    """(n,) the place of each piece in `symbols`; 0, which is `UNKNOWN`, for others."""
    places = {symbol: i for i, symbol in enumerate(symbols)}
    return np.fromiter((places.get(piece, 0) for piece in pieces), np.int64)


def next_token_data(
    pieces: Sequence[str],
    tokens: TokenKind,
    window: int,
    validation_share: float,
) -> Data:
    """A text as a dataset: the end of it is held out.

    Raises:
        ExplorerError: if the text is too short for the window, or has one symbol.
    """
    split = split_point(len(pieces), validation_share, window)
    symbols = vocabulary(pieces, split, tokens)
    if len(symbols) < 2:
        raise ExplorerError(
            N_(
                "A text needs two different symbols at least, or there is nothing to "
                "guess, but this one is made of '%(came)s' alone. Choose other tokens, "
                "or give another text."
            ),
            came=short(symbols[0]),
        )
    ids = encode(pieces, symbols)
    validation = windows(ids[split:], window, MAX_VALIDATION_WINDOWS)
    return Data(
        task="next_token",
        train=windows(ids[:split], window),
        validation=validation,
        baselines=token_baselines(ids[:split], validation, len(symbols)),
        text=Text(ids, split),
        joiner=" " if tokens == "word" else "",
        symbols=symbols,
    )
