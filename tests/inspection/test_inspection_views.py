"""What the views say, against independent computations on the same model."""

from typing import Any

import numpy as np
import pytest
import torch

from explorer.catalog import specs
from explorer.errors import ExplorerError
from explorer.inspection.base import Subject, probe_window
from explorer.models.captures import Recorder
from explorer.plots.inside import gates, gradients
from explorer.training.objectives import objective
from tests.inspection.subjects import seen, subject_of

FITTING = [
    (data, model.name) for data in ("sine", "fables") for model in specs.fitting(data)
]
every_pair = pytest.mark.parametrize(("data", "model"), FITTING)
RECURRENT = ["rnn", "lstm", "gru"]


def small(model: str, data: str = "sine", **settings: Any) -> Subject:
    """Two layers, where a model has layers, and short windows."""
    known = specs.model_spec(model).settings.model_fields
    deep = {"model__layers": 2} if "layers" in known else {}
    return subject_of(model, data, **({"data__window": 16} | deep | settings))


@pytest.mark.parametrize("model", RECURRENT)
def test_gradients_through_time_against_finite_differences(model: str) -> None:
    """The very norms that are drawn, by central differences in float64."""
    subject = small(model, **{"model.hidden_size": 5, "data.window": 8})
    exact = subject.model.double()
    data = subject.data
    x, y = probe_window(data, 2)
    x, y = x.double(), y.double()

    def loss(layer: int, t: int, moved: torch.Tensor) -> float:
        """The last position's loss when h_t of a layer is moved by (B, H)."""
        count = {}

        def probe(name: str, value: torch.Tensor) -> torch.Tensor:
            if name != f"layer_{layer}.hidden":
                return value
            count[name] = count.get(name, -1) + 1
            return value + moved if count[name] == t else value

        with torch.no_grad():
            each = objective(data).each(exact(x, probe), y)
        return float(each[:, -1].sum())

    epsilon = 1e-5
    norms = np.zeros((2, x.shape[1]))
    for layer in range(2):
        for t in range(x.shape[1]):
            gradient = torch.zeros(2, 5, dtype=torch.float64)
            for b in range(2):
                for unit in range(5):
                    moved = torch.zeros_like(gradient)
                    moved[b, unit] = epsilon
                    up, down = loss(layer, t, moved), loss(layer, t, -moved)
                    gradient[b, unit] = (up - down) / (2 * epsilon)
            norms[layer, t] = gradient.norm(dim=-1).mean()
    subject.model.float()
    drawn = two_examples(subject)
    np.testing.assert_allclose(drawn, norms[:, ::-1], rtol=1e-3, atol=1e-9)


def two_examples(subject: Subject) -> Any:
    """What the chart draws, of two windows, one column per step back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.inspection.gradients.EXAMPLES", 2)
        view = seen(subject, "gradients")
    return gradients.extract(subject.config.model, view).norms


@pytest.mark.parametrize(("rho", "expected"), [(0.9, 5.15378e-3), (1.1, 117.391)])
def test_a_scaled_orthogonal_rnn_fades_or_explodes_as_it_must(
    rho: float, expected: float
) -> None:
    """A tanh RNN at the origin with U = rho Q: the drawn norms fall by rho a step."""
    steps = 51
    subject = small(
        "rnn", **{"model.layers": 1, "model.hidden_size": 8, "data.window": steps}
    )
    cell = subject.model
    with torch.no_grad():
        for name, value in cell.named_parameters():
            if "weight_hh" in name:
                orthogonal = torch.linalg.qr(torch.randn(8, 8).double())[0]
                value.copy_(rho * orthogonal)
            elif "head" not in name:
                value.zero_()  # no input and no bias: the state stays at the origin
    view = seen(subject, "gradients")
    norms = gradients.extract("rnn", view).norms[0].astype(np.float64)
    assert norms[50] / norms[0] == pytest.approx(expected, rel=1e-4)


def test_the_norm_of_u_bounds_the_drawn_gradient() -> None:
    subject = small("rnn", **{"model.layers": 1, "data.window": 24})
    recurrent = next(v for n, v in subject.model.named_parameters() if "weight_hh" in n)
    sigma = float(torch.linalg.matrix_norm(recurrent.detach().double(), 2))
    norms = gradients.extract("rnn", seen(subject, "gradients")).norms[0]
    distance = np.arange(len(norms))
    assert (norms <= norms[0] * sigma**distance * (1 + 1e-5)).all()


@pytest.mark.quick
@every_pair
def test_inside_is_what_the_model_computed(model: str, data: str) -> None:
    subject = small(model, data)
    x, _ = probe_window(subject.data)
    recorder = Recorder()
    subject.model.eval()
    with torch.no_grad():
        answer = subject.model(x, recorder)
        torch.testing.assert_close(answer, subject.model(x), rtol=0, atol=1e-5)
    values = recorder.values()
    resolved = specs.resolve(subject.config)
    for capture in resolved.model.captures(resolved.model_settings):
        view = seen(subject, "inside", capture=capture.name, head=1)
        recorded = values[capture.name][0].numpy()
        recorded = recorded[1] if capture.kind == "attention" else recorded
        np.testing.assert_array_equal(view.arrays["values"], recorded)
        assert view.notes["title"] == capture.title


def test_an_lstms_drawn_gates_rebuild_its_hidden_state() -> None:
    """h = o * tanh(c) on the numbers of the view."""
    subject = small("lstm")
    named = {
        part: seen(subject, "inside", capture=f"layer_1.{part}").arrays["values"]
        for part in ("output_gate", "memory", "hidden")
    }
    rebuilt = named["output_gate"] * np.tanh(named["memory"])
    assert np.abs(rebuilt - named["hidden"]).max() < 1e-6


@pytest.mark.parametrize("data", ["sine", "fables"])
def test_drawn_attention_sums_to_one_and_never_looks_ahead(data: str) -> None:
    subject = small("transformer", data)
    for layer in range(2):
        for head in range(2):
            view = seen(
                subject, "inside", capture=f"layer_{layer}.attention", head=head
            )
            weights = view.arrays["values"]
            np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
            assert (np.triu(weights, 1) == 0).all()


def test_what_is_drawn_is_the_value_to_a_percent() -> None:
    subject = small("gru")
    view = seen(subject, "inside", capture="layer_0.update_gate")
    drawn = gates.extract(view)
    np.testing.assert_allclose(
        drawn.percent.T / 100, view.arrays["values"], atol=0.00501
    )
    x, _ = probe_window(subject.data)
    expected = subject.data.scaler.undo(x[0, :, 0].numpy())
    np.testing.assert_allclose(drawn.series, expected, rtol=1e-6)


@pytest.mark.quick
def test_a_forecast_is_one_step_ahead_and_then_left_to_itself() -> None:
    subject = small("gru")
    view = seen(subject, "prediction")
    data, series = subject.data, subject.data.series
    assert series is not None
    context = view.notes["context"]
    truth, free = view.arrays["truth"], view.arrays["free"]
    places = np.searchsorted(series.positions, view.arrays["positions"])
    np.testing.assert_allclose(truth, series.values[places], rtol=1e-6)
    # By hand: feed the model its own answer, window after window.
    begin = places[0]
    fed = list(series.scaled[begin : begin + context])
    subject.model.eval()
    expected = []
    for _ in range(int(np.isfinite(free).sum())):
        window = torch.tensor(fed[-data.steps :], dtype=torch.float32)
        with torch.no_grad():
            answer = float(subject.model(window[None, :, None])[0, -1, 0])
        fed.append(answer)
        expected.append(float(data.scaler.undo(np.array([answer]))[0]))
    said = free[np.isfinite(free)]
    np.testing.assert_allclose(said, expected[: len(said)], rtol=1e-3, atol=1e-3)
    ahead = view.arrays["one_step"]
    assert np.isfinite(ahead).any()
    assert len(ahead) == len(truth)


def test_text_is_drawn_from_the_chances_that_are_shown() -> None:
    subject = small("lstm", "fables", **{"model.layers": 1})
    never = seen(subject, "prediction", temperature=0.0, prompt="the fox", length=20)
    again = seen(subject, "prediction", temperature=0.0, prompt="the fox", length=20)
    assert never.notes["sample"] == again.notes["sample"]
    assert never.notes["sample"][0] == never.notes["tokens"][0]
    assert "".join(never.notes["prompt"]) == "the fox"
    only = seen(
        subject, "prediction", temperature=2.0, top_k=1, prompt="the fox", length=20
    )
    assert only.notes["sample"] == never.notes["sample"]
    hot = seen(subject, "prediction", temperature=2.0, prompt="the fox", length=20)
    cold = seen(subject, "prediction", temperature=0.5, prompt="the fox", length=20)
    assert hot.arrays["probabilities"][0] < cold.arrays["probabilities"][0]
    x, y = probe_window(subject.data)
    with torch.no_grad():
        logits = subject.model.eval()(x).double().numpy()[0]
    shifted = logits - logits.max(1, keepdims=True)
    chances = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    expected = -chances[np.arange(len(chances)), y[0].numpy()]
    np.testing.assert_allclose(never.arrays["losses"], expected, rtol=1e-4, atol=1e-5)
    odd = seen(subject, "prediction", prompt="the §ox")
    assert odd.notes["left_out"] == ["§"]


@pytest.mark.parametrize(
    ("view", "options", "message"),
    [
        ("nonsense", {}, "Unknown view 'nonsense'. Known: "),
        ("inside", {"capture": "layer_9.hidden"}, "Unknown capture 'layer_9.hidden'"),
        ("prediction", {"temperature": 9}, "temperature must be"),
        ("inside", {"nonsense": 1}, "nonsense"),
    ],
)
def test_a_bad_request_gets_one_sentence(
    view: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExplorerError, match=message) as raised:
        seen(small("rnn"), view, **options)
    assert "\n" not in str(raised.value)
