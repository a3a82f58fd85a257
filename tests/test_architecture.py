"""ARCHITECTURE.md tells of the code as it is: its picture, its files and its names."""

import re

import pytest

from tests.test_rooms import FILES, ROOT, imports, room_of

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PICTURE = TEXT.partition("```mermaid")[2].partition("```")[0]
WALKS = TEXT.partition("## Walks")[2]
Arrows = dict[str, set[str]]


def rooms() -> Arrows:
    """By room: the rooms that its files import."""
    found: Arrows = {}
    for path in FILES:
        own = (name.split(".") for name in imports(path))
        named = {parts[1] for parts in own if parts[0] == "explorer" and parts[1:]}
        found.setdefault(room_of(path), set()).update(named)
    return {
        room: {other for other in others if other in found and other != room}
        for room, others in found.items()
        if room != "__init__"
    }


def reached(arrows: Arrows, start: str, without: str) -> set[str]:
    """The rooms that `start` reaches, not going straight to `without`."""
    seen: set[str] = set()
    waiting = arrows[start] - {without}
    while waiting:
        room = waiting.pop()
        seen.add(room)
        waiting |= arrows[room] - seen
    return seen


def needed(arrows: Arrows) -> Arrows:
    """Only the arrows that no longer way stands for."""
    return {
        room: {other for other in others if other not in reached(arrows, room, other)}
        for room, others in arrows.items()
    }


def test_an_arrow_that_a_longer_way_stands_for_is_left_out() -> None:
    arrows: Arrows = {"c": {"a", "b"}, "b": {"a"}, "a": set()}
    assert needed(arrows) == {"c": {"b"}, "b": {"a"}, "a": set()}


def test_the_picture_shows_the_imports_as_they_are() -> None:
    drawn: Arrows = {}
    for room, other in re.findall(r"^ *(\w+) --> (\w+)$", PICTURE, re.MULTILINE):
        drawn.setdefault(room, set()).add(other)
    assert drawn == {room: others for room, others in needed(rooms()).items() if others}


def named() -> list[tuple[str, str]]:
    """Every (file, name in it) of the walks, as in `pages/data.py` `make_data`."""
    pattern = r"`([\w/]+\.(?:py|js))`(?: ((?:`[\w.]+`(?:, )?)+))?"
    return [
        (file, name)
        for file, names in re.findall(pattern, WALKS)
        for name in re.findall(r"[\w.]+", names) or [""]
    ]


@pytest.mark.parametrize(("file", "name"), named())
def test_what_a_walk_names_is_there(file: str, name: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"\b{re.escape(name.rpartition('.')[2])}\b", text), name


def test_every_walk_has_ten_lines_at_most() -> None:
    walks = re.split(r"^### ", WALKS, flags=re.MULTILINE)[1:]
    assert len(walks) == 5
    for walk in walks:
        lines = re.findall(r"^\d+\. ", walk, re.MULTILINE)
        assert 5 <= len(lines) <= 10, walk.splitlines()[0]
