"""The page Compare without a browser: who races, the guess, the start, the buttons."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing, specs
from explorer.engine.limits import LIMITS
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.racing import entries
from explorer.racing.race import Race
from explorer.ui.language import translator
from explorer.ui.races.entrants import offers, usual_values
from explorer.ui.races.shown import find_race
from explorer.ui.races.start import begin
from explorer.ui.races.words import columns, fields_of, labels
from tests.ui.conftest import NOBODY, QUIET, page, wait_for

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]
QUICK = {"data.window": 16, "training.steps": 60, "model.hidden_size": 8}


def opened(owner: str = NOBODY, **query: str) -> AppTest:
    return page("compare", owner=owner, **query)


def keys(test: AppTest) -> set[str]:
    return {str(button.key) for button in test.button}


def quick(steps: int = 60, seeds: int = 1, guess: int | None = None) -> Race:
    """A race of two small nets that has been started."""
    base = choosing.make_config("sine", "rnn", {**QUICK, "training.steps": steps})
    configs = entries.grid(base, {"model.hidden_size": [4, 8]})
    group: list[str] = []
    me = Visitor(engine(), NOBODY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.ui.races.start.show_race", group.append)
        begin(me, configs, "step", seeds, guess)
    return find_race(engine().store, group[0])


def shown(test: AppTest) -> str:
    shown = test.query_params["race"]
    return shown if isinstance(shown, str) else shown[0]


def until(race: Race, there: Callable[[Race], bool]) -> Race:
    for run in race.all_runs:
        wait_for(run.id, lambda _run: there(find_race(engine().store, race.id)))
    return find_race(engine().store, race.id)


def guess_of(test: AppTest, place: str) -> Any:
    """The pills that ask who will win."""
    groups = test.get("button_group")
    return next(w for w in groups if str(w.key).startswith(f"race.guess.{place}"))


def test_without_a_race_an_example_is_one_click_away() -> None:
    test = opened()
    assert {"example", "race"} <= keys(test)
    guess_of(test, "example").set_value(2).run()
    test.button(key="example").click().run()
    assert not test.exception
    race = find_race(engine().store, shown(test))
    assert list(race.configs) == entries.example(choosing.make_config())
    assert race.guess == 2
    assert {"race.pause", "race.stop", "race.again"} <= keys(test)
    test.button(key="race.stop").click().run()
    until(race, lambda now: now.state == "finished")
    test.run()
    assert not test.exception
    test.button(key="race.again").click().run()
    assert "example" in keys(test)


def test_a_grid_with_a_guess_starts_with_its_settings() -> None:
    test = opened(model="rnn", **QUICK | {"training.steps": "60"})  # type: ignore[arg-type]
    test.segmented_control(key="race.way").set_value("grid").run()
    assert not test.exception
    test.multiselect(key="race.values.model.hidden_size.0.en").set_value(
        ["4", "8"]
    ).run()
    guess_of(test, "grid").set_value(1).run()
    test.segmented_control(key="race.clock").set_value("second").run()
    test.button(key="race").click().run()
    assert not test.exception
    race = find_race(engine().store, shown(test))
    assert [c.model_settings["hidden_size"] for c in race.configs] == [4, 8]
    assert (race.clock, race.guess, race.owner) == ("second", 1, NOBODY)
    until(race, lambda now: now.state == "finished")
    test.run()
    assert any("got lowest" in each.value for each in test.success)
    assert any("guess" in each.value for each in test.success)


def test_a_list_by_hand_grows_by_rows_and_says_what_is_there_already() -> None:
    test = opened(model="gru")
    test.segmented_control(key="race.way").set_value("list").run()
    test.button(key="race.add").click().run()
    assert not test.error
    test.button(key="race.add").click().run()
    assert any("on the list already" in each.value for each in test.error)
    test.selectbox(key="race.row.name").set_value("model.layers").run()
    test.selectbox(key="race.row.model.layers").set_value("2").run()
    test.button(key="race.row").click().run()
    assert {"race.remove0", "race.remove1"} <= keys(test)
    test.button(key="race.remove0").click().run()
    assert "race.remove1" not in keys(test)
    assert test.button(key="race").disabled


def test_a_race_that_is_too_large_is_refused_before_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(LIMITS, "active_runs=4")
    test = opened()
    (said,) = [w.value for w in test.warning]
    assert "you may start 4 now" in said
    assert test.button(key="race").disabled


def test_pause_resume_and_another_s_race() -> None:
    race = quick(steps=20000)
    test = opened(race=race.id)
    test.button(key="race.pause").click().run()
    until(race, lambda now: now.state == "paused")
    other = opened(owner="other", race=race.id)
    assert other.button(key="race.resume").disabled
    assert other.button(key="race.stop").disabled
    test.run()
    test.button(key="race.resume").click().run()
    assert find_race(engine().store, race.id).state in ("starting", "racing")
    test.button(key="race.stop").click().run()
    race = until(race, lambda now: now.state == "finished")
    steps = [run.step for run in race.all_runs]
    assert max(steps) - min(steps) <= 20


def test_several_seeds_and_a_deleted_run_are_said() -> None:
    race = until(quick(seeds=2, guess=0), lambda now: now.state == "finished")
    test = opened(race=race.id)
    (table,) = [t.value for t in test.dataframe]
    assert all("±" in cell for cell in table["Lowest validation loss"])
    assert set(table["Place"]) == {"1", "2"}
    for run in race.runs[0]:
        engine().store.delete(run.id)
    test.run()
    assert not test.exception
    (table,) = [t.value for t in test.dataframe]
    assert table["State"][0] == "deleted"


def test_a_link_to_no_race_says_so_and_offers_one() -> None:
    test = opened(race="made-up")
    assert any("There is nothing under the id" in each.value for each in test.error)
    assert "example" in keys(test)


def test_every_setting_offers_values_that_it_takes() -> None:
    for spec in specs.models().values():
        base = choosing.make_config(specs.usual_data(spec.name), spec.name)
        told = base.model_settings | base.training.values()
        for name, field in fields_of(base).items():
            present = told[name.partition(".")[2]]
            some = usual_values(offers(field, present), str(present), 4)
            made = [entries.changed(base, {name: some[0]})]
            assert labels(made, str)


def test_the_names_of_a_race_are_short_and_differ() -> None:
    made = entries.example(choosing.make_config())
    assert labels(made, str) == ["RNN", "LSTM", "GRU", "Transformer"]
    base = choosing.make_config()
    grid = entries.grid(base, {"model.hidden_size": [8, 16], "training.clip": [0, 1]})
    names = labels(grid, str)
    assert len(set(names)) == 4
    assert names[0] == "Hidden size 8, Gradient clipping (norm) 0"


def test_a_setting_that_an_architecture_has_no_use_for_is_a_dash() -> None:
    base = choosing.make_config()
    made = entries.architectures(base, "parameters")
    found = columns(made, translator("en"))
    schedules = dict(
        zip([c.model for c in made], found["Learning-rate schedule"], strict=True)
    )
    assert schedules["transformer"] == "warm-up, then cosine"
    assert (schedules["lstm"], schedules["hmm"]) == ("cosine to one tenth", "–")
