"""The Transformer: its attention, its positions, its size and its first loss."""

import math

import pytest
import torch

from explorer.errors import ExplorerError
from explorer.models import transformer
from explorer.models.base import Sizes, parameters
from explorer.models.captures import Recorder

B, T, V = 2, 5, 11
TOKENS = Sizes(1, V, V, T, "next_token")
SERIES = Sizes(inputs=3, outputs=2, symbols=0, steps=T)
SHAKESPEARE = Sizes(1, 65, 65, 64, "next_token")
ORDERED = ["sinusoidal", "learned", "rotary"]
POSITIONS = [*ORDERED, "none"]


def make(sizes=TOKENS, seed=0, **settings):
    torch.manual_seed(seed)
    small = {"hidden_size": 42, "heads": 3, "layers": 2, **settings}
    return transformer.SPEC.make(transformer.TransformerSettings(**small), sizes)


def louder(model):
    """Weights as large as training makes them: attention is then far from even."""
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(1 if p.dim() == 1 else 20)
    return model


@pytest.mark.parametrize("positions", POSITIONS)
def test_attention_rows_sum_to_one_and_never_look_ahead(positions):
    """Check 9, to the bit above the diagonal."""
    model = louder(make(positions=positions))
    look = Recorder()
    model(torch.randint(V, (B, T)), look)
    later = torch.ones(T, T, dtype=torch.bool).triu(1)
    for k in range(2):
        A = look.values()[f"layer_{k}.attention"]
        assert A.shape == (B, 3, T, T)
        torch.testing.assert_close(A.sum(-1), torch.ones(B, 3, T))
        assert A[..., later].abs().max() == 0
        assert A.std() > 0.1


@pytest.mark.parametrize("positions", POSITIONS)
def test_both_paths_agree_when_attention_is_sharp(positions):
    model = louder(make(positions=positions)).double()
    x = torch.randint(V, (B, T))
    torch.testing.assert_close(model(x, Recorder()), model(x), atol=1e-10, rtol=1e-10)


def test_attention_of_two_steps_by_hand():
    model = make(SERIES, hidden_size=4, heads=2, layers=1)
    block = model.blocks[0]
    Q = torch.tensor([[[[1.0, 0.0], [2.0, 0.0]]]])  # (B, N, T, D), D = 2
    K = torch.tensor([[[[1.0, 5.0], [3.0, 7.0]]]])
    values = torch.tensor([[[[10.0, 0.0], [20.0, 1.0]]]])
    look = Recorder()
    seen = block.attend(Q, K, values, look)
    w = 1 / (1 + math.exp((2 - 6) / math.sqrt(2)))  # of the second step on itself
    expected = torch.tensor([[[[1.0, 0.0], [1 - w, w]]]])
    torch.testing.assert_close(look.values()["attention"], expected)
    torch.testing.assert_close(seen[0, 0, 1], torch.tensor([10 + 10 * w, w]))


def test_heads_are_concatenated_and_projected():
    """Muting a head removes its own columns of W_O, and nothing else."""
    model = make(SERIES, layers=1)
    block, D = model.blocks[0], 14

    def mute(name, value):
        if name != "attention":
            return value
        return torch.cat([value[:, :1] * 0, value[:, 1:]], 1)

    h = torch.randn(B, T, 42)
    muted = block(h, model.positions, mute)
    with torch.no_grad():
        block.attention_out.weight[:, :D] = 0
    torch.testing.assert_close(muted, block(h, model.positions), atol=1e-6, rtol=0)


def test_parameters_of_the_character_transformer():
    """Check 13: blocks 4 * (12 * 128^2 + 2 * 128), norm 128, tokens and positions."""
    big = {"hidden_size": 128, "heads": 4, "layers": 4}
    blocks = 4 * (12 * 128**2 + 2 * 128) + 128
    assert parameters(make(SHAKESPEARE, **big)) == 804_096
    assert blocks + 65 * 128 + 64 * 128 == 804_096
    for positions in ("sinusoidal", "rotary", "none"):
        model = make(SHAKESPEARE, positions=positions, **big)
        assert parameters(model) == blocks + 65 * 128


@pytest.mark.parametrize("positions", POSITIONS)
def test_first_loss_of_the_character_transformer(positions):
    """Check 13: ln 65 = 4.17 +- 0.1."""
    model = make(SHAKESPEARE, hidden_size=128, heads=4, layers=4, positions=positions)
    x, y = torch.randint(65, (2, 12, 64)).unbind()
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten())
    assert loss.item() == pytest.approx(math.log(65), abs=0.1)


def test_initialisation_is_gpt_2s():
    model = make(SHAKESPEARE, hidden_size=128, heads=4, layers=4)
    for name, p in model.named_parameters():
        if "norm" in name:
            assert torch.equal(p, torch.ones_like(p)), name
            continue
        std = 0.02 / math.sqrt(8) if name.endswith("_out.weight") else 0.02
        assert p.std().item() == pytest.approx(std, rel=0.03), name
    assert not any("bias" in name for name, _ in model.named_parameters())


@pytest.mark.parametrize("positions", ["sinusoidal", "rotary", "none"])
def test_longer_sequences_than_trained_on_work(positions):
    model = make(positions=positions)
    x = torch.randint(V, (B, 3 * T))
    longer = make(TOKENS._replace(steps=3 * T), positions=positions)
    torch.testing.assert_close(model(x), longer(x))
    torch.testing.assert_close(model(x)[:, :T], model(x[:, :T]), atol=1e-6, rtol=0)


def test_learned_positions_refuse_a_longer_sequence():
    with pytest.raises(
        ExplorerError, match=r"reach 5 steps, but got 6. Give the last 5"
    ):
        make(positions="learned")(torch.randint(V, (B, T + 1)))


def test_rotary_attention_sees_the_distance_alone():
    model = make(positions="rotary")
    q, k = torch.randn(2, B, 3, 1, 14).double().expand(2, B, 3, T, 14)
    scores = model.double().positions.turn(q) @ model.positions.turn(k).mT
    torch.testing.assert_close(
        scores[..., 1:, 1:], scores[..., :-1, :-1], atol=1e-5, rtol=0
    )
    assert (scores[..., 0, :-1] - scores[..., 0, 1:]).abs().max() > 0.1
    unturned = (q * k).sum(-1)
    torch.testing.assert_close(
        scores.diagonal(dim1=-2, dim2=-1), unturned, atol=1e-5, rtol=0
    )


def test_sinusoidal_positions_are_vaswanis():
    table = make(positions="sinusoidal", hidden_size=6, heads=1).positions.table
    assert table.shape == (T, 6)
    assert table[0].tolist() == [0, 1, 0, 1, 0, 1]
    assert table[3, 2].item() == pytest.approx(math.sin(3 / 10_000 ** (2 / 6)))
    assert table[3, 3].item() == pytest.approx(math.cos(3 / 10_000 ** (2 / 6)))
    odd = make(positions="sinusoidal", hidden_size=7, heads=1)
    assert odd(torch.randint(V, (B, T))).shape == (B, T, V)


@pytest.mark.parametrize("positions", ORDERED)
def test_order_matters(positions):
    """Swapping two early steps changes the last answer."""
    model = louder(make(positions=positions, layers=1))
    x = torch.tensor([[1, 2, 3, 4, 5]])
    swapped = torch.tensor([[2, 1, 3, 4, 5]])
    assert (model(x) - model(swapped))[:, -1].abs().max() > 1e-3


def test_without_positions_the_steps_are_a_bag():
    """What sees all steps answers alike in any order, and so does one causal layer."""
    both_ways = SERIES._replace(task="classify")
    model = louder(make(both_ways, positions="none")).double()
    x = torch.randn(B, T, SERIES.inputs).double()
    shuffled = x[:, torch.randperm(T)]
    torch.testing.assert_close(model(shuffled), model(x), atol=1e-12, rtol=0)
    causal = louder(make(positions="none", layers=1)).double()
    first, swapped = torch.tensor([[[1, 2, 3, 4, 5]], [[2, 1, 3, 4, 5]]])
    torch.testing.assert_close(
        causal(first)[:, 2:], causal(swapped)[:, 2:], atol=1e-12, rtol=0
    )


@pytest.mark.parametrize(
    ("hidden_size", "heads", "nearest"),
    [(30, 4, "28 or 32"), (3, 4, "4"), (511, 3, "510"), (13, 5, "10 or 15")],
)
def test_heads_must_divide_the_hidden_size(hidden_size, heads, nearest):
    expected = (
        "Attention needs hidden_size divisible by heads, but got "
        rf"{hidden_size} and {heads}\. Nearest: {nearest}\.$"
    )
    with pytest.raises(ExplorerError, match=expected):
        make(hidden_size=hidden_size, heads=heads)


@pytest.mark.parametrize(
    ("hidden_size", "heads", "nearest"),
    [(12, 4, "8 or 16"), (5, 5, "10"), (510, 6, "504")],
)
def test_rotary_heads_must_be_of_even_width(hidden_size, heads, nearest):
    width = hidden_size // heads
    expected = rf"even head width.* = {width}\. Nearest hidden_size: {nearest}\.$"
    with pytest.raises(ExplorerError, match=expected):
        make(hidden_size=hidden_size, heads=heads, positions="rotary")
    make(hidden_size=hidden_size, heads=heads, positions="learned")


def test_tokens_leave_through_the_matrix_by_which_they_entered():
    model = make()
    assert parameters(model.head) == 0
    x = torch.randint(V, (B, T))
    look = Recorder()
    answer = model(x, look)
    stream = model.norm(look.values()["layer_1.hidden"])
    torch.testing.assert_close(answer, stream @ model.embedding.weight.T)
