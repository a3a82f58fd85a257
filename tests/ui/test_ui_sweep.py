"""The page Sweep without a browser."""

import time

import pytest

from explorer.engine.service import engine
from explorer.ui.sweeps.setup import example
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


def ended(group_id: str) -> None:
    deadline = time.monotonic() + 300
    while engine().store.groups.get(group_id).facts["status"] != "finished":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_empty_page_offers_an_example_and_a_set_up() -> None:
    test = page("sweep")
    assert not test.exception
    assert not test.error
    assert test.button(key="sweep-example").label.startswith("Try it")
    assert not test.button(key="sweep-start").disabled
    assert test.multiselect[0].value == ["training.learning_rate", "model.hidden_size"]
    test.multiselect[0].set_value([]).run()
    assert test.button(key="sweep-start").disabled
    test.multiselect[0].set_value(["training.optimizer", "data.noise"]).run()
    assert not test.exception
    assert not test.button(key="sweep-start").disabled


def test_the_example_is_of_an_lstm_on_the_sine_wave() -> None:
    plan = example()
    assert (plan.base.model, plan.base.data) == ("lstm", "sine")
    assert [each.name for each in plan.space] == [
        "training.learning_rate",
        "model.hidden_size",
    ]
    plan.check()


def test_a_sweep_is_set_up_run_shown_to_others_and_opened() -> None:
    query = {"model": "rnn", "training.steps": "30", "data.window": "16"}
    test = page("sweep", owner="ann", **query)
    (trials,) = [s for s in test.select_slider if s.label == "Number of trials"]
    trials.set_value(6).run()
    test.button(key="sweep-start").click().run()
    assert not test.exception
    assert not test.error
    (group_id,) = [str(test.query_params["sweep"]).strip("[]'")]
    second = page("sweep", owner="ann", **query)
    second.button(key="sweep-start").click().run()
    assert any("sweeps running at one time" in e.value for e in second.error)
    ended(group_id)
    watched = page("sweep", owner="bob", sweep=group_id)
    assert not watched.exception
    assert any("another's sweep" in c.value for c in watched.caption)
    assert "sweep-stop" not in [button.key for button in watched.button]
    test = page("sweep", owner="ann", sweep=group_id)
    assert any(m.value.startswith("Best so far: loss") for m in test.markdown)
    assert len(test.dataframe[0].value) == 6
    best = engine().sweeps.trials(group_id)
    test.button(key="sweep-open-best").click().run()
    assert not test.exception
    winner = min((t for t in best if t.state == "finished"), key=lambda t: t.loss)
    assert winner.runs[0] in str(test.query_params["run"])
    test = page("sweep", owner="ann", sweep=group_id)
    test.button(key="sweep-delete").click().run()
    assert "sweep" not in test.query_params
    assert engine().store.shelf.of_group(group_id) == []


def test_a_sweep_that_is_not_there_is_said_so() -> None:
    test = page("sweep", sweep="made-up")
    assert any("nothing under the id" in error.value for error in test.error)
    assert not test.button(key="sweep-start").disabled
