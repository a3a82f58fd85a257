"""What is known of single places of a series."""

import numpy as np

from explorer.catalog import building, choosing
from explorer.data.base import Data
from explorer.data.marked import marked


def places_of(name: str) -> tuple[Data, dict[str, np.ndarray]]:
    data = building.make_data(choosing.make_config(name))
    assert data.series is not None
    return data, dict(marked(data, data.series))


def test_what_does_not_belong_is_marked_in_its_middle() -> None:
    data, found = places_of("anomalies")
    odd = data.odd
    assert odd is not None
    assert list(found) == ["missing", *odd.names]
    assert len(found["missing"]) == 0
    for kind, name in enumerate(odd.names, 1):
        padded = [0, *odd.kinds.tolist(), 0]
        begins = [k for k in range(len(odd.kinds)) if padded[k : k + 2] == [0, kind]]
        ends = [k for k in range(len(odd.kinds)) if padded[k + 1 : k + 3] == [kind, 0]]
        assert len(begins) == len(ends) > 2
        middles = [(a + b) // 2 for a, b in zip(begins, ends, strict=True)]
        np.testing.assert_array_equal(found[name], middles)


def test_what_no_model_is_given_is_marked() -> None:
    data, found = places_of("weather")
    assert data.series is not None
    assert list(found) == ["missing"]
    gaps = np.flatnonzero(data.series.scaled[:, 1])
    assert len(gaps) > 0
    np.testing.assert_array_equal(found["missing"], gaps)
