"""The rules by which single lessons find their answers, on records made by hand."""

import numpy as np
import pytest

from explorer.lessons import bag
from explorer.lessons.base import Record
from explorer.runs.records import Curves, Validation, View

pytestmark = pytest.mark.quick


def record(*views: View, **measures: float) -> Record:
    """A run that was measured once, and these views of its end."""
    validations = (Validation(5, 1.0, 0.0, measures),)
    seen = {view.name: view for view in views}
    return Record(None, Curves.empty(), validations, seen)  # type: ignore[arg-type]


def taken(*rows: tuple[int, int, int]) -> Record:
    """A run of which this is known: row the true shape, column what was said."""
    table = {"confusion": np.array(rows)}
    return record(View("prediction", 5, table))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (((20, 0, 0), (0, 20, 0), (0, 2, 18)), "all"),
        (((20, 0, 0), (0, 0, 20), (0, 0, 20)), "cylinder"),
        (((20, 0, 0), (0, 5, 15), (0, 5, 15)), "cylinder"),
        (((20, 0, 0), (20, 0, 0), (0, 0, 20)), "none"),
        (((0, 0, 20), (0, 0, 20), (0, 0, 20)), "none"),
    ],
)
def test_shapes_are_told_apart_as_the_table_says(
    rows: tuple[tuple[int, int, int], ...], told: str
) -> None:
    assert bag.told(taken(*rows)) == told


def test_a_bag_holds_where_positions_alone_part_bell_and_funnel() -> None:
    blind = taken((20, 0, 0), (0, 0, 20), (0, 0, 20))
    seeing = taken((20, 0, 0), (0, 20, 0), (0, 0, 20))
    found = bag.outcome({"bag": blind, "ordered": seeing})
    assert found.answer == "cylinder"
    assert found.holds
    assert not bag.outcome({"bag": seeing, "ordered": seeing}).holds
    assert not bag.outcome({"bag": blind, "ordered": blind}).holds
