"""What every architecture must do, for whatever is found in explorer/models."""

from itertools import cycle, pairwise

import pytest
import safetensors.torch
import torch

from explorer.catalog import choosing, specs
from explorer.config.settings import bounds_of, choices_of
from explorer.errors import ExplorerError
from explorer.models.base import (
    AdversarialModel,
    ModelSpec,
    SequenceModel,
    Sizes,
    parameters,
)
from explorer.models.captures import Recorder, ignore, in_layer
from explorer.tasks import Task

B, T, I, V = 2, 5, 3, 11  # noqa: E741
S, L, C = 3, 2, 7  # T = S + L
FORECAST = Sizes(inputs=I, outputs=2, symbols=0, steps=T)
ASKED: dict[Task, list[Sizes]] = {
    "forecast": [FORECAST],
    "next_token": [Sizes(1, V, V, T, "next_token")],
    "classify": [
        Sizes(I, C, 0, T, "classify"),
        Sizes(1, C, V, T, "classify", padded=True),
    ],
    "tag": [Sizes(I, C, 0, T, "tag"), Sizes(1, C, V, T, "tag")],
    "translate": [Sizes(1, V, V, T, "translate", source=S, padded=True)],
    "transcribe": [Sizes(I, 1 + C, 0, T, "transcribe")],
    "generate": [Sizes(I, 1, 0, T, "generate")],
}
"""What the datasets of each task ask of a model."""


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
    """The defaults, then every other value of every setting that is chosen by name; a
    head is more outputs to the model, as labels are."""
    return [{}] + [
        {name: choice}
        for name, field in spec.settings.model_fields.items()
        for choice in choices_of(field)
        if choice != field.default and name != "head"
    ]


def named(spec: ModelSpec, sizes: Sizes, *chosen: str) -> str:
    kind = "tokens" if sizes.symbols else "series"
    return "-".join([spec.name, sizes.task, kind, *chosen])


def takes(spec: ModelSpec, chosen: dict[str, str], sizes: Sizes) -> bool:
    """Whether the combination can be built; a refusal is an ExplorerError."""
    try:
        make(spec, sizes, **chosen)
    except ExplorerError:
        return False
    return True


PAIRS = [
    (spec, sizes)
    for spec in specs.models().values()
    for task in spec.tasks
    for sizes in ASKED[task]
    if takes(spec, {}, sizes)
]
VARIANTS = [
    pytest.param(spec, chosen, sizes, id=named(spec, sizes, *chosen.values()))
    for spec, sizes in PAIRS
    for chosen in choices(spec)
    if takes(spec, chosen, sizes)
]
SPECS = list(specs.models().values())
every_model = pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.name)
every_pair = pytest.mark.parametrize(
    ("spec", "sizes"), [pytest.param(*pair, id=named(*pair)) for pair in PAIRS]
)
every_variant = pytest.mark.parametrize(("spec", "chosen", "sizes"), VARIANTS)
by_gradient = [v for v in VARIANTS if v.values[0].learning != "expectation"]
every_learner_by_gradient = pytest.mark.parametrize(
    ("spec", "chosen", "sizes"), by_gradient
)

each_answering_every_step = pytest.mark.parametrize(
    ("spec", "chosen", "sizes"), [v for v in VARIANTS if v.values[2].task != "classify"]
)


def answer_shape(sizes: Sizes, steps: int = T) -> tuple[int, ...]:
    """What a model must answer to `steps` steps."""
    if sizes.task == "classify":
        return B, sizes.outputs
    return B, steps - sizes.source, sizes.outputs


def lengths(part: str, sizes: Sizes) -> int:
    """How many steps of x an axis counts."""
    source = sizes.source or T
    return {"whole": T, "source": source, "target": T - sizes.source}[part]


def test_there_are_models_and_lessons_order_them():
    orders = [spec.order for spec in specs.models().values()]
    assert {"rnn", "lstm", "gru", "transformer"} <= set(specs.models())
    assert all(a < b for a, b in pairwise(orders))


@pytest.mark.quick
@every_variant
def test_answers_what_its_task_asks(spec, chosen, sizes):
    model = make(spec, sizes, **chosen)
    for steps in {sizes.source + 1, T - 1, T}:
        x = given(sizes, steps)
        assert model(x).shape == model(x, Recorder()).shape
        assert model(x).shape == answer_shape(sizes, steps)


@pytest.mark.quick
@every_variant
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


@each_answering_every_step
def test_the_last_answer_can_be_asked_alone(spec, chosen, sizes):
    model, x = make(spec, sizes, **chosen).eval(), given(sizes)
    with torch.no_grad():
        torch.testing.assert_close(model.last_answer(x), model(x)[:, -1:])


@every_learner_by_gradient
def test_looking_changes_no_gradient(spec, chosen, sizes):
    model = make(spec, sizes, **chosen).double()
    x = given(sizes)
    x = x if sizes.symbols else x.double()
    gradients = []
    for probe in (ignore, Recorder()):
        model.zero_grad()
        model(x, probe).square().mean().backward()
        known = [p.grad for p in model.parameters() if p.grad is not None]
        gradients.append([gradient.clone() for gradient in known])
    for fast, looked in zip(*gradients, strict=True):
        torch.testing.assert_close(looked, fast, atol=1e-12, rtol=1e-9)


@every_variant
def test_declared_captures_are_the_recorded_ones(spec, chosen, sizes):
    settings = small(spec, **chosen)
    model, look = make(spec, sizes, **chosen), Recorder()
    model(given(sizes), look)
    recorded, declared = look.values(), spec.captures(settings)
    assert sorted(c.name for c in declared) == sorted(recorded)
    for capture in declared:
        value = recorded[capture.name]
        if capture.axes == ("time", "unit"):
            assert value.shape[:2] == (B, lengths(capture.part, sizes)), capture.name
        else:
            assert capture.axes == ("head", "query", "key")
            part, keys = capture.part, capture.keys
            assert value.shape[0] == B
            assert value.shape[2:] == (lengths(part, sizes), lengths(keys, sizes))
            torch.testing.assert_close(value.sum(-1), torch.ones(value.shape[:-1]))
        assert capture.low <= value.min(), capture.name
        assert value.max() <= capture.high, capture.name
        assert not capture.centred or capture.low == -capture.high


@every_learner_by_gradient
def test_gradients_reach_every_parameter(spec, chosen, sizes):
    model = make(spec, sizes, **chosen)
    torch.manual_seed(2)
    for matrix in (p for p in model.parameters() if p.ndim == 2 and not p.any()):
        torch.nn.init.normal_(matrix)  # what begins at zero lets nothing through yet
    x = torch.arange(B * T).view(B, T) % V if sizes.symbols else given(sizes)
    if isinstance(model, AdversarialModel):
        x = model.generate(model.draw(B, T, torch.Generator().manual_seed(3)))
    model(x).pow(3).sum().backward()
    for name, p in model.named_parameters():
        assert p.grad is not None, name
        assert p.grad.abs().max() > 0, name


@pytest.mark.parametrize(
    ("spec", "chosen", "sizes"),
    [v for v in VARIANTS if v.values[0].learning == "expectation"],
)
def test_no_iteration_makes_the_data_less_likely(spec, chosen, sizes):
    """In float64, over many more windows than states; the first one helps."""
    model = make(spec, sizes, **chosen).double()
    generator = torch.Generator().manual_seed(1)
    shape = (64, T) if sizes.symbols else (64, T, sizes.inputs)
    labels = torch.randint(C, (64, T), generator=generator)
    answers = torch.randn(64, T, sizes.outputs, generator=generator).double()
    x = torch.randn(shape, generator=generator).cumsum(1).double()
    if sizes.symbols:
        x = torch.randint(V, shape, generator=generator).cumsum(1) % V
    y = {"next_token": x, "tag": labels, "forecast": answers}[sizes.task]
    surprises = []
    for _ in range(40):
        surprises.append(float(model.surprise(x).mean()))
        model.iterate(x, y)
    assert surprises[1] < surprises[0] - 1e-3
    assert all(b <= a + 1e-10 for a, b in pairwise(surprises))


@every_variant
def test_no_step_sees_a_later_one_where_none_may(spec, chosen, sizes):
    if not sizes.causal:
        pytest.skip("this task may look ahead")
    model = make(spec, sizes, **chosen).double()
    x = given(sizes)
    x = x if sizes.symbols else x.double()
    plain = {probe: model(x, probe) for probe in (ignore, Recorder())}
    for t in range(T):
        changed = x.clone()
        changed[:, t] = (x[:, t] + 1) % V if sizes.symbols else x[:, t] + 1
        for probe, answer in plain.items():
            difference = (model(changed, probe) - answer).abs().amax((0, 2))
            assert difference[:t].sum() == 0
            assert difference[t] > 0


@every_pair
def test_the_batch_does_not_mix(spec, sizes):
    model, x = make(spec, sizes), given(sizes)
    torch.testing.assert_close(model(x)[1:], model(x[1:]), atol=1e-6, rtol=0)


@every_pair
def test_same_seed_same_weights(spec, sizes):
    first, again = (make(spec, sizes).state_dict() for _ in range(2))
    torch.manual_seed(1)
    other = spec.make(small(spec), sizes).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


@pytest.mark.quick
@every_variant
def test_saved_and_loaded_it_answers_the_same(spec, chosen, sizes):
    model, x = make(spec, sizes, **chosen), given(sizes)
    state = safetensors.torch.save(model.state_dict())
    torch.manual_seed(9)
    fresh = spec.make(small(spec, **chosen), sizes)
    assert not torch.equal(fresh(x), model(x))
    fresh.load_state_dict(safetensors.torch.load(state))
    assert torch.equal(fresh(x), model(x))


@every_pair
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
        assert model(x).shape == answer_shape(sizes)
    assert parameters(model) > 0
    if end == 0:
        assert spec.make(settings, sizes)(given(sizes)).isfinite().all()


@every_pair
def test_every_captured_value_matters(spec, sizes):
    """A probe that changes a value changes the answer, whichever value it is."""
    model, x = make(spec, sizes), given(sizes)
    plain = model(x)
    for capture in spec.captures(small(spec)):
        # not all alike: a cell may go by what one step counts beside another
        factors = cycle([0.5, 0.8])

        def lower(name, value, capture=capture, factors=factors):
            return value * next(factors) if name == capture.name else value

        assert (model(x, lower) - plain).abs().max() > 1e-6, capture.name


@every_variant
def test_equations_and_diagram_hold_the_runs_sizes(spec, chosen, sizes):
    """The run's numbers are in them, and another size or depth reads differently."""
    settings = small(spec, **chosen)
    pages = [spec.equations(settings, sizes), spec.diagram(settings, sizes)]
    other = small(spec, hidden_size=24, **chosen)
    wider = parameters(spec.make(other, sizes)) > parameters(spec.make(settings, sizes))
    for page in pages:
        assert (str(settings.hidden_size) in page) >= wider
        assert str(sizes.outputs) in page
        assert str(sizes.symbols or sizes.inputs) in page
    assert (spec.equations(other, sizes) != pages[0]) == wider
    assert (spec.diagram(other, sizes) != pages[1]) == wider
    if "layers" in spec.settings.model_fields:
        deeper = small(spec, layers=3, **chosen)
        assert spec.equations(deeper, sizes) != pages[0]
        assert spec.diagram(deeper, sizes) != pages[1]


@every_variant
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
    has_dropout = dropout > 0 and "dropout" in spec.settings.model_fields
    assert ("dropout" in equations) == has_dropout
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
    assert list(look.recorded) == ["layer_3.hidden"]
    assert torch.equal(value, torch.ones(B, 7))
    assert in_layer(ignore, 3) is ignore


@every_model
def test_a_preset_says_what_the_settings_know(spec):
    names = [preset.name for preset in spec.presets]
    assert len(set(names)) == len(names)
    for preset in spec.presets:
        data = specs.usual_data(spec.name)
        config = choosing.make_config(data, spec.name, preset.settings)
        assert config != choosing.make_config(data, spec.name)
        assert all(not name.startswith("data.") for name in preset.settings)


def test_an_architecture_is_called_as_its_file() -> None:
    offered = dict.fromkeys(specs.models(), True)
    assert specs.model_names() == offered | dict.fromkeys(specs.misprints(), False)
