"""What the commands share: how they refuse, and how they read what they are given."""

import codecs
import errno
import os
import shlex
import stat
import sys
from collections.abc import Callable, Collection, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, cast

import click

from explorer.catalog import specs
from explorer.data import content, files
from explorer.data.choices import SAME, Choices, Same, UndecidedError
from explorer.data.content import KINDS, Kind
from explorer.data.decoding import ENCODINGS
from explorer.data.parsing import MAX_TABLE_BYTES
from explorer.data.time_forms import FIRST, First
from explorer.errors import N_, ExplorerError, Words, unknown

BAD_INPUT = 2


def sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what a person can mend into one line on standard error and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ExplorerError as error:
            click.echo(f"Error: {printable(str(error))}", err=True)
            sys.exit(BAD_INPUT)

    return run


def printable(words: str) -> str:
    """Words in one line that cannot move a terminal's cursor or change its colours."""
    line = " ".join(words.split())
    return "".join(letter if letter.isprintable() else "�" for letter in line)


def read_file(path: Path, most: int) -> bytes:
    """An ordinary file; of a longer one, one byte more than `most`.

    Raises:
        OSError: if it is none, or cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        with path.open("rb") as file:
            return file.read(most + 1)
    except ValueError as error:  # a sign that no path has
        raise OSError(errno.EINVAL, str(error)) from None


def read_settings(pairs: tuple[str, ...]) -> dict[str, Any]:
    """What --set was given, by name.

    Raises:
        ExplorerError: if it is not of the form name=value.
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise ExplorerError(
                N_(
                    "--set needs group.name=value, but got '%(came)s'. As in --set "
                    "model.hidden_size=32."
                ),
                came=pair[:60],
            )
        settings[name.strip()] = value.strip()
    return settings


ENCODING_NAMES = {"gbk": "gb18030", "gb2312": "gb18030", "iso8859-1": "cp1252"}
"""Encodings that another one holds, by Python's names."""


class FileOptions(NamedTuple):
    """What the command line says of a file of own data; None where it says nothing."""

    kind: str | None
    column: str | None
    given: str | None
    time: str | None
    encoding: str | None
    decimal: str | None
    dates: str | None
    same: str | None
    only: str | None
    others: tuple[str, ...] | None = None
    known: tuple[str, ...] | None = None

    def named(self) -> list[str]:
        """The options that were given, as they are typed."""
        return [TYPED[n] for n, value in self._asdict().items() if value is not None]

    def choices(self) -> Choices:
        """What they say of a table.

        Raises:
            ExplorerError: if a word is not among those that can be said.
        """
        only = None
        if self.only is not None:
            column, sign, cell = self.only.partition("=")
            if not sign:
                raise ExplorerError(
                    N_("--only needs column=cell, but got '%(came)s'. As in shop=1."),
                    came=self.only[:60],
                )
            only = column.strip(), cell
        return Choices(
            self.column,
            self.time,
            _one_of("--decimal", self.decimal, (".", ",")),
            cast(First, _one_of("--dates", self.dates, FIRST)),
            cast(Same, _one_of("--same", self.same, SAME)),
            only,
            self.others or (),
            self.known or (),
        )


TYPED = {name: f"--{name}" for name in FileOptions._fields}
TYPED |= {"kind": "--as", "first": "--dates", "others": "--with"}
"""Options, by what they say; of choices too."""
OPTIONS = (
    click.option("--as", "kind", help=f"Read the file as: {' | '.join(KINDS)}."),
    click.option(
        "--column",
        help="Which column has the series, tags, labels, targets or what recordings "
        "say; of notes, which voice.",
    ),
    click.option(
        "--given", help="Which column has the tokens, texts, sources or files."
    ),
    click.option("--time", help="Which column says when; '' for the order of rows."),
    click.option("--encoding", help=f"{' | '.join(filter(None, ENCODINGS))}."),
    click.option("--decimal", help="The sign that begins decimals: . | ,"),
    click.option("--dates", help=f"What comes first in a date: {' | '.join(FIRST)}."),
    click.option("--same", help=f"Rows of the same time become: {' | '.join(SAME)}."),
    click.option("--only", help="Only rows with a cell in a column: column=cell."),
    click.option("--with", "others", multiple=True, help="A column to give beside."),
    click.option("--known", multiple=True, help="One that is known in advance."),
)


def file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what can be said of a file; the command gets it as `file`."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        options = {name: kwargs.pop(name) for name in FileOptions._fields}
        options |= {name: options[name] or None for name in ("others", "known")}
        command(*args, file=FileOptions(**options), **kwargs)

    for option in reversed(OPTIONS):
        run = option(run)
    return run


def is_path(data: str) -> bool:
    """Whether --data names a file."""
    readable = Path(data).suffix.lower() in files.FILES
    return readable or "/" in data or os.path.isfile(data)


def data_of(data: str, file: FileOptions) -> tuple[str, dict[str, Any]]:
    """The dataset that --data means, and its settings: a file is taken in.

    Raises:
        ExplorerError: if a file cannot be read, or options of one are given without.
    """
    if is_path(data):
        name, digest = own_data(Path(data), file)
        return name, {"data.digest": digest}
    if file.named():
        raise ExplorerError(
            N_(
                "%(option)s says how a file is read, but --data is '%(data)s'. Leave "
                "it out, or give the path of a file."
            ),
            option=file.named()[0],
            data=data[:60],
        )
    return specs.data_named(data), {}


def own_data(path: Path, file: FileOptions) -> tuple[str, str]:
    """Take in a file; the dataset that reads it, and its digest.

    Raises:
        ExplorerError: if it cannot be read.
    """
    try:
        raw = read_file(path, MAX_TABLE_BYTES)
    except OSError as error:
        raise ExplorerError(
            N_(
                "--data must be a dataset or a file that can be read, but '%(path)s' "
                "gave: %(reason)s. Check the path."
            ),
            path=str(path)[:200],
            reason=error.strerror or str(error),
        ) from None
    encoding = _encoding(file.encoding)
    kind = _one_of("--as", file.kind, KINDS) or files.kind_of(raw, path.name, encoding)
    if kind == "text":
        _check_options(file, N_("text"), ("--as", "--encoding"))
        return "own_text", content.put_text(files.read_text(raw, path.name, encoding))
    if kind in files.READ:
        return f"own_{kind}", _examples(cast(Kind, kind), raw, path, encoding, file)
    _check_options(file, N_("series"), set(TYPED.values()) - {"--given"})
    try:
        taken = files.read_series(raw, path.name, file.choices(), encoding)
    except UndecidedError as question:
        raise question.asked_by(_typed(question)) from None
    for remark in (*taken.remarks, *taken.leaks):
        click.echo(printable(str(remark)), err=True)
    return "own_series", content.put_series(*taken.series)


def _typed(question: UndecidedError) -> str:
    """The options that answer a question."""
    ways = [
        " ".join((TYPED[name], shlex.quote(answer) if answer else "")).strip()
        for name, answer in question.answers
    ]
    return " or ".join(filter(None, (", ".join(ways[:-1]), ways[-1])))


def _examples(
    kind: Kind, raw: bytes, path: Path, encoding: str, file: FileOptions
) -> str:
    """Keep a file of examples; its digest. What was made of it is said."""
    options = {"notes": ["--as", "--column"], "sound": ["--as"]}
    usual = ("--as", "--encoding", "--column", "--given")
    _check_options(file, KINDS[kind], options.get(kind, usual))
    columns = file.given or "", file.column or ""
    found = files.READ[kind](raw, path.name, encoding, *columns)
    if found.too_few:
        raise found.too_few
    if file.kind is None:
        words = N_("Read as %(kind)s; say --as where it is something else.")
        click.echo(str(Words(words, {"kind": Words(KINDS[kind])})), err=True)
    for remark in found.remarks:
        click.echo(printable(str(remark)), err=True)
    return content.put_examples(kind, found.examples)


def _check_options(file: FileOptions, kind: str, allowed: Collection[str]) -> None:
    """See that nothing is said of a file of another kind."""
    for option in file.named():
        if option not in allowed:
            raise ExplorerError(
                N_(
                    "%(option)s says nothing of a file that is read as %(kind)s. Leave "
                    "it out, or read the file --as another kind."
                ),
                option=option,
                kind=Words(kind),
            )


def _encoding(name: str | None) -> str:
    """The encoding of that name, whatever it is called."""
    if not name:
        return ""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = name
    found = ENCODING_NAMES.get(found, found)
    return _one_of("--encoding", found, ENCODINGS)


def _one_of(option: str, value: str | None, choices: Iterable[str]) -> str:
    """What an option says, "" for nothing.

    Raises:
        ExplorerError: if it is not among what can be said.
    """
    names = [name for name in choices if name]
    if value is not None and value not in names:
        raise unknown(Words("%(option)s", {"option": option}), value, names)
    return value or ""
