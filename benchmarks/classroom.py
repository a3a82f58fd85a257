"""A class of browsers, each training its own run on one small server.

A client speaks Streamlit's own protocol (it clicks Train and Pause) and watches its run
on the live socket, as a tab does. Clients and server share the machine's cores.

python -m benchmarks.classroom [CLIENTS] [SECONDS]
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from urllib.parse import parse_qs

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.browser import served
from benchmarks.report import Row
from benchmarks.throughput import bare
from explorer.ui.places import SOCKET

CLIENTS, SECONDS = 40, 60
CORES = 2
BARE_STEPS = 4000
SETTINGS = "training.steps=20000&training.schedule=constant&model=lstm&seed={seed}"


class Client:
    """One tab: its page, its run, and when its chart moved."""

    def __init__(self, host: str, seed: int) -> None:
        self.host, self.seed = host, seed
        self.buttons: dict[str, str] = {}
        self.run = ""
        self.status = ""
        self.moves: list[tuple[float, int]] = []
        self.answers: list[float] = []
        self.errors: list[str] = []

    async def live(self, seconds: float) -> None:
        """Open the page, train, watch, and pause and resume on the way."""
        headers = {"Origin": f"http://{self.host}"}
        page_url = f"ws://{self.host}/_stcore/stream"
        async with connect(
            page_url,
            additional_headers=headers,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            ping_interval=None,
        ) as page:
            reader = asyncio.create_task(self.read_page(page))
            await self.rerun(page)
            await self.until(lambda: "Train" in self.buttons)
            await self.click(page, "Train")
            await self.until(lambda: bool(self.run))
            async with connect(
                f"ws://{self.host}{SOCKET}",
                additional_headers=headers,
                max_size=None,
                ping_interval=None,
            ) as socket:
                watcher = asyncio.create_task(self.watch(socket))
                await self.until(lambda: len(self.moves) > 1)
                await asyncio.sleep(seconds * (0.3 + 0.5 * self.seed / CLIENTS))
                await self.answered(page, "Pause", "paused")
                await self.answered(page, "Resume", "training")
                await asyncio.sleep(seconds * 0.3)
                await self.click(page, "Stop")
                await self.until(lambda: self.status == "stopped")
                watcher.cancel()
            reader.cancel()

    async def rerun(self, page: ClientConnection, button: str = "") -> None:
        message = BackMsg()
        query = SETTINGS.format(seed=self.seed)
        if self.run:
            query += f"&run={self.run}"
        message.rerun_script.query_string = query
        if button:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[button], True
        await page.send(message.SerializeToString())

    async def click(self, page: ClientConnection, button: str) -> None:
        await self.rerun(page, button)

    async def answered(self, page: ClientConnection, button: str, status: str) -> None:
        """Click, and note how long the run took to show it."""
        await self.rerun(page)
        await self.until(lambda: button in self.buttons)
        began = time.perf_counter()
        await self.click(page, button)
        await self.until(lambda: self.status == status)
        self.answers.append(time.perf_counter() - began)

    async def until(self, condition, seconds: float = 60) -> None:  # type: ignore[no-untyped-def]
        deadline = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > deadline:
                raise TimeoutError(f"client {self.seed} waited in vain")
            await asyncio.sleep(0.01)

    async def read_page(self, page: ClientConnection) -> None:
        async for raw in page:
            message = ForwardMsg()
            message.ParseFromString(raw)  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "page_info_changed":
                query = parse_qs(message.page_info_changed.query_string)
                self.run = query.get("run", [self.run])[0]
            elif kind == "delta" and message.delta.HasField("new_element"):
                element = message.delta.new_element
                if element.HasField("button"):
                    self.buttons[element.button.label] = element.button.id
                if element.HasField("exception"):
                    self.errors.append(element.exception.message)

    async def watch(self, socket: ClientConnection) -> None:
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


def processor_seconds() -> tuple[float, float, float]:
    """Used so far by: the workers, the server, and this process with its clients."""
    own = psutil.Process()
    used = {"workers": 0.0, "server": 0.0, "clients": sum(own.cpu_times()[:2])}
    for process in own.children(recursive=True):
        seconds = sum(process.cpu_times()[:2])
        server = "streamlit" in process.cmdline()
        used["server" if server else "workers"] += seconds
    return used["workers"], used["server"], used["clients"]


async def sampled(samples: list[tuple[float, tuple[float, float, float]]]) -> None:
    """Look at the processors every half second."""
    while True:
        samples.append((time.perf_counter(), processor_seconds()))
        await asyncio.sleep(0.5)


async def session(
    host: str,
    clients: int,
    seconds: float,
    samples: list[tuple[float, tuple[float, float, float]]],
) -> list[Client]:
    """All clients at once, arriving within two seconds."""
    everybody = [Client(host, seed) for seed in range(clients)]
    sampler = asyncio.create_task(sampled(samples))

    async def arrive(client: Client) -> None:
        await asyncio.sleep(2 * client.seed / clients)
        await client.live(seconds)

    outcomes = await asyncio.gather(
        *(arrive(client) for client in everybody), return_exceptions=True
    )
    for client, outcome in zip(everybody, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            client.errors.append(repr(outcome))
    sampler.cancel()
    return everybody


def measure(
    address: str, clients: int = CLIENTS, seconds: float = SECONDS
) -> list[Row]:
    """How often charts move, how fast controls answer, what speed is left."""
    before = bare_on(CORES)
    host = address.removeprefix("http://")
    samples: list[tuple[float, tuple[float, float, float]]] = []
    everybody = asyncio.run(session(host, clients, seconds, samples))
    plain = (before + bare_on(CORES)) / 2
    starts = [client.moves[0][0] for client in everybody if client.moves]
    # The stretch in which all are there and most of them train.
    first, last = max(starts) + 1, max(starts) + 1 + seconds * 0.25
    gaps, steps = [], 0
    for client in everybody:
        inside = [(at, step) for at, step in client.moves if first <= at <= last]
        gaps += [b[0] - a[0] for a, b in pairwise(inside)]
        steps += inside[-1][1] - inside[0][1] if inside else 0
    used = [seconds for at, seconds in samples if first <= at <= last]
    shares = np.subtract(used[-1], used[0]) / (0.5 * (len(used) - 1) * CORES)
    busy = "workers {:.0%}, server {:.0%}, clients {:.0%}".format(*shares)
    speed, answers = steps / (last - first), [a for c in everybody for a in c.answers]
    errors = [error for client in everybody for error in client.errors]
    middle, p95 = np.percentile(gaps, [50, 95])
    answer = float(np.percentile(answers, 95))
    share = speed / plain
    named = f"{clients} browsers, each training: "
    return [
        Row(
            named + "time between two moves of a chart",
            f"median {middle:.2f} s, p95 {p95:.2f} s, longest {max(gaps):.2f} s",
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
            f"{share:.2f} ({speed:.0f} / {plain:.0f} steps per second; "
            f"of the cores: {busy})",
            ">= 0.8",
            share >= 0.8,
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
    length = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    with served() as url:
        for row in measure(url, count, length):
            print(row.line())
