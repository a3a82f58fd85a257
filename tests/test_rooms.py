"""Rooms import in one direction, and each room only what it may."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.quick

ROOT = Path(__file__).parents[1]

MAY = {
    "errors": set(),
    "discovery": set(),
    "config": {"errors"},
    "tasks": {"errors"},
    "data": {"tasks", "config", "errors"},
    "kernels": set(),
    "models": {"kernels", "tasks", "config", "errors"},
    "catalog": {"data", "models", "tasks", "config", "discovery", "errors"},
    "runs": {"tasks", "config", "errors"},
    "training": {
        "catalog",
        "models",
        "data",
        "runs",
        "tasks",
        "config",
        "errors",
    },
    "inspection": {
        "training",
        "models",
        "data",
        "catalog",
        "runs",
        "tasks",
        "config",
        "discovery",
        "errors",
    },
    "lessons": {
        "inspection",
        "training",
        "catalog",
        "runs",
        "tasks",
        "config",
        "discovery",
        "errors",
    },
    "portable": {
        "inspection",
        "plots",
        "training",
        "models",
        "data",
        "catalog",
        "runs",
        "tasks",
        "config",
        "errors",
    },
    "engine": {
        "portable",
        "sweeping",
        "runs",
        "training",
        "inspection",
        "catalog",
        "data",
        "config",
        "errors",
    },
    "plots": {"runs", "tasks", "config", "discovery", "errors"},
    "racing": {"catalog", "models", "runs", "config", "errors"},
    "sweeping": {"training", "catalog", "runs", "config", "errors"},
    "ui": {
        "engine",
        "lessons",
        "sweeping",
        "racing",
        "runs",
        "plots",
        "catalog",
        "inspection",
        "training",
        "data",
        "tasks",
        "config",
        "errors",
    },
    "cli": {
        "lessons",
        "sweeping",
        "portable",
        "inspection",
        "training",
        "models",
        "data",
        "catalog",
        "runs",
        "tasks",
        "config",
        "errors",
    },
    "__main__": {"cli"},
    "__init__": set(),
}
"""Which room may import which; `data` and `models` of base types only where noted."""

LIBRARIES = {
    "torch": {
        "kernels",
        "models",
        "catalog",
        "training",
        "inspection",
        "engine",
        "sweeping",
        "portable",
        "cli",
    },
    "numba": {"kernels"},
    "streamlit": {"ui"},
    "distributed": {"engine"},
    "dask": {"engine"},
    "sqlalchemy": {"runs"},
    "optuna": {"runs", "sweeping", "engine", "plots"},
}
"""The rooms in which a library may be named."""

NOT_IN_PAGES = ("torch", "plotly", "numpy", "explorer.training", "explorer.models")


@cache
def imports(path: Path) -> set[str]:
    """Every module that a file names in an import, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "explorer").parts[0].removesuffix(".py")


def name_of(path: Path) -> str:
    """A file as others import it."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


FILES = sorted((ROOT / "explorer").rglob("*.py"))


def test_every_room_is_on_the_plan() -> None:
    assert {room_of(path) for path in FILES} == set(MAY)


def test_the_readme_shows_a_newcomer_every_room() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("| Room in `explorer/` |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)/?`", table))
    assert set(MAY) - {"__init__", "__main__"} <= named


def test_the_plan_has_no_circle() -> None:
    done: set[str] = set()
    while len(done) < len(MAY):
        free = {room for room, may in MAY.items() if may <= done} - done
        assert free, sorted(set(MAY) - done)
        done |= free


def test_a_file_imports_what_its_room_may() -> None:
    wrong = []
    for path in FILES:
        room = room_of(path)
        for name in imports(path):
            parts, here = name.split("."), str(path.relative_to(ROOT))
            if parts[0] == "explorer" and len(parts) > 1 and parts[1] in MAY:
                wrong += [(here, name)] * (parts[1] not in {room, *MAY[room]})
            if parts[0] in LIBRARIES:
                wrong += [(here, name)] * (room not in LIBRARIES[parts[0]])
    assert wrong == []


def test_no_file_imports_itself_by_a_detour() -> None:
    waiting = {
        name_of(path): imports(path) & {name_of(other) for other in FILES}
        for path in FILES
    }
    while free := {name for name, others in waiting.items() if not others}:
        waiting = {n: o - free for n, o in waiting.items() if n not in free}
    assert not waiting


PAGES = sorted((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_a_page_is_short_and_does_no_maths(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    assert text.startswith('"""')
    for name in imports(path):
        assert not name.startswith(NOT_IN_PAGES), name


TESTED = {path.parent for path in (ROOT / "tests").glob("*/test_*.py")}


@pytest.mark.parametrize(
    "room", sorted(TESTED - {ROOT / "tests" / "slow"}), ids=lambda p: p.name
)
def test_make_quick_asks_every_room(room: Path) -> None:
    texts = (path.read_text(encoding="utf-8") for path in room.glob("test_*.py"))
    assert any("mark.quick" in text for text in texts)
