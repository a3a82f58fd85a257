"""Gradient through time as drawn: bound, memory path, ghosts, another run."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.catalog import specs
from explorer.data import content
from explorer.inspection.facts import facts_of
from explorer.plots.inside import gradients
from explorer.plots.inside.reach import bound_of
from explorer.plots.panel import Scene, panels
from tests.inspection.subjects import drawn, seen, subject_of


def named(content: dict[str, Any]) -> dict[str, Any]:
    return {t["name"]: t for t in content["figure"]["data"]}


@pytest.mark.parametrize(
    ("bias", "expected"), [(0.0, 9.5367e-7), (1.0, 1.90127e-3), (2.0, 7.8980e-2)]
)
def test_the_memory_path_of_an_lstm_fades_by_its_forget_gate(
    bias: float, expected: float
) -> None:
    """Zero weights, T = 20: the drawn dL/dc falls by sigmoid(b) a step."""
    subject = subject_of("lstm", steps=0, data__window=21, model__hidden_size=4)
    with torch.no_grad():
        for name, value in subject.model.named_parameters():
            if name.startswith("lstm"):
                value.zero_()
            if "bias_ih" in name:
                value[4:8] = bias
    view = seen(subject, "gradients")
    memory = named(drawn(subject, view))["memory, layer 1"]["y"].astype(np.float64)
    assert memory[20] / memory[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("layers", [1, 2])
def test_the_bound_is_the_spectral_norm_and_holds(activation: str, layers: int) -> None:
    subject = subject_of(
        "rnn", model__activation=activation, model__layers=layers, steps=20
    )
    view = seen(subject, "gradients")
    U = dict(subject.model.named_parameters())[f"rnn.weight_hh_l{layers - 1}"]
    sigma = float(np.linalg.svd(U.detach().double().numpy(), compute_uv=False)[0])
    assert view.notes["sigma"] == pytest.approx(sigma, rel=1e-12)
    lines = named(drawn(subject, view))
    norms, bound = lines[f"layer {layers}"]["y"], lines["bound"]["y"]
    known = np.isfinite(norms)
    assert (norms[known] <= bound[known] * (1 + 1e-5)).all()
    expected = norms[0] * sigma ** np.arange(len(norms))
    np.testing.assert_allclose(bound, expected, rtol=1e-4)
    assert "holds" in drawn(subject, view)["proof"]


def test_eigenvalues_would_not_bound_it() -> None:
    """U = [[8, 8], [-8, -8]] has eigenvalues 0 alone, and a norm of 16."""
    subject = subject_of("rnn", steps=0, model__hidden_size=2)
    with torch.no_grad():
        subject.model.get_parameter("rnn.weight_hh_l0").copy_(
            torch.tensor([[8.0, 8.0], [-8.0, -8.0]])
        )
    assert seen(subject, "gradients").notes["sigma"] == pytest.approx(16)
    bound = bound_of(seen(subject, "gradients"))
    assert bound is not None
    assert bound[1] / bound[0] == pytest.approx(16, rel=1e-6)


@pytest.mark.parametrize(
    ("rho", "word"), [(0.8, "vanishing"), (1.0, "still has 100 %"), (1.2, "exploding")]
)
def test_the_word_follows_the_figure(rho: float, word: str) -> None:
    subject = subject_of("rnn", steps=0, model__hidden_size=4)
    with torch.no_grad():
        for name, value in subject.model.named_parameters():
            if "weight_hh" in name:
                value.copy_(rho * torch.eye(4))
            elif "head" not in name:
                value.zero_()
    view = seen(subject, "gradients")
    reading = drawn(subject, view)["reading"]
    assert word in reading
    assert f"{rho:.3f}" in reading


def test_an_open_memory_is_no_vanishing_gradient() -> None:
    """What the memory keeps, the hidden state alone does not show."""
    subject = subject_of("lstm", steps=0, data__window=65, model__forget_bias=5.0)
    with torch.no_grad():
        subject.model.get_parameter("lstm.weight_hh_l0").zero_()
    view = seen(subject, "gradients")
    hidden, memory = (view.arrays[name][0, ::-1] for name in ("norms", "memory"))
    assert not hidden[1:].any()
    kept = np.hypot(hidden, memory)
    share = kept[-1] / kept[0]
    assert share > 0.01
    reading = drawn(subject, view)["reading"]
    assert f"64 steps back, the error still has {100 * share:.3g} %" in reading
    lines = named(drawn(subject, view))
    np.testing.assert_allclose(lines["memory, layer 1"]["y"], memory)


@pytest.mark.parametrize(
    ("model", "data"),
    [(name, specs.usual_data(name)) for name in specs.models()],
)
def test_every_page_gives_the_same_verdict(model: str, data: str) -> None:
    subject = subject_of(model, data)
    if "gradients" not in facts_of(subject.config).views:
        return
    view = seen(subject, "gradients")
    alone = gradients.reading(gradients.extract(model, view), str)
    assert drawn(subject, view)["reading"] == alone
    if specs.model_spec(model).attends:
        assert view.notes["attention"]
        assert "ing)" not in alone
    else:
        assert not view.notes["attention"]


def test_a_gap_at_the_end_of_a_window_gives_no_gradient_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    values = np.sin(np.arange(400) / 6)
    values[np.arange(400) % 3 == 1] = np.nan
    digest = content.put_series(values, "x")
    subject = subject_of("rnn", "own_series", data__digest=digest, data__missing="mask")
    norms = seen(subject, "gradients").arrays["norms"]
    assert np.isfinite(norms).all()
    assert norms[0, -1] > 0


def test_a_click_marks_the_time_step_and_not_the_distance() -> None:
    subject = subject_of("gru", data__window=16)
    content = drawn(subject, seen(subject, "gradients"), mark=4)
    for line in content["figure"]["data"]:
        assert line["meta"] == {"time": "customdata"}
        # At distance 0 stands the last time step, counted from 1.
        assert line["customdata"].tolist() == list(range(16, 0, -1))
    (shape,) = content["figure"]["layout"]["shapes"]
    assert shape["x0"] == 15 - 4


def test_earlier_moments_and_another_run_share_the_axes() -> None:
    lstm, rnn = subject_of("lstm", steps=9), subject_of("rnn", steps=9)
    early = seen(subject_of("lstm", steps=1), "gradients")
    now, other = seen(lstm, "gradients"), seen(rnn, "gradients")
    scene = Scene.of(
        facts_of(lstm.config), now, ghosts=(early,), beside=(rnn.config, other)
    )
    lines = named(panels()["gradients"].draw(scene, str))
    np.testing.assert_allclose(lines["step 1"]["y"], early.arrays["norms"][0][::-1])
    np.testing.assert_allclose(
        lines["beside: RNN"]["y"], other.arrays["norms"][0][::-1]
    )
    assert "bound" not in lines
    shown = [t["y"][np.isfinite(t["y"])] for t in lines.values()]
    low, high = panels()["gradients"].draw(scene, str)["figure"]["layout"]["yaxis"][
        "range"
    ]
    assert low <= np.log10(min(y.min() for y in shown))
    assert high >= np.log10(max(y.max() for y in shown))
