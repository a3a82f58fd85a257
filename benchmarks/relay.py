"""A relay before the server that counts what it passes on, as it is on the wire."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from explorer.ui.places import SOCKET

CHUNK = 2**16


class Relay:
    """Passes on what a browser and a server say; counts the bytes for the browser."""

    def __init__(self, address: str) -> None:
        self.target = urlsplit(address)
        self.bytes: Counter[str] = Counter()
        """By what they were for: "live" for our socket, "pages" for all else."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.bytes.total()

    async def meet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection of a browser, to its end."""
        host, port = self.target.hostname, self.target.port
        up_reader, up_writer = await asyncio.open_connection(host, port)
        head = await reader.read(CHUNK)
        kind = "live" if SOCKET.encode() in head.partition(b"\r\n")[0] else "pages"
        up_writer.write(head)
        with suppress(asyncio.CancelledError):  # as the relay ends
            await asyncio.gather(
                self.pump(reader, up_writer, "up"), self.pump(up_reader, writer, kind)
            )

    async def pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: str
    ) -> None:
        """Pass on what comes in one direction."""
        try:
            while data := await reader.read(CHUNK):
                if kind != "up":
                    self.bytes[kind] += len(data)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # either side went away
        finally:
            writer.close()


@contextmanager
def relayed(address: str) -> Iterator[tuple[str, Relay]]:
    """An address that leads to the server at `address`, and the count."""
    relay, loop, stop = Relay(address), asyncio.new_event_loop(), asyncio.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    async def serve() -> None:
        server = await asyncio.start_server(relay.meet, sock=listening)
        await stop.wait()
        server.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}", relay
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
