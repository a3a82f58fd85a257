"""One run, one verdict: what Compare and Runs draw is what the store has of it."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine.service import engine
from explorer.plots.parts import short
from explorer.racing.race import Race
from explorer.ui.language import translator
from tests.ui.conftest import NOBODY, QUIET, page
from tests.ui.test_ui_compare import quick, until
from tests.ui.test_ui_runs import choose

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


@pytest.fixture(scope="module")
def race(workers: None) -> Race:
    """Two nets that have raced to their end."""
    return until(quick(), lambda now: now.state == "finished")


def lowest(race: Race) -> list[float]:
    """Of each run, out of its measurements."""
    store = engine().store
    every = [store.validations(run.id) for run in race.all_runs]
    return [min(each.loss for each in measured) for measured in every]


def words(test: AppTest) -> str:
    """All that a page says."""
    return "\n".join(str(w.value) for w in (*test.success, *test.markdown))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_compare_draws_the_lowest_loss_of_each_run(race: Race, language: str) -> None:
    drawn = words(page("compare", race=race.id, lang=language))
    _ = translator(language)
    sentence = _("%(name)s got lowest: a validation loss of %(loss)s.")
    ending = sentence.partition("%(name)s")[2] % {"loss": short(min(lowest(race)))}
    assert f"**{ending}" in drawn


@pytest.mark.parametrize("language", ["en", "zh"])
def test_runs_draws_the_same_lowest_loss(race: Race, language: str) -> None:
    _ = translator(language)
    runs = page("runs", owner=NOBODY, lang=language)
    test = choose(runs, 0, 1, column=_("Parameters"))
    said = _("The lowest validation loss is %(loss)s, of run %(number)d.")
    before = said.partition("%(number)d")[0]
    assert before % {"loss": short(min(lowest(race)))} in words(test)
