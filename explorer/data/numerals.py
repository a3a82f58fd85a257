"""Numbers in digits, to be written as Chinese numerals.

    1024  ->  一千零二十四
    110   ->  一百一十
    10    ->  十

A digit is followed by its unit: 千 thousand, 百 hundred, 十 ten, and 万 after every ten
thousands. Zeros between other digits become one 零, those at an end of a group none;
and 一十 at the very beginning becomes 十. Two is 二 throughout, as in documents (people
say 两 before 百, 千 and 万).
"""

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.data.pairs import TRAINING, Pair, Room, pairs_field, translation
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import N_

DIGITS = "零一二三四五六七八九"
UNITS = ("千", "百", "十", "")
GROUP = 10_000

ZEROS = 0.25
"""The share of digits that are made zero, beside those that are drawn so: 零 is what
is hard, and even digits would show it too seldom."""


class NumeralsSettings(Settings):
    """How large the numbers are."""

    largest: int = setting(
        99_999,
        N_(
            "The largest number. Beyond ten thousand the same units are counted again, "
            "in ten thousands."
        ),
        title=N_("Largest number"),
        ge=99,
        le=99_999_999,
        scale="log",
    )
    count: int = pairs_field()


def make(settings: NumeralsSettings, seed: int) -> Data:
    """Numbers of every length alike often, what exceeds the largest folded back."""
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    most = len(str(settings.largest))
    digits = rng.integers(10, size=(total, most))
    digits[rng.random((total, most)) < ZEROS] = 0
    lengths = rng.integers(1, most + 1, total)
    powers = 10 ** np.arange(most)
    drawn = (digits * powers * (np.arange(most) < lengths[:, None])).sum(1)
    numbers = (drawn % (settings.largest + 1)).tolist()
    pairs = [Pair(str(n), numeral(n)) for n in numbers]
    longest = len(numeral(int("9" * most)))
    characters = "0123456789" + DIGITS + "".join(UNITS[::-1]) + "万"
    return translation(pairs, numbers, Room(most, longest), characters)


def numeral(number: int) -> str:
    """A number below 100,000,000 in Chinese numerals.

    >>> numeral(1024), numeral(110), numeral(10), numeral(100_010)
    ('一千零二十四', '一百一十', '十', '十万零一十')
    """
    if number == 0:
        return DIGITS[0]
    high, low = divmod(number, GROUP)
    text = group(low)
    if high:
        gap = DIGITS[0] if 0 < low < GROUP // 10 else ""
        text = group(high) + "万" + gap + text
    return text.removeprefix("一") if text.startswith("一十") else text


def group(number: int) -> str:
    """One to four digits with their units; nothing for 0.

    >>> group(1001), group(1010), group(10), group(0)
    ('一千零一', '一千零一十', '一十', '')
    """
    text = ""
    for digit, unit in zip(f"{number:04}", UNITS, strict=True):
        if digit != "0":
            text += DIGITS[int(digit)] + unit
        elif text and not text.endswith(DIGITS[0]):
            text += DIGITS[0]
    return text.removesuffix(DIGITS[0])


SPEC = DataSpec(
    name="numerals",
    title=N_("Numbers as Chinese numerals"),
    summary=N_(
        "Numbers in digits, to be written in Chinese: 1024 is 一千零二十四. A short "
        "grammar with exceptions: a zero is written by the digits around it."
    ),
    settings=NumeralsSettings,
    make=make,
    task="translate",
    order=64,
    training=TRAINING,
)
