"""Ctrl-C while nothing listens to it ends a process in time, in silence."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUCK = """
import signal, sys, time
from explorer.ui import leaving

class Server:
    should_exit = False
    started = "later" in sys.argv
    def handle_exit(self, number, frame):
        self.should_exit = True

signal.pthread_sigmask(signal.SIG_SETMASK, ())
server = Server()
leaving.WITHIN = 0.1 if server.started else 1000
if "first" not in sys.argv:
    signal.signal(signal.SIGINT, server.handle_exit)
early = "early" in sys.argv
if not early:
    leaving.leave_on_interrupt()
print("ready", flush=True)
while early and not server.should_exit:
    time.sleep(0.01)
leaving.leave_on_interrupt()
while True:
    time.sleep(1)
"""


@pytest.mark.parametrize("when", ["first", "early", "starting", "later"])
def test_what_is_stuck_ends_and_says_nothing(when: str) -> None:
    """Before a server listens, just after it heard, while it starts, or later."""
    with subprocess.Popen(
        [sys.executable, "-c", STUCK, when],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, signal.SIGINT)
        try:
            said, _errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (said, process.returncode) == ("", 0)
