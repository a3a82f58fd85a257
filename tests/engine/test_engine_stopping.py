"""A real server that is interrupted at any moment of its start."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHANCE = random.Random(7)
MOMENTS = [0.0, *(CHANCE.uniform(0, 20) for _again in range(9))]
"""Seconds after the server has said its address."""
SOONER = [CHANCE.uniform(0.3, 3) for _again in range(5)]
"""Seconds after its start."""
OPTIONS = ["--server.headless", "true", "--server.port", "0"]


@contextmanager
def server(folder: Path, log: Path) -> Iterator[subprocess.Popen]:
    """A server whose children get its signals, as from a terminal."""
    with log.open("w") as output:
        begun = subprocess.Popen(
            [sys.executable, "scripts/serve.py", *OPTIONS],
            cwd=ROOT,
            env={**os.environ, "EXPLORER_DATA": str(folder), "EXPLORER_WORKERS": "2"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield begun
        finally:
            begun.kill()


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_a_server_and_its_workers_in_silence(
    tmp_path: Path, moment: float
) -> None:
    log = tmp_path / "log"
    with server(tmp_path, log) as begun:
        deadline = time.monotonic() + 60
        while "URL" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.01)
        time.sleep(moment)
        os.killpg(begun.pid, signal.SIGINT)
        assert begun.wait(timeout=60) in (0, -signal.SIGINT)
    _before, told = log.read_text().split("URL: http://")
    assert len(told.split()) == 1, told


@pytest.mark.slow
@pytest.mark.parametrize("moment", SOONER)
def test_ctrl_c_ends_what_has_hardly_begun(tmp_path: Path, moment: float) -> None:
    """Streamlit is still importing itself."""
    log = tmp_path / "log"
    with server(tmp_path, log) as begun:
        time.sleep(moment)
        os.killpg(begun.pid, signal.SIGINT)
        assert begun.wait(timeout=60) in (0, -signal.SIGINT)
    told = log.read_text().replace(
        "You can now view your Streamlit app in your browser.", ""
    )
    assert all("URL: http" in line for line in told.splitlines() if line.strip()), told
