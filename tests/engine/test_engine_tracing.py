"""The trace: what each run waited for, from the handing over to the telling."""

import json
import logging
import os
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.engine.service import Engine
from explorer.engine.tracing import SPANS, TRACE, Trace, asked_for
from explorer.errors import ExplorerError
from tests.engine.visitors import small
from tests.waiting import wait

pytestmark = [
    pytest.mark.usefixtures("with_workers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_every_slice_of_two_runs_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trace.json"
    monkeypatch.setenv(TRACE, str(path))
    engine = Engine()
    try:
        runs = [engine.start(small(training__steps=steps)) for steps in (40, 60)]
        wait(lambda: all(engine.store.get(run.id).ended for run in runs))
        seconds = {run.id: engine.store.get(run.id).seconds for run in runs}
    finally:
        engine.close()
    slices: defaultdict[tuple[str, int], list[Any]] = defaultdict(list)
    for event in json.loads(path.read_text()):
        if event["ph"] == "X":
            slices[event["args"]["run"], event["args"]["slice"]].append(event)
    for run, known in seconds.items():
        own = [spans for (of, _), spans in slices.items() if of == run]
        assert {span["name"] for spans in own for span in spans} == set(SPANS)
        for spans in own:
            names = [span["name"] for span in spans]
            assert names == sorted(names, key=SPANS.index)
            for one, next_ in pairwise(spans):
                assert one["ts"] + one["dur"] == pytest.approx(next_["ts"], abs=1)
        trained = sum(
            s["dur"] for spans in own for s in spans if s["name"] == "training"
        )
        assert trained / 1e6 >= 0.9 * known


def test_without_a_file_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACE, raising=False)
    trace = asked_for()
    trace.came([], 0.0, 0.0)
    trace.kept(["run"], 0.0)
    trace.close()
    assert vars(trace) == vars(Trace())


def test_a_file_that_cannot_be_written_gets_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    for path in (tmp_path, pipe):
        monkeypatch.setenv(TRACE, str(path))
        with pytest.raises(ExplorerError, match=r"EXPLORER_TRACE must name a file"):
            asked_for()


def test_a_full_disk_ends_the_trace_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)  # a cluster of Dask's has raised it
    result = SimpleNamespace(run_id="run", serial=1, worked=(2.0, 3.0, 4.0))
    for lines in (0, 200):  # found out at the end, or on the way
        caplog.clear()
        full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115
        trace = Trace(full)
        for _ in range(lines):
            trace.came([result], 1.0, 5.0)  # type: ignore[list-item]
            trace.kept(["run"], 6.0)
        trace.close()
        (told,) = caplog.messages
        assert told == "EXPLORER_TRACE is written no more: No space left on device"
