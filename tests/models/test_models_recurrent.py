"""RNN, LSTM and GRU against torch.nn, against hand-computed numbers, against theory."""

import math

import pytest
import torch
from torch import nn

from explorer.models import gru, lstm, rnn
from explorer.models.base import Sizes, parameters
from explorer.models.captures import Recorder

B, T, I, O, H = 2, 5, 3, 13, 7  # noqa: E741
SIZES = Sizes(inputs=I, outputs=O, symbols=0, steps=T)
ONE = Sizes(inputs=1, outputs=1, symbols=0, steps=T)
ROOMS = [rnn, lstm, gru]
TORCH = {rnn: nn.RNN, lstm: nn.LSTM, gru: nn.GRU}
CELL = {rnn: "rnn", lstm: "lstm", gru: "gru"}

every_room = pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.SPEC.name)


def make(room, sizes=SIZES, seed=0, **settings):
    torch.manual_seed(seed)
    return room.SPEC.make(room.SPEC.settings(**{"hidden_size": H, **settings}), sizes)


@every_room
@pytest.mark.parametrize(
    ("dtype", "within"), [(torch.float32, 1e-6), (torch.float64, 1e-12)]
)
@pytest.mark.parametrize("layers", [1, 3])
def test_written_out_cell_equals_torch(room, dtype, within, layers):
    """Check 1: a torch.nn module of its own, given the same weights."""
    model = make(room, layers=layers).to(dtype)
    theirs = TORCH[room](I, H, layers, batch_first=True).to(dtype)
    theirs.load_state_dict(getattr(model, CELL[room]).state_dict())
    x = torch.randn(B, T, I, dtype=dtype)
    look = Recorder()
    answer = model(x, look)
    expected, _ = theirs(x)
    hidden = look.values()[f"layer_{layers - 1}.hidden"]
    assert (hidden - expected).abs().max() < within
    assert (answer - model.head(expected)).abs().max() < within


def test_relu_cell_equals_torch():
    model = make(rnn, activation="relu", layers=2).double()
    theirs = nn.RNN(I, H, 2, nonlinearity="relu", batch_first=True).double()
    theirs.load_state_dict(model.rnn.state_dict())
    x = torch.randn(B, T, I, dtype=torch.float64)
    look = Recorder()
    model(x, look)
    hidden = look.values()["layer_1.hidden"]
    assert (hidden - theirs(x)[0]).abs().max() < 1e-12
    assert hidden.min() == 0


@pytest.mark.parametrize(
    ("dtype", "within"), [(torch.float32, 1e-6), (torch.float64, 1e-12)]
)
def test_rebuilt_lstm_gates_give_torchs_hidden_state(dtype, within):
    """Check 1: max |o * tanh(c) - h|, h being the fast path's."""
    model = make(lstm, layers=2).to(dtype)
    x = torch.randn(B, T, I, dtype=dtype)
    look = Recorder()
    model(x, look)
    seen = look.values()
    fast, (h, c) = model.lstm(x)
    rebuilt = seen["layer_1.output_gate"] * torch.tanh(seen["layer_1.memory"])
    assert (rebuilt - fast).abs().max() < within
    for k in range(2):
        assert (seen[f"layer_{k}.memory"][:, -1] - c[k]).abs().max() < within
        assert (seen[f"layer_{k}.hidden"][:, -1] - h[k]).abs().max() < within


def test_recorded_lstm_values_obey_the_equations():
    model = make(lstm).double()
    look = Recorder()
    model(torch.randn(B, T, I, dtype=torch.float64), look)
    i, f, g, c = (
        look.values()[f"layer_0.{name}"]
        for name in ("input_gate", "forget_gate", "candidate", "memory")
    )
    before = torch.cat([torch.zeros(B, 1, H, dtype=torch.float64), c[:, :-1]], 1)
    torch.testing.assert_close(c, f * before + i * g)
    assert g.min() < 0  # through tanh: the memory can shrink, too


def test_an_update_gate_near_one_keeps_the_old_state():
    model = make(gru).double()
    look = Recorder()
    model(torch.randn(B, T, I, dtype=torch.float64), look)
    z, n, h = (
        look.values()[f"layer_0.{name}"]
        for name in ("update_gate", "candidate", "hidden")
    )
    before = torch.cat([torch.zeros(B, 1, H, dtype=torch.float64), h[:, :-1]], 1)
    torch.testing.assert_close(h, (1 - z) * n + z * before)

    def keep(name, value):
        return torch.ones_like(value) if name.endswith("update_gate") else value

    look = Recorder()
    model(torch.randn(B, T, I, dtype=torch.float64), lambda n, v: look(n, keep(n, v)))
    assert look.values()["layer_0.hidden"].abs().max() == 0  # still the first state, 0


@pytest.mark.parametrize(("room", "cell"), [(rnn, 1120), (lstm, 4480), (gru, 3360)])
def test_parameters(room, cell):
    """Check 2: input 1, hidden 32, both of PyTorch's biases; the head adds 33."""
    model = make(room, ONE, hidden_size=32)
    assert parameters(getattr(model, CELL[room])) == cell
    assert parameters(model) == cell + 33


def test_hand_computed_rnn():
    model = make(rnn, ONE, hidden_size=1).double()
    set_all(model, 0.5)
    h_1 = math.tanh(0.5 * 2 + 0.5 + 0.5)
    h_2 = math.tanh(0.5 * -1 + 0.5 * h_1 + 0.5 + 0.5)
    x = torch.tensor([[[2.0], [-1.0]]], dtype=torch.float64)
    expected = torch.tensor([[[0.5 * h_1 + 0.5], [0.5 * h_2 + 0.5]]]).double()
    for answer in (model(x), model(x, Recorder())):
        torch.testing.assert_close(answer, expected)


def set_all(model, value):
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(value)


def jacobian(last, first):
    """d last / d first for one window: (H, H)."""
    rows = [
        torch.autograd.grad(v, first, retain_graph=True)[0][0] for v in last[0].unbind()
    ]
    return torch.stack(rows)


@pytest.mark.parametrize(("rho", "expected"), [(0.9, 5.15378e-3), (1.1, 117.391)])
def test_gradient_of_an_rnn_at_the_origin(rho, expected):
    """Check 3: tanh' = 1 there, so 50 steps of U = rho * orthogonal give rho^50."""
    model = make(rnn, ONE).double()
    set_all(model, 0.0)
    with torch.no_grad():
        nn.init.orthogonal_(model.rnn.weight_hh_l0).mul_(rho)
    look = Recorder()
    x = torch.zeros(1, 51, 1, dtype=torch.float64)
    model(x, lambda name, v: look(name, v if v.requires_grad else v.requires_grad_()))
    recorded = look.recorded["layer_0.hidden"]
    norm = torch.linalg.matrix_norm(jacobian(recorded[50], recorded[0]), 2).item()
    assert norm == pytest.approx(expected, rel=1e-4)


def test_gradient_stays_below_the_spectral_norms_power():
    """Check 4: |dh_T / dh_t| <= sigma_max(U)^k for tanh, whatever the input."""
    model = make(rnn, SIZES).double()
    with torch.no_grad():
        model.rnn.weight_hh_l0.mul_(3)
    sigma = torch.linalg.matrix_norm(model.rnn.weight_hh_l0, 2).item()
    look = Recorder()
    model(torch.randn(1, T, I, dtype=torch.float64), look)
    recorded = look.recorded["layer_0.hidden"]
    for k in range(1, T):
        norm = torch.linalg.matrix_norm(jacobian(recorded[k], recorded[0]), 2).item()
        assert 0 < norm <= sigma**k


def test_all_eigenvalues_zero_and_yet_the_gradient_doubles():
    """Check 4: U = [[8, 8], [-8, -8]] with tanh' = 1 and 0.75 in its two units."""
    model = make(rnn, ONE, hidden_size=2).double()
    U = torch.tensor([[8.0, 8.0], [-8.0, -8.0]]).double()
    still = torch.tensor([0.0, 0.5]).double()  # tanh' = 1 - h^2 = 1 and 0.75
    with torch.no_grad():
        model.rnn.weight_hh_l0.copy_(U)
        model.rnn.weight_ih_l0.copy_((U @ still)[:, None])  # the first input stands in
        model.rnn.bias_ih_l0.copy_(torch.atanh(still) - U @ still)
        model.rnn.bias_hh_l0.zero_()
    assert torch.linalg.eigvals(U).abs().max() < 1e-6
    x = torch.zeros(1, 12, 1, dtype=torch.float64)
    x[:, 0] = 1
    look = Recorder()
    model(x, look)
    recorded = look.recorded["layer_0.hidden"]
    assert max((h - still).abs().max().item() for h in recorded) < 1e-6
    norms = [
        torch.linalg.matrix_norm(jacobian(recorded[k], recorded[0]), 2).item()
        for k in range(1, 12)
    ]
    sigma = torch.linalg.matrix_norm(U, 2).item()
    for k in range(1, 11):
        assert norms[k] / norms[k - 1] == pytest.approx(2, rel=1e-4)
        assert norms[k] <= sigma ** (k + 1)


@pytest.mark.parametrize(
    ("bias", "expected"), [(0, 9.5367e-7), (1, 1.90127e-3), (2, 7.8980e-2)]
)
def test_gradient_along_an_lstms_memory(bias, expected):
    """Check 5: with zero weights dc_20 / dc_0 = sigma(b)^20, b from the setting."""
    model = make(lstm, ONE, forget_bias=bias).double()
    fresh = model.lstm.bias_ih_l0 + model.lstm.bias_hh_l0
    forget = fresh[H : 2 * H].detach().clone()
    set_all(model, 0.0)
    with torch.no_grad():
        model.lstm.bias_ih_l0[H : 2 * H] = forget
    look = Recorder()
    model(torch.ones(1, 21, 1, dtype=torch.float64), look)
    recorded = look.recorded["layer_0.memory"]
    slope = jacobian(recorded[20], recorded[0])
    torch.testing.assert_close(slope, torch.diag(slope.diagonal()))
    assert slope.diagonal().tolist() == pytest.approx([expected] * H, rel=1e-4)


def test_forget_bias_is_the_sum_of_both_of_torchs_in_every_layer():
    model = make(lstm, layers=3, forget_bias=2.5)
    for k in range(3):
        _, _, b = model.weights(k)
        assert torch.equal(b[H : 2 * H], torch.full((H,), 2.5))
        assert b[:H].abs().max() < 1  # the other gates are torch's own


def test_a_series_goes_in_as_it_is_and_tokens_through_a_table():
    assert parameters(make(lstm, SIZES).embedding) == 0
    tokens = make(lstm, Sizes(inputs=1, outputs=11, symbols=11, steps=T))
    assert tokens.embedding.weight.shape == (11, H)


@every_room
def test_the_fast_path_is_torchs_module(room, monkeypatch):
    model = make(room)

    def refuse(*_):
        raise AssertionError("the written-out path was taken")

    monkeypatch.setattr(model, "written_out", refuse)
    model(torch.randn(B, T, I))
    with pytest.raises(AssertionError, match="written-out"):
        model(torch.randn(B, T, I), Recorder())
