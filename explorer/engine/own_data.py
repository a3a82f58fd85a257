"""A person's own data at the engine: given, listed, deleted."""

from explorer.data import content
from explorer.data.brought import Brought
from explorer.data.content import OwnSeries
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.commands import STOP

MOST_LABEL = 60
"""Characters of what own data is called."""


def give_series(visitor: Visitor, series: OwnSeries) -> str:
    """Keep a series as this person's own; its digest.

    Raises:
        ExplorerError: if it is too long, or a limit is reached.
    """
    visitor.allowed.check_room()
    label = series.label[:MOST_LABEL]
    digest = content.put_series(*series._replace(label=label))
    return _held(visitor, digest, label)


def give_text(visitor: Visitor, text: str, label: str) -> str:
    """Keep a text as this person's own; its digest.

    Raises:
        ExplorerError: if it is too long, or a limit is reached.
    """
    visitor.allowed.check_room()
    return _held(visitor, content.put_text(text), label[:MOST_LABEL])


def give_examples(visitor: Visitor, found: Brought) -> str:
    """Keep examples as this person's own; their digest.

    Raises:
        ExplorerError: if they are too many or too few, or a limit is reached.
    """
    if found.too_few:
        raise found.too_few
    visitor.allowed.check_room()
    digest = content.put_examples(found.kind, found.examples)
    return _held(visitor, digest, found.label[:MOST_LABEL])


def delete(visitor: Visitor, digest: str) -> None:
    """Stop this person's runs on their own data and delete it; what nobody else holds
    is gone from this machine.

    Raises:
        ExplorerError: if it is not theirs.
    """
    visitor.allowed.check_digest(digest)
    for run in visitor.store.shelf.of(visitor.owner):
        if run.config.data_settings.get("digest") == digest and not run.ended:
            visitor.send(run.id, STOP())
    if visitor.store.contents.let_go(visitor.owner, digest):
        content.throw_away(digest)
        visitor.engine.forget_data(digest)


def _held(visitor: Visitor, digest: str, label: str) -> str:
    kind, raw = content.packed(digest)
    contents, admit = visitor.store.contents, visitor.allowed.admit_data
    try:
        contents.hold(visitor.owner, digest, kind, label, raw, admit)
    except ExplorerError:
        if contents.content(digest) is None:
            content.throw_away(digest)
        raise
    return digest
