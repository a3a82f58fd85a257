"""The one error that people see, and the sentence that guesses what they meant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Self


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "mark, do not translate")
    """Mark a string for the translation catalogue; it is translated where it is shown.

    >>> N_("hidden size")
    'hidden size'
    """
    return message


class AsWritten(str):
    """A word that came from outside, such as the label of somebody's own examples: in
    every language it is shown as it was written, also where it is one of ours."""

    __slots__ = ()


@dataclass(frozen=True)
class Words:
    """A sentence or a part of one: a template marked with `N_`, and what stands in it.

    A value may be words again, and is then said in the same language. A template
    without values is said as it stands: a percent sign in it needs no doubling.

    >>> print(Words("%(count)s at %(rate)d %%", {"count": Words("none"), "rate": 7}))
    none at 7 %
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, note: Mapping[str, Any]) -> Self:
        """Words from the plain dictionaries that `dataclasses.asdict` made of them."""
        values = {
            name: cls.read(value) if isinstance(value, Mapping) else value
            for name, value in note["values"].items()
        }
        return cls(note["template"], values)

    def text(self, translate: Callable[[str], str]) -> str:
        """The same in another language."""
        template = translate(self.template)
        if not self.values:
            return template
        return template % {
            name: value.text(translate) if isinstance(value, Words) else value
            for name, value in self.values.items()
        }

    def __str__(self) -> str:
        return self.text(N_)


class ExplorerError(Exception):
    """Something a person can mend: one sentence with the rule, what came, what to do.

    It is raised once, with the context that person has, and shown as it stands, or in
    the reader's language by `text`. Any other exception is a bug in this program.

    >>> raise ExplorerError(N_("Give %(least)d or more, not %(came)d"), least=7, came=5)
    Traceback (most recent call last):
    explorer.errors.ExplorerError: Give 7 or more, not 5
    """

    def __init__(self, template: str, /, **values: Any) -> None:
        # The sentence is the only argument: what pickles an exception builds it anew
        # from its arguments, and then puts back its attributes.
        self.words = Words(template, values)
        super().__init__(str(self.words))

    @classmethod
    def saying(cls, words: Words) -> Self:
        """The error that says words which stand already, as of a run that failed."""
        return cls(words.template, **words.values)

    def text(self, translate: Callable[[str], str]) -> str:
        """The sentence in another language."""
        return self.words.text(translate)


def unknown(kind: str | Words, name: str, choices: Iterable[str]) -> ExplorerError:
    """The error for a name that is not on the list, with the nearest one that is.

    Args:
        kind: what the name should name, marked with `N_`.
        name: what came.
        choices: what could have come.

    >>> print(unknown("model", "lsmt", ["rnn", "lstm"]))
    Unknown model 'lsmt'. Known: lstm, rnn. Did you mean 'lstm'?
    >>> print(unknown("preset", "fast", []))
    Unknown preset 'fast'. Known: none.
    """
    names = sorted(choices)
    guess = Words("")
    if nearest := get_close_matches(name, names, n=1):
        guess = Words(N_(" Did you mean '%(name)s'?"), {"name": nearest[0]})
    return ExplorerError(
        N_("Unknown %(kind)s '%(name)s'. Known: %(known)s.%(guess)s"),
        kind=kind if isinstance(kind, Words) else Words(kind),
        name=name if len(name) <= 60 else name[:57] + "...",
        known=", ".join(names) or Words(N_("none")),
        guess=guess,
    )
