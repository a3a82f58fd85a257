"""Real workers that a server must not train with, or cannot."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest

from explorer.engine import cluster, workers
from explorer.engine.service import Engine
from tests.engine.elsewhere import LONG, ROOT, Elsewhere
from tests.engine.test_engine_runs import pytestmark as quiet
from tests.engine.test_engine_runs import same_as_uncut, small, wait

pytestmark = [*quiet, pytest.mark.slow]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    started = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    started.start_scheduler()
    yield started
    started.end()


@pytest.fixture
def engine(
    elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    monkeypatch.setenv("EXPLORER_SCHEDULER", elsewhere.address)
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1)
    monkeypatch.setattr(workers, "AGAIN_AFTER", 0.2)
    engine = Engine()
    yield engine
    engine.close()


def test_one_changed_factor_in_a_copy_gets_no_work(
    engine: Engine, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    for folder in ("explorer", "assets"):
        shutil.copytree(ROOT / folder, copy / folder)
    changed = copy / "explorer" / "models" / "lstm.py"
    changed.write_text(changed.read_text() + "\nFACTOR = 2\n")
    elsewhere.add_worker(copy)
    wait(lambda: bool(engine.remarks), LONG)
    (remark,) = map(str, engine.remarks)
    assert "their explorer/models/lstm.py is another" in remark
    run = engine.start(small(3))
    assert engine._runner.workers == 0
    elsewhere.add_worker()
    wait(lambda: engine.store.get(run.id).ended, LONG)
    same_as_uncut(engine.store, run)
    assert engine._runner.workers == 1
    assert list(map(str, engine.remarks)) == [remark]


def test_what_the_readme_starts_listens_where_it_says_and_has_no_pages(
    tmp_path: Path,
) -> None:
    started = Elsewhere(tmp_path)
    processes = [started.start_as_written("scheduler")]
    try:
        wait(lambda: bool(listening(processes)), LONG)
        processes.append(started.start_as_written("worker"))
        # The scheduler and the worker have a port for data and one for pages; the
        # nanny has one.
        wait(lambda: len(listening(processes)) >= 5, LONG)
        places = listening(processes)
        assert {host for host, _port in places} == {"127.0.0.1", "127.0.0.2"}
        pages = [place for place in places if place[0] == "127.0.0.1"]
        for host, port in pages:
            for path in ("info/main/workers.html", "json/counts.json", "metrics"):
                with pytest.raises(HTTPError, match="404"):
                    urlopen(f"http://{host}:{port}/{path}")
    finally:
        for process in processes:
            process.kill()
            process.wait()


def listening(processes: "list[subprocess.Popen[bytes]]") -> set[tuple[str, int]]:
    """Where they and their children can be reached."""
    places = set()
    for process in processes:
        parent = psutil.Process(process.pid)
        for each in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                for connection in each.net_connections():
                    if connection.status == "LISTEN":
                        places.add(tuple(connection.laddr))
    return places
