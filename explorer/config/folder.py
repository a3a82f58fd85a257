"""The folder in which this program keeps things: its own person's alone."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

import platformdirs

from explorer.errors import N_, ExplorerError

FOLDER = "EXPLORER_DATA"


def data_folder() -> Path:
    """$EXPLORER_DATA, or the user's data folder; it need not be there yet."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen or platformdirs.user_data_dir("sequence-explorer"))


def make_folder(folder: Path) -> None:
    """Have a folder that nobody else on this machine may enter.

    One that was there already stays as its owner made it.

    Raises:
        ExplorerError: if it cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None


def unwritable(folder: Path, error: OSError) -> ExplorerError:
    """The error for a data folder that cannot be used."""
    return ExplorerError(
        N_(
            "%(variable)s must be a folder that can be made and written to, but "
            "'%(folder)s' is not: %(reason)s. Name another folder."
        ),
        variable=FOLDER,
        folder=str(folder)[:200],
        reason=error.strerror or str(error),
    )


def keep_private(path: Path) -> None:
    """Let nobody else read a file that is there; one of another's stays as it is."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and mode & 0o077:
            path.chmod(stat.S_IMODE(mode) & 0o700)


def check_ordinary(path: Path) -> None:
    """See that a path names an ordinary file, or nothing yet, before it is written to:
    a pipe may keep who opens it waiting for ever.

    Raises:
        OSError: if it names anything else.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no ordinary file")
