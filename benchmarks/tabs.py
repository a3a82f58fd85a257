"""Browsers without a screen: clients that speak Streamlit's own protocol.

A tab runs the page's script, clicks its buttons and has its fragments drawn anew as
often as the browser does. A teacher makes a class and keeps its page open; a student
joins it by nickname, clicks Train and Pause, and watches the run on the live socket.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from explorer.ui.places import SOCKET


def settings(model: str = "lstm") -> str:
    """What a class trains, as a link's settings."""
    return f"training.steps=20000&training.schedule=constant&model={model}"


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
        async with self.connected():
            await self.rerun()
            yield

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Connected, with nothing drawn yet."""
        async with self.socket("_stcore/stream", ["streamlit"]) as page:
            self._page = page
            reader = asyncio.create_task(self._read(page))
            try:
                yield
            finally:
                for task in (reader, *self._timers.values()):
                    task.cancel()

    def socket(self, path: str, protocols: list[str] | None = None) -> connect:
        """A websocket of this browser."""
        return connect(
            f"ws://{self.host}/{path}",
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
            elif kind == "navigation":
                self._script = message.navigation.page_script_hash
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

    def __init__(self, host: str, model: str) -> None:
        super().__init__(host, settings(model), "class")

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
            await self.rerun("Join", Nickname=f"Guest {self.seed}")
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

    async def follow(self, run: str, over: asyncio.Event) -> None:
        """Watch somebody's run by its link."""
        self.query = f"run={run}"
        async with self.opened(), self.socket(SOCKET) as socket:
            watcher = asyncio.create_task(self.watch(socket))
            await over.wait()
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
