"""How often a run that trains is looked at: seldom enough, and never too seldom."""

from types import SimpleNamespace
from typing import Any

import pytest

from explorer.engine import watched as watching
from explorer.engine import worker
from explorer.engine.jobs import Wanted
from explorer.runs.records import View

CHEAP, DEAR = Wanted("cheap"), Wanted("dear")


class Watched:
    """A run with a clock of its own for training, and one for looking."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **costs: float) -> None:
        self.costs, self.clock = costs, 0.0
        self.trainer = SimpleNamespace(seconds=0.0)
        self.live = worker._Live(self.trainer)  # type: ignore[arg-type]
        clock = SimpleNamespace(perf_counter=lambda: self.clock)
        monkeypatch.setattr(worker, "time", clock)
        monkeypatch.setattr(worker, "_look", self.look)
        monkeypatch.setattr(
            worker, "Subject", SimpleNamespace(of=lambda trainer: trainer)
        )

    def look(self, _subject: Any, wanted: Wanted) -> View:
        self.clock += self.costs[wanted.view]
        return View(wanted.view, 0)

    def at(
        self,
        seconds: float,
        *wanted: Wanted,
        now: tuple[Wanted, ...] = (),
        slice_: float = 0.2,
    ) -> list[str]:
        """The names of what is looked at after so much training."""
        self.trainer.seconds = seconds
        looks = worker._look_live(self.live, wanted, now, slice_)
        return [wanted.view for wanted, _view in looks]


LATER = 100.0
"""Seconds of training after which nothing is left of the head start."""


def test_a_view_waits_by_the_root_of_its_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Watched(monkeypatch, cheap=0.01, dear=0.16)
    both = (CHEAP, DEAR)
    assert run.at(LATER, *both) == ["cheap", "dear"]
    # Roots of 0.1 and 0.4 of a sum of 0.5, for 2 %: every 2.5 s and every 10 s.
    assert run.at(LATER + 2.4, *both) == []
    assert run.at(LATER + 2.6, *both) == ["cheap"]
    assert run.at(LATER + 5.0, *both) == []
    assert run.at(LATER + 9.9, *both) == ["cheap"]
    assert run.at(LATER + 10.1, *both) == ["dear"]
    assert run.at(LATER + 10.3, CHEAP) == []
    assert run.at(LATER + 10.5, CHEAP) == ["cheap"]  # alone it has the whole share


def spent(run: Watched, first: float, last: float) -> float:
    """What looking costs from one second of training to another."""
    before = run.clock
    for slice_ in range(round(first * 10), round(last * 10)):
        run.at(slice_ * 0.1, CHEAP, DEAR)
    return run.clock - before


def test_in_the_long_run_the_share_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Watched(monkeypatch, cheap=0.004, dear=0.05)
    early = spent(run, 0, 30)
    assert 0.8 < early / (0.02 * 30 + 0.4) <= 1.1
    assert 0.8 < spent(run, 30, 800) / (0.02 * 770) <= 1.05


def test_a_short_run_is_looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first picture's dearest view comes every second or so."""
    run = Watched(monkeypatch, cheap=0.004, dear=0.05)
    names = [name for tenth in range(25) for name in run.at(tenth / 10, CHEAP, DEAR)]
    assert names.count("dear") >= 3
    assert names.count("cheap") >= 8


def test_where_many_share_a_worker_there_is_little_head_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, cheap=0.01)
    assert run.at(0.0, CHEAP, slice_=0.02) == ["cheap"]
    assert run.at(0.3, CHEAP, slice_=0.02) == []
    assert run.at(0.3, CHEAP) == ["cheap"]  # alone it need not wait so long
    assert run.at(0.9, CHEAP, slice_=0.02) == ["cheap"]


def test_dear_first_looks_use_up_the_head_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, cheap=0.02, dear=0.5)
    assert run.at(0.0, CHEAP, DEAR) == ["cheap", "dear"]
    assert run.at(0.9, CHEAP) == []
    assert run.at(1.1, CHEAP) == ["cheap"]


def test_even_a_dear_view_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Watched(monkeypatch, dear=30.0)
    assert run.at(0.0, DEAR) == ["dear"]
    assert run.at(59.9, DEAR) == []
    assert run.at(60.1, DEAR) == ["dear"]


def test_the_last_moment_and_a_single_step_are_always_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, dear=30.0)
    assert run.at(0.0, DEAR) == ["dear"]
    assert run.at(0.1, DEAR, now=(DEAR,)) == ["dear"]


def test_what_nobody_watched_a_slice_ago_has_its_turn_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, cheap=0.001, dear=30.0)
    assert run.at(0.0, DEAR) == ["dear"]
    assert run.at(0.1, CHEAP) == ["cheap"]
    assert run.at(0.2, DEAR) == ["dear"]


def test_one_slow_look_is_not_held_against_a_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, cheap=0.015)
    assert run.at(0.0, CHEAP) == ["cheap"]
    run.costs["cheap"] = 0.6  # a busy machine
    assert run.at(1.1, CHEAP) == ["cheap"]
    assert run.at(2.2, CHEAP) == ["cheap"]


def test_what_a_first_look_learns_is_not_held_against_a_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = Wanted("anomalies")
    run = Watched(monkeypatch, anomalies=5.0)
    assert run.at(LATER, wanted) == ["anomalies"]
    run.costs["anomalies"] = 0.3
    assert run.at(LATER + 0.4, wanted) == []
    assert run.at(LATER + 0.6, wanted) == ["anomalies"]
    assert run.at(LATER + 15.0, wanted) == []  # from then on it costs what it costs
    assert run.at(LATER + 15.7, wanted) == ["anomalies"]


def test_looks_that_take_half_of_a_slice_let_the_others_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, cheap=0.01, dear=0.1)
    assert run.at(0.0, DEAR, CHEAP, slice_=0.2) == ["dear"]
    assert run.at(0.2, DEAR, CHEAP, slice_=0.2) == ["cheap"]
    assert run.at(0.4, DEAR, CHEAP, now=(DEAR, CHEAP), slice_=0.02) == ["dear", "cheap"]


def test_a_run_that_rested_is_looked_at_as_if_it_had_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, dear=0.15)
    assert run.at(LATER, DEAR) == ["dear"]
    run.trainer = SimpleNamespace(seconds=LATER)
    run.live = worker._begun(run.trainer, 1, run.live)  # type: ignore[arg-type]
    assert run.at(LATER + 7.4, DEAR) == []
    assert run.at(LATER + 7.6, DEAR) == ["dear"]


def test_who_comes_back_sees_every_view_in_the_next_slice() -> None:
    watched = watching.Watched()
    watched.watch("run", [CHEAP, DEAR])
    assert watched.of("run") == ((CHEAP, DEAR), (CHEAP, DEAR))
    assert watched.of("run") == ((CHEAP, DEAR), ())
    watched.watch("run", [])
    watched.watch("run", [DEAR])
    watched.watch("run", [DEAR, CHEAP])
    assert watched.of("run") == ((DEAR, CHEAP), (DEAR, CHEAP))
    watched.watch("run", [])
    assert watched.of("run") == ((), ())
