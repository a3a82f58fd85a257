"""A real nginx in front of the app for a while, without touching any other."""

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = ("/usr/sbin/nginx", str(ROOT / "build" / "nginx" / "usr" / "sbin" / "nginx"))
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class NoNginxError(Exception):
    """There is none here and none can be had; the message says why."""


def program() -> str:
    """The program; gets it where that can be.

    Raises:
        NoNginxError: if it is not here and cannot be had.
    """
    script = str(ROOT / "scripts" / "get_nginx.sh")
    done = subprocess.run(
        ["sh", script], capture_output=True, text=True, timeout=300, check=False
    )
    for name in ("nginx", *PLACES):
        if found := shutil.which(name):
            return found
    said = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
    raise NoNginxError(f"nginx is not here and could not be had: {said}")


def certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate for these names that nobody vouches for, and its key."""
    paths = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={names[0]}"]
    command += ["-addext", "subjectAltName=" + ",".join(f"DNS:{n}" for n in names)]
    command += ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return paths


@contextmanager
def proxying(folder: Path, servers: str, port: int) -> Iterator[None]:
    """These `server` blocks at work.

    Args:
        folder: for its settings, log and temporary files.
        servers: as nginx reads them.
        port: at which one of them answers to plain HTTP.
    """
    settings = folder / "nginx.conf"
    kept = "".join(f"{n}_temp_path {folder}/{n};\n" for n in TEMPORARY)
    # Its processes would be nobody's, who may not write into the tests' folders.
    user = "user root;" if os.getuid() == 0 else ""
    settings.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/log;\nevents {{}}\n"
        f"http {{ access_log off;\n{kept}{servers}\n}}\n"
    )
    command = [program(), "-e", str(folder / "log"), "-c", str(settings)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 30
        while not _answers(port):
            assert server.poll() is None, server.stderr and server.stderr.read()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
