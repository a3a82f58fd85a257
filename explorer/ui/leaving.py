"""Ctrl-C: the server ends within moments and says nothing, whatever is under way.

Imports, workers that are being born and a look that hangs cannot be interrupted. They
are not waited for: the store has what is needed to go on, as after a kill.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

WITHIN = 2.0
"""Seconds for an orderly end."""

_asked = threading.Event()
_before: Callable[[int, FrameType | None], Any] | int | None = None
"""Who heard of Ctrl-C before."""


def leave_on_interrupt() -> None:
    """From now on Ctrl-C ends this process in time. Nothing where signals are not
    heard: outside the main thread."""
    global _before
    heard_by = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or heard_by is _hear:
        return
    _before = heard_by
    signal.signal(signal.SIGINT, _hear)
    if _server_ends():  # uvicorn heard it a moment ago
        _asked.set()
        leave()


def _server_ends() -> bool | None:
    """Whether uvicorn, which hears Ctrl-C while it serves, is about to end; nothing
    where none serves yet."""
    return getattr(getattr(_before, "__self__", None), "should_exit", None)


def _server_serves() -> bool:
    """Whether uvicorn is past its start."""
    return getattr(getattr(_before, "__self__", None), "started", False)


def _hear(number: int, frame: FrameType | None) -> None:
    if not _asked.is_set():
        _asked.set()
        if not _server_serves():  # nothing has begun that could end in order
            leave()
        timer = threading.Timer(WITHIN, leave)
        timer.daemon = True
        timer.start()
    if callable(_before):
        _before(number, frame)


def leave() -> None:
    """End now, and workers that are still there with it, if Ctrl-C said so."""
    if _asked.is_set():
        for child in multiprocessing.active_children():
            child.kill()
        sys.stdout.flush()
        os._exit(0)
