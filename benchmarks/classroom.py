"""A class of browsers, each training its own run on one small server.

The clients (`benchmarks.tabs`) and the server share the machine's cores.

The machine's own speed drifts, so the teacher pauses all again and again, and bare
loops run while the class rests: each stretch of training stands between two of them.
What the resting class takes of the cores is added to the bare loops' speed.

python -m benchmarks.classroom [CLIENTS] [STRETCHES] [MODEL] [WATCHERS]

MODEL is what all train, WATCHERS how many further tabs follow their runs by link.
"""

import asyncio
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.browser import served
from benchmarks.report import Row
from benchmarks.tabs import Client, Phases, Teacher
from benchmarks.throughput import bare

CLIENTS, STRETCHES = 40, 6
SECONDS = 10.0
"""Of a stretch of training."""

SETTLED = 2.0
"""Seconds before it counts."""

PACE = 0.6
"""Seconds between two students' clicks on Pause."""

CORES = 2
BARE_STEPS = 2500


GOALS = {"lstm": 0.9, "gru": 3.0}
"""Steps of the class against those of bare loops of the same net."""


def bare_on(cores: int, model: str) -> float:
    """Steps per second of that many yardsticks at once, one process each."""
    with ThreadPoolExecutor(cores) as pool:
        return sum(pool.map(lambda _: bare(model, BARE_STEPS), range(cores)))


class Sample(NamedTuple):
    """What the server takes of the machine."""

    at: float
    seconds: tuple[float, float, float]
    """Processor time so far: the workers, the server, this process with its clients."""
    memory: float
    """Gigabytes that the server and its workers take; what they share counts once."""


def server_process() -> psutil.Process:
    """The server that this process started."""
    for process in psutil.Process().children():
        if "streamlit" in process.cmdline():
            return psutil.Process(process.pid)
    raise RuntimeError("the server is not there")


MEMORY_EVERY = 10
"""Looks of which one weighs the memory, too: to do so takes the kernel a while."""


def sample(server: psutil.Process, before: Sample | None) -> Sample:
    """One look; with the memory of the one before, or weighed anew."""
    workers = server.children(recursive=True)
    times = (
        sum(sum(w.cpu_times()[:2]) for w in workers),
        sum(server.cpu_times()[:2]),
        sum(psutil.Process().cpu_times()[:2]),
    )
    if before is None:
        weights = [p.memory_full_info().pss for p in (server, *workers)]
        memory = sum(weights) / 1e9
    else:
        memory = before.memory
    return Sample(time.perf_counter(), times, memory)


async def sampled(samples: list[Sample]) -> None:
    """Look at the processors and the memory every half second."""
    server = server_process()
    while True:
        weighed = len(samples) % MEMORY_EVERY == 0
        samples.append(sample(server, None if weighed else samples[-1]))
        await asyncio.sleep(0.5)


class Stretch(NamedTuple):
    """All train, between two measurements of bare loops."""

    first: float
    last: float
    plain: float
    """Steps per second of the bare loops, the mean of before and after."""


class Lesson(NamedTuple):
    """What came of one: everybody's tab, the teacher's, and when what happened."""

    students: list[Client]
    watchers: list[Client]
    teacher: Teacher
    stretches: list[Stretch]
    samples: list[Sample]
    resumed: list[float]
    """When the teacher clicked on "Resume all"."""


async def session(
    host: str,
    clients: int,
    stretches: int = 0,
    pace: float = PACE,
    model: str = "lstm",
    watching: int = 0,
) -> Lesson:
    """A class with its teacher's page open; all arrive within two seconds."""
    teacher = Teacher(host, model)
    async with teacher.opened():
        await teacher.begin()
        everybody = [Client(host, k, teacher.class_id) for k in range(clients)]
        watchers = [Client(host, k) for k in range(watching)]
        lesson = Lesson(everybody, watchers, teacher, [], [], [])
        sampler = asyncio.create_task(sampled(lesson.samples))
        ready, phases = asyncio.Semaphore(0), Phases(pace)

        async def arrive(client: Client) -> None:
            await asyncio.sleep(2 * client.seed / clients)
            try:
                await client.live(ready, phases)
            except Exception as error:
                client.errors.append(repr(error))
                for _ in range(2):  # nobody waits for one who is gone
                    ready.release()

        there = [asyncio.create_task(arrive(client)) for client in everybody]
        for _ in everybody:
            await ready.acquire()
        there += [
            asyncio.create_task(each.follow(everybody[k % clients].run, phases.over))
            for k, each in enumerate(watchers)
        ]

        async def rest() -> float:
            """Bare loops while the class rests, as fast as they would be without it."""
            await teacher.tell_all("Pause all", everybody, "paused")
            began = time.perf_counter()
            speed = await asyncio.to_thread(bare_on, CORES, model)
            taken = shares_in(began, time.perf_counter(), lesson.samples).sum()
            lesson.resumed.append(time.perf_counter())
            await teacher.tell_all("Resume all", everybody, "training")
            return speed / (1 - float(taken))

        before = await rest() if stretches else 0.0
        for _ in range(stretches):
            await asyncio.sleep(SETTLED)
            first = time.perf_counter()
            await asyncio.sleep(SECONDS)
            last = time.perf_counter()
            after = await rest()
            lesson.stretches.append(Stretch(first, last, (before + after) / 2))
            before = after
        phases.clicking.set()
        for _ in everybody:
            await ready.acquire()
        phases.over.set()
        await asyncio.gather(*there)
        sampler.cancel()
    return lesson


def moves_in(client: Client, stretch: Stretch) -> list[tuple[float, int]]:
    """When its chart moved in a stretch, and to which step; the last time before it
    comes first."""
    moves = [move for move in client.moves if move[0] <= stretch.last]
    earlier = sum(at < stretch.first for at, _step in moves)
    return moves[max(0, earlier - 1) :]


def gaps_in(client: Client, stretch: Stretch, clicked: float) -> list[float]:
    """Seconds between two moves of its chart, those to the ends of the stretch too; the
    rest before the `clicked` "Resume all" is none."""
    at = [when for when, _step in moves_in(client, stretch)]
    if at and at[0] < stretch.first:
        at[0] = max(at[0], clicked)
    else:
        at.insert(0, stretch.first)
    return [after - before for before, after in pairwise([*at, stretch.last])]


def first_moves(lesson: "Lesson") -> list[float]:
    """Seconds from each click on "Resume all" to the first move of every chart."""
    found = []
    for clicked in lesson.resumed:
        for client in lesson.students:
            later = [at for at, _step in client.moves if at > clicked]
            if later:
                found.append(later[0] - clicked)
    return found


def speed_in(stretch: Stretch, everybody: list[Client]) -> float:
    """Steps per second of all together that the charts showed."""
    moves = [moves_in(client, stretch) for client in everybody]
    steps = sum(seen[-1][1] - seen[0][1] for seen in moves if seen)
    return steps / (stretch.last - stretch.first)


def shares_in(first: float, last: float, samples: list[Sample]) -> NDArray[np.float64]:
    """What the workers, the server and the clients had of the cores."""
    inside = [s for s in samples if first <= s.at <= last]
    spent = np.subtract(inside[-1].seconds, inside[0].seconds)
    shares: NDArray[np.float64] = spent / (inside[-1].at - inside[0].at) / CORES
    return shares


def measure(
    address: str,
    clients: int = CLIENTS,
    stretches: int = STRETCHES,
    model: str = "lstm",
    watching: int = 0,
) -> list[Row]:
    """How often charts move, how fast controls answer, what speed is left."""
    host = address.removeprefix("http://")
    lesson = asyncio.run(session(host, clients, stretches, PACE, model, watching))
    everybody = lesson.students
    ratios = [speed_in(s, everybody) / s.plain for s in lesson.stretches]
    plain = statistics.median(stretch.plain for stretch in lesson.stretches)
    seen = [shares_in(s.first, s.last, lesson.samples) for s in lesson.stretches]
    shares = np.mean(seen, axis=0)
    gaps = [
        gap
        for stretch, clicked in zip(lesson.stretches, lesson.resumed, strict=False)
        for client in everybody
        for gap in gaps_in(client, stretch, clicked)
    ]
    first = first_moves(lesson)
    answers = [answer for client in everybody for answer in client.answers]
    tabs = [*everybody, *lesson.watchers, lesson.teacher]
    still = sum(len(watcher.moves) < stretches for watcher in lesson.watchers)
    errors = [error for tab in tabs for error in tab.errors]
    memory = max(sample.memory for sample in lesson.samples)
    share = statistics.median(ratios)
    busy = "workers {:.0%}, server {:.0%}, clients {:.0%}".format(*shares)
    usual, p95 = np.percentile(gaps, [50, 95])
    answer = float(np.percentile(answers, 95))
    named = f"a class of {clients}, each training ({model}), its teacher "
    named += f"and {watching} more watching: " if watching else "watching: "
    errors_row = Row(
        named + "errors",
        f"{len(errors)}"
        + (f" ({errors[0][:60]})" if errors else "")
        + (f"; watchers whose chart stood still: {still}" if watching else ""),
        "none",
        not errors and not still,
    )
    rows = [
        Row(
            named + "time between two moves of a chart",
            f"median {usual:.2f} s, p95 {p95:.2f} s, longest {max(gaps):.2f} s",
            "p95 <= 0.9 s, none over 2.5 s",
            p95 <= 0.9 and max(gaps) <= 2.5,
        ),
        Row(
            named + "from Resume all to the first move of a chart",
            f"median {np.median(first):.2f} s, longest {max(first):.2f} s",
            "<= 1.5 s",
            max(first) <= 1.5,
        ),
        Row(
            named + "answer of a control (Pause, Resume)",
            f"p95 {answer:.2f} s, median {np.median(answers):.2f} s",
            "p95 <= 0.4 s",
            answer <= 0.4,
        ),
        Row(
            named + f"all their steps / {CORES} bare loops at once",
            f"{share:.2f} (median of {len(ratios)} stretches, {min(ratios):.2f} to "
            f"{max(ratios):.2f}; the bare loops: {plain:.0f} steps per second; of the "
            f"cores: {busy})",
            f">= {GOALS[model]:g}",
            share >= GOALS[model],
        ),
        Row(
            named + "memory of the server and its workers",
            f"{memory:.1f} GB at most; the teacher's page was drawn "
            f"{lesson.teacher.looks} times",
            "<= 1.6 GB",
            memory <= 1.6,
        ),
    ]
    if watching:  # the goals are of a class without them
        rows = [row._replace(goal="", holds=True) for row in rows]
    return [*rows, errors_row]


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CLIENTS
    parts = int(sys.argv[2]) if len(sys.argv) > 2 else STRETCHES
    trained = sys.argv[3] if len(sys.argv) > 3 else "lstm"
    following = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    with served() as url:
        for row in measure(url, count, parts, trained, following):
            print(row.line())
