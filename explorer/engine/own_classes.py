"""What a person does in classes: join one, use its codes, guess, use it again."""

import math
from collections.abc import Callable

from explorer.engine import classes
from explorer.engine.allowed import Allowed
from explorer.engine.class_tasks import copy_class, home_of, tasks_of
from explorer.engine.classes import check_member, read_task
from explorer.engine.service import Engine
from explorer.errors import N_, ExplorerError
from explorer.runs.guesses import Guess
from explorer.runs.passes import Pass, plain
from explorer.runs.records import Group


class OwnClasses:
    """What `Visitor.classes` is."""

    def __init__(
        self,
        engine: Engine,
        owner: str,
        allowed: Allowed,
        teaches: Callable[[Group], bool],
    ) -> None:
        """`teaches`: whether this person teaches a class."""
        self._engine, self._store, self._owner = engine, engine.store, owner
        self._allowed, self._teaches = allowed, teaches

    def join(self, group_id: str, nickname: str) -> None:
        """Take part in a class.

        Raises:
            ExplorerError: if there is no such class, it is closed or full, or the
                nickname is not one, or another's.
        """
        classes.join(self._store, group_id, self._owner, nickname)

    def find_code(self, typed: str) -> Pass:
        """What the code of a class opens, however it is typed.

        Raises:
            ExplorerError: if it opens nothing, or too many were wrong of late.
        """
        guessing, passes = self._engine.guessing, self._store.passes
        return guessing.find(self._owner, typed, passes.find)

    def use_key(self, code: str) -> str:
        """Teach a class along, or take it over, as a code allows; the class's id.

        Raises:
            ExplorerError: if the code allows neither.
        """
        group_id, opens = self.find_code(code)
        if opens == "own":
            self._store.teachers.hand_over(group_id, self._owner, plain(code))
        elif opens == "teach":
            self._store.teachers.add(group_id, self._owner, plain(code))
        else:
            raise ExplorerError(
                N_(
                    "A teacher's key lets teach a class, but this code lets look at it "
                    "alone. Ask its teacher for another."
                )
            )
        return group_id

    def use_again(self, home: Group) -> Group:
        """A new class of one's own with the tasks of one that this person teaches.

        Raises:
            ExplorerError: if they do not, a task has own data of another person, or a
                limit is reached.
        """
        if not self._teaches(self._store.groups.get(home.id)):
            raise ExplorerError(
                N_(
                    "A class is used again by who teaches it, and this one is "
                    "another's. Make one of your own."
                )
            )
        for group in tasks_of(self._store, home):
            self._allowed.check_data(read_task(group).base)
        return copy_class(self._store, home, self._owner, self._allowed.admit_class)

    def guess(self, group_id: str, guess: Guess) -> None:
        """Say what one expects of a task, before the first run in it.

        Raises:
            ExplorerError: if there is no such task, it is not one's to guess at any
                more, or the guess is no number.
        """
        group = self._store.groups.get(group_id)
        check_member(self._store, home_of(self._store, group), self._owner)
        if not isinstance(guess, str) and not math.isfinite(guess):
            raise ExplorerError(
                N_("A guess is a choice or a number, but got %(came)s. Give another."),
                came=guess,
            )
        self._store.guesses.put(group_id, self._owner, guess)
