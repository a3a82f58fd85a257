"""What all inside views look at: a held-out window, or what a person typed."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, next_value
from explorer.data.tokens import UNKNOWN, UNSPACED, WORD
from explorer.data.typed import read_typed
from explorer.errors import N_, ExplorerError
from explorer.tasks import BEGIN, END, FILLED, IGNORED

MOST_LETTERS = 1000
SHOWN = 120
"""Symbols of a vocabulary that a sentence lists."""

JUDGING = ("classify", "tag")
"""Tasks in which a word that nobody has seen can stand for itself: it is `UNKNOWN`."""

PROBE = -1
NOWHERE = -1


def example_field() -> Any:
    """The option for which held-out window is looked at."""
    return setting(
        PROBE,
        N_(
            "Which held-out window to look at, counted from 0; left empty, the middle "
            "one."
        ),
        title=N_("Example"),
        ge=PROBE,
        le=4095,
        unset=N_("middle"),
    )


class ExampleOptions(Settings):
    """What is looked at."""

    example: int = example_field()
    text: str = setting(
        "",
        N_("Your own text, or your own numbers, to look at instead."),
        title=N_("Own example"),
        pattern=rf"^[\s\S]{{0,{MOST_LETTERS}}}$",
    )


class MarkedOptions(ExampleOptions):
    """What is looked at, and which of its time steps is marked."""

    mark: int = setting(
        NOWHERE,
        N_("The time step to look at, counted from 1; left empty, the last."),
        title=N_("Time step"),
        ge=NOWHERE,
        le=4095,
        unset=N_("last"),
        shift=1,
    )


class Example(NamedTuple):
    """One window as a model is given it, and as people read it."""

    x: Tensor  # (1, T, I) or (1, T)
    y: Tensor  # (1, T, O), (1, T) or (1,)
    labels: list[str] | None  # T tokens; None for a series
    shown: Floats | None  # (T,) the input in real units, the mean of its channels;
    # None for tokens
    support: NDArray[np.bool_] | None = None  # (T,) what tells the answer, if known

    @property
    def steps(self) -> int:
        """Time steps, T."""
        return int(self.x.shape[1])

    def marked(self, mark: int) -> int:
        """The marked time step, or the last one where none is marked."""
        return mark if NOWHERE < mark < self.steps else self.steps - 1

    def arrays(self) -> dict[str, Floats]:
        """The input for a strip above a picture: empty for tokens."""
        return {} if self.shown is None else {"input": self.shown.astype(np.float32)}


def example_of(data: Data, options: ExampleOptions) -> Example:
    """The window that the options name.

    Raises:
        ExplorerError: if there is no such window, or if what was typed is too short,
            not in the vocabulary, not numbers, or not what this data asks for.
    """
    if options.text.strip():
        if not data.shifted and not data.symbols:
            raise ExplorerError(
                N_(
                    "An own example can be given where what comes next is asked for, "
                    "but this data asks for something else, which only its held-out "
                    "windows tell. Choose one of them."
                )
            )
        typed = _typed_text if data.symbols else _typed_series
        return typed(data, options.text)
    count = len(data.validation.x)
    index = count // 2 if options.example == PROBE else options.example
    if index >= count:
        raise ExplorerError(
            N_(
                "There are %(count)d held-out windows, counted from 0, but example "
                "%(came)d was asked for. Choose one up to %(most)d."
            ),
            count=count,
            came=index,
            most=count - 1,
        )
    x = torch.tensor(data.validation.x[index : index + 1])
    y = torch.tensor(data.validation.y[index : index + 1])
    support = None if data.support is None else data.support[index]
    return _example(data, x, y)._replace(support=support)


def _example(data: Data, x: Tensor, y: Tensor) -> Example:
    if data.symbols:
        return Example(x, y, [data.symbols[int(token)] for token in x[0]], None)
    return Example(x, y, None, data.scaler.undo(x[0].mean(-1).numpy()))


def first_of(data: Data, x: Tensor) -> Floats:
    """(T,) what stands for a window (T, I) above a picture, in real units: its first
    number at each step, of an image the mean of a step's points."""
    values = x.mean(-1) if data.image is not None else x[:, 0]
    return data.scaler.undo(values.numpy()).astype(np.float32)


def tokens_of(data: Data, text: str) -> tuple[list[int], list[str]]:
    """Token ids of what was typed, and the pieces that the vocabulary does not have."""
    index_of = {symbol: index for index, symbol in enumerate(data.symbols)}
    pieces = list(text) if data.pairs is None else data.pairs.cut(text)
    if data.joiner:
        pieces = [p for word in text.split() for p in _parts(word, index_of)]
    if data.task in JUDGING and UNKNOWN in index_of:
        pieces = [p if p in index_of else UNKNOWN for p in pieces]
    ids = [index_of[piece] for piece in pieces if piece in index_of]
    return ids, sorted({piece for piece in pieces if piece not in index_of})


def _parts(word: str, symbols: Collection[str]) -> list[str]:
    """The tokens of a word as it was typed: itself, where the vocabulary has it, also
    in lower case; else what it is made of, down to its characters in scripts without
    spaces.
    """
    for piece in (word, word.lower()):
        if piece in symbols:
            return [piece]
    found: list[str] = []
    for part in WORD.findall(word):
        lowered = part if part in symbols else part.lower()
        apart = lowered not in symbols and UNSPACED.match(lowered)
        found += list(lowered) if apart else [lowered]
    return found


def refuse_unknown(data: Data, missing: Sequence[str]) -> None:
    """See that the vocabulary has all of what was typed.

    Raises:
        ExplorerError: if it lacks some pieces.
    """
    if missing:
        symbols = data.symbols[END + 1 :] if data.source else data.symbols
        raise ExplorerError(
            N_(
                "The vocabulary of this run has no %(missing)s. What is typed may be "
                "made of: %(some)s"
            ),
            missing=", ".join(f"“{piece}”" for piece in missing[:8]),
            some=(data.joiner or " ").join(s for s in symbols[:SHOWN] if s.strip()),
        )


def refuse_long(came: int, most: int) -> None:
    """See that what was typed is not longer than what a model reads.

    Raises:
        ExplorerError: if it is.
    """
    if came > most:
        raise ExplorerError(
            N_(
                "This run reads at most %(most)d tokens, but got %(came)d. Shorten "
                "what is typed."
            ),
            most=most,
            came=came,
        )


def _typed_text(data: Data, text: str) -> Example:
    if data.source:
        return _typed_pair(data, text)
    ids, missing = tokens_of(data, text)
    refuse_unknown(data, missing)
    refuse_long(len(ids), data.steps + (data.task == "next_token" and data.shifted))
    if len(ids) < 2:
        raise ExplorerError(
            N_(
                "An own example needs at least two tokens that the vocabulary has, but "
                "'%(text)s' has %(count)d. Its tokens are like: %(some)s."
            ),
            text=text[:40],
            count=len(ids),
            some=" ".join(data.symbols[:12]).strip(),
        )
    if data.task != "next_token" or not data.shifted:
        return _unanswered(data, ids)
    tokens = torch.tensor([ids])
    return _example(data, tokens[:, :-1], tokens[:, 1:])


def _unanswered(data: Data, ids: list[int]) -> Example:
    """What was typed, where nobody knows the true answer."""
    missing = data.steps - len(ids) if data.padded else 0
    x = torch.tensor([[0] * missing + ids])
    one = data.task == "classify"
    return _example(data, x, torch.full((1,) if one else x.shape, IGNORED))


def pieces_of_source(data: Data, text: str) -> list[str]:
    """What was typed of a pair in tokens; a word that the vocabulary lacks is
    `UNKNOWN`, where it has that."""
    symbols = set(data.symbols[END + 1 :])
    pieces = list(text.strip())
    if data.joiner:
        pieces = [piece for word in text.split() for piece in _parts(word, symbols)]
    if UNKNOWN in symbols:
        pieces = [piece if piece in symbols else UNKNOWN for piece in pieces]
    return pieces


def _typed_pair(data: Data, text: str) -> Example:
    """A source, and after the symbol that begins a target what is written of it."""
    index_of = {symbol: k for k, symbol in enumerate(data.symbols) if k > END}
    typed = text.strip().partition(data.symbols[BEGIN])
    source = pieces_of_source(data, typed[0])
    target = pieces_of_source(data, typed[2])
    refuse_unknown(data, [p for p in (*source, *target) if p not in index_of])
    refuse_long(len(source), data.source)
    refuse_long(len(target), data.steps - data.source - 1)
    ids, answer = ([index_of[piece] for piece in part] for part in (source, target))
    if not ids:
        raise ExplorerError(
            N_(
                "An own source needs at least one token that the vocabulary has, but "
                "'%(text)s' has none. Its tokens are like: %(some)s."
            ),
            text=text[:40],
            some=" ".join(data.symbols[END + 1 : END + 13]).strip(),
        )
    rest = [FILLED] * (data.source - len(ids))
    x = torch.tensor([[*ids, *rest, BEGIN, *answer]])
    return _example(data, x, torch.tensor([[*answer, END]]))


def _typed_series(data: Data, text: str) -> Example:
    if data.restore is not next_value:
        raise ExplorerError(
            N_(
                "Own numbers can be given to a series that is predicted as it is, but "
                "this one is predicted by its changes. Choose a held-out window."
            )
        )
    if data.inputs > 1:
        raise ExplorerError(
            N_(
                "Own numbers can be given where a step is one number, but here it is "
                "%(count)d. Choose a held-out window."
            ),
            count=data.inputs,
        )
    values = read_typed(text).values
    if len(values) < 2 or not np.isfinite(values).all():
        raise ExplorerError(
            N_(
                "An own example needs at least two numbers with spaces between them, "
                "but got '%(text)s'. Write it like: 0.1 0.5 0.9."
            ),
            text=text[:40],
        )
    refuse_long(len(values), data.steps + 1)
    scaled = data.scaler.apply(values)
    whole = torch.from_numpy(scaled)[None, :, None]  # (1, T + 1, 1)
    return _example(data, whole[:, :-1], whole[:, 1:])
