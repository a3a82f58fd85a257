"""Has the server send what it has at once, in however small pieces."""

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

OPEN = Path("/dev/fd")
"""The files that this process has open, by number; on Linux and macOS."""


def send_at_once() -> None:
    """Let no connection that comes in wait with what it is given.

    The system holds a small piece back until the one before it is acknowledged, for up
    to 40 ms. asyncio switches that off where a socket names its protocol; the one that
    Streamlit listens at does not. Connections have what that socket has.
    """
    for name in os.listdir(OPEN) if OPEN.is_dir() else ():
        with suppress(OSError):  # closed meanwhile, as the list's own is
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                _switch(int(name))


def _switch(number: int) -> None:
    with socket.socket(fileno=os.dup(number)) as same:
        listens = same.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if listens and same.family in (socket.AF_INET, socket.AF_INET6):
            same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
