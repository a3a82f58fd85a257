"""What every architecture must do, for whatever is found in explorer/models."""

from itertools import pairwise

import pytest
import safetensors.torch
import torch

from explorer import catalog
from explorer.config import bounds_of, choices_of
from explorer.models.base import (
    ModelSpec,
    Recorder,
    SequenceModel,
    Sizes,
    ignore,
    in_layer,
    parameters,
)

B, T, I, V = 2, 5, 3, 11  # noqa: E741
SERIES = Sizes(inputs=I, outputs=2, symbols=0, steps=T)
TOKENS = Sizes(inputs=1, outputs=V, symbols=V, steps=T)
SIZES = [pytest.param(SERIES, id="series"), pytest.param(TOKENS, id="tokens")]

every_model = pytest.mark.parametrize(
    "spec", catalog.models().values(), ids=lambda s: s.name
)
every_size = pytest.mark.parametrize("sizes", SIZES)


def small(spec: ModelSpec, **more):
    """Few units, two layers: 12 units, so that 1, 2, 3, 4 or 6 heads can share them."""
    values = {"hidden_size": 12, "layers": 2, "heads": 3, **more}
    return spec.settings(
        **{k: v for k, v in values.items() if k in spec.settings.model_fields}
    )


def make(spec: ModelSpec, sizes: Sizes, **more) -> SequenceModel:
    torch.manual_seed(0)
    return spec.make(small(spec, **more), sizes)


def given(sizes: Sizes, steps: int = T, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    if sizes.symbols:
        return torch.randint(sizes.symbols, (B, steps), generator=generator)
    return torch.randn(B, steps, sizes.inputs, generator=generator)


def choices(spec: ModelSpec) -> list[dict[str, str]]:
    """The defaults, then every other value of every setting that is chosen by name."""
    return [{}] + [
        {name: choice}
        for name, field in spec.settings.model_fields.items()
        for choice in choices_of(field)
        if choice != field.default
    ]


VARIANTS = [
    pytest.param(spec, chosen, id="-".join([spec.name, *chosen.values()]))
    for spec in catalog.models().values()
    for chosen in choices(spec)
]
every_variant = pytest.mark.parametrize(("spec", "chosen"), VARIANTS)


def test_there_are_models_and_lessons_order_them():
    orders = [spec.order for spec in catalog.models().values()]
    assert {"rnn", "lstm", "gru", "transformer"} <= set(catalog.models())
    assert all(a < b for a, b in pairwise(orders))


@every_variant
@every_size
def test_answers_one_row_per_step(spec, chosen, sizes):
    model = make(spec, sizes, **chosen)
    for steps in (1, T - 2, T):
        assert model(given(sizes, steps)).shape == (B, steps, sizes.outputs)


@every_variant
@every_size
@pytest.mark.parametrize("training", [False, True])
def test_looking_changes_nothing(spec, chosen, sizes, training):
    """Both paths agree, dropout included: the same seed gives the same masks."""
    model = make(spec, sizes, dropout=0.5, **chosen).train(training)
    x = given(sizes)
    torch.manual_seed(4)
    fast = model(x)
    torch.manual_seed(4)
    looked = model(x, Recorder())
    torch.testing.assert_close(looked, fast, atol=1e-6, rtol=0)


@every_variant
@every_size
def test_looking_changes_no_gradient(spec, chosen, sizes):
    model = make(spec, sizes, **chosen).double()
    x = given(sizes)
    x = x if sizes.symbols else x.double()
    gradients = []
    for probe in (ignore, Recorder()):
        model.zero_grad()
        model(x, probe).square().mean().backward()
        gradients.append([p.grad.clone() for p in model.parameters()])
    for fast, looked in zip(*gradients, strict=True):
        torch.testing.assert_close(looked, fast, atol=1e-12, rtol=1e-9)


@every_variant
@every_size
def test_declared_captures_are_the_recorded_ones(spec, chosen, sizes):
    settings = small(spec, **chosen)
    model, look = make(spec, sizes, **chosen), Recorder()
    model(given(sizes), look)
    recorded, declared = look.values(), spec.captures(settings)
    assert sorted(c.name for c in declared) == sorted(recorded)
    shapes = {
        ("time", "unit"): (B, T, settings.hidden_size),
        ("head", "query", "key"): (B, getattr(settings, "heads", 0), T, T),
    }
    for capture in declared:
        value = recorded[capture.name]
        assert value.shape == shapes[capture.axes], capture.name
        assert capture.low <= value.min(), capture.name
        assert value.max() <= capture.high, capture.name
        assert not capture.centred or capture.low == -capture.high


@every_variant
@every_size
def test_gradients_reach_every_parameter(spec, chosen, sizes):
    model = make(spec, sizes, **chosen)
    torch.manual_seed(2)
    x = torch.arange(B * T).view(B, T) % V if sizes.symbols else given(sizes)
    model(x).pow(3).sum().backward()
    for name, p in model.named_parameters():
        assert p.grad is not None, name
        assert p.grad.abs().max() > 0, name


@every_variant
@every_size
def test_no_step_sees_a_later_one(spec, chosen, sizes):
    model = make(spec, sizes, **chosen).double()
    x = given(sizes)
    x = x if sizes.symbols else x.double()
    for t in range(T):
        changed = x.clone()
        changed[:, t] = (x[:, t] + 1) % V if sizes.symbols else x[:, t] + 1
        for probe in (ignore, Recorder()):
            difference = (model(changed, probe) - model(x, probe)).abs().amax((0, 2))
            assert difference[:t].sum() == 0
            assert difference[t] > 0


@every_model
@every_size
def test_the_batch_does_not_mix(spec, sizes):
    model, x = make(spec, sizes), given(sizes)
    torch.testing.assert_close(model(x)[1:], model(x[1:]), atol=1e-6, rtol=0)


@every_model
@every_size
def test_same_seed_same_weights(spec, sizes):
    first, again = (make(spec, sizes).state_dict() for _ in range(2))
    torch.manual_seed(1)
    other = spec.make(small(spec), sizes).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


@every_variant
@every_size
def test_saved_and_loaded_it_answers_the_same(spec, chosen, sizes):
    model, x = make(spec, sizes, **chosen), given(sizes)
    state = safetensors.torch.save(model.state_dict())
    torch.manual_seed(9)
    fresh = spec.make(small(spec, **chosen), sizes)
    assert not torch.equal(fresh(x), model(x))
    fresh.load_state_dict(safetensors.torch.load(state))
    assert torch.equal(fresh(x), model(x))


@every_model
@every_size
@pytest.mark.parametrize("end", [0, 1], ids=["smallest", "largest"])
def test_smallest_and_largest_settings_build(spec, sizes, end):
    extreme = {
        name: field.annotation(bounds_of(field)[end])
        for name, field in spec.settings.model_fields.items()
        if not choices_of(field)
    }
    settings = spec.settings(**extreme)
    with torch.device("meta"):
        model = spec.make(settings, sizes)
        x = (
            torch.zeros(B, T, dtype=torch.long)
            if sizes.symbols
            else torch.zeros(B, T, I)
        )
        assert model(x).shape == (B, T, sizes.outputs)
    assert parameters(model) > 0
    if end == 0:
        assert spec.make(settings, sizes)(given(sizes)).isfinite().all()


@every_model
def test_every_captured_value_matters(spec):
    """A probe that changes a value changes the answer, whichever value it is."""
    model, x = make(spec, SERIES), given(SERIES)
    plain = model(x)
    for capture in spec.captures(small(spec)):

        def lower(name, value, capture=capture):
            return value * 0.5 if name == capture.name else value

        assert (model(x, lower) - plain).abs().max() > 1e-6, capture.name


@every_variant
@every_size
def test_equations_and_diagram_hold_the_runs_sizes(spec, chosen, sizes):
    """The run's numbers are in them, and another size or depth reads differently."""
    settings = small(spec, **chosen)
    pages = [spec.equations(settings, sizes), spec.diagram(settings, sizes)]
    for page in pages:
        assert str(settings.hidden_size) in page
        assert str(sizes.outputs) in page
        assert str(sizes.symbols or sizes.inputs) in page
    other = small(spec, hidden_size=24, **chosen)
    assert spec.equations(other, sizes) != pages[0]
    assert spec.diagram(other, sizes) != pages[1]
    deeper = small(spec, layers=3, **chosen)
    assert spec.equations(deeper, sizes) != pages[0]
    assert spec.diagram(deeper, sizes) != pages[1]


@every_variant
@every_size
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_equations_and_diagram_are_well_formed(spec, chosen, sizes, dropout):
    settings = small(spec, dropout=dropout, **chosen)
    equations, diagram = spec.equations(settings, sizes), spec.diagram(settings, sizes)
    assert equations.count("$$") % 2 == 0
    for formula in equations.split("$$")[1::2]:
        plain = formula.replace(r"\{", "").replace(r"\}", "")
        assert plain.count("{") == plain.count("}")
        assert plain.count(r"\begin") == plain.count(r"\end{")
        assert plain.count(r"\left") - plain.count(r"\leftarrow") == formula.count(
            r"\right"
        )
    assert ("dropout" in equations) == (dropout > 0)
    assert diagram.startswith("flowchart ")
    assert diagram.count("subgraph") == diagram.count("\n  end")
    assert diagram.count('"') % 2 == 0
    assert "<" not in diagram  # no HTML


@every_model
def test_settings_and_captures_are_put_into_words(spec):
    for name, field in spec.settings.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.description.endswith("."), name
    assert all(capture.title for capture in spec.captures(spec.settings()))
    assert spec.summary.endswith(".")


def test_in_layer_names_the_layer_and_keeps_the_fast_path():
    look = Recorder()
    value = in_layer(look, 3)("hidden", torch.ones(B, 7))
    assert list(look.told) == ["layer_3.hidden"]
    assert torch.equal(value, torch.ones(B, 7))
    assert in_layer(ignore, 3) is ignore
