"""A real server that is interrupted at any moment of its start."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOMENTS = [0.0, *(random.Random(7).uniform(0, 20) for _again in range(9))]
"""Seconds after the server has said its address."""


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_a_server_and_its_workers_in_silence(
    tmp_path: Path, moment: float
) -> None:
    """As a terminal sends it: to the server and to all of its children."""
    log = tmp_path / "log"
    command = ["-m", "streamlit", "run", "streamlit_app.py", "--server.port", "0"]
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, *command, "--server.headless", "true"],
            cwd=ROOT,
            env={**os.environ, "EXPLORER_DATA": str(tmp_path), "EXPLORER_WORKERS": "2"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + 60
            while "URL" not in log.read_text():
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.01)
            time.sleep(moment)
            os.killpg(server.pid, signal.SIGINT)
            assert server.wait(timeout=60) == 0
        finally:
            server.kill()
    _before, told = log.read_text().split("URL: http://")
    assert len(told.split()) == 1, told
