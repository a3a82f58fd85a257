"""What watchers see: one feed per watched run, kept up to date as slices come in.

Frames are made once and shared by everybody who asks for the same. A watcher that
is slow or asleep misses frames, never the newest one, and never holds up a run.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from explorer.engine.jobs import Wanted
from explorer.engine.results import STORE_AGAIN
from explorer.errors import ExplorerError, Words
from explorer.runs.records import (
    Command,
    Curves,
    Progress,
    Run,
    Simple,
    Validation,
    View,
)
from explorer.runs.store import Store
from explorer.runs.trouble import database_trouble

T = TypeVar("T")

Watch = Callable[[str, tuple[Wanted, ...]], None]
Pictures = OrderedDict[Hashable, Any]
MOST_UNWANTED = 16
"""Kept per feed of views that nobody looks at any more: who comes back sees them."""

MOST_MADE = 16
"""Kept per feed of what was made of its snapshot: a frame for each way in which it is
looked at, and what was sent of it."""


MOST_LEFT = 8
"""Runs that nobody watches any more of which the pictures are kept: who loads a page
again sees them sooner."""


@dataclass(frozen=True)
class Snapshot:
    """A run as watchers see it at one moment."""

    run: Run
    curves: Curves
    validations: tuple[Validation, ...]
    commands: tuple[Command, ...]
    checkpoints: tuple[int, ...]
    views: dict[Wanted, View] = field(default_factory=dict)
    """The newest of each view that is watched live."""
    parent: Curves | None = None
    """The curves of the run that this one was forked from."""
    trouble: Words | None = None
    """Why nobody can train now."""
    commanded: bool = False
    """Whether it was told something meanwhile."""
    simple: Simple | None = None
    """What simple methods did on its data; None until that is known."""


class Feed:
    """The newest snapshot of one run, and who waits for the next. Event loop only."""

    def __init__(self, snapshot: Snapshot, pictures: Pictures | None = None) -> None:
        self.snapshot = snapshot
        self.version = 1
        self.wants: dict[object, tuple[Wanted, ...]] = {}
        self._changed = asyncio.Event()
        self._made: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self.pictures: Pictures = OrderedDict() if pictures is None else pictures
        """What was drawn of its views, kept by who draws them."""

    async def next(self, seen: int) -> int:
        """Wait until there is something newer than version `seen`."""
        while self.version <= seen:
            await self._changed.wait()
        return self.version

    def change(self, snapshot: Snapshot) -> None:
        """Show this from now on."""
        self.snapshot = snapshot
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `key` stands for at this version; made by the first who asks."""
        found = self._made.get(key)
        if found is None or found[0] != self.version:
            self._made[key] = found = (self.version, make())
        self._made.move_to_end(key)
        while len(self._made) > MOST_MADE:
            self._made.popitem(last=False)
        made: T = found[1]
        return made


class Hub:
    """Feeds by run. `heard` and `noted` may be called from any thread; all else in the
    loop."""

    def __init__(self, store: Store, watch: Watch) -> None:
        self._store, self._watch = store, watch
        self._feeds: dict[str, Feed] = {}
        self._left: OrderedDict[str, Pictures] = OrderedDict()
        """The pictures of runs that were watched last."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._trouble: Words | None = None
        self._untold: deque[Callable[[], None]] = deque()
        """What other threads have for the loop."""
        self._woken = False
        """Whether the loop will come for all that is untold by now."""

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serve watchers in this event loop."""
        self._loop, self._woken = loop, False

    def heard(
        self,
        run_id: str,
        progress: Progress | None,
        views: tuple[tuple[Wanted, View], ...],
    ) -> None:
        """The runner's listener: tell those who watch this run, if anybody does."""
        if self._loop is None or run_id not in self._feeds:
            return
        # What a slice adds may have cost others their place.
        added = progress is not None and progress.checkpoints
        kept = tuple(self._store.checkpoint_steps(run_id)) if added else None
        self._soon(lambda: self._hear(run_id, progress, views, kept))

    def _soon(self, work: Callable[[], None]) -> None:
        """Have the loop do this. It is woken once for all that comes until it does: a
        task brings the slices of many runs."""
        if self._loop is None:
            return  # nobody watches yet
        self._untold.append(work)
        if not self._woken:  # two threads may both find it so: it is woken twice
            self._woken = True
            self._loop.call_soon_threadsafe(self._catch_up)

    def _catch_up(self) -> None:
        self._woken = False  # before it looks: who comes later wakes it again
        try:
            while self._untold:
                self._untold.popleft()()
        finally:
            if self._untold and self._loop is not None:  # one of them failed
                self._loop.call_soon(self._catch_up)

    def tell(self, trouble: Words | None) -> None:
        """Have all who watch know why nobody can train now, or that it can be again."""
        if trouble != self._trouble:
            self._trouble = trouble
            for feed in self._feeds.values():
                feed.change(replace(feed.snapshot, trouble=trouble, commanded=False))

    def noted(self, run_ids: Iterable[str]) -> None:
        """These were told something while nobody can train. From any thread."""
        every = list(run_ids)
        self._soon(lambda: self._note(every))

    def _note(self, run_ids: list[str]) -> None:
        for run_id in run_ids:
            if self._trouble is not None and (feed := self._feeds.get(run_id)):
                feed.change(replace(feed.snapshot, commanded=True))

    def rolled(self, run_id: str, simple: Simple) -> None:
        """What simple methods did on a run's data is known. From any thread."""
        self._soon(lambda: self._roll(run_id, simple))

    def _roll(self, run_id: str, simple: Simple) -> None:
        if feed := self._feeds.get(run_id):
            feed.change(replace(feed.snapshot, simple=simple))

    async def subscribe(self, run_id: str, who: object) -> Feed:
        """The feed of a run, loaded from the store on first sight.

        Raises:
            ExplorerError: if there is no such run.
        """
        if run_id not in self._feeds:
            snapshot = await asyncio.to_thread(self._load, run_id)
            self._feeds.setdefault(run_id, Feed(snapshot, self._left.get(run_id)))
            # What a slice brought while the store was read is read again.
            self._reload(run_id)
        feed = self._feeds[run_id]
        feed.wants.setdefault(who, ())
        return feed

    def want(self, run_id: str, who: object, wanted: tuple[Wanted, ...]) -> None:
        """Say which live views `who` looks at."""
        feed = self._feeds.get(run_id)
        if feed is not None and feed.wants.get(who) != wanted:
            feed.wants[who] = wanted
            self._rewatch(run_id, feed)

    def leave(self, run_id: str, who: object) -> None:
        """`who` watches no more; an unwatched feed is let go."""
        feed = self._feeds.get(run_id)
        if feed is None or feed.wants.pop(who, None) is None:
            return
        self._rewatch(run_id, feed)
        if not feed.wants:
            del self._feeds[run_id]
            self._left[run_id] = feed.pictures
            self._left.move_to_end(run_id)
            while len(self._left) > MOST_LEFT:
                self._left.popitem(last=False)

    @property
    def watchers(self) -> int:
        """How many are watching, over all runs."""
        return sum(len(feed.wants) for feed in self._feeds.values())

    def _rewatch(self, run_id: str, feed: Feed) -> None:
        union = dict.fromkeys(w for wanted in feed.wants.values() for w in wanted)
        self._watch(run_id, tuple(union))

    def _load(self, run_id: str) -> Snapshot:
        store = self._store
        run = store.get(run_id)
        return Snapshot(
            run,
            store.curves(run_id),
            tuple(store.validations(run_id)),
            tuple(store.commands(run_id)),
            tuple(store.checkpoint_steps(run_id)),
            parent=store.curves(run.parent) if run.parent else None,
            trouble=self._trouble,
        )

    def _reload(self, run_id: str) -> None:
        feed = self._feeds[run_id]
        old = feed.snapshot
        feed.change(replace(self._load(run_id), views=old.views, simple=old.simple))

    def _read_again(self, run_id: str) -> None:
        """Read a feed anew: later if the database fails, not if its run is gone."""
        if run_id not in self._feeds:
            return
        try:
            self._reload(run_id)
        except ExplorerError:
            return
        except Exception as error:
            if database_trouble(error) is None:
                raise
            assert self._loop is not None  # it is what called
            self._loop.call_later(STORE_AGAIN, self._read_again, run_id)

    def _hear(
        self,
        run_id: str,
        progress: Progress | None,
        views: tuple[tuple[Wanted, View], ...],
        kept: tuple[int, ...] | None,
    ) -> None:
        feed = self._feeds.get(run_id)
        if feed is None:
            return
        old = feed.snapshot
        if progress is None or progress.first_step > len(old.curves.losses):
            self._read_again(run_id)
            return
        run = replace(
            old.run,
            status=progress.status,
            step=progress.step,
            seconds=progress.seconds,
            message=progress.message,
        )
        validations = {v.step: v for v in (*old.validations, *progress.validations)}
        feed.change(
            replace(
                old,
                run=run,
                curves=old.curves.until(progress.first_step).then(progress.curves),
                validations=tuple(validations[step] for step in sorted(validations)),
                commands=(*old.commands, *progress.commands),
                checkpoints=old.checkpoints if kept is None else kept,
                views=self._kept(feed, dict(views)),
            )
        )

    def _kept(self, feed: Feed, new: dict[Wanted, View]) -> dict[Wanted, View]:
        """The newest of each view that somebody looks at, and the last of others."""
        old = feed.snapshot.views
        kept = {want: view for want, view in old.items() if want not in new} | new
        wanted = {want for wants in feed.wants.values() for want in wants}
        for want in [each for each in kept if each not in wanted][:-MOST_UNWANTED]:
            del kept[want]
        return kept
