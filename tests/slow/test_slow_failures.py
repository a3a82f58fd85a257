"""Every exhibit of the museum fails as it says, on three seeds."""

import pytest

from explorer.inspection.facts import facts_of
from explorer.lessons.checking import trained
from explorer.lessons.failures.base import Exhibit, exhibits
from explorer.plots.panel import panels
from explorer.training.process import settle
from tests.slow.conftest import Report

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("exhibit", exhibits().values(), ids=exhibits())
def test_an_exhibit_fails_as_it_says(exhibit: Exhibit, report: Report) -> None:
    settle()
    runs = [trained(exhibit.run.config(seed), exhibit.views) for seed in range(3)]
    found = [exhibit.figure(run) for run in runs]
    said = ", ".join(f"{each:.3g}" for each in found)
    report(f"{exhibit.title}: {exhibit.measured}: {said}")
    assert all(map(exhibit.fails, found))
    facts = facts_of(exhibit.run.config())
    assert panels()[exhibit.panel].asks(facts) == exhibit.asks
