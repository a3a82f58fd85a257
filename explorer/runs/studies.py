"""Where Optuna keeps the trials of every sweep: beside the store, or in it."""

import os
from pathlib import Path

from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from sqlalchemy.engine import make_url

from explorer.config.folder import keep_private
from explorer.runs.store import Store
from explorer.runs.whereabouts import DATABASE

PATIENCE = 20
"""Seconds that a writer waits for its turn at a database."""


def open_studies(store: Store) -> BaseStorage:
    """A journal in the data folder; the store's own database where one is named.

    Any number of processes may have it open.
    """
    address = make_url(store.address)
    if os.environ.get(DATABASE):
        lite = address.get_backend_name() == "sqlite"
        waiting = {"connect_args": {"timeout": PATIENCE}} if lite else {}
        return RDBStorage(store.address, engine_kwargs=waiting)
    folder = Path(address.database or ".").parent
    journal = str(folder / "sweeps.journal")
    Path(journal).touch(mode=0o600)
    keep_private(Path(journal))
    return JournalStorage(JournalFileBackend(journal, JournalFileOpenLock(journal)))
