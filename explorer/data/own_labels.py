"""A person's own texts or windows of numbers, each with a label."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings
from explorer.data import content
from explorer.data.alike import AnyTokens, any_tokens_field, cut_alike
from explorer.data.base import Data, Scaler
from explorer.data.baselines import bag_of_words, surprise
from explorer.data.fields import digest_field, examples_share_field, window_field
from explorer.data.held_out import Parts, keeping_shares
from explorer.data.spec import DataSpec
from explorer.data.tokens import MAX_SYMBOLS, UNKNOWN
from explorer.data.windows import Windows
from explorer.errors import N_, AsWritten

FILLER = "·"
FILLED_ID, UNKNOWN_ID = 0, 1


class OwnLabelsSettings(Settings):
    """Which examples, and how they are cut."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded examples; it is filled in for you.")
    )
    tokens: AnyTokens = any_tokens_field()
    window: int = window_field(64)
    validation_share: float = examples_share_field()


def make(settings: OwnLabelsSettings, seed: int) -> Data:
    """Texts x (N, T), filled up in front, or windows x (N, T, 1), and labels y (N,).
    Each label has the same share of what is held out; the seed chooses which.

    Raises:
        ExplorerError: if there is no such content, or it has too few examples.
    """
    found = content.get_examples("labels", settings.digest)
    labels: list[str] = found["labels"]
    examples: list[Sequence[object]] = found.get("texts") or found["windows"]
    keys = [tuple(each) for each in examples]
    parts = keeping_shares(keys, labels, settings.validation_share, seed)
    names = tuple(map(AsWritten, sorted(set(labels))))
    y = np.array([names.index(label) for label in labels], np.int64)
    if "windows" in found:
        return _of_windows(np.array(examples, np.float64), y, names, parts)
    return _of_texts(found["texts"], y, names, parts, settings)


def _of_windows(
    values: NDArray[np.float64],
    y: NDArray[np.int64],
    names: tuple[str, ...],
    parts: Parts,
) -> Data:
    """Windows (N, T) of numbers, scaled by what is learned from."""
    learned, held = parts
    scaler = Scaler.fit(values[learned])
    x = scaler.apply(values)[..., None]  # (N, T, 1)
    train, validation = (Windows(x[part], y[part]) for part in (learned, held))
    return Data(
        task="classify",
        train=train,
        validation=validation,
        baselines=guesses(train, validation, len(names)),
        labels=names,
        channels=(N_("value"),),
        scaler=scaler,
        streamed=False,
        shifted=False,
    )


def _of_texts(
    texts: Sequence[str],
    y: NDArray[np.int64],
    names: tuple[str, ...],
    parts: Parts,
    settings: OwnLabelsSettings,
) -> Data:
    pieces, joiner = cut_alike(texts, settings.tokens)
    pieces = [each[: settings.window] for each in pieces]
    learned, held = parts
    symbols = vocabulary((pieces[k] for k in learned), 2 if joiner else 1)
    x = windows(pieces, symbols)
    train, validation = (Windows(x[part], y[part]) for part in (learned, held))
    return Data(
        task="classify",
        train=train,
        validation=validation,
        baselines=guesses(train, validation, len(names))
        | bag_of_words(train, validation, len(symbols), len(names)),
        symbols=symbols,
        joiner=joiner,
        labels=names,
        padded=True,
        streamed=False,
        shifted=False,
    )


def vocabulary(pieces: Iterable[Sequence[str]], least: int) -> tuple[str, ...]:
    """What fills up, `UNKNOWN`, and the commonest tokens that come so often."""
    counts = Counter(token for each in pieces for token in each)
    for special in (FILLER, UNKNOWN):
        counts.pop(special, None)
    common = [t for t, n in counts.most_common(MAX_SYMBOLS - 2) if n >= least]
    return (FILLER, UNKNOWN, *sorted(common))


def windows(
    pieces: Sequence[Sequence[str]], symbols: Sequence[str]
) -> NDArray[np.int64]:
    """Token ids (N, T), filled up in front; T is the longest text."""
    place = {symbol: k for k, symbol in enumerate(symbols)}
    x = np.full((len(pieces), max(map(len, pieces))), FILLED_ID, np.int64)
    for row, tokens in zip(x, pieces, strict=True):
        if tokens:
            row[-len(tokens) :] = [place.get(each, UNKNOWN_ID) for each in tokens]
    return x


def guesses(train: Windows, held: Windows, n_labels: int) -> dict[str, float]:
    """Cross-entropy in nats of guessing without a look."""
    prior = np.bincount(train.y, minlength=n_labels) + 1.0
    return {
        N_("chance"): math.log(n_labels),
        N_("class prior"): surprise(np.log(prior / prior.sum()), held.y),
    }


SPEC = DataSpec(
    name="own_labels",
    title=N_("Own labels"),
    summary=N_("Texts or windows of numbers of yours, each with a label."),
    settings=OwnLabelsSettings,
    make=make,
    task="classify",
    order=93,
    offered=False,
)
