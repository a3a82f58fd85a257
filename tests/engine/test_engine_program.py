"""Who runs another program than the server gets no work, and it is said why."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.catalog import choosing, specs
from explorer.data import content
from explorer.engine import welcoming, worker
from explorer.engine.program import Program, difference, digests, program
from explorer.engine.welcoming import Welcoming, compared, to_warm_up
from explorer.inspection.base import views

OWN = program()
LSTM = "explorer/models/lstm.py"


def other(**changed: Any) -> Program:
    return OWN._replace(machine="lab-7", **changed)


def test_a_worker_says_what_it_runs() -> None:
    assert worker.get_ready() == OWN
    assert {LSTM, "explorer/engine/program.py"} < OWN.sources.keys()
    assert any(name.startswith("assets/texts/") for name in OWN.sources)


def test_one_changed_factor_is_another_program(tmp_path: Path) -> None:
    file = tmp_path / LSTM
    file.parent.mkdir(parents=True)
    file.write_text("factor = 1.0\n")
    before = digests(tmp_path)
    file.write_text("factor = 1.1\n")
    assert before.keys() == digests(tmp_path).keys() == {LSTM}
    assert before != digests(tmp_path)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (other(), None),
        (None, "they run another version of the program"),
        (
            other(versions={**OWN.versions, "torch": "2.12.1"}),
            f"they have torch 2.12.1 instead of {OWN.versions['torch']}",
        ),
        (other(versions={}), f"they have torch ? instead of {OWN.versions['torch']}"),
        (other(sources={**OWN.sources, LSTM: "x"}), f"their {LSTM} is another"),
        (
            other(sources={**OWN.sources, LSTM: "x", "explorer/zebra.py": "y"}),
            f"their {LSTM} is another, and so are 1 more files",
        ),
    ],
)
def test_who_differs_is_told_in_what(says: Any, why: str | None) -> None:
    found = difference(OWN, says)
    assert (None if found is None else str(found)) == why


def test_another_processor_is_told_and_not_refused() -> None:
    useless, remark = compared("tcp://10.0.0.7:41", other(processor="AVX2, haswell"))
    assert useless is None
    assert str(remark).startswith("Workers on lab-7 compute with another processor")
    assert f"AVX2, haswell instead of {OWN.processor}" in str(remark)


class Connection:
    """A client whose workers say of their program what they are given to say."""

    def __init__(self, says: dict[str, Any]) -> None:
        loop = asyncio.new_event_loop()
        self.forgotten: list[tuple[str, Any]] = []
        self.says, self.loop = says, SimpleNamespace(asyncio_loop=loop)
        self.thread = threading.Thread(target=loop.run_forever)
        self.thread.start()

    def submit(
        self, function: Any, *given: Any, workers: list[str], **_how: Any
    ) -> Awaitable[Any] | None:
        if function is worker.forget:
            self.forgotten += [(workers[0], given[0])]
            return None

        async def answer() -> Any:
            said = self.says[workers[0]]
            if isinstance(said, Exception):
                raise said
            return said

        return answer()

    def close(self) -> None:
        self.loop.asyncio_loop.call_soon_threadsafe(self.loop.asyncio_loop.stop)
        self.thread.join()
        self.loop.asyncio_loop.close()


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setattr(welcoming, "to_warm_up", list)
    monkeypatch.setattr(welcoming, "fire_and_forget", lambda task: None)
    says = {
        "same": other(),
        "changed": other(sources={**OWN.sources, LSTM: "x"}),
        "broken": ValueError("no torch"),
    }
    connection = Connection(says)
    yield connection
    connection.close()


def test_only_who_runs_the_same_gets_work(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # a cluster of Dask's has raised it
    known, every = threading.Semaphore(0), list(connection.says)
    workers = Welcoming(
        connection,  # type: ignore[arg-type]
        known.release,
        list,
    )
    assert workers.ready(every) == []
    assert workers.coming or workers.why_useless is None
    for _worker in every:
        assert known.acquire(timeout=60)
    assert workers.ready(every) == ["same"]
    assert not workers.coming
    remarks = [str(words) for words in workers.remarks]
    assert remarks == [
        f"Workers on lab-7 get no work: their {LSTM} is another. Mend that, and start "
        "them again.",
        "Workers on broken get no work: a first step ended in ValueError('no torch'). "
        "Mend that, and start them again.",
    ]
    logged = [record.getMessage() for record in caplog.records]
    assert logged == [f"changed: {remarks[0]}", f"broken: {remarks[1]}"]
    assert (
        str(workers.why_useless) == f"those on lab-7 get none: their {LSTM} is another"
    )
    assert workers.ready(["same"]) == ["same"]
    assert workers.remarks == []


def test_own_data_that_is_deleted_goes_from_who_trains_and_who_joins(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    digest, deleted, known = content.put_text("Once."), list[str](), threading.Event()
    workers = Welcoming(connection, known.set, lambda: deleted)  # type: ignore[arg-type]
    connection.says |= {"early": other(), "late": other()}
    for joining in (["early"], ["early", "late"]):
        workers.ready(joining)
        assert known.wait(timeout=60)
        known.clear()
        assert workers.ready(joining) == joining
        if not deleted:
            deleted.append(digest)
            workers.forget([digest])
    assert connection.forgotten == [("early", [digest]), ("late", [digest])]
    worker.forget([digest])
    assert content.lacks(digest)


def test_what_is_done_to_warm_up_is_short_and_can_be_done() -> None:
    """Every model's step, and looks at one: none that learns something by itself."""
    models = {model.name for model in specs.fitting(specs.DEFAULT_DATA)}
    steps = [what for what in to_warm_up() if len(what) == 1]
    looks = [what for what in to_warm_up() if len(what) == 2]
    assert {model for (model,) in steps} == models
    assert {model for model, _view in looks} == {choosing.make_config().model}
    assert "prediction" in {view for _model, view in looks}
    assert not any(views()[view].learns for _model, view in looks)
    worker.warm_up(*looks[-1])
