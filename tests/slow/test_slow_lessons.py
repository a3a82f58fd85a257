"""Every lesson's answer holds on five seeds, and its goal can be reached."""

from dataclasses import replace

import pytest

from explorer.lessons.base import Lesson, lessons
from explorer.lessons.checking import checked, trained
from tests.slow.conftest import Report

pytestmark = pytest.mark.slow
SEEDS = range(5)
EVERY = pytest.mark.parametrize(
    "lesson", lessons().values(), ids=lambda lesson: lesson.name
)


@EVERY
def test_its_answer_holds_on_five_seeds(lesson: Lesson, report: Report) -> None:
    found = [checked(lesson, seed) for seed in SEEDS]
    said = ", ".join(
        each.answer if isinstance(each.answer, str) else f"{each.answer:.3g}"
        for each in found
    )
    held = sum(each.holds for each in found)
    report(f"lesson {lesson.name}: {said}; holds on {held} of {len(found)} seeds")
    assert held == len(found)


@EVERY
def test_its_goal_is_reached_by_the_right_change_alone(lesson: Lesson) -> None:
    begins, task = lesson.task.begins, lesson.task
    solved = replace(begins, settings={**begins.settings, **task.solved})
    for setup, reached in ((begins, False), (solved, True)):
        figure = task.figure(trained(setup.config(), {}).validations)
        assert figure is not None
        assert task.met(figure) == reached
