"""A person's own sentences, in which every token has a tag."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data import content
from explorer.data.base import Data
from explorer.data.baselines import surprise
from explorer.data.entities import goes_on, parted
from explorer.data.fields import digest_field, examples_share_field, window_field
from explorer.data.held_out import by_chance
from explorer.data.spec import DataSpec
from explorer.data.tokens import MAX_SYMBOLS, UNKNOWN
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_, AsWritten
from explorer.tasks import IGNORED

FILLER = "·"
UNKNOWN_ID = 1
Sentence = tuple[Sequence[str], Sequence[str]]
"""Its tokens, and their tags."""


class OwnTagsSettings(Settings):
    """Which sentences, and how they are cut."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded sentences; it is filled in for you.")
    )
    lower: bool = setting(
        False,
        N_(
            "Fewer words to know: The and the become one. But a capital letter may be "
            "what tells a name."
        ),
        title=N_("Lower case"),
        more=True,
    )
    window: int = window_field(32)
    validation_share: float = examples_share_field()


def make(settings: OwnTagsSettings, seed: int) -> Data:
    """Sentences x (N, T), filled up in front, and their tags y (N, T); the seed chooses
    which sentences are held out.

    Raises:
        ExplorerError: if there is no such content, or it has too few sentences.
    """
    found = content.get_examples("tags", settings.digest)["sentences"]
    sentences: list[Sentence] = [
        ([t.lower() for t in tokens] if settings.lower else tokens, tags)
        for tokens, tags in found
    ]
    learned, held = by_chance(
        [tuple(tokens) for tokens, _ in sentences],
        settings.validation_share,
        seed,
        N_("sentences"),
    )
    pieces = [
        [piece for k in part for piece in cut(*sentences[k], settings.window)]
        for part in (learned, held)
    ]
    pieces[1] = pieces[1][:MAX_VALIDATION_WINDOWS]
    symbols = vocabulary(sentences[k][0] for k in learned)
    tags = {tag for _, tags in sentences for tag in tags}
    labels = tuple(map(AsWritten, in_order(tags)))
    steps = max(len(tokens) for part in pieces for tokens, _ in part)
    train, validation = (windows(part, steps, symbols, labels) for part in pieces)
    return Data(
        task="tag",
        train=train,
        validation=validation,
        baselines=baselines(train, validation, len(symbols), len(labels)),
        symbols=symbols,
        joiner=" ",
        labels=labels,
        padded=True,
        streamed=False,
    )


def cut(tokens: Sequence[str], tags: Sequence[str], most: int) -> list[Sentence]:
    """A sentence in pieces of at most so many tokens, if it can be none of them within
    an entity.

    >>> cut(["a", "b", "c", "d"], ["O", "B-X", "I-X", "O"], 2)
    [(['a'], ['O']), (['b', 'c'], ['B-X', 'I-X']), (['d'], ['O'])]
    """
    pieces: list[Sentence] = []
    begin = 0
    while begin < len(tokens):
        end = min(begin + most, len(tokens))
        whole = end
        while begin < whole < len(tokens) and goes_on(tags[whole - 1], tags[whole]):
            whole -= 1
        end = whole if whole > begin else end  # an entity longer than a window
        pieces.append((tokens[begin:end], tags[begin:end]))
        begin = end
    return pieces


def vocabulary(sentences: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """What fills up, `UNKNOWN`, and the commonest words that come twice at least; all
    others are unknown in training too, so that it is learned what they may be."""
    counts = Counter(token for tokens in sentences for token in tokens)
    for special in (FILLER, UNKNOWN):
        counts.pop(special, None)
    common = [token for token, n in counts.most_common(MAX_SYMBOLS - 2) if n > 1]
    return (FILLER, UNKNOWN, *sorted(common))


def in_order(tags: Iterable[str]) -> tuple[str, ...]:
    """Those of one kind together, the one outside first.

    >>> in_order({"I-PER", "O", "B-LOC", "B-PER"})
    ('O', 'B-LOC', 'B-PER', 'I-PER')
    """
    return tuple(sorted(tags, key=lambda tag: (parted(tag)[1], parted(tag)[0], tag)))


def windows(
    sentences: Sequence[Sentence],
    steps: int,
    symbols: Sequence[str],
    labels: Sequence[str],
) -> Windows:
    """Ids of tokens x (N, T) and of tags y (N, T), filled up in front."""
    token, tag = ({name: k for k, name in enumerate(n)} for n in (symbols, labels))
    x = np.zeros((len(sentences), steps), np.int64)
    y = np.full(x.shape, IGNORED, np.int64)
    for row, answers, (tokens, tags) in zip(x, y, sentences, strict=True):
        row[-len(tokens) :] = [token.get(each, UNKNOWN_ID) for each in tokens]
        answers[-len(tags) :] = [tag[each] for each in tags]
    return Windows(x, y)


def baselines(
    train: Windows, held: Windows, n_symbols: int, n_labels: int
) -> dict[str, float]:
    """Cross-entropy in nats per token of two guesses that look at no neighbour.

    Counts come from the training part: of tags add-one smoothed, of a word's tags with
    the shares of all tags as one more count.
    """
    tagged, judged = train.y != IGNORED, held.y != IGNORED
    counts = np.zeros((n_symbols, n_labels))
    np.add.at(counts, (train.x[tagged], train.y[tagged]), 1.0)
    prior = (counts.sum(0) + 1) / (counts.sum() + n_labels)
    each = (counts + prior) / (counts.sum(1, keepdims=True) + 1)  # (V, C)
    x, y = held.x[judged], held.y[judged]
    return {
        N_("how often each"): surprise(np.log(prior), y),
        N_("each word alone"): surprise(np.log(each[x]), y),
    }


SPEC = DataSpec(
    name="own_tags",
    title=N_("Own tags"),
    summary=N_("Sentences of yours, in which every token has a tag."),
    settings=OwnTagsSettings,
    make=make,
    task="tag",
    order=92,
    offered=False,
)
