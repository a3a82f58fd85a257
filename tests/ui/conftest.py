"""The pages without a browser: one engine for a file of tests, and a tab on it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from explorer.engine.service import _made, engine
from explorer.runs.records import Run
from explorer.ui.classes import board
from explorer.ui.live.server import lifespan, routes
from explorer.ui.samples import bring_samples

ROOT = Path(__file__).parents[2]
NOBODY = ""
"""The owner of the runs that `engine().prepare(config)` makes, and of these tabs."""

QUIET = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""What Dask and Streamlit leave behind when they close."""


@pytest.fixture(scope="module")
def workers(with_workers: None) -> Iterator[None]:
    """The engine that the server's lifespan would bring."""
    _made.cache_clear()
    bring_samples(engine())
    yield
    engine().close()
    _made.cache_clear()


@pytest.fixture(scope="module")
def client(with_workers: None) -> Iterator[TestClient]:
    """A browser's side of the live socket."""
    _made.cache_clear()
    with TestClient(Starlette(routes=routes(), lifespan=lifespan)) as client:
        yield client
    _made.cache_clear()


@pytest.fixture
def new_board() -> None:
    """Every look at a class's board is a new one."""
    board.looked.clear()


def page(name: str = "", owner: str = NOBODY, **query: str) -> AppTest:
    """A tab of `owner` at this address, on the page of that file name."""
    test = AppTest.from_file(str(ROOT / "explorer/ui/router.py"), default_timeout=120)
    test.session_state["visitor.owner"] = owner
    for key, value in query.items():
        test.query_params[key] = value
    test.run()
    if name:
        test.switch_page(f"../../pages/{name}.py").run()
    assert not test.exception
    return test


def choice(test: AppTest, *labels: str) -> Any:
    """The control with one of these labels, wherever on the page it stands."""
    kinds = (test.selectbox, test.select_slider, test.slider, test.number_input)
    return next(w for kind in kinds for w in kind if w.label in labels)


def wait_for(run: str, there: Callable[[Run], bool]) -> None:
    """Wait until a run is as it should be."""
    deadline = time.monotonic() + 120
    while not there(found := engine().store.get(run)):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def shown_run(test: AppTest) -> str:
    """The run that a tab's address names."""
    shown = test.query_params["run"]
    return shown if isinstance(shown, str) else shown[0]


def asked(test: AppTest, name: str) -> str:
    """What the address says."""
    value = test.query_params[name]
    return value if isinstance(value, str) else value[0]
