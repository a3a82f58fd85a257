"""What the token ids of a run stand for, as JSON that goes along with its weights."""

import json

from pydantic import BaseModel, ConfigDict, ValidationError

from explorer.data.base import Data
from explorer.errors import N_, ExplorerError


class Vocabulary(BaseModel):
    """What vocabulary.json holds: token id k is `symbols[k]`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    symbols: list[str]
    joiner: str
    """Stands between the tokens of a text."""
    merges: list[list[str]]
    """Of byte pairs: which two tokens became one, in order; else empty."""


def vocabulary_of(data: Data) -> Vocabulary:
    """The vocabulary of a dataset of tokens."""
    merges = () if data.pairs is None else data.pairs.merges
    return Vocabulary(
        symbols=list(data.symbols), joiner=data.joiner, merges=[[*m] for m in merges]
    )


def written(data: Data) -> bytes:
    """vocabulary.json."""
    return (json.dumps(vocabulary_of(data).model_dump(), indent=1) + "\n").encode()


def check_vocabulary(raw: bytes, data: Data, folder: str) -> None:
    """See that what came with a run is what its data makes here.

    Raises:
        ExplorerError: if it is not: the weights would mean other symbols.
    """
    try:
        same = Vocabulary.model_validate_json(raw) == vocabulary_of(data)
    except ValidationError:
        same = False
    if not same:
        raise ExplorerError(
            N_(
                "The weights of a run mean the symbols that it was trained with, but "
                "the vocabulary.json of '%(folder)s' is not the one that its data "
                "makes here. Export it again and leave it as it is, or import it into "
                "the version that trained it."
            ),
            folder=folder[:60],
        )
