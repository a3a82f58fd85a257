"""From text to token ids: what a symbol is, and how rare ones are treated."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import setting
from explorer.data.base import Data, Ints, Text
from explorer.data.baselines import token_baselines
from explorer.data.byte_pairs import BytePairs
from explorer.data.decoding import short
from explorer.data.letters import LETTERS
from explorer.data.windows import MAX_VALIDATION_WINDOWS, check_parts, part_at, windows
from explorer.errors import N_, ExplorerError

TokenKind = Literal["character", "word", "pair"]
TOKEN_CHOICES = {
    "character": N_("characters"),
    "word": N_("words"),
    "pair": N_("byte pairs"),
}

UNKNOWN = "<unk>"
MAX_SYMBOLS = 2000
"""A model answers with a number per symbol and step: more would make it crawl."""

WORD = re.compile(rf"{LETTERS}(?:['’]{LETTERS})*|\d+|\n|[^\w\s]|_")
LETTER = re.compile(r"[^\W\d_]")
UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # kana and Han characters
    r"\u0e01-\u0e30\u0e80-\u0eb0\u0f40-\u0f6c"  # Thai, Lao, Tibetan
    r"\u1000-\u102a\u1780-\u17b3]"  # Burmese, Khmer
)
"""Letters of scripts without spaces between words."""


def tokens_field(default: TokenKind = "character") -> Any:
    """The setting for what counts as one symbol."""
    return setting(
        default,
        N_(
            "What a model reads and writes one at a time. Words make shorter sequences "
            "with more symbols; rare words become <unk>. Byte pairs lie between: what "
            "is frequent is one symbol, what is rare is spelled. Compare them by bits "
            "per byte."
        ),
        title=N_("Tokens"),
        choices=TOKEN_CHOICES,
    )


def merges_field() -> Any:
    """The setting for how many byte pairs become symbols of their own."""
    return setting(
        200,
        N_(
            "How many times the commonest pair of neighbours in the training part "
            "becomes one symbol: 0 leaves the characters, many make whole words."
        ),
        title=N_("Merges"),
        ge=0,
        le=1000,
        step=50,
        when={"tokens": ("pair",)},
    )


class Cut(NamedTuple):
    """A text in pieces, and where its held-out part begins."""

    pieces: list[str]
    sizes: Ints  # (n,) bytes of the text that each piece stands for
    split: int
    pairs: BytePairs | None = None


def is_unspaced(text: str) -> bool:
    """Whether a text is in a script without spaces between words."""
    n_letters = len(LETTER.findall(text))
    return bool(n_letters) and len(UNSPACED.findall(text)) / n_letters > 0.3


def words(text: str) -> list[str]:
    """Lower-cased words, numbers, punctuation marks and line ends.

    >>> words("The fox's tail, at last! नदी बहती")
    ['the', "fox's", 'tail', ',', 'at', 'last', '!', 'नदी', 'बहती']

    Raises:
        ExplorerError: for a script without spaces between words.
    """
    if is_unspaced(text):
        raise ExplorerError(
            N_(
                "Word tokens need a text with spaces between its words, but this one "
                "is in a script without them, such as Chinese, Japanese or Thai, where "
                "the character is the unit. Choose tokens: character."
            )
        )
    return WORD.findall(text.lower())


def cut(text: str, tokens: TokenKind, merges: int, validation_share: float) -> Cut:
    """The text cut into the symbols of that kind, the end of it held out.

    A word stands for what is before it, too. Byte pairs are learned from the training
    part alone, which is as many characters as it is where characters are the symbols.

    Raises:
        ExplorerError: if the text cannot be cut that way.
    """
    if tokens == "word":
        pieces, sizes = words(text), np.diff(word_ends(text), prepend=0)
    elif tokens == "pair":
        return pairs_of(text, part_at(len(text), validation_share), merges)
    else:
        pieces, sizes = list(text), sizes_of(text)
    return Cut(pieces, sizes, part_at(len(pieces), validation_share))


def word_ends(text: str) -> Ints:
    """(n,) how many bytes of the lower-cased text lie before the end of each word."""
    lower = text.lower()
    before = np.concatenate([[0], np.cumsum(sizes_of(lower))])
    return np.asarray(before[[found.end() for found in WORD.finditer(lower)]])


def pairs_of(text: str, characters: int, merges: int) -> Cut:
    """The text in byte pairs; no token lies in both parts.

    Args:
        text: all of it.
        characters: how many of them are the training part.
        merges: how many are learned at most; fewer where `MAX_SYMBOLS` are reached.
    """
    alphabet = vocabulary(list(text), characters, "character")
    letters = [symbol for symbol in alphabet if symbol != UNKNOWN]
    room = MAX_SYMBOLS - len(alphabet)
    learned = text[:characters]
    pairs = BytePairs.learned(learned, letters, min(merges, room))
    first, rest = pairs.cut(learned), pairs.cut(text[characters:])
    return Cut(first + rest, sizes_of(first + rest), len(first), pairs)


def sizes_of(pieces: Sequence[str]) -> Ints:
    """(n,) how many bytes each piece takes in UTF-8."""
    size_of = {piece: len(piece.encode(errors="replace")) for piece in set(pieces)}
    return np.fromiter((size_of[piece] for piece in pieces), np.int64, len(pieces))


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


def next_token_data(cut: Cut, tokens: TokenKind, window: int) -> Data:
    """A text as a dataset: the end of it is held out.

    Raises:
        ExplorerError: if the text is too short for the window, or has one symbol.
    """
    pieces, split = cut.pieces, cut.split
    check_parts(len(pieces), split, window)
    if cut.pairs is None:
        symbols = vocabulary(pieces, split, tokens)
    else:
        left_out = set(pieces) - set(cut.pairs.symbols)
        symbols = (*((UNKNOWN,) if left_out else ()), *cut.pairs.symbols)
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
    judged = windows(cut.sizes[split:], window, MAX_VALIDATION_WINDOWS).y
    return Data(
        task="next_token",
        train=windows(ids[:split], window),
        validation=validation,
        baselines=token_baselines(ids[:split], validation, len(symbols)),
        text=Text(ids, split, cut.sizes),
        joiner=" " if tokens == "word" else "",
        symbols=symbols,
        bytes_per_token=float(judged.mean()),
        pairs=cut.pairs,
    )
