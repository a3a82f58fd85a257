"""A real server that is interrupted while its workers start."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("born", [0, 1, 3])
@pytest.mark.parametrize("later", [0.0, 2.0])
def test_ctrl_c_is_for_the_server_and_not_its_workers(
    tmp_path: Path, born: int, later: float
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
            while "URL" not in log.read_text() or (
                len(psutil.Process(server.pid).children()) < born
            ):
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            time.sleep(later)
            os.killpg(server.pid, signal.SIGINT)
            server.wait(timeout=60)
        finally:
            server.kill()
    told = log.read_text()
    assert "KeyboardInterrupt" not in told, told
