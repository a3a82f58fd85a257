"""Answers that several lessons find in the same way."""

from collections.abc import Collection, Mapping

from explorer.lessons.base import Record

NONE = "none"
"""The choice that nobody is what was asked for."""

BOTH = "both"
"""The choice that all are."""


def first_below(record: Record, level: float) -> float:
    """The first measured step at which the held-out loss is below a level; one past
    the last step where it never is."""
    below = (v.step for v in record.validations if v.loss < level)
    return float(next(below, record.config.training.steps + 1))


def those_who_can(able: Collection[str], runs: Collection[str]) -> str:
    """The first of the runs that can; `BOTH` if all can, `NONE` if there is none."""
    if len(able) == len(runs):
        return BOTH
    return next(iter(able), NONE)


def those_below(records: Mapping[str, Record], level: float) -> str:
    """The name of the run whose lowest held-out loss is below a level; `BOTH` if all
    are, `NONE` if there is none, and else the lowest."""
    below = [name for name, record in records.items() if record.lowest < level]
    if len(below) == len(records):
        return BOTH
    return lowest_of({name: records[name] for name in below}) if below else NONE


def lowest_of(records: Mapping[str, Record]) -> str:
    """The name of the run with the lowest held-out loss."""
    return min(records, key=lambda name: records[name].lowest)
