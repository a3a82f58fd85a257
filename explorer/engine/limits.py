"""What one visitor may take of a server that many share."""

import os

from explorer.config.settings import Settings, setting
from explorer.errors import N_, ExplorerError, Words

LIMITS = "EXPLORER_LIMITS"
MEGABYTE = 10**6


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
        30, N_("Own series and texts."), title=N_("Uploads"), ge=0, le=10**5
    )


def read_limits(text: str | None = None) -> Limits:
    """The limits of this server, as in "active_runs=4,uploads=10".

    Args:
        text: what `EXPLORER_LIMITS` says if None.

    Raises:
        ExplorerError: if it is not of that form, or a value is out of bounds.
    """
    given = os.environ.get(LIMITS, "") if text is None else text
    values = {}
    for part in filter(None, (p.strip() for p in given.split(","))):
        name, sign, value = part.partition("=")
        if not sign:
            raise ExplorerError(
                N_(
                    "%(variable)s must be like active_runs=4,uploads=10, but got "
                    "'%(came)s'. Leave it empty for the usual limits."
                ),
                variable=LIMITS,
                came=part[:60],
            )
        values[name.strip()] = value.strip()
    return Limits.read(values, Words(N_("limit in EXPLORER_LIMITS:")))
