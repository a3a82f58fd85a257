"""What one visitor may take of a server that many share, and what all of them may."""

import os
from typing import TypeVar

from explorer.config.settings import Settings, setting
from explorer.errors import N_, ExplorerError, Words
from explorer.runs.store import Store

LIMITS, SERVER_LIMITS = "EXPLORER_LIMITS", "EXPLORER_SERVER_LIMITS"
MEGABYTE = 10**6

_Kind = TypeVar("_Kind", bound=Settings)


class Limits(Settings):
    """What one visitor may take of a server that many share."""

    active_runs: int = setting(
        32, N_("Runs that train at one time."), title=N_("Active runs"), ge=1, le=1000
    )
    parameters: int = setting(
        4_000_000,
        N_("Numbers that a model learns."),
        title=N_("Parameters"),
        ge=100,
        le=10**9,
    )
    stored_megabytes: int = setting(
        300,
        N_("What runs and own data take together."),
        title=N_("Stored megabytes"),
        ge=1,
        le=10**6,
    )
    running_sweeps: int = setting(
        1, N_("Sweeps that run at one time."), title=N_("Running sweeps"), ge=0, le=100
    )
    uploads: int = setting(
        30, N_("Files of one's own that are kept."), title=N_("Uploads"), ge=0, le=10**5
    )
    whole_megabytes: int = setting(
        100,
        N_(
            "What the newest runs keep with all their moments; older ones that have "
            "ended and are not pinned keep few."
        ),
        title=N_("Whole runs, megabytes"),
        ge=0,
        le=10**6,
    )
    old_run_kilobytes: int = setting(
        60,
        N_(
            "What such an older run takes, if its curves and the weights of its first, "
            "its best and its last moment alone take no more."
        ),
        title=N_("An old run, kilobytes"),
        ge=0,
        le=10**6,
    )
    classes: int = setting(
        50, N_("Classes of one's own."), title=N_("Classes"), ge=0, le=10**5
    )


class ServerLimits(Settings):
    """What all visitors together may take of a server."""

    active_runs: int = setting(
        200, N_("Runs that train at one time."), title=N_("Active runs"), ge=1, le=10**5
    )
    running_sweeps: int = setting(
        20,
        N_("Sweeps that run at one time."),
        title=N_("Running sweeps"),
        ge=0,
        le=10**4,
    )
    stored_megabytes: int = setting(
        10_000,
        N_("What runs and own data take together."),
        title=N_("Stored megabytes"),
        ge=1,
        le=10**8,
    )
    sessions: int = setting(
        300, N_("Tabs that are open at one time."), title=N_("Tabs"), ge=1, le=10**5
    )
    upload_megabytes: int = setting(
        512,
        N_("Files in memory that were uploaded and are not let go yet."),
        title=N_("Uploaded megabytes"),
        ge=1,
        le=10**6,
    )
    free_megabytes: int = setting(
        500,
        N_("What the disk must have free before anything new begins."),
        title=N_("Free megabytes"),
        ge=0,
        le=10**8,
    )


def read_limits(text: str | None = None) -> Limits:
    """The limits of one visitor, as in "active_runs=4,uploads=10".

    Args:
        text: what `EXPLORER_LIMITS` says if None.

    Raises:
        ExplorerError: if it is not of that form, or a value is out of bounds.
    """
    return _read(Limits, LIMITS, "active_runs=4,uploads=10", text)


def read_server_limits(text: str | None = None) -> ServerLimits:
    """The limits of all visitors together, as in "active_runs=40,sessions=60".

    Args:
        text: what `EXPLORER_SERVER_LIMITS` says if None.

    Raises:
        ExplorerError: if it is not of that form, or a value is out of bounds.
    """
    return _read(ServerLimits, SERVER_LIMITS, "active_runs=40,sessions=60", text)


def check_server_room(store: Store) -> None:
    """See that the server has room for anything new.

    Raises:
        ExplorerError: if what is stored there, or its disk, is full.
    """
    limits = read_server_limits()
    if (taken := store.room.taken() // MEGABYTE) >= limits.stored_megabytes:
        raise ExplorerError(
            N_(
                "This server stores %(most)d MB for all its visitors, and their runs "
                "and data take %(came)d. Delete what you need no more, or raise "
                "stored_megabytes in %(variable)s."
            ),
            most=limits.stored_megabytes,
            came=taken,
            variable=SERVER_LIMITS,
        )
    if (free := store.room.free() // MEGABYTE) < limits.free_megabytes:
        raise ExplorerError(
            N_(
                "The server's disk must have %(least)d MB free before anything new "
                "begins, but has %(came)d. Make room on it, or lower free_megabytes "
                "in %(variable)s."
            ),
            least=limits.free_megabytes,
            came=free,
            variable=SERVER_LIMITS,
        )


def _read(kind: type[_Kind], variable: str, like: str, text: str | None) -> _Kind:
    given = os.environ.get(variable, "") if text is None else text
    values = {}
    for part in filter(None, (p.strip() for p in given.split(","))):
        name, sign, value = part.partition("=")
        if not sign:
            raise ExplorerError(
                N_(
                    "%(variable)s must be like %(like)s, but got '%(came)s'. Leave it "
                    "empty for the usual limits."
                ),
                variable=variable,
                like=like,
                came=part[:60],
            )
        values[name.strip()] = value.strip()
    group = Words(N_("limit in %(variable)s:"), {"variable": variable})
    return kind.read(values, group)
