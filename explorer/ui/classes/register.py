"""What all who take part in a class have in common, read once for them all."""

import time

import streamlit as st

from explorer.engine.class_tasks import tasks_of
from explorer.engine.classes import KIND
from explorer.runs.guesses import Guess
from explorer.runs.records import Group
from explorer.runs.store import Store

READ_EVERY = 2.0
"""Seconds that all tabs share what was read."""


class Register:
    """A class at one moment: its tasks, its members, and what these expect."""

    def __init__(self, store: Store, home: Group) -> None:
        self.home = home
        self.tasks = tasks_of(store, home)
        self.members = {m.owner: m for m in store.members.of(home.id)}
        self._store = store
        self._guesses: dict[str, dict[str, Guess]] = {}

    def guesses(self, task: Group) -> dict[str, Guess]:
        """What was expected of a task, by person."""
        if task.id not in self._guesses:
            self._guesses[task.id] = self._store.guesses.of(task.id)
        return self._guesses[task.id]


def moment() -> int:
    """Which look it is: what is read in one is shared. It is part of a cache's key, for
    a cache that forgets by time may do so between finding an entry and reading it."""
    return int(time.monotonic() / READ_EVERY)


def shared_register(store: Store, home_id: str) -> Register:
    """One that is at most two seconds old, for all tabs.

    Raises:
        ExplorerError: if the class was deleted.
    """
    return _read(store, home_id, moment())


@st.cache_resource(max_entries=64, show_spinner=False)
def _read(_store: Store, home_id: str, now: int) -> Register:
    return Register(_store, _store.groups.get(home_id, KIND))
