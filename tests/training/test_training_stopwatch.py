"""The seconds of a run are those of its work: not those in which its process stood."""

import json
import os
import signal
import subprocess
import sys
import time

from explorer.training.slices import Slice
from explorer.training.stopwatch import STANDSTILL, Stopwatch
from explorer.training.trainer import Budget, Trainer
from tests.runs.slices import CONFIG

WORK = """
import select, sys, time
from explorer.training.stopwatch import Stopwatch
began, watch, counted = time.perf_counter(), Stopwatch(), 0.0
print("begun", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    counted += watch.lap()
counted += watch.lap()
print([time.perf_counter() - began, counted])
"""


def test_a_process_that_is_stopped_counts_no_seconds() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    os.kill(child.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
    stopped = time.perf_counter()
    time.sleep(STANDSTILL + 0.2)
    stood = time.perf_counter() - stopped
    os.kill(child.pid, signal.SIGCONT)
    passed, counted = json.loads(child.communicate()[0])
    assert passed - counted > 0.99 * stood


def test_what_a_busy_machine_takes_counts() -> None:
    watch, began = Stopwatch(), time.perf_counter()
    time.sleep(0.01)
    assert watch.lap() >= 0.01
    assert watch.lap() <= time.perf_counter() - began


def test_a_run_counts_the_laps_of_its_steps() -> None:
    trainer = Trainer(CONFIG)
    trainer.seconds = 5.0
    slice_ = Slice(trainer)
    slice_.stopwatch.lap = lambda: 0.25  # type: ignore[method-assign]
    for _step in range(3):
        slice_.note(1.0, 1.0, 0.1)
    assert slice_.curves().seconds.tolist() == [5.25, 5.5, 5.75]
    assert trainer.advance(Budget(steps=1)).seconds > 5.75
