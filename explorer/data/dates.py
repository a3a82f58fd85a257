"""Dates as people write them, and the one way in which computers sort them.

    Wed 3 Mar 2021    ->  2021-03-03
    March 3, 2021     ->  2021-03-03
    3.3.21            ->  2021-03-03

To write one form, a model must find day, month and year wherever they stand, turn a
name into a number and a short year into a whole one. Dots put the day first, slashes
the month; a year of two digits lies from 1969 to 2068, as in POSIX.

Bahdanau et al. (2015) on looking at the source while writing:
https://arxiv.org/abs/1409.0473
"""

from datetime import date

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.data.pairs import TRAINING, Pair, Room, pairs_field, translation
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import N_, ExplorerError

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

FORMS = (
    "{d} {month} {y}",
    "{month} {d}, {y}",
    "{d}.{m}.{yy}",
    "{day} {d} {mon} {y}",
    "{m}/{d}/{y}",
    "{d}.{m}.{y}",
    "{mon} {d}, {y}",
    "{d} {mon} {yy}",
    "{y}/{m}/{d}",
    "{mon} {d} {y}",
)
"""From the plainest on; a setting says how many of them occur."""

LONGEST = date(2021, 9, 22)
"""A Wednesday in September: no date is longer in any form."""

SHORT_YEARS = range(1969, 2069)
"""The years that two digits can mean."""

CHARACTERS = "".join(sorted({*"0123456789 ,./-", *"".join((*MONTHS, *DAYS))}))


class DatesSettings(Settings):
    """Which dates, and in how many forms."""

    forms: int = setting(
        8,
        N_("In how many different ways a date may be written."),
        title=N_("Written forms"),
        ge=1,
        le=len(FORMS),
    )
    first_year: int = setting(
        1900, N_("The earliest year."), title=N_("First year"), ge=1000, le=2999
    )
    last_year: int = setting(
        2099, N_("The latest year."), title=N_("Last year"), ge=1000, le=2999
    )
    count: int = pairs_field()


def make(settings: DatesSettings, seed: int) -> Data:
    """Dates drawn evenly, each in a form drawn evenly; held-out ones are other days.

    Raises:
        ExplorerError: if the first year comes after the last.
    """
    if settings.first_year > settings.last_year:
        raise ExplorerError(
            N_(
                "The first year must not come after the last, but got %(low)d and "
                "%(high)d. Swap them."
            ),
            low=settings.first_year,
            high=settings.last_year,
        )
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    first = date(settings.first_year, 1, 1).toordinal()
    last = date(settings.last_year, 12, 31).toordinal()
    days = [date.fromordinal(int(n)) for n in rng.integers(first, last + 1, total)]
    forms = [FORMS[k] for k in rng.integers(settings.forms, size=total)]
    pairs = [
        Pair(written(day, form), day.isoformat())
        for day, form in zip(days, forms, strict=True)
    ]
    allowed = FORMS[: settings.forms]
    longest = max(len(written(LONGEST, whole(form))) for form in allowed)
    return translation(pairs, days, Room(longest, len("2021-03-03")), CHARACTERS)


def written(day: date, form: str) -> str:
    """A date in one of `FORMS`.

    >>> written(date(2021, 3, 3), "{day} {d} {mon} {y}")
    'Wed 3 Mar 2021'
    >>> written(date(2021, 3, 3), "{d}.{m}.{yy}"), written(date(1921, 3, 3), FORMS[2])
    ('3.3.21', '3.3.1921')
    """
    name = MONTHS[day.month - 1]
    if day.year not in SHORT_YEARS:
        form = whole(form)
    return form.format(
        d=day.day,
        m=day.month,
        y=day.year,
        yy=f"{day.year % 100:02}",
        month=name,
        mon=name[:3],
        day=DAYS[day.weekday()],
    )


def whole(form: str) -> str:
    """The form with all digits of the year."""
    return form.replace("{yy}", "{y}")


SPEC = DataSpec(
    name="dates",
    title=N_("Dates in many forms"),
    summary=N_(
        "Dates as people write them, to be written as 2021-03-03. What is written next "
        "stands somewhere else in each form: a model must learn where to look."
    ),
    settings=DatesSettings,
    make=make,
    task="translate",
    order=62,
    training=TRAINING,
)
