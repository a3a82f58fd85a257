"""Own data on its way: what a run needs, and its bytes for a worker that lacks them."""

from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine.jobs import Packed
from explorer.runs.store import Store


def own_digest(config: RunConfig) -> str:
    """The digest of the own data that a run learns; `NO_DIGEST` where it does not."""
    return str(config.data_settings.get("digest", content.NO_DIGEST))


def bring(store: Store, digest: str) -> None:
    """Put own data into this machine's folder if only the database has it."""
    if content.lacks(digest) and (held := store.contents.content(digest)) is not None:
        content.unpack(*held)


def packed(store: Store, *configs: RunConfig) -> tuple[Packed, ...]:
    """All own data that these runs need, from this machine's folder or the database.

    Raises:
        ExplorerError: if some of it is in neither.
    """
    digests = dict.fromkeys(map(own_digest, configs))
    digests.pop(content.NO_DIGEST, None)
    for digest in digests:
        bring(store, digest)
    return tuple(Packed(*content.packed(digest)) for digest in digests)
