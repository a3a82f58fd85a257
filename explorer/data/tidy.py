"""A table's text before it is taken apart: without lines that are drawn around it, its
quotation marks of one kind. No row comes to stand in another line."""

import re
from collections.abc import Callable
from itertools import islice

from explorer.data.decoding import named
from explorer.data.numbers import is_number
from explorer.errors import N_, ExplorerError

FIRST_LINES = 100
"""Enough to tell how a file is written."""

DRAWN = re.compile(r"^[-=+|: \t]+$", re.MULTILINE)
"""What may be a line under names or around a table, if enough dashes are in it."""

SINGLE = re.compile(r"(^|[,;\t|])'([^'\n]*)'(?=[,;\t|]|$)", re.MULTILINE)

CURLY = str.maketrans("“”„", '"""')

APART = re.compile(r'" *([,;|\t]) *"')
BEFORE = re.compile(r'^ *"[^"\n]*" *[,;|\t] +"')
"""How a row begins whose quotation marks stand behind blanks."""

WHOLE = re.compile(r'"([^"]*[,;|\t][^"]*)"')
"""A row that a program took for one field."""

ARROW = re.compile(r"(?<! ) +[-=]> +")
"""Sought from where blanks begin alone: a line may be nothing but blanks."""

MARKUP = {
    "JSON": re.compile(r"[\[{]\s*[\[{\"]"),
    "XML": re.compile(r"<\?xml"),
    "HTML": re.compile(r"<(?:!doctype|html|table|body|head)\b", re.IGNORECASE),
    "SQL": re.compile(r"(?:insert into|create table)\b", re.IGNORECASE),
}
"""How a file begins that is no table of rows and fields."""


def tidied(text: str) -> str:
    r"""A table's text with nothing around its fields but what parts them.

    >>> tidied("| t | v |\n|---|---|\n| 1 | 2 |")
    ' t | v \n\n 1 | 2 '
    >>> tidied("a,b\n---,---\n1,2"), tidied("|1|\n2")
    ('a,b\n---,---\n1,2', '|1|\n2')
    >>> tidied("'t';'v'\n'1';'2,5'"), tidied('"t" , "v"\n"1" , "2"')
    ('"t";"v"\n"1";"2,5"', '"t","v"\n"1","2"')
    >>> tidied("12:00 -> 1.5\n12:01 -> 1.6")
    '12:00\t1.5\n12:01\t1.6'
    """
    if _is_drawn(text):
        text = DRAWN.sub(lambda line: "" if _is_drawn(line[0]) else line[0], text)
    lines = text.split("\n")
    if _most(lines, lambda line: line.startswith("|") and line.endswith("|")):
        lines = [line.removeprefix("|").removesuffix("|") for line in lines]
        return "\n".join(lines)
    if _most(lines, lambda line: len(ARROW.findall(line)) == 1):
        return ARROW.sub("\t", text)
    return _quoted_alike(text, lines)


def _quoted_alike(text: str, lines: list[str]) -> str:
    if '"' not in text:
        if _most(lines, lambda line: line[:1] == line[-1:] == "'"):
            return SINGLE.sub(r'\1"\2"', text)
        if _most(lines, lambda line: line[:1] in "“„"):
            return text.translate(CURLY)
    elif _all_whole(lines):
        return "\n".join(WHOLE.sub(r"\1", line) for line in lines)
    elif _most(lines, lambda line: BEFORE.match(line) is not None):
        return APART.sub(r'"\1"', re.sub(r'^ +"', '"', text, flags=re.MULTILINE))
    elif re.match(r'"[^"\n]*" +[,;|]|"[^"\n]*"[,;|] +"', lines[0]):
        return APART.sub(r'"\1"', text)
    return text


def _all_whole(lines: list[str]) -> bool:
    """Whether each row stands in quotation marks and is no number."""
    first = [WHOLE.fullmatch(line) for line in lines[:FIRST_LINES] if line.strip()]
    return all(row and not is_number(row[1]) for row in first)


def refuse_markup(text: str, filename: str) -> None:
    """See that a file is no other kind of data.

    Raises:
        ExplorerError: if it begins as one does.
    """
    begun = text.lstrip()
    kind = next((k for k, form in MARKUP.items() if form.match(begun)), "")
    if kind:
        raise ExplorerError(
            N_(
                "A table is rows of fields, as in a CSV file, but '%(file)s' is "
                "%(kind)s. Save it as CSV."
            ),
            file=named(filename),
            kind=kind,
        )


def _is_drawn(text: str) -> bool:
    return "---" in text or "===" in text


def _most(lines: list[str], alike: Callable[[str], bool]) -> bool:
    """Whether nearly all of the first lines are so, and two at least."""
    first = list(islice((line for line in lines if line.strip()), FIRST_LINES))
    found = sum(map(alike, first))
    return found > 1 and found >= 0.9 * len(first)
