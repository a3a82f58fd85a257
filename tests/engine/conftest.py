"""What is trained here to compare with is trained as workers train. One engine for a
file of tests, and two people at it."""

from collections.abc import Iterator

import pytest
import torch

from explorer.engine import classes, welcoming
from explorer.engine.classes import Task
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.runs.records import Group
from tests.engine.visitors import GOAL, OPEN, WITHIN, small

torch.set_num_threads(1)


@pytest.fixture(scope="module", autouse=True)
def at_once() -> Iterator[None]:
    """Workers take a run as soon as they are there: to look at every model first keeps
    them busy for as long as most tests take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(welcoming, "to_warm_up", list)
        yield


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
    Visitor(engine, "ann").classes.join(group.id, "Ann")
    return group
