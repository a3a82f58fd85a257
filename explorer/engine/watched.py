"""Which views somebody watches, and which of them nobody has seen yet."""

from collections.abc import Iterable

from explorer.engine.jobs import Wanted


class Watched:
    """By run. One who comes to a run sees each view in its next slice; from then on a
    worker chooses when to look."""

    def __init__(self) -> None:
        self._views: dict[str, tuple[Wanted, ...]] = {}
        self._unseen: dict[str, tuple[Wanted, ...]] = {}

    def watch(self, run_id: str, wanted: Iterable[Wanted]) -> None:
        """Have these watched from now on, instead of those before."""
        views, before = tuple(wanted), self._views.get(run_id, ())
        waiting = self._unseen.get(run_id, ())
        unseen = tuple(w for w in views if w not in before or w in waiting)
        for held, each in ((self._views, views), (self._unseen, unseen)):
            held.pop(run_id, None)
            if each:
                held[run_id] = each

    def of(self, run_id: str) -> tuple[tuple[Wanted, ...], tuple[Wanted, ...]]:
        """What is watched of a run, and what of it its next slice must bring."""
        return self._views.get(run_id, ()), self._unseen.pop(run_id, ())
