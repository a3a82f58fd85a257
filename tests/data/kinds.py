"""The values and times that files of every kind hold, and a way to write them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from explorer.data import files
from explorer.data.choices import Choices

N = 150
VALUES = np.round(20 + 5 * np.sin(np.arange(N) / 7), 2)
BIG = np.round(VALUES * 100)  # some below 2,000, some above
DAYS = [datetime(2022, 1, 1) + timedelta(days=k) for k in range(N)]
HOURS = [datetime(2022, 1, 1) + timedelta(hours=k) for k in range(N)]
MONTHS = [datetime(2000 + k // 12, 1 + k % 12, 1) for k in range(N)]
QUARTERS = [datetime(1950 + k // 4, 1 + 3 * (k % 4), 1) for k in range(N)]
WEEKS = [datetime(2018, 1, 1) + timedelta(days=7 * k) for k in range(N)]
ISO = [f"{day:%Y-%m-%d}" for day in DAYS]
POINT = [f"{v:.2f}" for v in VALUES]
COMMA = [v.replace(".", ",") for v in POINT]


def local(value: float, decimal: str, thousands: str, digits: int = 2) -> str:
    """A number as a country writes it."""
    plain = f"{value:,.{digits}f}".replace(",", "\0").replace(".", decimal)
    return plain.replace("\0", thousands)


def table(head: str, *columns: Sequence[object], by: str = ",") -> str:
    rows = [by.join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join([*([head] if head else []), *rows]) + "\n"


def quoted(cells: Sequence[str]) -> list[str]:
    return [f'"{cell}"' for cell in cells]


def read(text: str, name: str = "a.csv", **said: object) -> files.Taken:
    return files.read_series(text.encode(), name, Choices(**said))


PLAIN = table("date,v", ISO, POINT)
