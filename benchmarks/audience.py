"""What one server process holds: 300 people who watch their runs, workers elsewhere.

The workers return prepared slices, so the server's time is that of sharing them out,
writing them down and sending charts. Without watchers and without any computing it is
seen how many slices a second one server can share out.

python -m benchmarks.audience [PEOPLE]
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import psutil
from websockets.asyncio.client import connect

from benchmarks.browser import ROOT, serving
from benchmarks.prepared import SLEEPS, STEPS
from benchmarks.report import Row
from explorer.catalog import choosing
from explorer.runs.store import open_store
from explorer.ui.places import SOCKET

PEOPLE, WORKERS = 300, 6
SETTLED, SECONDS = 10.0, 30.0
PANELS = "loss,prediction,inside,gradients"


@contextmanager
def workers_elsewhere(sleeps: bool) -> Iterator[str]:
    """A scheduler and workers that return prepared slices; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DASK_CONFIG": "assets/cluster.yaml",
        "OMP_NUM_THREADS": "1",
        SLEEPS: str(int(sleeps)),
    }
    plain = [
        "--no-dashboard",
        "--dashboard-address",
        "127.0.0.1:0",
        "--host",
        "127.0.0.1",
    ]
    module = "distributed.cli.dask_"
    many = ["--nworkers", str(WORKERS), "--nthreads", "1", "--memory-limit", "0"]
    commands = [
        [f"{module}scheduler", "--port", str(port)],
        [f"{module}worker", address, *many, "--preload", "benchmarks.prepared"],
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", *command, *plain],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


class Watched(NamedTuple):
    """What happened in `seconds` of looking."""

    seconds: float
    server: float
    """Processor seconds of the server's process."""
    slices: float
    moves: int
    longest: float
    """Seconds between two moves of one chart."""


class Watcher:
    """A browser tab's live socket."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.step = 0
        self.moves: list[float] = []

    async def watch(self, host: str) -> None:
        """Follow the run until cancelled."""
        wish = {"run": self.run, "shown": PANELS, "keeps": True}
        async with connect(
            f"ws://{host}/{SOCKET}",
            additional_headers={"Origin": f"http://{host}"},
            max_size=None,
            ping_interval=None,
        ) as channel:
            await channel.send(json.dumps(wish))
            async for raw in channel:
                frame = json.loads(raw)
                step = frame.get("changes", frame).get("step", self.step)
                if step != self.step:
                    self.step = step
                    self.moves.append(time.perf_counter())


async def looked(
    host: str, server: psutil.Process, runs: list[str], watching: bool
) -> Watched:
    """All watch their runs, or nobody does."""
    people = [Watcher(run) for run in runs] if watching else []
    tasks = [asyncio.create_task(person.watch(host)) for person in people]
    store = open_store()

    def steps() -> int:
        return sum(run.step for run in store.runs(len(runs)))

    while not all(run.step for run in store.runs(len(runs))):
        await asyncio.sleep(0.5)
    await asyncio.sleep(SETTLED)
    before, began, spent = steps(), time.perf_counter(), sum(server.cpu_times()[:2])
    await asyncio.sleep(SECONDS)
    spent = sum(server.cpu_times()[:2]) - spent
    ended = time.perf_counter()
    after = steps()
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    seen = [[at for at in p.moves if began <= at <= ended] for p in people]
    gaps = [
        later - earlier
        for moves in seen
        for earlier, later in zip([began, *moves], [*moves, ended], strict=True)
    ]
    store.close()
    return Watched(
        ended - began,
        spent,
        (after - before) / STEPS,
        sum(map(len, seen)),
        max(gaps, default=0.0),
    )


def held(people: int, *, sleeps: bool, watching: bool) -> Watched:
    """So many runs on one server, and a person with each."""
    with (
        tempfile.TemporaryDirectory() as folder,
        workers_elsewhere(sleeps) as address,
        patch.dict(
            os.environ,
            EXPLORER_DATABASE=f"sqlite:///{Path(folder) / 'many.sqlite'}",
            EXPLORER_SCHEDULER=address,
        ),
    ):
        config = choosing.make_config(settings={"training.steps": 20_000})
        store = open_store()
        runs = [store.create(config, 4513, owner=f"p{k}").id for k in range(people)]
        store.close()
        with serving() as url:
            (server,) = (
                psutil.Process(child.pid)
                for child in psutil.Process().children()
                if "streamlit" in child.cmdline()
            )
            host = url.removeprefix("http://")
            return asyncio.run(looked(host, server, runs, watching))


def measure(people: int = PEOPLE) -> list[Row]:
    """What a slice and a move of a chart cost, and how many slices it shares out."""
    alone = held(people, sleeps=True, watching=False)
    watched = held(people, sleeps=True, watching=True)
    flooded = held(people, sleeps=False, watching=False)
    a_slice = alone.server / alone.slices
    a_move = (watched.server - a_slice * watched.slices) / watched.moves
    named = f"{people} people at one server, prepared slices from {WORKERS} workers: "
    a_second = flooded.slices / flooded.seconds
    return [
        Row(
            named + "server's processor time of a slice",
            f"{1e3 * a_slice:.2f} ms",
            "<= 1 ms",
            a_slice <= 1e-3,
        ),
        Row(
            named + "server's processor time of a move of a chart",
            f"{1e3 * a_move:.2f} ms; {watched.moves / watched.seconds:.0f} moves a "
            f"second and all else take {watched.server / watched.seconds:.0%} of a "
            f"core; the longest gap {watched.longest:.2f} s",
            "<= 1.2 ms",
            a_move <= 1.2e-3,
        ),
        Row(
            named + "slices that it can share out",
            f"{a_second:.0f} a second, with {flooded.server / flooded.seconds:.0%} of "
            "a core",
            "",
            True,
        ),
    ]


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE):
        print(row.line(), flush=True)
