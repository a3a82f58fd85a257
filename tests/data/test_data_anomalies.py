"""What does not belong stands where it is said to stand, and nowhere else."""

from itertools import pairwise

import numpy as np
import pytest

from explorer.data.anomalies import KINDS, AnomaliesSettings, injected, make
from explorer.plots.inside.anomalies import events


@pytest.mark.parametrize("kind", ["spike", "shift"])
def test_only_what_does_not_belong_grows_with_the_size(kind: str) -> None:
    small, large = (
        make(AnomaliesSettings(kind=kind, size=size, noise=0.1), 3)
        for size in (2.0, 12.0)
    )
    moved = large.series.values - small.series.values
    odd = large.odd.kinds > 0
    np.testing.assert_array_equal(np.abs(moved) > 1e-9, odd)
    np.testing.assert_allclose(np.abs(moved[odd]), 1.0)
    assert {k for *_, k in events(large.odd.kinds)} == {1 + KINDS.index(kind)}
    length = {end - first for first, end, _ in events(large.odd.kinds)}
    assert length == ({1} if kind == "spike" else {15})


def test_a_changed_rhythm_runs_twice_as_fast_and_falls_in_again() -> None:
    settings = AnomaliesSettings(kind="rhythm", period=20.0)
    put = injected(settings, np.random.default_rng(5))
    speed = np.diff(put.turns) * 20
    np.testing.assert_allclose(speed, np.where(put.kinds[:-1] > 0, 2.0, 1.0))
    found = events(put.kinds)
    assert {end - first for first, end, _ in found} == {20}
    late = put.turns[-1] - (len(put.turns) - 1) / 20
    assert late == pytest.approx(len(found))


@pytest.mark.parametrize("rate", [2, 20])
def test_as_many_as_asked_of_all_kinds_and_none_touches_another(rate: int) -> None:
    settings = AnomaliesSettings(rate=rate, length=6000)
    kinds = injected(settings, np.random.default_rng(0)).kinds
    found = events(kinds)
    assert len(found) == 6 * rate
    assert {k for *_, k in found} == {1, 2, 3}
    assert all(b[0] > a[1] for a, b in pairwise(found))
