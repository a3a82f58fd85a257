"""No page shows one run under the settings of another without saying so."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.engine.limits import LIMITS
from explorer.engine.service import engine
from explorer.runs.commands import STOP
from explorer.ui.pending import AT_ONCE
from tests.ui.conftest import QUIET, choice, page, shown_run

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


def pale(test: AppTest) -> bool:
    """Whether the pictures are pale."""
    sent = [e.proto.json for e in test.get("bidi_component") if e.proto.json]
    data = [json.loads(each) for each in sent]
    (stale,) = [each["stale"] for each in data if "stale" in each]
    return bool(stale)


def about(test: AppTest) -> str:
    return " ".join(m.value for m in test.markdown)


def test_a_changed_setting_pales_the_run_and_says_so() -> None:
    test = page()
    assert not pale(test)
    choice(test, "Hidden size").set_value(64).run()
    assert pale(test)
    assert "**Changed: press Train.** Hidden size 32 → 64." in about(test)
    choice(test, "Hidden size").set_value(32).run()
    assert not pale(test)
    assert "A finished sample: LSTM" in about(test)


def test_the_sample_is_not_shown_for_another_choice() -> None:
    test = page(data="digits", model="gru")
    assert pale(test)
    assert "Chosen: GRU, layers: 1 × 32 units" in about(test)
    assert "on Sine wave" not in about(test)


def test_a_link_to_a_run_brings_its_settings() -> None:
    run = engine().prepare(choosing.make_config(model="gru"))
    test = page(run=run.id)
    assert not pale(test)
    assert "GRU, layers: 1" in about(test)
    assert test.query_params["model"] in ("gru", ["gru"])
    choice(test, "Layers").set_value(2).run()
    assert pale(test)
    assert "Layers 1 → 2" in about(test)


@pytest.mark.parametrize(("group", "lacking"), [("model", "norm"), ("data", "merges")])
def test_a_run_from_before_a_setting_was_there_has_its_default(
    group: str, lacking: str
) -> None:
    config = choosing.make_config("fables", "transformer")
    name = f"{group}_settings"
    older = {k: v for k, v in getattr(config, name).items() if k != lacking}
    run = engine().prepare(config.model_copy(update={name: older}))
    test = page(run=run.id)
    assert not test.exception
    assert not pale(test)
    assert "Transformer" in about(test)


def test_what_cannot_be_trained_pales_the_run_too() -> None:
    test = page(model="transformer")
    choice(test, "Attention heads").set_value(3).run()
    assert pale(test)


@pytest.mark.parametrize("at_once", [False, True])
def test_the_owner_of_a_server_may_have_changes_train_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    monkeypatch.setenv(AT_ONCE, "1" if at_once else "")
    test = page()
    choice(test, "Hidden size").set_value(8).run()
    assert ("run" in test.query_params) == at_once
    assert pale(test) != at_once
    if at_once:
        run = engine().store.get(shown_run(test))
        assert run.config.model_settings["hidden_size"] == 8
        engine().send(run.id, STOP())


@pytest.mark.parametrize(
    ("given", "limits", "told"),
    [("yes", "", "must be 0 or 1, but got 'yes'"), ("1", "parameters=100", "100")],
)
def test_what_cannot_train_at_once_is_said_and_the_run_stays(
    monkeypatch: pytest.MonkeyPatch, given: str, limits: str, told: str
) -> None:
    monkeypatch.setenv(AT_ONCE, given)
    monkeypatch.setenv(LIMITS, limits)
    test = page()
    choice(test, "Hidden size").set_value(8).run()
    assert told in test.error[0].value
    assert test.button(key="train")
    assert pale(test)


def test_what_was_changed_on_another_page_waits_for_train(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(AT_ONCE, "1")
    test = page()
    test.switch_page("../../pages/compare.py").run()
    choice(test, "Hidden size").set_value(8).run()
    test.switch_page("../../pages/playground.py").run()
    assert not test.exception
    assert "run" not in test.query_params
    assert pale(test)
    assert "Hidden size 32 → 8" in about(test)


def test_a_misprinted_run_stands_under_its_own_name() -> None:
    """It is never offered, and the picker shows no other in its place."""
    run = engine().prepare(choosing.make_config(model="lstm_candidate"))
    test = page(run=run.id)
    assert not pale(test)
    picker = choice(test, "More architectures")
    assert picker.value == "lstm_candidate"
    picker.set_value("tcn").run()
    assert not test.exception
    assert pale(test)
    assert "LSTM, misprinted" not in choice(test, "More architectures").options
