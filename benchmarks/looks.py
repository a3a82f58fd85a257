"""A run that trains while eight tabs ask for looks at stored moments, at full speed.

Each tab wishes for another moment and another text, which nobody has looked at before,
as soon as its picture came, or without waiting at all. Stretches with and without them
take turns, so that the machine's own drift falls on both.

python -m benchmarks.looks [TABS] [STRETCHES]
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import product
from typing import NamedTuple

from websockets.asyncio.client import ClientConnection

from benchmarks.browser import served
from benchmarks.report import Row
from benchmarks.tabs import Client
from explorer.ui.places import SOCKET

TABS, STRETCHES = 8, 3
SECONDS, SETTLED = 10.0, 2.0
PAUSES = 4
"""Of each stretch."""

PANELS = "prediction,inside,backpropagation"
LETTERS = "abcdefghijklmnop"
SETTINGS = (
    "data=fables&model=transformer&training.steps=20000&training.schedule=constant"
)
EVERY = 0.02
"""Seconds between two wishes of a tab that waits for no answer."""


class Owner(Client):
    """Who trains, watches and pauses."""

    def __init__(self, host: str) -> None:
        super().__init__(host, 0)
        self.query = SETTINGS

    @asynccontextmanager
    async def training(self) -> AsyncIterator[None]:
        """A run that was begun, and its live socket."""
        async with self.opened():
            await self.until(lambda: "Train" in self.widgets)
            await self.rerun("Train")
            await self.until(lambda: bool(self.run))
            async with self.socket(SOCKET) as socket:
                watcher = asyncio.create_task(self.watch(socket))
                await self.until(lambda: len(self.moves) > 20)
                yield
                await self.rerun("Stop")
                await self.until(lambda: self.status == "stopped")
                watcher.cancel()

    async def stretch(self) -> tuple[float, list[float]]:
        """Steps per second for a while, then how long each Pause took."""
        await asyncio.sleep(SETTLED)
        began, first = time.perf_counter(), self.moves[-1][1]
        await asyncio.sleep(SECONDS)
        speed = (self.moves[-1][1] - first) / (time.perf_counter() - began)
        self.answers.clear()
        for _ in range(PAUSES):
            await self.answered("Pause", "paused")
            await self.answered("Resume", "training")
        return speed, self.answers[::2]


class Asker(Client):
    """A tab that asks for one look after the other."""

    def __init__(self, host: str, seed: int, texts: Iterator[str]) -> None:
        """`texts` are those that it looks at, each once."""
        super().__init__(host, seed)
        self.looks = 0
        """How many pictures came that were not there before."""
        self._texts = texts
        self._kept: list[int] = []
        """The moments that can be looked at."""
        self._drawn: object = None

    async def ask(self, run: str, waits: bool) -> None:
        """Ask until cancelled; `waits`: for each picture."""
        wish: dict[str, str | int] = {"run": run, "shown": PANELS}
        async with self.socket(SOCKET) as socket:
            await socket.send(json.dumps(wish))
            self._hear(await socket.recv())
            reader = None if waits else asyncio.create_task(self._listen(socket))
            try:
                for place, text in enumerate(self._texts, self.seed):
                    moment = self._kept[place % len(self._kept)]
                    wish |= {"at": moment, "text": text}
                    await socket.send(json.dumps(wish))
                    if not waits:
                        await asyncio.sleep(EVERY)
                    while waits and not self._hear(await socket.recv()):
                        pass  # news of the run
            finally:
                if reader is not None:
                    reader.cancel()

    async def _listen(self, socket: ClientConnection) -> None:
        async for raw in socket:
            self._hear(raw)

    def _hear(self, raw: str | bytes) -> bool:
        """Whether that was a new picture, or a sentence why there is none."""
        said = json.loads(raw)
        if "error" in said:
            self.errors.append(said["error"])  # a moment may be kept no more
            return True
        self._kept = said["checkpoints"]
        drawn = said["panels"].get("inside", self._drawn)
        new = drawn != self._drawn
        self.looks, self._drawn = self.looks + new, drawn
        return bool(new)


class Found(NamedTuple):
    """What came of stretches of one kind."""

    speeds: list[float]
    """Steps per second."""
    pauses: list[float]
    """Seconds until the page showed it."""
    looks: float = 0.0
    """A second, of all tabs."""


async def session(host: str, tabs: int, stretches: int) -> list[Found]:
    """Stretches in turn: alone, with tabs that wait for answers, with tabs that do
    not."""
    owner = Owner(host)
    kinds: list[bool | None] = [None, True, False]
    texts = map("".join, product(LETTERS, repeat=8))
    found = [Found([], []) for _ in kinds]
    async with owner.training():
        for _ in range(stretches):
            for place, waits in enumerate(kinds):
                count = 0 if waits is None else tabs
                askers = [Asker(host, k, texts) for k in range(count)]
                asking = [
                    asyncio.create_task(each.ask(owner.run, bool(waits)))
                    for each in askers
                ]
                began = time.perf_counter()
                speed, pauses = await owner.stretch()
                took = time.perf_counter() - began
                for task in asking:
                    if task.done():
                        task.result()
                    task.cancel()
                last = found[place]
                looks = last.looks + sum(a.looks for a in askers) / took / stretches
                found[place] = Found(
                    [*last.speeds, speed], [*last.pauses, *pauses], looks
                )
    return found


def measure(address: str, tabs: int = TABS, stretches: int = STRETCHES) -> list[Row]:
    """What is left of the speed of training, and how fast Pause is."""
    host = address.removeprefix("http://")
    alone, waiting, flooding = asyncio.run(session(host, tabs, stretches))
    plain, usual = statistics.median(alone.speeds), statistics.median(alone.pauses)
    rows = []
    for told, each in (
        ("as soon as each was answered", waiting),
        ("50 times a second", flooding),
    ):
        speed, pause = statistics.median(each.speeds), statistics.median(each.pauses)
        rows.append(
            Row(
                f"a Transformer on fables while {tabs} tabs ask for looks at other "
                f"moments, {told}: steps per second; Pause",
                f"{speed:.1f} ({each.looks:.1f} looks a second; alone {plain:.1f}); "
                f"median {pause:.2f} s, slowest of {len(each.pauses)} "
                f"{max(each.pauses):.2f} s (alone {usual:.2f} s)",
                ">= 0.5 of those alone; <= 1 s",
                speed >= 0.5 * plain and pause <= 1,
            )
        )
    return rows


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else TABS
    parts = int(sys.argv[2]) if len(sys.argv) > 2 else STRETCHES
    with served() as url:
        for row in measure(url, many, parts):
            print(row.line())
