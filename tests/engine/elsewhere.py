"""A cluster that others started: what tests of it share."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from distributed.security import Security

from explorer.engine import cluster
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
NOTHING: Mapping[str, str] = MappingProxyType({})
LONG = 200.0
"""Seconds: a process that imports torch may take its time on a busy machine."""

TLS = "distributed.comm.tls"
WHO = ("scheduler", "worker", "client")


def certificates(folder: Path) -> dict[str, str]:
    """An authority of its own with a certificate for all, as Dask's settings."""
    folder.mkdir()
    made = Security.temporary()
    (folder / "ca").write_text(str(made.tls_ca_file))
    (folder / "cert").write_text(str(made.tls_worker_cert))
    (folder / "key").write_text(str(made.tls_worker_key))
    settings = {f"{TLS}.ca-file": str(folder / "ca")}
    for who in WHO:
        settings[f"{TLS}.{who}.cert"] = str(folder / "cert")
        settings[f"{TLS}.{who}.key"] = str(folder / "key")
    return settings


def variables(settings: Mapping[str, str]) -> dict[str, str]:
    """Dask's settings as the README has them, for the environment."""
    return {
        f"DASK_{name.replace('.', '__').replace('-', '_').upper()}": value
        for name, value in settings.items()
    }


class Elsewhere:
    """A scheduler and workers, each a process of its own with a folder of its own."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = NOTHING) -> None:
        """`settings` are Dask's of all of them, such as their certificates."""
        self.port = free_port()
        way = "tls" if settings else "tcp"
        self.address = f"{way}://127.0.0.1:{self.port}"
        self.settings = settings
        self.folder = folder
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def process(
        self, name: str, *more: str, root: Path = ROOT
    ) -> "subprocess.Popen[bytes]":
        number = len(list(self.folder.iterdir()))
        own = self.folder / str(number)
        own.mkdir()
        environment = (
            os.environ
            | variables(self.settings)
            | {
                "DASK_CONFIG": str(cluster.SETTINGS),
                "EXPLORER_DATA": str(own),
                "OMP_NUM_THREADS": "1",
                "PYTHONPATH": str(root),
            }
        )
        command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *more]
        with (own / "log").open("w") as log:
            return subprocess.Popen(
                command, cwd=own, env=environment, stdout=log, stderr=log
            )

    def start_scheduler(self) -> None:
        way = self.address.partition("//")[0]
        place = ["--host", f"{way}//127.0.0.1", "--port", str(self.port)]
        place += ["--no-dashboard"]
        self.scheduler = self.process("scheduler", *place)

    def start_as_written(self, name: str) -> "subprocess.Popen[bytes]":
        """A scheduler or workers, with the command in the README."""
        written = (ROOT / "README.md").read_text().replace("\\\n", " ")
        command = rf"\.venv/bin/python -m distributed\.cli\.dask_{name} (.*)"
        (options,) = re.findall(rf"^    {command}$", written, re.MULTILINE)
        options = options.partition("#")[0].replace("OWN-HOST", "HOST")
        options = options.replace("8786", str(self.port)).replace("HOST", "127.0.0.2")
        return self.process(name, *options.replace("--nworkers 8", "").split())

    def add_worker(self, root: Path = ROOT, at: str = "") -> None:
        """One whose copy of the program is at `root`, and which asks the scheduler at
        this address."""
        how = ["--no-nanny", "--no-dashboard", "--nthreads", "1", "--memory-limit", "0"]
        how += ["--death-timeout", "120"]  # none outlives its scheduler for long
        self.workers.append(self.process("worker", at or self.address, *how, root=root))

    def end(self) -> None:
        for process in [*self.workers, *filter(None, [self.scheduler])]:
            process.kill()
            process.wait(timeout=30)

    def log(self) -> str:
        """What all of them said."""
        return "\n".join(path.read_text() for path in self.folder.glob("*/log"))

    def contents(self) -> list[Path]:
        """The own data that lies with workers."""
        return sorted(self.folder.glob("*/content/*.npy"))
