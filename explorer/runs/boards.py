"""How a group's runs stand: the best and the newest of everybody, in three questions.

A class of forty is looked at once a second, so nothing is asked run by run.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, and_, case, func, select

from explorer.runs import schema
from explorer.runs.guesses import Guess, Guesses
from explorer.runs.records import Member, Status

FAR = 2**31 - 1
"""A step that no run gets to: no limit."""


class Score(NamedTuple):
    """How one run of a group stands."""

    run_id: str
    owner: str
    status: Status
    step: int
    best: float | None
    """The lowest validation loss within the limit; None before the first."""
    reached: int | None
    """The first step at which the goal was met; None if it never was."""


class Line(NamedTuple):
    """The validation losses of a run."""

    steps: NDArray[np.float32]  # (n,)
    losses: NDArray[np.float32]  # (n,) NaN where not finite


class Trained(NamedTuple):
    """What a run of a class is known by on the board."""

    model: str
    hidden_size: int | None
    layers: int | None
    learning_rate: float


class Standing(NamedTuple):
    """How a member of a class stands; nothing in it names a run or a person."""

    nickname: str
    seat: int
    """In the order in which people came; others leave it as it is."""
    best: float | None
    step: int
    """Of the run that is shown."""
    reached: int | None
    """The least step at which a run of theirs met the goal."""
    training: bool
    line: Line
    """Of the newest run while it is under way, else of the best."""
    seen: bool = True
    """Whether the others see the nickname."""
    drawn: Trained | None = None
    """What the line is of; None before the first run."""
    won: Trained | None = None
    """What reached `best`, or the newest run where nothing was measured."""
    guess: Guess | None = None
    """What they expected."""


class Boards:
    """What `Store.boards` is."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader
        self._guesses = Guesses(reader, reader)

    def scores(
        self, group_id: str, goal: float | None = None, within: int | None = None
    ) -> list[Score]:
        """Every run of a group, oldest first.

        Args:
            group_id: whose runs.
            goal: the validation loss to reach.
            within: measurements after so many steps do not count.
        """
        runs, seen = schema.runs.c, schema.validations.c
        counted = seen.step <= (FAR if within is None else within)
        met = and_(counted, seen.loss <= (-math.inf if goal is None else goal))
        wanted = (
            select(
                runs.id,
                runs.owner,
                runs.status,
                runs.step,
                func.min(case((counted, seen.loss))),
                func.min(case((met, seen.step))),
            )
            .outerjoin(schema.validations, seen.run_id == runs.id)
            .where(runs.group_id == group_id, runs.deleted.is_(None))
            .group_by(runs.id, runs.owner, runs.status, runs.step, runs.created)
            .order_by(runs.created)
        )
        with self._reader.connect() as connection:
            rows = connection.execute(wanted).all()
        return [Score(*row[:4], _finite(row[4]), row[5]) for row in rows]

    def standings(
        self,
        members: Sequence[Member],
        group_id: str,
        goal: float | None = None,
        within: int | None = None,
    ) -> list[Standing]:
        """How the members of a class stand; the arguments are those of `scores`."""
        scores = self.scores(group_id, goal, within)
        shown = [score.run_id for score in shown_runs(scores).values()]
        best = [score.run_id for score in best_runs(scores).values()]
        trained = self.trained({*shown, *best})
        found = standings(members, scores, self.lines(shown), trained)
        guesses = self._guesses.of(group_id)
        by_seat = {m.seat: guesses.get(m.owner) for m in members}
        return [standing._replace(guess=by_seat[standing.seat]) for standing in found]

    def trained(self, run_ids: Collection[str]) -> Mapping[str, Trained]:
        """What these runs are, by run id."""
        runs = schema.runs.c
        wanted = select(runs.id, runs.config).where(runs.id.in_(run_ids))
        with self._reader.connect() as connection:
            return {
                run_id: _trained(text) for run_id, text in connection.execute(wanted)
            }

    def lines(self, run_ids: Sequence[str]) -> Mapping[str, Line]:
        """The validation losses of these runs, by run id."""
        seen = schema.validations.c
        wanted = select(seen.run_id, seen.step, seen.loss)
        wanted = wanted.where(seen.run_id.in_(run_ids)).order_by(seen.step)
        found: dict[str, list[tuple[int, float]]] = {run_id: [] for run_id in run_ids}
        with self._reader.connect() as connection:
            for run_id, step, loss in connection.execute(wanted):
                number = _finite(loss)
                found[run_id].append((step, math.nan if number is None else number))
        return {run_id: _line(points) for run_id, points in found.items()}


def standings(
    members: Sequence[Member],
    scores: Sequence[Score],
    lines: Mapping[str, Line],
    trained: Mapping[str, Trained],
) -> list[Standing]:
    """Everybody, the best first, then who has not trained yet.

    Args:
        members: in the order in which they came.
        scores: of all runs, oldest first.
        lines: of those that `shown_runs` names.
        trained: what those are, and those that `best_runs` names.
    """
    shown, best = shown_runs(scores), best_runs(scores)
    found = []
    for member in members:
        own = [score for score in scores if score.owner == member.owner]
        met = [score.reached for score in own if score.reached is not None]
        run, won = shown.get(member.owner), best.get(member.owner)
        found.append(
            Standing(
                member.nickname,
                member.seat,
                won and won.best,
                run.step if run else 0,
                min(met, default=None),
                any(score.status == "training" for score in own),
                lines[run.run_id] if run else _line([]),
                member.seen,
                trained.get(run.run_id) if run else None,
                trained.get(won.run_id) if won else None,
            )
        )
    return sorted(found, key=lambda s: (s.best is None, s.best or 0.0, s.seat))


def shown_runs(scores: Sequence[Score]) -> dict[str, Score]:
    """By owner: the newest run while it is under way, else the best of theirs."""
    found: dict[str, Score] = {}
    for score in scores:
        before = found.get(score.owner)
        going = score.status in ("training", "paused")
        if before is None or going or _rank(score) <= _rank(before):
            found[score.owner] = score
    return found


def best_runs(scores: Sequence[Score]) -> dict[str, Score]:
    """By owner: the newest of the best of theirs."""
    found: dict[str, Score] = {}
    for score in scores:
        before = found.get(score.owner)
        if before is None or _rank(score) <= _rank(before):
            found[score.owner] = score
    return found


def _rank(score: Score) -> float:
    return math.inf if score.best is None else score.best


def _finite(loss: float | None) -> float | None:
    return loss if loss is not None and math.isfinite(loss) else None


def _trained(config: str) -> Trained:
    """Out of a config's JSON."""
    values = json.loads(config)
    model, training = values["model_settings"], values["training"]
    return Trained(
        values["model"],
        model.get("hidden_size"),
        model.get("layers"),
        training["learning_rate"],
    )


def _line(points: list[tuple[int, float]]) -> Line:
    table = np.array(points, np.float32).reshape(-1, 2)
    return Line(table[:, 0], table[:, 1])
