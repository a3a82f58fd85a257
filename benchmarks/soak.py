"""A long lesson: tabs that come and go for twenty minutes, and what they leave behind.

A client opens a page, trains, watches on the live socket, reloads, and leaves; then the
next one comes. A first wave of visits fills pools and caches. From then on memory must
stay where it is; when all have left, no connection to a browser may remain, and of
files and other connections only what pools keep; after the server's end no process may.

python -m benchmarks.soak [SECONDS] [CLIENTS]
"""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import psutil
from scipy.stats import theilslopes

from benchmarks.browser import served
from benchmarks.classroom import server_process
from benchmarks.report import Row
from benchmarks.tabs import Client, settings
from explorer.ui.places import SOCKET

SECONDS, CLIENTS = 1200.0, 20
WARM_UP = 120.0
EVERY = 10.0
WATCHED = 20.0
MOST_GROWTH = 0.10
SETTLED = 150.0
"""Seconds after which Streamlit may let go of a tab that left."""

MOST_LEFT = 0.02
"""Files and connections more per visit, since pools may still fill."""

OPEN = (psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT)


class Sample(NamedTuple):
    """What the server holds at one moment."""

    at: float  # seconds since the start
    server: int  # resident bytes
    workers: int  # resident bytes, all of them
    sockets: int
    """Connections, those to its own workers too."""
    tabs: int
    """Connections to browsers."""
    files: int


def sample(server: psutil.Process, port: int, began: float) -> Sample:
    """Look at the server, which listens at this port, and its workers."""
    workers = server.children(recursive=True)
    opened = [c for c in server.net_connections("tcp") if c.status in OPEN]
    return Sample(
        time.monotonic() - began,
        server.memory_info().rss,
        sum(w.memory_info().rss for w in workers if w.is_running()),
        len(opened),
        sum(c.laddr.port == port for c in opened),
        server.num_fds(),
    )


class Visit(Client):
    """One browser: it opens, trains, watches, reloads, watches again, and leaves."""

    def __init__(self, host: str, seed: int) -> None:
        super().__init__(host, seed)
        self.query = settings()

    async def visit(self) -> None:
        """From the first page to the last."""
        async with self.opened():
            await self.until(lambda: "Train" in self.widgets)
            await self.rerun("Train")
            await self.until(lambda: bool(self.run))
            await self.look()
        async with self.opened():
            await self.until(lambda: "Stop" in self.widgets)
            await self.look()
            await self.rerun("Stop")
            async with self.socket(SOCKET) as socket:
                watcher = asyncio.create_task(self.watch(socket))
                await self.until(lambda: self.status == "stopped")
                watcher.cancel()

    async def look(self) -> None:
        """Watch the run for a while."""
        async with self.socket(SOCKET) as socket:
            watcher = asyncio.create_task(self.watch(socket))
            await asyncio.sleep(WATCHED * (0.5 + self.seed % 7 / 7))
            watcher.cancel()


async def seat(host: str, number: int, until: float, errors: list[str]) -> int:
    """One visit after the other, each with another seed; how many there were."""
    visits = 0
    await asyncio.sleep(number * 0.5)
    while time.monotonic() < until:
        client = Visit(host, number + 1000 * visits)
        try:
            await client.visit()
        except Exception as error:
            errors.append(repr(error))
        errors += client.errors
        visits += 1
    return visits


async def wave(host: str, seconds: float, clients: int, errors: list[str]) -> int:
    """All seats for so long; how many visits there were."""
    until = time.monotonic() + seconds
    seats = (seat(host, number, until, errors) for number in range(clients))
    return sum(await asyncio.gather(*seats))


async def at_rest(host: str, look: Callable[[], Sample]) -> Sample:
    """What the server holds when all have left and are forgotten.

    Streamlit forgets a tab that left when its time is over and somebody comes.
    """
    await asyncio.sleep(SETTLED)
    tab = Visit(host, 0)
    async with tab.opened():
        await tab.until(lambda: "Train" in tab.widgets)
    await asyncio.sleep(5)
    return look()


class Lesson(NamedTuple):
    """What a long lesson showed."""

    before: Sample
    """After a first wave of visits, at rest: what is kept for good is there."""
    on_the_way: list[Sample]
    after: Sample
    """After all, at rest again."""
    visits: int
    errors: list[str]


async def session(host: str, seconds: float, clients: int) -> Lesson:
    """A first wave, a rest, all seats for so long with samples, and a rest."""
    server, began = server_process(), time.monotonic()
    port = int(host.rpartition(":")[2])
    errors: list[str] = []
    samples: list[Sample] = []

    def look() -> Sample:
        return sample(server, port, began)

    async def keep_looking() -> None:
        while True:
            samples.append(look())
            await asyncio.sleep(EVERY)

    await wave(host, min(seconds, WARM_UP), clients, errors)
    before = await at_rest(host, look)
    sampler = asyncio.create_task(keep_looking())
    visits = await wave(host, seconds, clients, errors)
    sampler.cancel()
    after = await at_rest(host, look)
    return Lesson(before, samples, after, visits, errors)


def growth(at: list[float], size: list[int]) -> float:
    """By which share a size grows over the time, by the median of all slopes
    (Theil and Sen, 1968)."""
    slope, intercept, *_bounds = theilslopes(size, at)
    begun = intercept + slope * at[0]
    return float(slope * (at[-1] - at[0]) / begun)


def remaining(known: list[psutil.Process]) -> int:
    """How many of the server's processes outlived it."""
    _gone, alive = psutil.wait_procs(known, timeout=20)
    return len(alive)


def measure(seconds: float = SECONDS, clients: int = CLIENTS) -> list[Row]:
    """Memory, connections, files and processes over a long lesson."""
    with served() as address:
        server = server_process()
        host = address.removeprefix("http://")
        lesson = asyncio.run(session(host, seconds, clients))
        known = [server, *server.children(recursive=True)]
    orphans = remaining(known)
    before, samples, after, visits, errors = lesson
    at = [s.at for s in samples]
    of_server = growth(at, [s.server for s in samples])
    of_workers = growth(at, [s.workers for s in samples])
    peak = max(s.server for s in samples) / 2**20
    named = f"{clients} tabs coming and going for {seconds / 60:.0f} minutes: "
    more = after.files - before.files, after.sockets - before.sockets
    calm = after.tabs == 0 and max(more) <= MOST_LEFT * visits
    return [
        Row(
            named + "growth of memory after the warm-up",
            f"server {of_server:+.1%} (at most {peak:.0f} MiB), "
            f"workers {of_workers:+.1%}, {visits} visits",
            "< 10 %",
            max(of_server, of_workers) < MOST_GROWTH,
        ),
        Row(
            named + "connections to browsers when all have left",
            f"{after.tabs} after {2 * visits} tabs; of all connections, those to "
            f"workers too, {before.sockets} before and {after.sockets} after, of files "
            f"{before.files} and {after.files}",
            "none; of the others, which pools keep, not one more per 50 visits",
            calm,
        ),
        Row(
            named + "processes that outlive the server; errors",
            f"{orphans}; {len(errors)}" + (f" ({errors[0][:60]})" if errors else ""),
            "none",
            not orphans and not errors,
        ),
    ]


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    count = int(sys.argv[2]) if len(sys.argv) > 2 else CLIENTS
    for row in measure(length, count):
        print(row.line())
