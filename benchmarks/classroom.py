"""A class of browsers, each training its own run on one small server.

A client speaks Streamlit's own protocol: a teacher makes a class and keeps its page
open; every student joins it by nickname, clicks Train and Pause, watches the run on the
live socket, and has the fragments of the page drawn anew as often as a tab does.
Clients and server share the machine's cores.

The machine's own speed drifts, so the teacher pauses all again and again, and bare
loops run while the class rests: each stretch of training stands between two of them.
What the resting class takes of the cores is added to the bare loops' speed.

python -m benchmarks.classroom [CLIENTS] [STRETCHES]
"""

import asyncio
import json
import statistics
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import numpy as np
import psutil
from numpy.typing import NDArray
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.browser import served
from benchmarks.report import Row
from benchmarks.throughput import bare
from explorer.ui.places import SOCKET

CLIENTS, STRETCHES = 40, 6
SECONDS = 10.0
"""Of a stretch of training."""

SETTLED = 2.0
"""Seconds before it counts."""

PACE = 0.6
"""Seconds between two students' clicks on Pause."""

CORES = 2
BARE_STEPS = 2500
SETTINGS = "training.steps=20000&training.schedule=constant&model=lstm"


def cookie_of(host: str) -> str:
    """What the server gives a browser to be known by."""
    with urllib.request.urlopen(f"http://{host}/", timeout=90) as answer:
        return str(answer.headers["set-cookie"]).partition(";")[0]


class Tab:
    """One page, and the fragments on it that ask to be drawn again and again."""

    def __init__(self, host: str, query: str, path: str = "") -> None:
        self.host, self.query, self.path = host, query, path
        self.widgets: dict[str, str] = {}
        """Ids of buttons and fields, by label."""
        self.words: set[str] = set()
        """All that was said in Markdown."""
        self.looks = 0
        """How often a fragment was drawn again."""
        self.errors: list[str] = []
        self.headers = {"Origin": f"http://{host}"}
        self._page: ClientConnection | None = None
        self._script = ""
        self._timers: dict[str, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connected, with the page on the screen; one who comes back is known."""
        if "Cookie" not in self.headers:
            self.headers["Cookie"] = await asyncio.to_thread(cookie_of, self.host)
        async with self.socket("/_stcore/stream", ["streamlit"]) as page:
            self._page = page
            reader = asyncio.create_task(self._read(page))
            await self.rerun()
            try:
                yield
            finally:
                for task in (reader, *self._timers.values()):
                    task.cancel()

    def socket(self, path: str, protocols: list[str] | None = None) -> connect:
        """A websocket of this browser."""
        return connect(
            f"ws://{self.host}{path}",
            additional_headers=self.headers,
            subprotocols=protocols,  # type: ignore[arg-type]
            max_size=None,
            ping_interval=None,
        )

    async def rerun(self, clicked: str = "", **fields: str) -> None:
        """Run the script, as after a click on a button and with these texts given."""
        message = BackMsg()
        script = message.rerun_script
        script.query_string, script.page_name = self.query, self.path
        for label, text in fields.items():
            state = script.widget_states.widgets.add()
            state.id, state.string_value = self.widgets[label], text
        if clicked:
            state = script.widget_states.widgets.add()
            state.id, state.trigger_value = self.widgets[clicked], True
        assert self._page is not None
        self._forget_timers()  # the page says anew which fragments move
        await self._page.send(message.SerializeToString())

    async def until(self, condition: Callable[[], bool], seconds: float = 90) -> None:
        """Wait for something that the server will say.

        Raises:
            TimeoutError: if it does not.
        """
        deadline = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > deadline:
                raise TimeoutError(f"waited in vain for {condition.__qualname__}")
            await asyncio.sleep(0.01)

    async def _read(self, page: ClientConnection) -> None:
        async for raw in page:
            message = ForwardMsg()
            message.ParseFromString(raw)
            kind = message.WhichOneof("type")
            if kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "new_session":
                self._script = message.new_session.page_script_hash
            elif kind == "auto_rerun":
                self._keep_time(message.auto_rerun)
            elif kind == "delta" and message.delta.HasField("new_element"):
                self._note(message.delta.new_element)

    def _note(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind in ("button", "text_input"):
            found = getattr(element, kind)
            self.widgets[found.label] = found.id
        elif kind == "markdown":
            self.words.add(element.markdown.body)
        elif kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self.errors.append(element.alert.body)

    def _keep_time(self, wanted: Any) -> None:
        """Have a fragment drawn again every so often, as the browser does."""
        if wanted.fragment_id not in self._timers:
            again = self._again(wanted.fragment_id, wanted.interval)
            self._timers[wanted.fragment_id] = asyncio.create_task(again)

    def _forget_timers(self) -> None:
        for task in self._timers.values():
            task.cancel()
        self._timers.clear()

    async def _again(self, fragment_id: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            message = BackMsg()
            script = message.rerun_script
            script.query_string, script.page_name = self.query, self.path
            script.page_script_hash = self._script
            script.fragment_id, script.is_auto_rerun = fragment_id, True
            self.looks += 1
            assert self._page is not None
            await self._page.send(message.SerializeToString())


class Phases:
    """What all students wait for."""

    def __init__(self, pace: float) -> None:
        self.pace = pace
        """Seconds between two students' clicks."""
        self.clicking, self.over = asyncio.Event(), asyncio.Event()


class Teacher(Tab):
    """Makes a class, and leaves its page open."""

    def __init__(self, host: str) -> None:
        super().__init__(host, SETTINGS, "class")

    @property
    def class_id(self) -> str:
        """What the link to the class names; empty before there is one."""
        return parse_qs(self.query).get("class", [""])[0]

    async def begin(self) -> None:
        """Make the class."""
        await self.until(lambda: "Make the class" in self.widgets)
        await self.rerun("Make the class", Title="Forty")
        await self.until(lambda: bool(self.class_id))

    async def tell_all(
        self, button: str, everybody: "list[Client]", status: str
    ) -> None:
        """Pause or resume all, and wait until every student sees it."""
        await self.until(lambda: button in self.widgets)
        await self.rerun(button)
        sound = [client for client in everybody if not client.errors]
        await self.until(lambda: all(client.status == status for client in sound))


class Client(Tab):
    """A student's tab: its page, its run, and when its chart moved."""

    def __init__(self, host: str, seed: int, class_id: str = "") -> None:
        super().__init__(host, f"class={class_id}")
        self.seed = seed
        self.status = ""
        self.moves: list[tuple[float, int]] = []
        self.answers: list[float] = []

    @property
    def run(self) -> str:
        """The run that the address names."""
        return parse_qs(self.query).get("run", [""])[0]

    async def live(self, ready: asyncio.Semaphore, lesson: "Phases") -> None:
        """Join, train and watch; pause and resume when it is time to, and leave."""
        async with self.opened():
            await self.until(lambda: "Join" in self.widgets)
            await self.rerun("Join", Nickname=f"Student {self.seed}")
            await self.until(lambda: "Train" in self.widgets)
            await self.rerun("Train")
            await self.until(lambda: bool(self.run))
            async with self.socket(SOCKET) as socket:
                watcher = asyncio.create_task(self.watch(socket))
                await self.until(lambda: len(self.moves) > 1)
                ready.release()
                await lesson.clicking.wait()
                await asyncio.sleep(lesson.pace * self.seed)
                await self.answered("Pause", "paused")
                await self.answered("Resume", "training")
                ready.release()
                await lesson.over.wait()
                await self.rerun("Stop")
                await self.until(lambda: self.status == "stopped")
                watcher.cancel()

    async def answered(self, button: str, status: str) -> None:
        """Click, and note how long the run took to show it."""
        await self.rerun()
        await self.until(lambda: button in self.widgets)
        began = time.perf_counter()
        await self.rerun(button)
        await self.until(lambda: self.status == status)
        self.answers.append(time.perf_counter() - began)

    async def watch(self, socket: ClientConnection) -> None:
        """Note every step that the live socket tells of."""
        await socket.send(json.dumps({"run": self.run}))
        async for raw in socket:
            frame = json.loads(raw)
            if "error" in frame:
                self.errors.append(frame["error"])
                continue
            self.status = frame["status"]
            step = frame["step"]
            if not self.moves or step != self.moves[-1][1]:
                self.moves.append((time.perf_counter(), step))


def bare_on(cores: int) -> float:
    """Steps per second of that many yardsticks at once, one process each."""
    with ThreadPoolExecutor(cores) as pool:
        return sum(pool.map(lambda _: bare("lstm", BARE_STEPS), range(cores)))


class Sample(NamedTuple):
    """What the server takes of the machine."""

    at: float
    seconds: tuple[float, float, float]
    """Processor time so far: the workers, the server, this process with its clients."""
    memory: float
    """Gigabytes of the server and its workers."""


def server_process() -> psutil.Process:
    """The server that this process started."""
    for process in psutil.Process().children():
        if "streamlit" in process.cmdline():
            return psutil.Process(process.pid)
    raise RuntimeError("the server is not there")


def sample(server: psutil.Process) -> Sample:
    """One look."""
    workers = server.children(recursive=True)
    times = (
        sum(sum(w.cpu_times()[:2]) for w in workers),
        sum(server.cpu_times()[:2]),
        sum(psutil.Process().cpu_times()[:2]),
    )
    memory = sum(process.memory_info().rss for process in (server, *workers))
    return Sample(time.perf_counter(), times, memory / 1e9)


async def sampled(samples: list[Sample]) -> None:
    """Look at the processors and the memory every half second."""
    server = server_process()
    while True:
        samples.append(sample(server))
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
    teacher: Teacher
    stretches: list[Stretch]
    samples: list[Sample]


async def session(
    host: str, clients: int, stretches: int = 0, pace: float = PACE
) -> Lesson:
    """A class with its teacher's page open; all arrive within two seconds."""
    teacher = Teacher(host)
    async with teacher.opened():
        await teacher.begin()
        everybody = [Client(host, k, teacher.class_id) for k in range(clients)]
        lesson = Lesson(everybody, teacher, [], [])
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

        async def rest() -> float:
            """Bare loops while the class rests, as fast as they would be without it."""
            await teacher.tell_all("Pause all", everybody, "paused")
            began = time.perf_counter()
            speed = await asyncio.to_thread(bare_on, CORES)
            taken = shares_in(began, time.perf_counter(), lesson.samples).sum()
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
    address: str, clients: int = CLIENTS, stretches: int = STRETCHES
) -> list[Row]:
    """How often charts move, how fast controls answer, what speed is left."""
    host = address.removeprefix("http://")
    lesson = asyncio.run(session(host, clients, stretches))
    everybody = lesson.students
    ratios = [speed_in(s, everybody) / s.plain for s in lesson.stretches]
    plain = statistics.median(stretch.plain for stretch in lesson.stretches)
    seen = [shares_in(s.first, s.last, lesson.samples) for s in lesson.stretches]
    shares = np.mean(seen, axis=0)
    gaps = [
        after[0] - before[0]
        for stretch in lesson.stretches
        for client in everybody
        for before, after in pairwise(moves_in(client, stretch))
    ]
    still = [
        stretch.last - moves[-1][0]
        for stretch in lesson.stretches
        for client in everybody
        if (moves := moves_in(client, stretch))
    ]
    answers = [answer for client in everybody for answer in client.answers]
    tabs = [*everybody, lesson.teacher]
    errors = [error for tab in tabs for error in tab.errors]
    memory = max(sample.memory for sample in lesson.samples)
    share = statistics.median(ratios)
    busy = "workers {:.0%}, server {:.0%}, clients {:.0%}".format(*shares)
    usual, p95 = np.percentile(gaps, [50, 95])
    answer = float(np.percentile(answers, 95))
    named = f"a class of {clients}, each training, its teacher watching: "
    return [
        Row(
            named + "time between two moves of a chart",
            f"median {usual:.2f} s, p95 {p95:.2f} s, longest {max(gaps + still):.2f} s",
            "at least once a second",
            p95 <= 1.0,
        ),
        Row(
            named + "answer of a control (Pause, Resume)",
            f"p95 {answer:.2f} s, median {np.median(answers):.2f} s",
            "p95 <= 1 s",
            answer <= 1.0,
        ),
        Row(
            named + f"all their steps / {CORES} bare loops at once",
            f"{share:.2f} (median of {len(ratios)} stretches, {min(ratios):.2f} to "
            f"{max(ratios):.2f}; the bare loops: {plain:.0f} steps per second; of the "
            f"cores: {busy})",
            ">= 0.8",
            share >= 0.8,
        ),
        Row(
            named + "memory of the server and its workers",
            f"{memory:.1f} GB at most; the teacher's page was drawn "
            f"{lesson.teacher.looks} times",
            "<= 4 GB",
            memory <= 4.0,
        ),
        Row(
            named + "errors",
            f"{len(errors)}" + (f" ({errors[0][:60]})" if errors else ""),
            "none",
            not errors,
        ),
    ]


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CLIENTS
    parts = int(sys.argv[2]) if len(sys.argv) > 2 else STRETCHES
    with served() as url:
        for row in measure(url, count, parts):
            print(row.line())
