"""Simple methods are fitted once for each dataset, behind all else."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.catalog import choosing
from explorer.engine import simple
from explorer.engine.simple import SimpleMethods, offered
from explorer.errors import ExplorerError, Words
from explorer.runs.records import Simple, SimpleMethod

FOUND = Simple((SimpleMethod("ETS(A,N,N)", 0.5, None),))  # type: ignore[arg-type]


class Asker:
    """Answers once it may."""

    def __init__(self) -> None:
        self.may, self.asked = threading.Event(), list[Any]()
        self.answer: Any = FOUND

    def ask(self, function: Any, configs: Any, **how: Any) -> Any:
        self.asked.append(how)
        self.may.wait(60)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Told:
    """Who heard of what."""

    def __init__(self) -> None:
        self.each = list[tuple[str, Simple]]()
        self.enough = threading.Semaphore(0)

    def __call__(self, run_id: str, found: Simple) -> None:
        self.each.append((run_id, found))
        self.enough.release()


def run(id_: str, **settings: object) -> Any:
    return SimpleNamespace(id=id_, config=choosing.make_config("sine", None, settings))


def test_runs_on_the_same_data_share_one_fit() -> None:
    asker, told = Asker(), Told()
    methods = SimpleMethods(asker, told)  # type: ignore[arg-type]
    methods.want(run("a"))
    methods.want(run("b", **{"training.steps": 7}))
    asker.may.set()
    for _each in "ab":
        assert told.enough.acquire(timeout=60)
    methods.want(run("c"))
    assert sorted(told.each) == [("a", FOUND), ("b", FOUND), ("c", FOUND)]
    methods.want(run("d", **{"data.noise": 0.3}))
    assert told.enough.acquire(timeout=60)
    assert told.enough.acquire(timeout=60)
    assert [how["priority"] for how in asker.asked] == [-1, -1]
    methods.close()


def test_who_waits_for_them_shares_them_with_who_is_told() -> None:
    asker, told = Asker(), Told()
    asker.may.set()
    methods = SimpleMethods(asker, told)  # type: ignore[arg-type]
    assert methods.of(run("a").config) is methods.of(run("b").config) is FOUND
    methods.want(run("c"))
    assert told.each == [("c", FOUND)]
    assert len(asker.asked) == 1
    asker.answer = ExplorerError.saying(Words("It was too slow."))
    with pytest.raises(ExplorerError, match="too slow"):
        methods.of(run("d", **{"data.noise": 0.3}).config)
    methods.close()


def test_what_failed_is_told_and_tried_again() -> None:
    asker, told = Asker(), Told()
    asker.may.set()
    asker.answer = ExplorerError.saying(Words("It was too slow."))
    methods = SimpleMethods(asker, told)  # type: ignore[arg-type]
    methods.want(run("a"))
    assert told.enough.acquire(timeout=60)
    trouble = told.each[0][1].trouble
    assert trouble is not None
    assert (
        str(trouble) == "There are no simple methods to compare with: It was too slow."
    )
    asker.answer = FOUND
    methods.want(run("a"))
    assert told.enough.acquire(timeout=60)
    assert told.each[1] == ("a", FOUND)
    methods.close()


def test_who_looks_again_sees_them() -> None:
    """A race asks as often as it is drawn: one fit, also where it failed."""
    asker, told = Asker(), Told()
    methods = SimpleMethods(asker, told)  # type: ignore[arg-type]
    assert methods.beside(run("a")) is None
    assert methods.beside(run("a")) is None
    asker.may.set()
    assert told.enough.acquire(timeout=60)
    assert methods.beside(run("b")) is FOUND
    asker.answer = ExplorerError.saying(Words("It was too slow."))
    other = run("c", **{"data.noise": 0.3})
    assert methods.beside(other) is None
    assert told.enough.acquire(timeout=60)
    failed = methods.beside(other)
    assert failed is not None
    assert "It was too slow" in str(failed.trouble)
    assert len(asker.asked) == 2
    methods.close()


def test_they_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(simple.METHODS, raising=False)
    assert offered(choosing.make_config("sine")) == "alone"
    assert offered(choosing.make_config("river")) == "together"
    assert not offered(choosing.make_config("shapes"))
    monkeypatch.setenv(simple.METHODS, "off")
    assert not offered(choosing.make_config("sine"))
