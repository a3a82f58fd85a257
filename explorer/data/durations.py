"""How long something took, read as a number of seconds or minutes.

`1:23:45` may be a clock too. It is a duration where the column is called one, where its
hours go beyond a day's, or where seconds have decimals; `1h 20m` is one for sure.
"""

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from explorer.data.number_cells import bare, is_empty
from explorer.data.numbers import FORMS, Numbers
from explorer.errors import N_

CALLED = re.compile(
    r"duration|elapsed|lasted|moving|pace|lap ?time|split|finish|chip|gun ?time|uptime"
    r"|run ?time|asleep|sleep ?time|time ?(?:spent|taken|in ?bed)|total ?time|dauer"
    r"|laufzeit|fahrzeit|arbeitszeit|fahrtzeit|durée|duree|temps|duración|tiempo total"
    r"|durata|duur|\bhours\b|\bstunden\b|时长|時長|用时|用時|耗时|耗時|持续|持續|所要時間",
    re.IGNORECASE,
)
"""Names that say that a column tells how long something took."""

COLONS = re.compile(
    r"(?P<sign>-)?(?:(?P<days>[0-9]+)(?:\.| ?d(?:ays?)?,? ))?"
    r"(?:(?P<hours>[0-9]{1,4}):)?"
    r"(?P<minutes>[0-9]{1,4}):(?P<seconds>[0-5][0-9](?:[.,][0-9]+)?)"
)

SECONDS = {
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "天"), 86_400.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde"), 3600.0),
    **dict.fromkeys(("stunden", "heure", "heures", "小时", "小時", "时", "時"), 3600.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten"), 60.0),
    **dict.fromkeys(("分", "分钟", "分鐘", "'"), 60.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek"), 1.0),
    **dict.fromkeys(("sekunden", "secondes", "秒", '"'), 1.0),
}
"""What each word for a part lasts."""

PART = (
    r"([0-9]+(?:[.,][0-9]+)?)\s?("
    + "|".join(sorted(SECONDS, key=len)[::-1])
    + r")(?![^\W\d_])\.?"
)
PARTS = re.compile(rf"(?:{PART}[ ,]*)+", re.IGNORECASE)
EACH = re.compile(PART, re.IGNORECASE)
ISO = re.compile(
    r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)

FIRST_CELLS = 200
"""Enough to tell that a column holds other things."""


class Spent(NamedTuple):
    """One duration."""

    seconds: float
    """Or what stands before the only colon, where that may be hours or minutes."""
    parts: int  # how many it is written in
    sure: bool  # no clock is written so
    words: bool  # whether a word tells the unit


def spent(cell: str) -> Spent | None:
    """How long a cell says; None where it says something else.

    >>> spent("1:23:45").seconds, spent("1h 20m").seconds, spent("PT1M30S").seconds
    (5025.0, 4800.0, 90.0)
    >>> spent("2:15").seconds, spent("1:02.5").seconds, spent("2 Tage 3 Std.").seconds
    (135.0, 62.5, 183600.0)
    >>> spent("fox"), spent("12"), spent("2024-01-31")
    (None, None, None)
    """
    plain = bare(cell)
    if found := COLONS.fullmatch(plain):
        return _of_colons(found)
    if len(plain) > 1 and (found := ISO.fullmatch(plain)):
        given = [float(part or 0) for part in found.groups()]
        units = (86_400.0, 3600.0, 60.0, 1.0)
        total = sum(n * each for n, each in zip(given, units, strict=True))
        return Spent(total, 4, True, True)
    if len(plain) > 60 or not PARTS.fullmatch(plain):
        return None
    parts = [(float(n.replace(",", ".")), w.lower()) for n, w in EACH.findall(plain)]
    return Spent(sum(n * SECONDS[w] for n, w in parts), len(parts), True, True)


def _of_colons(found: re.Match[str]) -> Spent:
    hours, minutes = int(found["hours"] or 0), int(found["minutes"])
    seconds = float(found["seconds"].replace(",", "."))
    total = 86_400 * int(found["days"] or 0) + 3600 * hours + 60 * minutes + seconds
    three = found["hours"] is not None
    broken = set(found["seconds"]) & set(".,") and not three
    beyond = (hours if three else minutes) > 24
    sure = bool(found["days"] or found["sign"] or broken or beyond)
    parts = 3 if three or found["days"] or broken else 2
    return Spent(-total if found["sign"] else total, parts, sure, False)


def are_durations(cells: Sequence[str], called: str = "") -> bool:
    """Whether cells tell how long something took, and none can be a clock.

    >>> are_durations(["1:23", "0:58"], "lap time"), are_durations(["1:23", "0:58"])
    (True, False)
    >>> are_durations(["0:58:10", "25:03:00"]), are_durations(["12 h", "13 h"])
    (True, False)
    """
    first = list(islice((cell for cell in cells if not is_empty(cell)), FIRST_CELLS))
    found = [spent(cell) for cell in first]
    durations = [each for each in found if each]
    if not durations or len(durations) < 0.9 * len(found):
        return False
    if all(each.words for each in durations):
        return any(each.parts > 1 for each in durations) or _units(first) > 1
    mixed = {each.parts for each in durations if not each.words} == {2, 3}
    return mixed or any(each.sure for each in durations) or bool(CALLED.search(called))


def _units(cells: Sequence[str]) -> int:
    """In how many units durations of one part are told."""
    words = (EACH.findall(bare(cell)) for cell in cells)
    return len({SECONDS[each[0][1].lower()] for each in words if each})


def read_durations(cells: Sequence[str], called: str = "") -> Numbers | None:
    """A column of durations in seconds; or, where each is written with one colon and
    that may part hours or minutes, in units of what stands before it.

    >>> read_durations(["1:00:00", "59:30"]).values.tolist()
    [3600.0, 3570.0]
    >>> read_durations(["1:30", "0:45"], "duration").values.tolist()
    [1.5, 0.75]
    """
    if not are_durations(cells, called):
        return None
    spent_of = {text: spent(text) for text in dict.fromkeys(cells)}
    there = [each for each in spent_of.values() if each]
    before = all(each.parts == 2 and not each.words for each in there)
    worth = {
        text: each.seconds / (60 if before else 1)
        for text, each in spent_of.items()
        if each
    }
    values = np.array([worth.get(text, np.nan) for text in cells])
    wrong = [text not in worth and not is_empty(text) for text in cells]
    shown = next(text for text in cells if text in worth)
    unit = N_("in units of what stands before the colon") if before else N_("seconds")
    read = Numbers(values, np.array(wrong, bool), FORMS[0], ())
    return read._replace(spent=(shown, f"{worth[shown]:.10g}", unit))
