"""The store: what happened to every run, in SQLite or in any SQLAlchemy database.

Nothing that a run needs lives anywhere else. One slice is one transaction, and a slice
that is written twice (because a crash made the engine train it again) changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, update

from explorer.config.run import BEST, RunConfig
from explorer.errors import N_, ExplorerError, Words
from explorer.runs import importing, reading, schema, writing
from explorer.runs.boards import Boards
from explorer.runs.contents import Contents
from explorer.runs.groups import Groups
from explorer.runs.guesses import Guesses
from explorer.runs.ids import new_id
from explorer.runs.importing import AdmitBytes, Imported
from explorer.runs.keys import Keys
from explorer.runs.leases import Leases
from explorer.runs.members import Members
from explorer.runs.messages import written
from explorer.runs.opening import WRITES, open_database, take_turn
from explorer.runs.passes import Passes
from explorer.runs.records import (
    ACTIVE,
    Checkpoint,
    Command,
    Curves,
    Progress,
    Run,
    Status,
    Validation,
)
from explorer.runs.room import Room
from explorer.runs.shelf import (
    Admit,
    Shelf,
    active,
    present,
    read_run,
    run_row,
    stored_bytes,
)
from explorer.runs.teachers import Teachers
from explorer.runs.thinning import Thinning


def open_store(url: str | None = None) -> "Store":
    """The store at `url`, at `EXPLORER_DATABASE`, or in the user's data folder.

    Raises:
        ExplorerError: if that is no database that can be opened, or a newer one.
    """
    return Store(open_database(url))


class Store:
    """Runs, their curves, commands, checkpoints and states. Any thread may use it."""

    def __init__(self, engine: Engine) -> None:
        """Keep runs in a database that `open_database` has opened."""
        self._reader = engine
        self._writer = engine.execution_options(**WRITES)
        self.shelf = Shelf(self._reader, self._writer)
        self.groups = Groups(self._reader, self._writer)
        self.members = Members(self._reader, self._writer)
        self.passes = Passes(self._reader, self._writer)
        self.guesses = Guesses(self._reader, self._writer)
        self.teachers = Teachers(self._reader, self._writer)
        self.contents = Contents(self._reader, self._writer)
        self.boards = Boards(self._reader)
        self.room = Room(self._reader, self._writer)
        self.thinning = Thinning(self._reader, self._writer)
        self.leases = Leases(self._reader, self._writer)
        self.keys = Keys(self._reader, self._writer)

    @property
    def address(self) -> str:
        """Where the database is, with the password if it has one."""
        return self._reader.url.render_as_string(hide_password=False)

    def create(
        self,
        config: RunConfig,
        parameters: int,
        status: Status = "training",
        parent: tuple[str, int | None] | None = None,
        owner: str = "",
        group_id: str = "",
        admit: Admit | None = None,
        first: Progress | None = None,
    ) -> Run:
        """Enter a new run; with `parent` = (run id, step), one forked from there; from
        its newest state where the step is None.

        A fork has its parent's curves and measurements up to that step, the commands
        before it, and the parent's checkpoint there as its own state. Another run may
        have a `first` state. `admit` is asked in the same transaction.

        Raises:
            ExplorerError: if there is no such parent, if it has no checkpoint at that
                step, naming the nearest, or as `admit` does.
        """
        run = Run(
            id=new_id(),
            config=config,
            status=status,
            step=0,
            seconds=0.0,
            parameters=parameters,
            created=datetime.now(UTC),
            parent=parent[0] if parent else None,
            owner=owner,
            group_id=group_id,
        )
        with self._writer.begin() as connection:
            if admit is not None:
                take_turn(connection)
                admit(active(connection, owner), 1)
            if parent is not None:
                first = reading.inherited(connection, *parent, status)
                run = replace(run, parent_step=first.step)
            connection.execute(insert(schema.runs).values(run_row(run)))
            if first is not None:
                writing.write(connection, run.id, first)
            return reading.run_of(connection, run.id)

    def import_runs(
        self,
        every: Sequence[Imported],
        owner: str = "",
        admit: AdmitBytes | None = None,
    ) -> None:
        """Take in runs as they stand, all or none, each under its own id; replaces
        those of these ids.

        `admit` is told what this owner stores with them, in the same transaction.

        Raises:
            ValueError: if an id is not of the form that `create` gives.
            ExplorerError: as `admit` does.
        """
        importing.check_ids(every)
        with self._writer.begin() as connection:
            take_turn(connection)
            for each in every:
                importing.take_in(connection, each)
            if admit is not None:
                admit(stored_bytes(connection, owner))

    def get(self, run_id: str) -> Run:
        """The run of that id.

        Raises:
            ExplorerError: if there is none.
        """
        with self._reader.connect() as connection:
            return reading.run_of(connection, run_id)

    def learned(self, start: str) -> tuple[RunConfig, bytes]:
        """What another run can begin with: a run's config, and its newest state or, as
        `RunConfig.start` says, that of its lowest held-out loss.

        Raises:
            ExplorerError: if there is no such run, if it has not trained yet, or if it
                has not kept its best moment.
        """
        run_id = start.removesuffix(BEST)
        run, newest = self.get(run_id), self.state(run_id)
        if start != run_id and newest is not None:
            return run.config, self.best_state(run_id).state
        if newest is None and run.step:
            raise reading.stateless(run_id)
        if newest is None:
            raise ExplorerError(
                N_(
                    "A run can begin with the weights of one that has some, but the "
                    "run '%(id)s' has not trained yet. Wait until it has."
                ),
                id=run.id,
            )
        return run.config, newest.state

    def runs(self, limit: int = 200) -> list[Run]:
        """The newest runs, newest first."""
        newest = present().order_by(schema.runs.c.created.desc())
        with self._reader.connect() as connection:
            rows = connection.execute(newest.limit(limit)).mappings()
            return [read_run(row) for row in rows]

    def same(self, config: RunConfig) -> Run | None:
        """The newest run of exactly this config; None if there is none."""
        text = config.to_json()
        alike = present().where(schema.runs.c.config == text)
        newest = alike.order_by(schema.runs.c.created.desc()).limit(1)
        with self._reader.connect() as connection:
            row = connection.execute(newest).mappings().first()
            return None if row is None else read_run(row)

    def active(self) -> list[Run]:
        """The runs that the engine has to drive, oldest first."""
        going = present().where(schema.runs.c.status.in_(ACTIVE))
        with self._reader.connect() as connection:
            rows = connection.execute(going.order_by(schema.runs.c.created)).mappings()
            return [read_run(row) for row in rows]

    def record(self, run_id: str, progress: Progress) -> bool:
        """Write what one slice brought, in one transaction.

        Steps that are already there are overwritten. The run's step, seconds and state
        never go back, and an ended run stays ended.

        Returns:
            False if the run has been deleted meanwhile.

        Raises:
            ValueError: if steps are missing between what is known and the slice.
        """
        return run_id in self.record_all({run_id: progress})

    def record_all(self, slices: Mapping[str, Progress]) -> set[str]:
        """`record` for a slice of each of these runs, by id, all in one transaction.

        Returns:
            The runs that have not been deleted meanwhile.

        Raises:
            ValueError: if steps are missing between what is known and a slice.
        """
        with self._writer.begin() as connection:
            return writing.write_all(connection, slices)

    def set_status(
        self,
        run_id: str,
        status: Status,
        message: Words | None = None,
        command: Command | None = None,
    ) -> Run:
        """Change a run's status, and note the command that did it.

        Raises:
            ExplorerError: if there is no such run.
        """
        values = {"status": status, "message": written(message)}
        changed = update(schema.runs).where(schema.runs.c.id == reading.key_of(run_id))
        with self._writer.begin() as connection:
            connection.execute(changed.values(values))
            run = reading.run_of(connection, run_id)
            if command is not None:
                row = {"run_id": run.id, **command._asdict()}
                connection.execute(insert(schema.commands).values(row))
        return run

    def activate(
        self, run_ids: Sequence[str], owner: str = "", admit: Admit | None = None
    ) -> None:
        """Let runs train, all or none, if `admit` has room for those that rest.

        Raises:
            ExplorerError: if there is no such run, or as `admit` does.
        """
        table = schema.runs.c
        with self._writer.begin() as connection:
            take_turn(connection)
            every = [reading.run_of(connection, run_id) for run_id in run_ids]
            resting = [run.id for run in every if run.status == "paused"]
            if admit is not None and resting:
                admit(active(connection, owner), len(resting))
            started = update(schema.runs).where(table.id.in_(resting))
            connection.execute(started.values(status="training", message=""))

    def curves(self, run_id: str, since: int = 0) -> Curves:
        """The curve of a run, from step index `since` on. Read-only arrays."""
        with self._reader.connect() as connection:
            return reading.curves_of(connection, run_id, since)

    def validations(self, run_id: str) -> list[Validation]:
        """Every measurement on the held-out part, in order."""
        with self._reader.connect() as connection:
            return reading.validations_of(connection, run_id)

    def commands(self, run_id: str) -> list[Command]:
        """What the run was told, in order."""
        with self._reader.connect() as connection:
            return reading.commands_of(connection, run_id)

    def state(self, run_id: str) -> Checkpoint | None:
        """The newest saved state, from which the run can go on."""
        wanted = reading.of(schema.states, run_id, *reading.STATE)
        with self._reader.connect() as connection:
            row = connection.execute(wanted).first()
        return reading.read_state(row) if row else None

    def checkpoint_steps(self, run_id: str) -> list[int]:
        """The steps whose state is kept, in order."""
        with self._reader.connect() as connection:
            return reading.kept_steps(connection, run_id)

    def checkpoint(self, run_id: str, step: int) -> Checkpoint:
        """The state after `step` updates: a checkpoint, or the newest saved state.

        Raises:
            ExplorerError: if none is kept for that step, naming the nearest.
        """
        with self._reader.connect() as connection:
            return reading.checkpoint_of(connection, run_id, step)

    def best(self, run_id: str) -> Validation | None:
        """The measurement of the lowest held-out loss; None where its state is not
        kept, as of runs from before it always was."""
        with self._reader.connect() as connection:
            return reading.best_of(connection, run_id)

    def best_state(self, run_id: str) -> Checkpoint:
        """The state at the lowest held-out loss.

        Raises:
            ExplorerError: if it is not kept.
        """
        best = self.best(run_id)
        if best is None:
            raise ExplorerError(
                N_(
                    "The best moment is that of the lowest held-out loss, but run "
                    "'%(run)s' has not kept it. Take its last one."
                ),
                run=run_id[:60],
            )
        return self.checkpoint(run_id, best.step)

    def delete(self, run_id: str) -> None:
        """Forget a run and all that belongs to it; its forks stay."""
        with self._writer.begin() as connection:
            writing.remove(connection, run_id)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
