"""A cluster that others started: what tests of it share."""

import os
import re
import subprocess
import sys
from pathlib import Path

from explorer.engine import cluster
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
LONG = 200.0
"""Seconds: a process that imports torch may take its time on a busy machine."""


class Elsewhere:
    """A scheduler and workers, each a process of its own with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.folder = folder
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def process(
        self, name: str, *more: str, root: Path = ROOT
    ) -> "subprocess.Popen[bytes]":
        number = len(list(self.folder.iterdir()))
        own = self.folder / str(number)
        own.mkdir()
        environment = os.environ | {
            "DASK_CONFIG": str(cluster.SETTINGS),
            "EXPLORER_DATA": str(own),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(root),
        }
        command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *more]
        with (own / "log").open("w") as log:
            return subprocess.Popen(
                command, cwd=own, env=environment, stdout=log, stderr=log
            )

    def start_scheduler(self) -> None:
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self.scheduler = self.process("scheduler", *place)

    def start_as_written(self, name: str) -> "subprocess.Popen[bytes]":
        """A scheduler or workers, with the command in the README."""
        written = (ROOT / "README.md").read_text().replace("\\\n", " ")
        command = rf"\.venv/bin/python -m distributed\.cli\.dask_{name} (.*)"
        (options,) = re.findall(rf"^    {command}$", written, re.MULTILINE)
        options = options.partition("#")[0].replace("OWN-HOST", "HOST")
        options = options.replace("8786", str(self.port)).replace("HOST", "127.0.0.2")
        return self.process(name, *options.replace("--nworkers 8", "").split())

    def add_worker(self, root: Path = ROOT) -> None:
        """One whose copy of the program is at `root`."""
        how = ["--no-nanny", "--no-dashboard", "--nthreads", "1", "--memory-limit", "0"]
        how += ["--death-timeout", "120"]  # none outlives its scheduler for long
        self.workers.append(self.process("worker", self.address, *how, root=root))

    def end(self) -> None:
        for process in [*self.workers, *filter(None, [self.scheduler])]:
            process.kill()
            process.wait(timeout=30)

    def contents(self) -> list[Path]:
        """The own data that lies with workers."""
        return sorted(self.folder.glob("*/content/*.npy"))
