"""What is trained here to compare with is trained as workers train. One engine for a
file of tests, and two people at it."""

from collections.abc import Iterator

import pytest
import torch

from explorer.engine import classes
from explorer.engine.classes import Task
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.runs.records import Group
from tests.engine.visitors import GOAL, OPEN, WITHIN, small

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def engine(with_workers: None) -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture
def ann(engine: Engine) -> Visitor:
    return Visitor(engine, "ann")


@pytest.fixture
def bob(engine: Engine) -> Visitor:
    return Visitor(engine, "bob")


@pytest.fixture
def group(engine: Engine) -> Group:
    """A class of Tea's that Ann has joined."""
    task = classes.checked(Task("Waves", small(), OPEN, GOAL, WITHIN))
    group = engine.store.groups.create("class", "tea", task.facts())
    Visitor(engine, "ann").join(group.id, "Ann")
    return group
