"""The command `lessons`: a list, one lesson checked, and what it refuses."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from explorer.__main__ import main
from explorer.lessons import base
from explorer.lessons.base import Setup, lesson, lessons


def say(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["lessons", *words])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.quick
def test_lessons_are_listed() -> None:
    said = say()
    assert all(each.title in said for each in lessons().values())
    listed = json.loads(say("--json"))["lessons"]
    assert [each["name"] for each in listed] == list(lessons())
    assert listed[0]["question"] == next(iter(lessons().values())).question


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first lesson, of three steps."""
    whole = lesson("first_loss")
    quick = Setup("short", "fables", "gru", {"training.steps": 3})
    known = {"first_loss": replace(whole, runs={"gru": quick})}
    monkeypatch.setattr(base, "lessons", lambda: known)


@pytest.mark.usefixtures("short")
def test_a_lesson_is_checked_by_training_its_runs() -> None:
    found = json.loads(say("check", "first_loss", "--seed", "3", "--json"))
    assert found["seed"] == 3
    assert found["answer"] == pytest.approx(found["figures"]["first loss"])
    assert found["answer"] == pytest.approx(4.03, abs=0.2)
    assert found["holds"] is False  # three steps teach nothing
    said = say("check", "first_loss")
    assert "Does not hold" in said
    assert "Answer: 4.0" in said


def test_what_is_wrong_is_said_in_one_line() -> None:
    assert "Unknown lesson 'first'" in say("check", "first", code=2)
    for seed in ("-1", "two", "4294967296"):
        said = say("check", "adding", "--seed", seed, code=2)
        assert "seed must be a whole number" in said
