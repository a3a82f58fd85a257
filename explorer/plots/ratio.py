"""How much higher one number is than another, in words: by so many percent, or, where
nobody can picture them any more, by a factor."""

MOST_PERCENT = 300
"""A growth by more than this is told as a factor."""

MOST_WRITTEN_OUT = 1e6
"""Larger factors are written as powers of ten."""


def in_ratio(ratio: float, by_percent: str, by_factor: str, **more: object) -> str:
    """The message that fits, with its numbers in it.

    Args:
        ratio: the new number over the old one.
        by_percent: with %(percent)s, how much was added.
        by_factor: with %(times)s, the ratio.
        more: what else either names.

    >>> in_ratio(1.27, "%(percent)s %% more", "%(times)s times as much")
    '27 % more'
    >>> in_ratio(133.03, "%(percent)s %% more", "%(times)s times as much")
    '133 times as much'
    """
    if 100 * (ratio - 1) <= MOST_PERCENT:
        return by_percent % (more | {"percent": percentage(ratio - 1)})
    return by_factor % (more | {"times": times(ratio)})


def percentage(share: float) -> str:
    """Whole percents; what is not all is never written as 100.

    >>> percentage(0.274), percentage(1.0), percentage(0.99987)
    ('27', '100', '99.99')
    """
    value, digits = 100 * share, 0
    while value < 100 and float(f"{value:.{digits}f}") == 100 and digits < 6:
        digits += 1
    return f"{value:.{digits}f}"


def times(ratio: float) -> str:
    """A factor as it is read.

    >>> times(4.25), times(13203.4), times(2e9)
    ('4.2', '13,203', '2e+09')
    """
    if ratio >= MOST_WRITTEN_OUT:
        return f"{ratio:.3g}"
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"
