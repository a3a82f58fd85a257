"""The page HMM and CRF without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.data.hidden_markov import HiddenMarkov
from explorer.engine.service import engine
from explorer.runs.commands import STOP
from explorer.ui import worked
from explorer.ui.chains import BEGINNINGS
from tests.ui.conftest import QUIET, page, shown_run

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


def opened() -> AppTest:
    return page("hmm_crf")


def test_a_first_visit_is_told_what_this_is_and_offered_runs() -> None:
    test = opened()
    said = [m.value for m in test.markdown]
    assert any(m.startswith("Which rolls were made with the loaded") for m in said)
    begun = [b.key for b in test.button if b.key.startswith("begin")]
    assert begun == ["begin-hmm", "begin-crf", "begin-lstm"]
    assert "pause" not in [b.key for b in test.button]


@pytest.mark.parametrize("model", ["hmm", "crf"])
def test_one_click_begins_a_run(model: str) -> None:
    test = opened()
    test.button(key=f"begin-{model}").click().run()
    assert not test.exception
    run = engine().store.get(shown_run(test))
    assert (run.config.data, run.config.model) == ("casino", model)
    assert any("Dishonest casino" in m.value for m in test.markdown)
    assert "begin-lstm" in [b.key for b in test.button]
    engine().send(run.id, STOP())


def test_a_tagger_is_begun_beside_and_can_be_compared() -> None:
    test = opened()
    test.button(key="begin-hmm").click().run()
    first = shown_run(test)
    test.button(key="begin-lstm").click().run()
    assert not test.exception
    assert shown_run(test) == first
    runs = [engine().store.get(i) for i in test.session_state["recent.runs"]]
    assert "lstm" in [run.config.model for run in runs]
    for run in runs:
        if not run.ended:
            engine().send(run.id, STOP())


def test_the_textbook_numbers_are_shown_and_follow_the_sliders() -> None:
    test = opened()

    def said() -> str:
        return next(m.value for m in test.markdown if m.value.startswith("P("))

    assert said().startswith("P(normal, cold, dizzy) = 0.03628.")
    assert "**Healthy**, **Healthy**, **Fever**" in said()
    assert said().endswith("0.01512.")
    test.slider(key="worked.normal0").set_value(1.0).run()
    assert not test.exception
    # by hand: only day 1 can be healthy
    expected = (0.6 * 1.0 * 0.3 + 0.4 * 0.1 * 0.6) * 0.3 * 0.6 * 0.6
    assert said().startswith(f"P(normal, cold, dizzy) = {expected:.5g}.")
    test.selectbox(key="worked.day2").set_value(0).run()
    assert said().startswith("P(normal, cold, normal)")


def test_the_table_holds_every_step() -> None:
    import numpy as np

    model = HiddenMarkov(
        np.array([0.6, 0.4]),
        np.array([[0.7, 0.3], [0.4, 0.6]]),
        np.array([[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]]),
    )
    rows = worked.rows(model, [0, 1, 2])
    assert [row["Forward α"] for row in rows[:4]] == ["0.3", "0.04", "0.0904", "0.0342"]
    assert [row["Viterbi v"] for row in rows[4:]] == ["0.00588", "0.01512"]
    assert [row["On the best path"] for row in rows] == ["✓", "", "✓", "", "", "✓"]


def test_every_beginning_can_be_built() -> None:
    for each in BEGINNINGS:
        assert each.config.model == each.model
