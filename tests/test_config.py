"""Settings at every door: links, JSON, nearly right names, wrong values."""

import string
from contextlib import suppress

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.catalog import building, choosing, specs
from explorer.config.run import (
    MAX_QUERY_LENGTH,
    RunConfig,
    difference,
    query_pairs,
    to_query,
)
from explorer.config.settings import Settings, bounds_of, choices_of, extra_of
from explorer.config.training import TrainingSettings
from explorer.errors import ExplorerError, unknown
from explorer.models.base import parameters

pytestmark = pytest.mark.quick

PAIRS = [
    (data.name, model.name)
    for data in specs.datasets().values()
    if data.offered
    for model in specs.fitting(data.name)
]


def values_of(cls: type[Settings]) -> st.SearchStrategy[dict[str, object]]:
    """Any values within the bounds of a settings class."""
    drawn: dict[str, st.SearchStrategy[object]] = {}
    for name, field in cls.model_fields.items():
        low, high = bounds_of(field)
        if choices := choices_of(field):
            drawn[name] = st.sampled_from(choices)
        elif field.annotation is bool:
            drawn[name] = st.booleans()
        elif field.annotation is int and low is not None and high is not None:
            drawn[name] = st.integers(int(low), int(high))
        elif field.annotation is float and low is not None and high is not None:
            drawn[name] = st.floats(low, high)
        else:
            drawn[name] = st.just(field.default)
    return st.fixed_dictionaries(drawn)


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    """Any checked-by-field config; combinations may be impossible to build."""
    data, model = draw(st.sampled_from(PAIRS))
    data_settings = specs.data_spec(data).settings
    model_settings = specs.model_spec(model).settings
    return RunConfig(
        data=data,
        model=model,
        data_settings=data_settings.read(draw(values_of(data_settings))).values(),
        model_settings=model_settings.read(draw(values_of(model_settings))).values(),
        training=TrainingSettings.read(draw(values_of(TrainingSettings))),
        seed=draw(st.integers(0, 2**31 - 1)),
    )


@given(config=configs())
@settings(max_examples=60)
def test_json_brings_a_config_back(config: RunConfig) -> None:
    assert RunConfig.from_json(config.to_json()) == config


@given(config=configs())
@settings(max_examples=60)
def test_a_link_brings_a_config_back_or_says_why_not(config: RunConfig) -> None:
    query = to_query(config, choosing.linked_defaults(config))
    try:
        again = choosing.config_from_pairs(query_pairs(query))
    except ExplorerError:
        # Drawn settings may contradict each other, as a long window a short series.
        return
    assert again == config


def test_a_link_holds_only_what_differs() -> None:
    usual = choosing.make_config("sine", "gru")
    config = choosing.make_config("sine", "gru", {"model.hidden_size": 64}, seed=3)
    assert to_query(config, usual) == "data=sine&model=gru&model.hidden_size=64&seed=3"
    changes = [("seed", 0, 3), ("model.hidden_size", 32, 64)]
    assert difference(usual, config) == changes
    assert difference(config, config) == []


@given(query=st.text(alphabet=string.printable, max_size=200))
@settings(max_examples=50)
def test_no_link_does_worse_than_a_sentence(query: str) -> None:
    with suppress(ExplorerError):
        choosing.config_from_pairs(query_pairs(query))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("x" * (MAX_QUERY_LENGTH + 1), "may take 4000 characters"),
        ("seed=1&seed=2", "'seed' comes twice"),
        ("model=lsmt", "Did you mean 'lstm'"),
        ("data=sinne", "Did you mean 'sine'"),
        ("modle=lstm", "Did you mean 'model'"),
        ("training.lerning_rate=1", "Did you mean 'learning_rate'"),
        ("model.hidden_size=1e9", "hidden_size must be a whole number"),
        ("model.hidden_size=513", "Nearest: 512"),
        ("training.learning_rate=inf", "must be a number from 1e-05 to 10"),
        ("training.learning_rate=nan", "must be a number from 1e-05 to 10"),
        ("training.schedule=sometimes", "constant, cosine, warmup"),
        ("seed=-4", "seed must be a whole number"),
        ("seed=1.5", "seed must be a whole number"),
        ("data=sine&data.window=256&data.length=400", "Shorten the window"),
        ("model=transformer&model.heads=3", "divisible by heads"),
    ],
)
def test_what_is_wrong_with_a_link(query: str, message: str) -> None:
    with pytest.raises(ExplorerError) as caught:
        choosing.config_from_pairs(query_pairs(query))
    assert message in str(caught.value)


def test_a_name_far_from_all_gets_no_guess() -> None:
    assert str(unknown("model", "qqq", ["rnn"])) == "Unknown model 'qqq'. Known: rnn."
    assert len(str(unknown("model", "q" * 999, ["rnn"]))) < 120


def test_a_config_that_is_none_is_refused() -> None:
    for text in ("", "{}", "[1]", '{"data": 3}', "\x00"):
        with pytest.raises(ExplorerError, match="could not be read"):
            RunConfig.from_json(text)


def test_pairs_keep_their_order_and_their_blanks() -> None:
    assert query_pairs("a=1&b=&c=x%20y") == {"a": "1", "b": "", "c": "x y"}


def test_parameters_are_counted_without_memory() -> None:
    assert building.parameter_count(choosing.make_config("sine", "lstm")) == 4480 + 33
    assert building.parameter_count(choosing.make_config("sine", "gru")) == 3360 + 33
    assert building.parameter_count(choosing.make_config("sine", "rnn")) == 1120 + 33


@pytest.mark.parametrize(("model", "data"), {m: d for d, m in PAIRS}.items())
def test_to_count_parameters_draws_no_numbers(model: str, data: str) -> None:
    config = choosing.make_config(data, model)
    before = torch.get_rng_state()
    count = building.parameter_count(config)
    assert torch.equal(torch.get_rng_state(), before)
    assert count == parameters(building.build_model(config))


@pytest.mark.parametrize(
    "cls",
    [
        TrainingSettings,
        *(spec.settings for spec in specs.datasets().values()),
        *(spec.settings for spec in specs.models().values()),
    ],
    ids=lambda cls: cls.__name__,
)
def test_what_hangs_on_another_setting_names_its_choices(cls: type[Settings]) -> None:
    for field in cls.model_fields.values():
        for other, values in extra_of(field).get("when", {}).items():
            assert set(values) < set(choices_of(cls.model_fields[other]))


def test_a_changed_copy_is_written_as_it_is() -> None:
    config = choosing.make_config(seed=1)
    text, number = config.to_json(), hash(config)
    other = config.model_copy(update={"seed": 2})
    assert RunConfig.from_json(other.to_json()) == other != config
    assert (config.to_json(), hash(config)) == (text, number)
    assert hash(RunConfig.from_json(text)) == number
