"""Draw what a newcomer sees first, so that a server has it before it can draw itself.

Usage: python scripts/draw_first.py

A server whose code is another one by then does without: its first picture comes later.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from explorer.engine.service import Engine, engine
from explorer.ui.language import LANGUAGES
from explorer.ui.live import early
from explorer.ui.live.first import first_picture
from explorer.ui.samples import bring_samples

PATIENCE = 60.0
"""Seconds that a picture may take."""


def main() -> None:
    """Have it in every language, drawn by an engine of its own, whatever is set up for
    the server."""
    for name in [name for name in os.environ if name.startswith("EXPLORER_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_DATA"] = folder
        owner = engine()
        bring_samples(owner)
        early.keep(asyncio.run(drawn(owner)))
        owner.close()


async def drawn(owner: Engine) -> dict[str, bytes]:
    """By language: what the Playground's first picture is made of."""
    owner.hub.attach(asyncio.get_running_loop())
    return {each: await first_picture({}, each, PATIENCE) for each in LANGUAGES}


if __name__ == "__main__":
    main()
