"""Ports of this machine on which a test's servers may listen."""

import os
import socket
from itertools import count

FIRST, LAST = 10_000, 30_000
"""Below the range from which the system takes ports for connections that go out: one
that is handed out stays free until its server listens."""

_turns = count(os.getpid() * 97)


def free_port() -> int:
    """A port that nobody listens on, and that this process was not given before."""
    for turn in _turns:
        port = FIRST + turn % (LAST - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("a count does not end")
