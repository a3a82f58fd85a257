"""The influence of every input, against differences and one gradient at a time."""

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.errors import ExplorerError
from explorer.inspection.base import probe_window
from explorer.models.transformer import Transformer
from explorer.plots.encode import to_json
from explorer.plots.inside import influence
from explorer.runs.records import View
from tests.inspection.subjects import drawn, seen, subject_of

MODELS = ["rnn", "lstm", "gru", "transformer"]
small = partial(subject_of, data__window=8, model__layers=2, model__hidden_size=8)


@pytest.mark.parametrize("model", MODELS)
def test_of_a_series_against_finite_differences(model: str) -> None:
    subject = small(model)
    norms = seen(subject, "influence").arrays["norms"]
    exact = subject.model.double().eval()
    x = probe_window(subject.data)[0].double()
    epsilon = 1e-5
    expected = np.zeros((8, 8))
    for s in range(8):
        moved = torch.zeros_like(x)
        moved[0, s] = epsilon
        with torch.no_grad():
            change = exact(x + moved) - exact(x - moved)
        expected[:, s] = change[0, :, 0].abs().numpy() / (2 * epsilon)
    np.testing.assert_allclose(norms, expected, rtol=1e-3, atol=1e-8)
    assert expected[7, 0] > 0


@pytest.mark.parametrize("model", MODELS)
def test_of_tokens_against_one_gradient_per_target(model: str) -> None:
    subject = small(model, "fables")
    norms = seen(subject, "influence").arrays["norms"]
    exact: Any = subject.model.double().eval()
    x, y = probe_window(subject.data)

    def answers(e: Tensor) -> Tensor:
        """The model's answers (T, V) to embeddings (1, T, H), past its front door."""
        if not isinstance(exact, Transformer):
            return exact.head(getattr(exact, model)(e)[0])[0]
        h = exact.positions.enter(e)
        for block in exact.blocks:
            h = block(h, exact.positions)
        return exact.norm(h)[0] @ exact.embedding.weight.T

    torch.testing.assert_close(answers(exact.embedding(x)), exact(x)[0])
    for t in range(8):
        e = exact.embedding(x).detach().requires_grad_()
        chances = torch.softmax(answers(e)[t], 0)
        (gradient,) = torch.autograd.grad(chances[y[0, t]].log(), e)
        expected = np.sqrt((gradient[0].numpy() ** 2).sum(-1))
        np.testing.assert_allclose(norms[t], expected, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("data", ["sine", "stock", "fables"])
@pytest.mark.parametrize("model", MODELS)
def test_nothing_later_matters_and_nothing_is_left_behind(
    model: str, data: str
) -> None:
    subject = small(model, data, data__window=16, model__layers=3)
    for parameter in subject.model.parameters():
        parameter.grad = None
    view = seen(subject, "influence")
    norms = view.arrays["norms"]
    assert norms.shape == (16, 16)
    assert (norms[np.triu_indices(16, 1)] == 0).all()
    assert (norms[np.tril_indices(16)] > 0).all()
    assert view.notes["residual"] == 0
    assert "holds" in drawn(subject, view)["proof"]
    expected = [np.mean([norms[t, t - k] for t in range(k, 16)]) for k in range(16)]
    np.testing.assert_allclose(view.arrays["reach"], expected, rtol=1e-5)
    assert all(p.grad is None for p in subject.model.parameters())
    assert not any(m._forward_hooks for m in subject.model.modules())


def test_a_model_that_looks_ahead_is_found_out(monkeypatch: Any) -> None:
    subject = small("gru")
    forward = subject.model.forward
    monkeypatch.setattr(
        subject.model,
        "forward",
        lambda x, *more: forward(x, *more) + x.mean(1, keepdim=True),
    )
    view = seen(subject, "influence")
    assert view.notes["residual"] == pytest.approx(28 / 8, rel=1e-5)
    content = drawn(subject, view)
    assert "is violated" in content["proof"]
    later = content["figure"]["data"][0]["z"][0, 7]
    assert later == pytest.approx(np.log10(1 / 8), abs=1e-5)


@pytest.mark.parametrize("data", ["sine", "fables"])
def test_pass_by_pass_is_the_same(data: str, monkeypatch: Any) -> None:
    subject = small("lstm", data)
    whole = seen(subject, "influence")
    monkeypatch.setattr("explorer.inspection.influence.POSITIONS", 20)
    parts = seen(subject, "influence")
    np.testing.assert_allclose(
        parts.arrays["norms"], whole.arrays["norms"], rtol=1e-4, atol=1e-9
    )


@pytest.mark.parametrize("data", ["sine", "fables"])
@pytest.mark.parametrize("model", MODELS)
def test_what_is_drawn(model: str, data: str) -> None:
    subject = small(model, data)
    view = seen(subject, "influence")
    norms = view.arrays["norms"].astype(np.float64)
    content = drawn(subject, view, mark=4)
    heat, row, strip = content["figure"]["data"]
    for t, s in np.ndindex(8, 8):
        if s > t:
            assert np.isnan(heat["z"][t, s])
        else:
            assert heat["z"][t, s] == pytest.approx(np.log10(norms[t, s]), abs=1e-5)
    np.testing.assert_array_equal(heat["customdata"], view.arrays["norms"])
    assert heat["meta"] == {"time": "y"}
    np.testing.assert_array_equal(row["y"][:5], view.arrays["norms"][4, :5])
    assert np.isnan(row["y"][5:]).all()
    colours = content["figure"]["layout"][heat["coloraxis"]]
    assert (colours["cmin"], colours["cmax"]) == (-6, 1)
    best = int(norms[4].argmax()) + 1
    assert f"Prediction 5 is moved most by step {best} " in content["reading"]
    assert ("text" in strip) == (data == "fables")
    lines = content["figure"]["layout"]["shapes"]
    assert {(k.get("xref"), k["x0"]) for k in lines} >= {("x", 5)}
    unmarked = drawn(subject, view)["figure"]["data"][1]["y"]
    np.testing.assert_array_equal(unmarked, view.arrays["norms"][7])


def test_the_reading_of_how_far_it_reaches() -> None:
    assert "from 3 steps back on" in influence.reading(
        np.array([2, 1, 0.02, 0.0199, 0.001], np.float32), str
    )
    assert "still above 1 % of the nearest step's (2 on" in influence.reading(
        np.array([2, 0.001, 0.03], np.float32), str
    )
    nothing = "no influence that could be measured"
    for reach in ([0, 0], [np.nan, np.nan]):
        assert nothing in influence.reading(np.array(reach, np.float32), str)


def test_a_long_example_stays_small() -> None:
    steps = 256
    values = np.random.default_rng(0).random((steps, steps)).astype(np.float32)
    norms = np.tril(values + np.float32(1e-9))
    norms[9 * 2, 4 * 2] = 0
    reach = np.array([np.diagonal(norms, -k).mean() for k in range(steps)], np.float32)
    view = View(
        "influence",
        0,
        {"norms": norms, "reach": reach, "input": values[0]},
        {"labels": None, "residual": 0.0},
    )
    content = drawn(small("rnn"), view)
    assert len(to_json(content)) < 300_000
    heat = content["figure"]["data"][0]
    assert (heat["x0"], heat["dx"]) == (1, 2)
    assert heat["z"][9, 4] < -30  # a zero that is not in the future has the last colour
    np.testing.assert_allclose(
        heat["z"][50, :51], np.log10(norms[100, :101:2]), rtol=1e-5
    )


def test_an_example_that_is_not_there() -> None:
    with pytest.raises(ExplorerError, match="example 4000 was asked for"):
        seen(small("rnn"), "influence", example=4000)
