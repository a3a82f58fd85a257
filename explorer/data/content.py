"""Where a person's own data lies: files named by the hash of what they hold.

A run's config names its data by digest, so the same content is stored once, a link
never points at something else, and a run stays what it was. A worker elsewhere has a
folder of its own; what it lacks travels there packed.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.config.folder import data_folder, make_folder, unwritable
from explorer.config.kinds import KINDS as KINDS
from explorer.config.kinds import Kind as Kind
from explorer.data.base import Floats
from explorer.data.stored_series import Other, as_bytes, of_bytes
from explorer.data.stored_series import OwnSeries as OwnSeries
from explorer.errors import N_, ExplorerError, Words

MAX_TEXT_BYTES = 8_000_000
MAX_SERIES_VALUES = 1_000_000
NO_DIGEST = "0" * 64
DIGEST = re.compile(r"[0-9a-f]{64}")

SERIES, LABEL, TEXT = ".npy", ".label.txt", ".txt"
EXAMPLES: Mapping[Kind, str] = {
    "tags": ".tags.json",
    "labels": ".labels.json",
    "pairs": ".pairs.json",
    "notes": ".notes.json",
    "sound": ".sound.json",
    "recordings": ".recordings.json",
}
"""The kinds that are lists of examples, and the endings of their files."""
ENDINGS = (SERIES, LABEL, TEXT, *EXAMPLES.values())

Examples = Mapping[str, Any]
"""Lists of words and numbers by name, as JSON can hold them."""


def folder() -> Path:
    """`content` in the data folder."""
    return data_folder() / "content"


def put_series(
    values: Floats,
    label: str,
    times: NDArray[Any] | None = None,
    others: tuple[Other, ...] = (),
) -> str:
    """Keep a series; the same under the same label has the same digest.

    Raises:
        ExplorerError: if it is too long.
    """
    count = len(values) * (1 + len(others))
    if count > MAX_SERIES_VALUES:
        raise ExplorerError(
            N_(
                "A series and the columns beside it may have %(most)s values, but "
                "these have %(came)s. Give a part of them, or every tenth row."
            ),
            most=f"{MAX_SERIES_VALUES:,}",
            came=f"{count:,}",
        )
    whole = OwnSeries(np.asarray(values, np.float64), label, times, others)
    raw, name = as_bytes(whole)
    digest = _digest(raw, name)
    _write(digest, LABEL, name)
    _write(digest, SERIES, raw)
    return digest


def put_text(text: str) -> str:
    """Keep a text.

    Raises:
        ExplorerError: if it is too long.
    """
    raw = text.encode()
    if len(raw) > MAX_TEXT_BYTES:
        raise ExplorerError(
            N_(
                "A text may take %(most)s bytes, but this one takes %(came)s. Give a "
                "part of it."
            ),
            most=f"{MAX_TEXT_BYTES:,}",
            came=f"{len(raw):,}",
        )
    digest = _digest(raw)
    _write(digest, TEXT, raw)
    return digest


def put_examples(kind: Kind, examples: Examples) -> str:
    """Keep what a file of examples came to; the same has the same digest.

    Raises:
        ExplorerError: if it is too long.
    """
    raw = _as_json(kind, examples)
    if len(raw) > MAX_TEXT_BYTES:
        raise ExplorerError(
            N_(
                "Own %(kind)s may take %(most)s bytes, but these take %(came)s. Give a "
                "part of them."
            ),
            kind=Words(KINDS[kind]),
            most=f"{MAX_TEXT_BYTES:,}",
            came=f"{len(raw):,}",
        )
    digest = _digest(raw)
    _write(digest, EXAMPLES[kind], raw)
    return digest


def get_examples(kind: Kind, digest: str) -> Examples:
    """Examples that `put_examples` kept.

    Raises:
        ExplorerError: if there are none of that digest.
    """
    raw = _read(digest, EXAMPLES[kind], KINDS[kind])
    if _digest(raw) != digest:
        raise _missing(digest, KINDS[kind])
    found: Examples = json.loads(raw)["examples"]
    return found


def _as_json(kind: Kind, examples: Examples) -> bytes:
    """The same bytes for the same examples, whatever machine writes them."""
    whole = {"kind": kind, "examples": examples}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()


def get_series(digest: str) -> OwnSeries:
    """A series that `put_series` kept.

    Raises:
        ExplorerError: if there is none of that digest.
    """
    name = _read(digest, LABEL, N_("series"))
    raw = _read(digest, SERIES, N_("series"))
    if _digest(raw, name) != digest:
        raise _missing(digest, N_("series"))
    return of_bytes(raw + name)


def get_text(digest: str) -> str:
    """A text that `put_text` kept.

    Raises:
        ExplorerError: if there is none of that digest.
    """
    raw = _read(digest, TEXT, N_("text"))
    if _digest(raw) != digest:
        raise _missing(digest, N_("text"))
    return raw.decode()


def lacks(digest: str) -> bool:
    """Whether data is meant that does not lie here."""
    return digest != NO_DIGEST and not there(digest)


def packed(digest: str) -> tuple[Kind, bytes]:
    """What lies here under a digest, and its bytes, which may travel.

    The digest is that of the bytes: a series' label comes after its values and times.

    Raises:
        ExplorerError: if there is nothing of that digest.
    """
    if os.path.isfile(folder() / f"{digest}{TEXT}"):
        return "text", _read(digest, TEXT, KINDS["text"])
    for kind, ending in EXAMPLES.items():
        if os.path.isfile(folder() / f"{digest}{ending}"):
            return kind, _read(digest, ending, KINDS[kind])
    name = _read(digest, LABEL, KINDS["series"])
    return "series", _read(digest, SERIES, KINDS["series"]) + name


def unpack(kind: str, content: bytes) -> str:
    """Keep what `packed` gave; its digest.

    Raises:
        ExplorerError: if it is none of these.
    """
    try:
        for each in EXAMPLES:
            if kind == each:
                return put_examples(each, json.loads(content)["examples"])
        if kind == "text":
            return put_text(content.decode())
        return put_series(*of_bytes(content))
    except (ValueError, EOFError, KeyError, TypeError):
        raise ExplorerError(
            N_(
                "Own data that travels is as this program packs it, but this %(kind)s "
                "could not be read. Give the file again."
            ),
            kind=kind[:20],
        ) from None


def there(digest: str) -> bool:
    """Whether content of that digest lies here."""
    if not DIGEST.fullmatch(digest):
        return False
    ends = (SERIES, TEXT, *EXAMPLES.values())
    return any(os.path.isfile(folder() / f"{digest}{end}") for end in ends)


def throw_away(digest: str) -> None:
    """Delete what was kept under a digest; nothing if there is nothing."""
    if DIGEST.fullmatch(digest):
        for ending in ENDINGS:
            (folder() / f"{digest}{ending}").unlink(missing_ok=True)


def _digest(raw: bytes, name: bytes = b"") -> str:
    return hashlib.sha256(raw + name).hexdigest()


def _write(digest: str, ending: str, raw: bytes) -> None:
    """All or nothing: a reader never meets a half-written file.

    Raises:
        ExplorerError: if the data folder cannot be written to.
    """
    make_folder(data_folder())
    make_folder(folder())
    try:
        handle, temporary = tempfile.mkstemp(dir=folder(), suffix=".part")
    except OSError as error:
        raise unwritable(folder(), error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        os.replace(temporary, folder() / f"{digest}{ending}")
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, OSError):
            raise unwritable(folder(), error) from None
        raise


def _read(digest: str, ending: str, kind: str) -> bytes:
    path = folder() / f"{digest}{ending}"
    if not DIGEST.fullmatch(digest) or not os.path.isfile(path):
        raise _missing(digest, kind)
    return path.read_bytes()


def _missing(digest: str, kind: str) -> ExplorerError:
    if digest == NO_DIGEST:
        return ExplorerError(
            N_(
                "Own data (%(kind)s) must be given first, but none was. Upload a "
                "file, or name one on the command line."
            ),
            kind=Words(kind),
        )
    return ExplorerError(
        N_(
            "Own data (%(kind)s) is found by its digest, but '%(digest)s...' is not "
            "stored here. Give the file again; the same file gets the same digest."
        ),
        kind=Words(kind),
        digest=digest[:12],
    )
