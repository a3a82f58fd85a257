"""How often a run that trains is looked at: seldom enough, and never too seldom."""

import math
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
        slice_: float = math.inf,
    ) -> list[str]:
        """The names of what is looked at after so much training."""
        self.trainer.seconds = seconds
        looks = worker._look_live(self.live, wanted, now, slice_)
        return [wanted.view for wanted, _view in looks]


def test_looking_costs_its_share_of_the_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Watched(monkeypatch, cheap=0.015, dear=0.15)
    both = (CHEAP, DEAR)
    assert run.at(0.0, *both) == ["cheap", "dear"]
    # 1.5 % for both: 0.015 s may be spent every 2 s, and 0.15 s every 20 s.
    assert run.at(1.9, *both) == []
    assert run.at(2.1, *both) == ["cheap"]
    assert run.at(4.0, *both) == []
    assert run.at(19.9, *both) == ["cheap"]
    assert run.at(20.1, *both) == ["dear"]
    assert run.at(20.2, CHEAP) == []
    assert run.at(21.0, CHEAP) == ["cheap"]  # alone it has the whole share


def test_in_the_long_run_the_share_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Watched(monkeypatch, cheap=0.004, dear=0.05)
    for slice_ in range(8000):
        run.at(slice_ * 0.1, CHEAP, DEAR)
    assert 0.8 * 0.015 < run.clock / 800 <= 1.02 * 0.015


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
    assert run.at(0.0, wanted) == ["anomalies"]
    run.costs["anomalies"] = 0.3
    assert run.at(0.5, wanted) == []
    assert run.at(0.7, wanted) == ["anomalies"]
    assert run.at(20.0, wanted) == []  # from then on it costs what it costs
    assert run.at(20.8, wanted) == ["anomalies"]


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
    assert run.at(0.0, DEAR) == ["dear"]
    run.trainer = SimpleNamespace(seconds=0.0)
    run.live = worker._begun(run.trainer, 1, run.live)  # type: ignore[arg-type]
    assert run.at(9.9, DEAR) == []
    assert run.at(10.1, DEAR) == ["dear"]


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
