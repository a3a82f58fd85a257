"""What one tab asks of the store, one look after the other."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.looks import Looks
from explorer.errors import ExplorerError
from explorer.runs.records import View
from explorer.ui.live.elsewhere import Elsewhere
from explorer.ui.page import explained

_T = TypeVar("_T")

Seen = tuple[RunConfig, View] | ExplorerError
"""A view with its run's config, or why there is none."""


class Looking:
    """A tab's looks at moments that lie still; the newest that waits is next."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._under_way = asyncio.Lock()

    async def at(
        self, run_id: str, step: int, needed: tuple[Wanted, ...]
    ) -> Sequence[View]:
        """Views of a run as it was after `step` updates.

        Raises:
            ExplorerError: if nothing is stored for that step, or a view is unknown.
        """
        return await self.alone(self._looks.at_async(run_id, step, needed))

    async def elsewhere(self, needed: Iterable[Elsewhere]) -> Mapping[Elsewhere, Seen]:
        """What is to be seen of other moments and runs, asked for in one go."""
        every = list(dict.fromkeys(needed))
        if not every:
            return {}
        found = await self.alone(self._all(every))
        return dict(zip(every, found, strict=True))

    async def alone(self, look: Coroutine[Any, Any, _T]) -> _T:
        """What a look brings: it begins when this tab's last one is back, unless a
        newer wish has taken its place by then."""
        try:
            await self._under_way.acquire()
        except asyncio.CancelledError:
            look.close()
            raise
        task = asyncio.create_task(look)
        task.add_done_callback(self._back)
        return await asyncio.shield(task)

    def _back(self, task: asyncio.Task[Any]) -> None:
        """A look is back; who asked for it may be gone, and its error with them."""
        self._under_way.release()
        if not task.cancelled():
            task.exception()

    async def _all(self, needed: Sequence[Elsewhere]) -> list[Seen]:
        return await asyncio.gather(*map(self._seen, needed))

    async def _seen(self, need: Elsewhere) -> Seen:
        """A view of elsewhere, or why there is none: the other pictures need it not."""
        try:
            return await self._looks.elsewhere(*need)
        except Exception as error:
            return explained(error)
