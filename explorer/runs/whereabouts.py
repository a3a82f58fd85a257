"""Where the data of this machine lies, and which variable says so."""

import os
from pathlib import Path

import platformdirs

DATABASE = "EXPLORER_DATABASE"
FOLDER = "EXPLORER_DATA"


def chosen_by() -> str:
    """The variable that says where the database is."""
    return DATABASE if os.environ.get(DATABASE) else FOLDER


def data_folder() -> Path:
    """`EXPLORER_DATA`, or the user's data folder."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen or platformdirs.user_data_dir("sequence-explorer"))
