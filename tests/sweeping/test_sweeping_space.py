"""Which settings a sweep may vary, and within what."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from explorer.catalog import choosing, specs
from explorer.config.settings import bounds_of, choices_of, extra_of
from explorer.errors import ExplorerError
from explorer.sweeping.plan import Plan
from explorer.sweeping.space import (
    narrowed,
    read_range,
    variable_settings,
    whole_range,
    with_values,
)
from explorer.sweeping.study import Study
from tests.sweeping.plans import BASE, NAMES, RATE, SIZE, asked, plan

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("model", list(specs.models()))
def test_every_setting_that_can_vary_has_its_own_bounds(model: str) -> None:
    base = choosing.make_config(specs.usual_data(model), model)
    fields = variable_settings(base)
    assert "training.steps" not in fields
    assert len(fields) > 3
    for name, field in fields.items():
        whole, distribution = (
            whole_range(base, name),
            whole_range(base, name).distribution,
        )
        if isinstance(distribution, CategoricalDistribution):
            assert distribution.choices == (choices_of(field) or (False, True))
            continue
        assert isinstance(distribution, FloatDistribution | IntDistribution)
        assert (distribution.low, distribution.high) == bounds_of(field)
        assert isinstance(distribution, IntDistribution) == (field.annotation is int)
        logarithmic = extra_of(field)["scale"] == "log" and distribution.low > 0
        assert distribution.log == whole.log == logarithmic


@given(st.data())
@settings(max_examples=40)
def test_what_a_narrowed_range_proposes_is_in_it_and_in_the_bounds(
    data: st.DataObject,
) -> None:
    name = data.draw(st.sampled_from(NAMES))
    whole = whole_range(BASE, name)
    if whole.choices:
        return
    inside = st.integers if whole.whole else st.floats
    kind = int if whole.whole else float
    ends = st.tuples(*[inside(kind(whole.low), kind(whole.high))] * 2)
    low, high = sorted(data.draw(ends))
    if low == high:
        with pytest.raises(ExplorerError, match="from a lower to a higher"):
            narrowed(BASE, name, low, high)
        return
    part = narrowed(BASE, name, low, high)
    for value in part.even(data.draw(st.integers(2, 9))):
        assert low <= value <= high
        assert isinstance(value, kind)
        assert with_values(BASE, {}) == BASE
    trial = Study(Plan(BASE, (part,))).ask()
    assert trial is not None
    assert low <= trial.values[name] <= high


def test_a_logarithmic_setting_varies_logarithmically() -> None:
    assert RATE.log
    assert RATE.even(3) == (0.001, 0.01, 0.1)
    found = [t.values[RATE.name] for t in asked(Study(plan(RATE, sampler="random")))]
    below = sum(value < 0.01 for value in found)
    assert 8 <= below <= 22  # of 30; by equal widths it would be about 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("training.steps=10:20", "cannot vary 'training.steps'"),
        ("model.hiden_size=8:16", "Did you mean 'model.hidden_size'"),
        ("model.hidden_size=8:900", "Nearest: 512"),
        ("model.hidden_size=16:8", "from a lower to a higher"),
        ("model.hidden_size=8", "at least two values"),
        ("training.optimizer=adam:sgd", "no range but choices"),
        ("training.optimizer=adam,best", "sgd, adam, adamw, muon"),
        ("training.learning_rate=a:b", "must be a number"),
    ],
)
def test_a_bad_range_gets_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ExplorerError, match=message):
        read_range(BASE, text)


def test_a_sweep_varies_one_to_four_settings() -> None:
    for space in ((), (SIZE, SIZE), tuple(whole_range(BASE, n) for n in NAMES[:5])):
        with pytest.raises(ExplorerError, match="varies 1 to 4 settings"):
            Plan(BASE, space)
    with pytest.raises(ExplorerError, match="from 2 to 200"):
        plan(trials=201)
