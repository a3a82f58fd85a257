"""Pairs of texts: their windows, and that each kind says what it should."""

import re
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from explorer.data import dates, numerals, reverse
from explorer.data.base import Data
from explorer.data.pairs import Pair, Room, as_windows, held_out, translation
from explorer.data.windows import Windows
from explorer.errors import ExplorerError
from explorer.tasks import BEGIN, END, IGNORED

every = pytest.mark.parametrize("module", [dates, numerals, reverse])


def texts(data: Data, part: Windows) -> list[tuple[str, str]]:
    """Sources and targets read back from the windows alone."""
    read = []
    for x, y in zip(part.x, part.y, strict=True):
        source = x[: data.source]
        end = np.flatnonzero(y == END)[0]
        read.append(
            (
                "".join(data.symbols[t] for t in source[source > 0]),
                "".join(data.symbols[t] for t in y[:end]),
            )
        )
    return read


def test_a_window_is_the_source_then_the_target_after_a_beginning() -> None:
    symbols = ("␀", "▷", "■", "a", "b", "c")
    part = as_windows([Pair("ab", "cab"), Pair("c", "")], Room(3, 4), symbols)
    np.testing.assert_array_equal(
        part.x, [[3, 4, 0, 1, 5, 3, 4, 0], [5, 0, 0, 1, 0, 0, 0, 0]]
    )
    ignored = IGNORED
    np.testing.assert_array_equal(
        part.y, [[5, 3, 4, 2, ignored], [2, ignored, ignored, ignored, ignored]]
    )


def test_what_is_held_out_came_up_last_and_stands_nowhere_else() -> None:
    keys = list("aaabacadefghijabk")
    assert held_out(keys) == {"j": 13, "k": 16}
    with pytest.raises(ExplorerError, match="at least 10 different sources"):
        held_out("abcabc")


@every
@pytest.mark.parametrize("seed", [0, 1])
def test_held_out_sources_never_occur_in_training(module, seed: int) -> None:
    data = module.make(module.SPEC.settings(), seed)
    train = {source for source, _ in texts(data, data.train)}
    held = [source for source, _ in texts(data, data.validation)]
    assert len(set(held)) == len(held) == 64
    assert not train & set(held)
    assert data.symbols[BEGIN] == "▷"
    assert data.symbols[END] == "■"
    assert data.floor == 0


def test_held_out_days_occur_in_training_in_no_form() -> None:
    data = dates.make(dates.DatesSettings(first_year=2000, last_year=2009), 0)
    train = {target for _, target in texts(data, data.train)}
    held = {target for _, target in texts(data, data.validation)}
    assert not train & held


def test_the_baselines_are_counted_over_the_targets_alone() -> None:
    pairs = [Pair(f"{k}", "ab") for k in range(20)]
    data = translation(pairs, range(20), Room(2, 3), "0123456789ab")
    # 16 pairs to learn from: a, b and ■ 16 times each, of 48 and 15 symbols
    assert len(data.train.x) == 16
    assert data.baselines["uniform"] == pytest.approx(np.log(15))
    assert data.baselines["unigram"] == pytest.approx(-np.log(17 / 63))
    # after each symbol one other: trusted by 16 / 17, the unigrams by 1 / 17
    expected = -np.log((16 + 17 / 63) / 17)
    assert data.baselines["bigram"] == pytest.approx(expected)


def test_reversed_sequences() -> None:
    data = reverse.make(reverse.ReverseSettings(shortest=2, longest=5, symbols=7), 0)
    read = texts(data, data.train)
    assert {len(source) for source, _ in read} == {2, 3, 4, 5}
    assert {c for source, _ in read for c in source} == set("abcdefg")
    assert all(target == "".join(reversed(source)) for source, target in read)


PARSED = {
    "{d} {month} {y}": "%d %B %Y",
    "{month} {d}, {y}": "%B %d, %Y",
    "{d}.{m}.{yy}": "%d.%m.%y",
    "{day} {d} {mon} {y}": "%a %d %b %Y",
    "{m}/{d}/{y}": "%m/%d/%Y",
    "{d}.{m}.{y}": "%d.%m.%Y",
    "{mon} {d}, {y}": "%b %d, %Y",
    "{d} {mon} {yy}": "%d %b %y",
    "{y}/{m}/{d}": "%Y/%m/%d",
    "{mon} {d} {y}": "%b %d %Y",
}
"""The same forms, as the standard library reads them."""


@pytest.mark.parametrize("form", dates.FORMS)
def test_the_standard_library_reads_every_form_as_the_same_day(form: str) -> None:
    for k in range(0, 73_000, 97):
        day = date(1900, 1, 1) + timedelta(k)
        short = "%y" in PARSED[form]
        parsed = PARSED[form]
        if short and not 1969 <= day.year <= 2068:
            parsed = parsed.replace("%y", "%Y")
        said = dates.written(day, form)
        assert datetime.strptime(said, parsed).date() == day, said


def test_only_the_forms_that_are_asked_for_occur() -> None:
    data = dates.make(dates.DatesSettings(forms=1), 0)
    form = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
    assert all(form.fullmatch(source) for source, _ in texts(data, data.train))
    for source, target in texts(data, data.validation):
        assert datetime.strptime(source, "%d %B %Y").date().isoformat() == target


def test_years_in_the_wrong_order() -> None:
    with pytest.raises(ExplorerError, match="Swap them"):
        dates.make(dates.DatesSettings(first_year=2001, last_year=2000), 0)
    with pytest.raises(ExplorerError, match="Swap them"):
        reverse.make(reverse.ReverseSettings(shortest=5, longest=4), 0)


KNOWN = {
    0: "零",
    1: "一",
    2: "二",
    9: "九",
    10: "十",
    11: "十一",
    19: "十九",
    20: "二十",
    21: "二十一",
    99: "九十九",
    100: "一百",
    101: "一百零一",
    109: "一百零九",
    110: "一百一十",
    111: "一百一十一",
    120: "一百二十",
    1000: "一千",
    1001: "一千零一",
    1010: "一千零一十",
    1011: "一千零一十一",
    1024: "一千零二十四",
    1100: "一千一百",
    1101: "一千一百零一",
    9999: "九千九百九十九",
    10000: "一万",
    10001: "一万零一",
    10010: "一万零一十",
    10100: "一万零一百",
    11000: "一万一千",
    10101: "一万零一百零一",
    10203: "一万零二百零三",
    12345: "一万二千三百四十五",
    20500: "二万零五百",
    50005: "五万零五",
    70060: "七万零六十",
    99999: "九万九千九百九十九",
    100000: "十万",
    100001: "十万零一",
    100010: "十万零一十",
    110000: "十一万",
    120345: "十二万零三百四十五",
    205000: "二十万五千",
    1000000: "一百万",
    1000001: "一百万零一",
    1100000: "一百一十万",
    10000000: "一千万",
    10010010: "一千零一万零一十",
    99999999: "九千九百九十九万九千九百九十九",
}


@pytest.mark.parametrize(("number", "message"), KNOWN.items())
def test_known_numerals(number: int, message: str) -> None:
    assert numerals.numeral(number) == message


def value_of(said: str) -> int:
    """What a numeral means: the other direction, by its own rules."""
    total, here, digit = 0, 0, 0
    for c in said:
        if c in "一二三四五六七八九":
            digit = "零一二三四五六七八九".index(c)
        elif c == "万":
            total, here, digit = (here + digit) * 10_000, 0, 0
        elif c != "零":
            # a 十 with no digit before it is one ten
            here, digit = here + (digit or 1) * {"十": 10, "百": 100, "千": 1000}[c], 0
    return total + here + digit


def test_numerals_mean_their_number_and_keep_the_rules_of_zeros() -> None:
    rng = np.random.default_rng(0)
    for number in [*range(12_000), *rng.integers(10**8, size=2000).tolist()]:
        said = numerals.numeral(number)
        assert value_of(said) == number
        assert "零零" not in said
        assert "零万" not in said
        assert number == 0 or not said.endswith("零")
        # 十 stands without a digit at the very beginning alone
        assert not re.search("[^一二三四五六七八九]十", said)


def test_numbers_of_every_length_occur_and_none_is_larger_than_the_largest() -> None:
    data = numerals.make(numerals.NumeralsSettings(largest=2500), 0)
    read = texts(data, data.train) + texts(data, data.validation)
    assert {len(source) for source, _ in read} == {1, 2, 3, 4}
    assert all(int(source) <= 2500 for source, _ in read)
    assert all(value_of(target) == int(source) for source, target in read)
