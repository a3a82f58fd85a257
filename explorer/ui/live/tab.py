"""What one browser tab is sent through its socket."""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.engine.hub import Feed, Snapshot
from explorer.engine.jobs import Wanted
from explorer.engine.service import Engine
from explorer.engine.simple import offered
from explorer.errors import N_, ExplorerError, unknown
from explorer.runs.records import View
from explorer.ui.language import translator
from explorer.ui.live.asked import asked, wanted
from explorer.ui.live.elsewhere import Others, left_out, needs_of
from explorer.ui.live.framed import Framed
from explorer.ui.live.frames import frame
from explorer.ui.live.held import hold
from explorer.ui.live.looking import Looking
from explorer.ui.live.table import table
from explorer.ui.live.wishes import LIVE, MOST_MESSAGE, Wish, read_wish
from explorer.ui.page import explained

log = logging.getLogger(__name__)
Views = Mapping[Wanted, View]

LEAST_PAUSE = 0.15
"""Seconds between two frames of one tab: more is not seen, only paid for."""

SIMPLE = frozenset({"loss", "prediction"})
"""The panels that draw simple methods beside a model."""

AGAIN_AFTER, SELDOM = 1.0, 30.0
"""Seconds after which what failed is tried again: at first, and in the long run."""

GONE = (WebSocketDisconnect, RuntimeError)
"""What comes of a tab that went away."""


def logged(sender: "asyncio.Task[None]") -> None:
    """Write down the bug that ended the frames of a tab: nobody waits for its end."""
    bug = None if sender.cancelled() else sender.exception()
    if bug is not None and not isinstance(bug, GONE):
        log.error("The frames of a tab ended.", exc_info=bug)


class Sink(Protocol):
    """Where what a tab is shown goes."""

    async def send_bytes(self, data: bytes) -> None:
        """Take a frame."""

    async def send_text(self, data: str) -> None:
        """Take anything else, as JSON."""


class Tab:
    """What one socket shows. A newer wish replaces the older one at once."""

    def __init__(self, sink: Sink, owner: Engine, cookie: str = "") -> None:
        """Show it there.

        Args:
            cookie: of the browser that may have its run hold a change.
        """
        self.sink, self.engine, self.cookie = sink, owner, cookie
        self.wish = Wish()
        self.given: Framed | None = None
        """The last frame that was sent."""
        self.basis: int | None = None
        """The kept step whose axes stay while this tab shows a run."""
        self.missing = False
        """Whether something elsewhere is missing in the last frame."""
        self.shown_error: str | None = None
        """What the reader was told is wrong with this wish, until it is so no more;
        empty if it was another wish's."""
        self.stands = False
        """Whether the reader still sees a sentence about what is wrong."""
        self.feed: Feed | None = None
        self.sender: asyncio.Task[None] | None = None
        self.looking = Looking(owner.looks)

    async def listen(self, socket: WebSocket) -> None:
        """Follow every wish that comes, until the tab goes away."""
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                # Bytes are no message of ours, and read as an empty one.
                wish = read_wish((message.get("text") or "")[: MOST_MESSAGE + 1])
                await self.follow(wish)
            except Exception as error:
                await self.complain(explained(error))

    async def follow(self, wish: Wish) -> None:
        """Show what is wished for from now on."""
        if wish.csv and self.feed is not None:
            await self.download(wish, self.feed)
            return
        if wish.hold and wish.run:
            await asyncio.to_thread(hold, self.engine, wish, self.cookie)
            return
        if self.sender is not None:
            self.sender.cancel()
            self.sender = None
        if wish.run != self.wish.run:
            self.leave()
            self.basis = None
        self.wish, self.shown_error = wish, "" if self.stands else None
        if not wish.run:
            return
        wait = 0.0
        try:
            await self.watch()
        except Exception as error:
            await self.lack(error)
            wait = AGAIN_AFTER
        if not wish.hidden:
            self.sender = asyncio.create_task(self.send(wait))
            self.sender.add_done_callback(logged)

    async def watch(self) -> Feed:
        """The feed of the run that is wished for; it knows what this tab looks at."""
        wish = self.wish
        self.feed = feed = await self.engine.hub.subscribe(wish.run, self)
        live = wish.at == LIVE and not wish.hidden
        config = feed.snapshot.run.config
        self.engine.hub.want(wish.run, self, wanted(config, wish) if live else ())
        return feed

    async def download(self, wish: Wish, feed: Feed) -> None:
        """Send the numbers of one panel's view as a table."""
        run = feed.snapshot.run
        step = self.kept_step(feed) if wish.at == LIVE else wish.at
        wanted_of = {
            a.panel.name: a.wanted for a in asked(run.config, wish) if a.wanted
        }
        if wish.csv not in wanted_of:
            raise unknown(N_("view"), wish.csv, wanted_of)
        (view,) = await self.looking.at(run.id, step, wanted_of[wish.csv][:1])
        name = f"{view.name}-{step}.csv"
        message = {"download": {"name": name, "content": table(view)}}
        await self.sink.send_text(json.dumps(message))

    def kept_step(self, feed: Feed) -> int:
        """The newest moment that can be read from the store."""
        snapshot = feed.snapshot
        if snapshot.run.status != "training":
            return snapshot.run.step
        return max(snapshot.checkpoints, default=0)

    async def send(self, wait: float) -> None:
        """Frames for the present wish, the newest only, as the tab takes them.

        What fails is tried again, ever more seldom, until its cause is gone.
        """
        seen, again = 0, AGAIN_AFTER
        await asyncio.sleep(wait)
        while True:
            failed = True
            try:
                feed = self.feed or await self.watch()
                seen = await feed.next(seen)
                await self.show(feed)
                failed = self.missing
            except GONE:
                # The tab went away between two frames; `listen` cleans up.
                return
            except Exception as error:
                await self.lack(error)
            await asyncio.sleep(LEAST_PAUSE)
            if failed:
                await self.change(seen, again)
                seen, again = 0, min(2 * again, SELDOM)
            else:
                again = AGAIN_AFTER

    async def change(self, seen: int, most: float) -> None:
        """Wait for something newer than what was seen, for so many seconds at most."""
        if self.feed is None:
            await asyncio.sleep(most)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self.feed.next(seen), most)

    async def lack(self, error: Exception) -> None:
        """Say what is wrong, once per wish, until it is so no more."""
        explanation = explained(error)
        if str(explanation) != self.shown_error:
            self.shown_error = str(explanation)
            await self.complain(explanation)

    async def lack_no_more(self) -> None:
        """Take back what was said, if all is there."""
        if self.shown_error is not None and not self.missing:
            self.shown_error, self.stands = None, False
            await self.sink.send_text(json.dumps({"error": ""}))

    async def complain(self, error: ExplorerError) -> None:
        """Say what is wrong, in the language of the last wish that could be read."""
        text = error.text(translator(self.wish.language))
        self.stands = True
        await self.sink.send_text(json.dumps({"error": text}))

    async def show(self, feed: Feed) -> None:
        """Send the newest frame; what a run at rest looks like inside may follow."""
        snapshot = feed.snapshot
        run, views = snapshot.run, snapshot.views
        live = self.wish.at == LIVE
        self.compare(snapshot)
        if live and (views or run.status == "training"):
            others = await self.elsewhere(feed) if run.status == "training" else {}
            await self.give(feed, self.framed(feed, views, others))
        if not live or run.status != "training":
            step = run.step if live else self.wish.at
            stored = await self.stored(feed, step)
            others = await self.elsewhere(feed)
            if feed.snapshot is snapshot:
                await self.give(feed, self.framed(feed, stored, others, "rest"))
        await self.lack_no_more()

    def compare(self, snapshot: Snapshot) -> None:
        """Have simple methods fitted to the run's data, once its curve has begun."""
        wants = SIMPLE.intersection(self.wish.names)
        if snapshot.simple is not None or not snapshot.validations or not wants:
            return
        if offered(snapshot.run.config):
            self.engine.simple.want(snapshot.run)

    def framed(
        self, feed: Feed, views: Views, others: Others, origin: str = "live"
    ) -> Framed:
        """The frame for this tab; tabs with the same wish share it."""
        wish, snapshot, basis = self.wish, feed.snapshot, self.basis or 0
        return feed.made(
            (wish, len(views), frozenset(others), basis, origin),
            lambda: Framed(frame(snapshot, wish, views, others, basis, feed.pictures)),
        )

    async def give(self, feed: Feed, now: Framed) -> None:
        """Send a frame, or to who keeps the last one what changed since."""
        since = self.given if self.wish.keeps else None
        # Where this is overtaken by a newer wish, nobody knows what came through.
        self.given = None
        await self.sink.send_bytes(feed.made((now, since), lambda: now.as_bytes(since)))
        self.given = now

    async def stored(self, feed: Feed, step: int) -> Views:
        """Views of a moment that lies still: a checkpoint, or where the run rests."""
        run = feed.snapshot.run
        if run.step == 0 and not feed.snapshot.checkpoints:
            return {}
        needed = wanted(run.config, self.wish)
        views = await self.looking.at(run.id, step, needed)
        return dict(zip(needed, views, strict=True))

    async def elsewhere(self, feed: Feed) -> Others:
        """What panels show of other moments and runs, as far as it is there; what is
        missing is said."""
        snapshot, wish = feed.snapshot, self.wish
        self.missing = False
        if not snapshot.checkpoints:
            return {}
        each = asked(snapshot.run.config, wish)
        if self.basis is None and any(a.panel.basis for a in each):
            self.basis = max(snapshot.checkpoints)
        needs = (needs_of(a, snapshot, wish, self.basis or 0) for a in each)
        seen = await self.looking.elsewhere(need for n in needs for need in n.each())
        missing = {n: e for n, e in seen.items() if isinstance(e, ExplorerError)}
        if missing and self.basis not in (None, *snapshot.checkpoints):
            self.basis = None  # it is kept no more
            return await self.elsewhere(feed)
        self.missing = bool(missing)
        if missing:
            await self.lack(left_out(snapshot.run.id, missing))
        return {n: v for n, v in seen.items() if not isinstance(v, ExplorerError)}

    def leave(self) -> None:
        """Watch nothing any more."""
        if self.sender is not None:
            self.sender.cancel()
            self.sender = None
        if self.feed is not None:
            self.engine.hub.leave(self.wish.run, self)
            self.feed = None
