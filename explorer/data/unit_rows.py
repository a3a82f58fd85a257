"""Whether a row between the names of a table and its values says in what they are
measured."""

import re

from explorer.data.delimiters import width_of
from explorer.data.numbers import is_number

UNIT = re.compile(
    r"|[\[(].*[\])]|-+|=+|.*[°%/µ²³^].*|[A-Za-z]{1,3}|yyyy.*|[dm]{1,2}[./-].*|iso ?8601"
    r"|date|datetime|time|timestamp|string|text|float|integer|number|mbar|knots"
    r"|percent|deg\.? ?[cfkt]"
    r"|volts?|amps?|watts?|met(er|re)s?|seconds?|minutes?|hours?",
    re.IGNORECASE,
)

SURE = re.compile(r"[\[(].+[\])]|.*[°%/µ²³^].*|yyyy.*", re.IGNORECASE)
"""What can be nothing else."""


def is_units(row: list[str], above: list[str], width: int) -> bool:
    """Whether a row under the names says what they are measured in."""
    if len(row) != width or width_of(above) < width or width < 2:
        return False
    if any(unit and not name for unit, name in zip(row, above, strict=False)):
        return False
    if any(is_number(cell) for cell in (*row, *above)):
        return False
    if not all(UNIT.fullmatch(cell) for cell in row):
        return False
    sure = any(map(SURE.fullmatch, row))
    if sure and not any(map(SURE.fullmatch, above)):
        return True
    return any(
        not UNIT.fullmatch(cell) or len(cell) > len(unit)
        for cell, unit in zip(above, row, strict=False)
    )
