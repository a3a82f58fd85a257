"""Which variable says where the database of this machine lies."""

import os

from explorer.config.folder import FOLDER

DATABASE = "EXPLORER_DATABASE"


def chosen_by() -> str:
    """The variable that says where the database is."""
    return DATABASE if os.environ.get(DATABASE) else FOLDER
