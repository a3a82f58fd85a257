"""The bidirectional network against torch.nn and against two readers of one way."""

import pytest
import torch
from torch import nn

from explorer.models import bidirectional
from explorer.models.base import Sizes, parameters
from explorer.models.captures import Recorder

B, T, I, C, H, V = 2, 5, 3, 13, 7, 11  # noqa: E741
TORCH = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
GATES = {"rnn": 1, "lstm": 4, "gru": 3}

every_cell = pytest.mark.parametrize("cell", TORCH)


def make(cell, task="tag", **settings):
    torch.manual_seed(0)
    chosen = bidirectional.SPEC.settings(cell=cell, **{"hidden_size": H, **settings})
    return bidirectional.SPEC.make(chosen, Sizes(I, C, 0, T, task))


@every_cell
@pytest.mark.parametrize(
    ("dtype", "within"), [(torch.float32, 1e-6), (torch.float64, 1e-12)]
)
@pytest.mark.parametrize("layers", [1, 3])
def test_written_out_it_equals_torch(cell, dtype, within, layers):
    model = make(cell, layers=layers).to(dtype)
    theirs = TORCH[cell](I, H, layers, batch_first=True, bidirectional=True).to(dtype)
    theirs.load_state_dict(model.net.state_dict())
    x = torch.randn(B, T, I, dtype=dtype)
    look = Recorder()
    answer = model(x, look)
    expected, _ = theirs(x)  # (B, T, 2H)
    recorded, top = look.values(), f"layer_{layers - 1}"
    assert (recorded[f"{top}.forward.hidden"] - expected[..., :H]).abs().max() < within
    assert (recorded[f"{top}.backward.hidden"] - expected[..., H:]).abs().max() < within
    assert (answer - model.head(expected)).abs().max() < within


@every_cell
def test_the_backward_reader_reads_the_window_turned_round(cell):
    """Its own weights in a network of one way, given x from the last step on."""
    model = make(cell).double()
    alone = TORCH[cell](I, H, batch_first=True).double()
    own = {
        name.removesuffix("_reverse"): value
        for name, value in model.net.state_dict().items()
        if name.endswith("_reverse")
    }
    alone.load_state_dict(own)
    x = torch.randn(B, T, I, dtype=torch.float64)
    look = Recorder()
    model(x, look)
    expected = alone(x.flip(1))[0].flip(1)
    torch.testing.assert_close(look.values()["layer_0.backward.hidden"], expected)


@every_cell
def test_one_answer_is_read_where_each_reader_has_read_everything(cell):
    """h_n of torch: the forward reader's last state and the backward one's last."""
    model = make(cell, "classify", layers=2).double()
    x = torch.randn(B, T, I, dtype=torch.float64)
    end = model.net(x)[1]
    h = end[0] if cell == "lstm" else end  # (2 layers x 2 ways, B, H)
    expected = model.head(torch.cat([h[-2], h[-1]], -1))
    torch.testing.assert_close(model(x), expected)
    torch.testing.assert_close(model(x, Recorder()), expected)


@every_cell
def test_every_answer_sees_the_whole_sequence(cell):
    model = make(cell).double()
    x = torch.randn(1, T, I, dtype=torch.float64, requires_grad=True)
    for t in range(T):
        (moved,) = torch.autograd.grad(model(x)[0, t].sum(), x)
        assert (moved.abs().sum((0, 2)) > 0).all()


@every_cell
def test_parameters(cell):
    """Two readers, each with both of PyTorch's biases; a head of twice the width."""
    gates = GATES[cell]
    reader = gates * (H * I + H * H + 2 * H)
    above = gates * (H * 2 * H + H * H + 2 * H)
    model = make(cell, layers=2)
    assert parameters(model.net) == 2 * reader + 2 * above
    assert parameters(model.head) == C * 2 * H + C


def test_an_lstms_forget_gates_start_open():
    net = make("lstm", layers=2).net
    for _, _, b, b_too in net.all_weights:
        assert ((b + b_too)[H : 2 * H] == 1).all()


def test_the_recorded_lstm_values_obey_the_equations_in_both_directions():
    model = make("lstm").double()
    look = Recorder()
    model(torch.randn(B, T, I, dtype=torch.float64), look)
    zero = torch.zeros(B, 1, H, dtype=torch.float64)
    for way in ("forward", "backward"):
        i, f, o, g, c, h = (
            look.values()[f"layer_0.{way}.{name}"]
            for name in (
                "input_gate",
                "forget_gate",
                "output_gate",
                "candidate",
                "memory",
                "hidden",
            )
        )
        before = (
            torch.cat([zero, c[:, :-1]], 1)
            if way == "forward"
            else torch.cat([c[:, 1:], zero], 1)
        )
        torch.testing.assert_close(c, f * before + i * g)
        torch.testing.assert_close(h, o * torch.tanh(c))


def test_tokens_are_read_through_a_table():
    model = bidirectional.SPEC.make(
        bidirectional.SPEC.settings(hidden_size=H), Sizes(1, C, V, T, "tag")
    )
    assert model.embedding.weight.shape == (V, H)
    assert model(torch.randint(V, (B, T))).shape == (B, T, C)
