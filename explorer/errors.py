"""The one error that people see, and the sentence that guesses what they meant."""

from collections.abc import Iterable
from difflib import get_close_matches


class ExplorerError(Exception):
    """Something a person can mend: one sentence with the rule, what came, what to do.

    It is raised once, with the context that person has, and shown as it stands. Any
    other exception is a bug in this program.
    """


def unknown(kind: str, name: str, known: Iterable[str]) -> ExplorerError:
    """The error for a name that is not on the list, with the nearest known one.

    >>> print(unknown("model", "lsmt", ["rnn", "lstm"]))
    Unknown model 'lsmt'. Known: lstm, rnn. Did you mean 'lstm'?
    """
    names = sorted(known)
    nearest = get_close_matches(name, names, n=1)
    guess = f" Did you mean '{nearest[0]}'?" if nearest else ""
    shown = name if len(name) <= 60 else name[:57] + "..."
    return ExplorerError(f"Unknown {kind} '{shown}'. Known: {', '.join(names)}.{guess}")
