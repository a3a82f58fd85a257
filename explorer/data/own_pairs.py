"""A person's own pairs: a source and what it is translated to."""

from collections import Counter
from collections.abc import Iterable, Sequence

from explorer.config.settings import Settings, setting
from explorer.data import content
from explorer.data.alike import AnyTokens, any_tokens_field, cut_alike
from explorer.data.base import Data
from explorer.data.fields import digest_field, examples_share_field
from explorer.data.held_out import by_chance
from explorer.data.pairs import (
    SPECIAL,
    TRAINING,
    Pair,
    Room,
    as_windows,
    target_guesses,
)
from explorer.data.spec import DataSpec
from explorer.data.tokens import MAX_SYMBOLS, UNKNOWN
from explorer.errors import N_


class OwnPairsSettings(Settings):
    """Which pairs, and how they are cut."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded pairs; it is filled in for you.")
    )
    tokens: AnyTokens = any_tokens_field()
    longest: int = setting(
        32,
        N_("Pairs with more tokens than this on either side are left out."),
        title=N_("Longest side"),
        ge=4,
        le=128,
        step=4,
        unit=N_("tokens"),
    )
    validation_share: float = examples_share_field()


def make(settings: OwnPairsSettings, seed: int) -> Data:
    """Pairs as windows of a translation; the seed chooses which sources are held out.

    Raises:
        ExplorerError: if there is no such content, or too few pairs are short enough.
    """
    given: list[list[str]] = content.get_examples("pairs", settings.digest)["pairs"]
    sides, joiner = cut_alike(
        [side for pair in given for side in pair], settings.tokens
    )
    every = [Pair(*two) for two in zip(sides[::2], sides[1::2], strict=True)]
    pairs = [p for p in every if 0 < max(map(len, p)) <= settings.longest and all(p)]
    learned, held = by_chance(
        [tuple(pair.source) for pair in pairs],
        settings.validation_share,
        seed,
        N_("sources that are short enough"),
    )
    symbols = vocabulary((pairs[k] for k in learned), 2 if joiner else 1)
    kept = set(symbols)
    room = Room(*(max(len(pair[k]) for pair in pairs) for k in (0, 1)))
    train, validation = (
        as_windows([_with_unknown(pairs[k], kept) for k in part], room, symbols)
        for part in (learned, held)
    )
    return Data(
        task="translate",
        train=train,
        validation=validation,
        baselines=target_guesses(train, validation, room.source, len(symbols)),
        symbols=symbols,
        joiner=joiner,
        source=room.source,
        padded=True,
        streamed=False,
        shifted=False,
    )


def vocabulary(pairs: Iterable[Pair], least: int) -> tuple[str, ...]:
    """`SPECIAL`, `UNKNOWN`, and the commonest tokens of both sides that come so
    often."""
    counts = Counter(token for pair in pairs for side in pair for token in side)
    for special in (*SPECIAL, UNKNOWN):
        counts.pop(special, None)
    most = MAX_SYMBOLS - len(SPECIAL) - 1
    common = [token for token, n in counts.most_common(most) if n >= least]
    return (*SPECIAL, UNKNOWN, *sorted(common))


def _with_unknown(pair: Pair, symbols: set[str]) -> Pair:
    sides: list[Sequence[str]] = [
        [token if token in symbols else UNKNOWN for token in side] for side in pair
    ]
    return Pair(*sides)


SPEC = DataSpec(
    name="own_pairs",
    title=N_("Own pairs"),
    summary=N_("Pairs of yours: a source, and what it is to be translated to."),
    settings=OwnPairsSettings,
    make=make,
    task="translate",
    order=94,
    offered=False,
    training=TRAINING,
)
