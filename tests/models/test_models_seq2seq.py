"""An encoder and a decoder of recurrent cells, against torch.nn and the formulas."""

import math

import pytest
import torch
from torch import nn

from explorer.models.base import Sizes
from explorer.models.captures import Recorder, ignore
from explorer.models.cells import CELLS
from explorer.models.seq2seq import Seq2Seq, Seq2SeqSettings
from explorer.models.sources import last_token
from explorer.tasks import BEGIN, FILLED

B, S, L, H, V = 2, 5, 3, 7, 11
SIZES = Sizes(1, V, V, S + L, "translate", source=S, padded=True)
FUSED = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
every_cell = pytest.mark.parametrize("cell", list(CELLS))


def make(seed: int = 0, source: int = S, **settings) -> Seq2Seq:
    torch.manual_seed(seed)
    sizes = SIZES._replace(source=source, steps=source + L)
    return Seq2Seq(Seq2SeqSettings(hidden_size=H, **settings), sizes).double()


def given(seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randint(3, V, (B, S + L), generator=generator)
    x[:, S] = BEGIN
    return x


@every_cell
@pytest.mark.parametrize("attention", ["additive", "none"])
@pytest.mark.parametrize("directions", ["both", "one"])
def test_what_fills_up_a_source_changes_nothing(cell, attention, directions):
    """A source of 3 tokens says the same in a window of 3, of 5 and of 8."""
    x = given()
    answers = []
    for room in (3, 5, 8):
        model = make(source=room, cell=cell, attention=attention, directions=directions)
        spare = torch.full((B, room - 3), FILLED)
        answers.append(model(torch.cat([x[:, :3], spare, x[:, S:]], 1)))
    for answer in answers[1:]:
        torch.testing.assert_close(answer, answers[0], atol=1e-12, rtol=0)


@pytest.mark.parametrize("directions", ["both", "one"])
def test_attention_looks_at_no_filled_place_and_sums_to_one(directions):
    model, look, x = make(directions=directions), Recorder(), given()
    x[0, 3:S] = FILLED
    model(x, look)
    A = look.values()["layer_0.cross.attention"]
    assert A.shape == (B, 1, L, S)
    torch.testing.assert_close(A.sum(-1), torch.ones(B, 1, L).double())
    assert A[0, ..., 3:].abs().sum() == 0
    assert (A[0, ..., :3] > 0).all()
    assert (A[1] > 0).all()


def packed(model: Seq2Seq, cell: str, layers: int, x: torch.Tensor, lengths: list[int]):
    """The encoder by torch.nn alone: one fused module over packed sequences."""
    both = model.backward_encoder is not None
    fused = FUSED[cell](H, H, layers, batch_first=True, bidirectional=both).double()
    state = {}
    for k in range(layers):
        for stack, suffix in (
            (model.encoder, ""),
            (model.backward_encoder, "_reverse"),
        ):
            if stack is not None:
                for name, value in stack[k].state_dict().items():
                    state[name.replace("_l0", f"_l{k}{suffix}")] = value
    fused.load_state_dict(state)
    sequence = nn.utils.rnn.pack_padded_sequence(
        x, torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    read, last = fused(sequence)
    h = last[0] if cell == "lstm" else last
    h = h.view(layers, 1 + both, B, H)
    read = nn.utils.rnn.pad_packed_sequence(read, batch_first=True, total_length=S)[0]
    return read, [torch.cat(list(each), -1) for each in h]


@every_cell
@pytest.mark.parametrize("directions", ["both", "one"])
@pytest.mark.parametrize("lengths", [[5, 5], [2, 4], [5, 1]])
def test_the_encoder_is_torchs_over_packed_sequences(cell, directions, lengths):
    model = make(cell=cell, directions=directions, layers=2)
    x = given()[:, :S]
    for row, length in enumerate(lengths):
        x[row, length:] = FILLED
    entered = model.embedding(x)
    expected, ends = packed(model, cell, 2, entered, lengths)
    for probe in (Recorder(), ignore):
        read, states = model.encode(entered, last_token(x), probe)
        for row, length in enumerate(lengths):
            torch.testing.assert_close(read[row, :length], expected[row, :length])
        for k, end in enumerate(ends):
            first = torch.tanh(model.bridge[k](end))
            torch.testing.assert_close(torch.cat(states[k], 1), first)


@torch.no_grad()
def test_a_step_of_attention_by_the_formulas():
    """The second step of a GRU with attention, written out place by place."""
    model, look, x = make(cell="gru", directions="one"), Recorder(), given()
    answers = model(x, look)
    recorded = look.values()
    h, g = recorded["layer_0.encoder.hidden"], recorded["layer_0.decoder.hidden"]
    attention = model.attention
    for row in range(B):
        scores = [
            float(
                attention.score.weight[0]
                @ torch.tanh(
                    attention.query.weight @ g[row, 0]
                    + attention.key.weight @ h[row, s]
                )
            )
            for s in range(S)
        ]
        total = sum(math.exp(e) for e in scores)
        weights = [math.exp(e) / total for e in scores]
        torch.testing.assert_close(
            recorded["layer_0.cross.attention"][row, 0, 1],
            torch.tensor(weights).double(),
        )
        context = sum(w * h[row, s] for s, w in enumerate(weights))
        entered = torch.cat([model.embedding(x[row, S + 1]), context])
        cell = nn.GRUCell(2 * H, H).double()
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        state = {n: getattr(model.decoder[0], f"{n}_l0") for n in names}
        cell.load_state_dict(state)
        second = cell(entered[None], g[row, :1])[0]
        torch.testing.assert_close(second, g[row, 1])
        torch.testing.assert_close(model.head(second), answers[row, 1])


@every_cell
def test_without_attention_the_decoder_sees_the_source_through_its_first_state(cell):
    model, look = make(cell=cell, attention="none"), Recorder()
    model(given(), look)
    assert not [name for name in look.recorded if "attention" in name]
    for bridge in model.bridge:
        nn.init.zeros_(bridge.weight)
    other = given()
    other[:, :S] = (other[:, :S] - 2) % (V - 3) + 3
    assert torch.equal(model(given()), model(other))


def test_teacher_forcing_draws_only_below_one_and_only_in_training():
    for ratio, training, draws in (
        (1.0, True, False),
        (0.5, False, False),
        (0.5, True, True),
    ):
        model = make(teacher_forcing=ratio).train(training)
        torch.manual_seed(3)
        before = torch.get_rng_state()
        model(given())
        assert torch.equal(torch.get_rng_state(), before) != draws


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_without_teacher_forcing_it_is_given_its_own_words(attention):
    """The answers are those to the likeliest tokens, and x's targets do not matter."""
    model = make(teacher_forcing=0.0, attention=attention).train()
    x = given()
    answers = model(x)
    other = x.clone()
    other[:, S + 1 :] = (other[:, S + 1 :] + 1) % V
    assert torch.equal(model(other), answers)
    own = x.clone()
    own[:, S + 1 :] = answers.argmax(-1)[:, :-1]
    torch.testing.assert_close(model.eval()(own), answers)
    assert not torch.allclose(model(x), answers)


def test_half_of_the_words_are_its_own():
    model = make(teacher_forcing=0.5).train()
    torch.manual_seed(0)
    share = model.freely(400, 50).double().mean()
    assert abs(float(share) - 0.5) < 4 * 0.5 / math.sqrt(20_000)
    torch.manual_seed(7)
    first = model(given())
    torch.manual_seed(7)
    assert torch.equal(model(given()), first)
