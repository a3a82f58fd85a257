"""Where the server's own routes are, and the pages.

Routes are named from the page's own base, whatever a proxy puts in front of it: every
page lies right under that base, so that a browser finds them beside the page.
"""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

SOCKET = "explorer/live"
REASON = "explorer/reason"
WAITING = "explorer/waiting.js"
FIRST = "explorer/first"
PAGES = Path(__file__).parents[2] / "pages"
PLAYGROUND = PAGES / "playground.py"


class Place(NamedTuple):
    """A page in the navigation."""

    order: int
    """Low ones come first, and so does the section of the lowest."""
    section: str
    title: str
    file: Path

    @property
    def address(self) -> str:
        """Its path in the URL: the file's name, whose `_room` tells it from a word of
        Python's own. The Playground answers at the bare address."""
        return "" if self.file == PLAYGROUND else self.file.stem.removesuffix("_room")


@cache
def places(folder: Path) -> list[Place]:
    """The pages of a folder in their order, as each says in `TITLE, SECTION, ORDER`.

    The line is read and not run: running a page draws it.
    """
    return sorted(map(_place, folder.glob("*.py")))


def _place(file: Path) -> Place:
    for line in ast.parse(file.read_text(encoding="utf-8")).body:
        match line:
            case ast.Assign(
                [
                    ast.Tuple(
                        [ast.Name("TITLE"), ast.Name("SECTION"), ast.Name("ORDER")]
                    )
                ],
                ast.Tuple(
                    [
                        ast.Call(args=[ast.Constant(title)]),
                        ast.Call(args=[ast.Constant(section)]),
                        ast.Constant(order),
                    ]
                ),
            ):
                return Place(int(str(order)), str(section), str(title), file)
    rule = 'TITLE, SECTION, ORDER = N_("..."), N_("..."), 10'
    raise ValueError(f"{file.name} must say {rule}")
