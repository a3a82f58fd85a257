"""Who races: grids, equal numbers of parameters, and what is refused."""

import itertools
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from explorer.catalog import building, choosing, fitting, specs
from explorer.config.settings import bounds_of
from explorer.errors import ExplorerError
from explorer.racing import entries
from explorer.racing.race import facts, read_race, seeded
from explorer.runs.store import open_store

pytestmark = pytest.mark.quick

BASE = choosing.make_config()
sizes = some.lists(some.integers(1, 64), min_size=1, max_size=4, unique=True)
rates = some.lists(some.floats(1e-4, 0.1), min_size=1, max_size=2, unique=True)


@given(sizes, rates)
@settings(deadline=None, max_examples=25)
def test_a_grid_has_every_combination_once_and_changes_nothing_else(
    hidden: list[int], rate: list[float]
) -> None:
    axes = {"model.hidden_size": hidden, "training.learning_rate": rate}
    made = entries.grid(BASE, axes)
    predicted = [
        (c.model_settings["hidden_size"], c.training.learning_rate) for c in made
    ]
    assert predicted == list(itertools.product(hidden, rate))
    for config in made:
        kept = config.training.model_copy(
            update={"learning_rate": BASE.training.learning_rate}
        )
        assert kept == BASE.training
        assert config.model_settings | {"hidden_size": 32} == BASE.model_settings
        assert (config.data, config.data_settings) == (BASE.data, BASE.data_settings)


def test_a_grid_takes_values_as_text_and_each_setting_once() -> None:
    made = entries.grid(BASE, {"model.hidden_size": ["16", 16, "32"]})
    assert [c.model_settings["hidden_size"] for c in made] == [16, 32]


def test_a_grid_is_refused_in_one_sentence() -> None:
    with pytest.raises(ExplorerError, match="at most 8 settings, but these are 9"):
        entries.grid(
            BASE,
            {"model.hidden_size": [1, 2, 3], "training.steps": [1, 2, 3]},
        )
    with pytest.raises(ExplorerError, match="a whole number from 1 to"):
        entries.grid(BASE, {"model.hidden_size": ["many"]})


@cache
def counts(model: str) -> list[int]:
    """Every number of parameters that a hidden size can bring about."""
    config = choosing.make_config("sine", model)
    field = specs.model_spec(model).settings.model_fields["hidden_size"]
    low, high = bounds_of(field)
    assert low is not None
    assert high is not None
    found = []
    for size in range(int(low), int(high) + 1):
        values = config.model_settings | {"hidden_size": size}
        try:
            sized = config.model_copy(update={"model_settings": values})
            found.append(building.parameter_count(sized))
        except ExplorerError:
            continue
    return found


@pytest.mark.parametrize("model", ["transformer", "hmm"])
def test_no_size_comes_nearer_to_the_wanted_parameters(model: str) -> None:
    config = choosing.make_config("sine", model)
    for wanted in (1, 700, 4513, 60_000, 10**9):
        count = building.parameter_count(entries.at_parameters(config, wanted))
        assert abs(count - wanted) == min(abs(n - wanted) for n in counts(model))


def test_a_model_whose_count_depends_on_no_size_is_left_as_it_is() -> None:
    config = choosing.make_config("casino", "crf")
    assert entries.at_parameters(config, 5000) == config


@pytest.mark.parametrize("data", ["sine", "fables", "casino", "dates"])
def test_every_architecture_of_a_task_learns_the_same_task(data: str) -> None:
    base = choosing.make_config(data)
    for equal in ("parameters", "hidden_size"):
        made = entries.architectures(base, equal)  # type: ignore[arg-type]
        assert base in made
        assert len({config.model for config in made}) == len(made) > 1
        spec = specs.data_spec(data)
        tasks = {specs.task_of(spec, specs.model_spec(c.model)) for c in made}
        assert len(tasks) == 1
        for config in made:
            fitting.check_fit(config)


def test_those_race_that_are_chosen_and_no_more_than_may() -> None:
    made = entries.architectures(BASE, "hidden_size", ["min_gru", "gru"])
    assert [config.model for config in made] == ["gru", "min_gru"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries, "USUAL", 2)
        last = choosing.make_config("sine", "min_gru")
        assert entries.usual_rivals(last) == ["rnn", "min_gru"]
        made = entries.architectures(last, "hidden_size")
    assert [config.model for config in made] == ["rnn", "min_gru"]


def test_the_example_has_four_at_about_one_number() -> None:
    made = entries.example(choosing.make_config())
    assert [c.model for c in made] == ["rnn", "lstm", "gru", "transformer"]
    counts = [building.parameter_count(config) for config in made]
    assert max(counts) < 1.1 * min(counts)


def test_the_example_races_on_the_chosen_data() -> None:
    base = choosing.make_config("reverse", settings={"model.hidden_size": 8})
    made = entries.example(base)
    assert {config.data for config in made} == {"reverse"}
    assert base in made
    assert 1 < len(made) <= 4


def test_what_is_not_of_one_kind_cannot_race() -> None:
    other = choosing.make_config("fables")
    with pytest.raises(ExplorerError, match="same task from the same data and seed"):
        entries.checked([BASE, other])
    with pytest.raises(ExplorerError, match="same task from the same data and seed"):
        entries.checked([BASE, choosing.make_config("sine", "gan")])


def test_the_order_in_which_settings_are_noted_does_not_matter() -> None:
    settings = dict(reversed(BASE.data_settings.items()))
    turned = BASE.model_copy(update={"data_settings": settings})
    assert entries.checked([BASE, turned]) == [BASE]
    assert len(entries.architectures(turned, "parameters")) > 3


def test_a_race_is_read_back_and_knows_its_runs(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    store = open_store()
    made = entries.grid(BASE, {"model.hidden_size": [8, 16]})
    group = store.groups.create("race", "me", facts(made, "second", 2, 1))
    runs = [
        store.create(each, 1, "paused", group_id=group.id)
        for config in made
        for each in seeded(config, 2)
    ]
    store.delete(runs[1].id)
    race = read_race(store.groups.get(group.id), store.shelf.of_group(group.id))
    assert list(race.configs) == made
    assert (race.clock, race.seeds, race.guess, race.owner) == ("second", 2, 1, "me")
    told = [[run.id for run in each] for each in race.runs]
    assert told == [[runs[0].id], [runs[2].id, runs[3].id]]
    assert race.state == "paused"
    store.set_status(runs[0].id, "training")
    race = read_race(group, store.shelf.of_group(group.id))
    assert race.state == "starting"
    for run in race.all_runs:
        store.set_status(run.id, "stopped")
    assert read_race(group, store.shelf.of_group(group.id)).state == "finished"
    store.close()
