"""The encoder-decoder Transformer: what it may see, and the same by another way."""

import math

import pytest
import torch
import torch.nn.functional as F

from explorer.errors import ExplorerError
from explorer.models import encoder_decoder
from explorer.models.base import Sizes, parameters
from explorer.models.captures import Recorder, ignore

B, S, L, V = 2, 5, 3, 11
SIZES = Sizes(1, V, V, S + L, "translate", source=S, padded=True)
POSITIONS = ["sinusoidal", "learned", "rotary", "none"]
each_position = pytest.mark.parametrize("positions", POSITIONS)


def make(seed=0, **settings):
    """Weights as large as training makes them: attention is then far from even."""
    torch.manual_seed(seed)
    small = {"hidden_size": 42, "heads": 3, "layers": 2, **settings}
    chosen = encoder_decoder.EncoderDecoderSettings(**small)
    model = encoder_decoder.SPEC.make(chosen, SIZES).double()
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(1 if p.dim() == 1 else 20)
    return model


def given():
    """Sources of 3 and 5 tokens, then what the decoder is given."""
    x = torch.randint(3, V, (B, S + L), generator=torch.Generator().manual_seed(1))
    x[0, 3:S] = 0
    x[:, S] = 1
    return x


def told(model, x):
    recorder = Recorder()
    model(x, recorder)
    return recorder.values()


@each_position
def test_rows_sum_to_one_and_see_only_what_they_may(positions):
    """Check 9 for all three kinds of attention, to the bit."""
    values = told(make(positions=positions), given())
    later = torch.ones(L, L, dtype=torch.bool).triu(1)
    for k in range(2):
        for place, rows, columns in (
            ("encoder", S, S),
            ("decoder", L, L),
            ("cross", L, S),
        ):
            A = values[f"layer_{k}.{place}.attention"]
            assert A.shape == (B, 3, rows, columns)
            torch.testing.assert_close(A.sum(-1), torch.ones(B, 3, rows).double())
            assert A.std() > 0.05
            if place == "decoder":
                assert A[..., later].abs().max() == 0
            else:
                assert A[0, ..., 3:].abs().max() == 0
                assert A[1, ..., 3:].abs().max() > 0


@each_position
@pytest.mark.parametrize("probe", [ignore, Recorder()], ids=["fast", "written out"])
def test_what_is_written_later_changes_nothing_before(positions, probe):
    model, x = make(positions=positions), given()
    before = model(x, probe)
    for t in range(L):
        changed = x.clone()
        changed[:, S + t] = (x[:, S + t] + 1) % V
        difference = (model(changed, probe) - before).abs().amax((0, 2))
        assert difference[:t].sum() == 0
        assert difference[t] > 0


@each_position
def test_every_source_token_is_seen_from_the_first_written_step(positions):
    model, x = make(positions=positions), given()
    for s in range(S):
        changed = x.clone()
        changed[1, s] = 3 + (x[1, s] - 2) % (V - 3)
        assert (model(changed) - model(x))[1, 0].abs().max() > 1e-3


@each_position
def test_filled_places_of_the_source_say_nothing(positions):
    """Nothing that stands there reaches an answer, whatever it is."""
    model, x = make(positions=positions), given()
    plain = model(x)

    def other(name, value):
        if not name.endswith("encoder.hidden"):
            return value
        value = value.clone()
        value[0, 3:] = 100 * torch.randn(2, value.shape[-1], dtype=value.dtype)
        return value

    torch.testing.assert_close(model(x, other)[0], plain[0], atol=1e-12, rtol=0)
    torch.testing.assert_close(model(x, other)[1], plain[1], atol=1e-12, rtol=0)
    with torch.no_grad():
        model.embedding.weight[0] += 100  # the vector of what fills up
    torch.testing.assert_close(model(x), plain, atol=1e-12, rtol=0)


def test_a_shorter_source_answers_as_in_a_model_of_just_its_length():
    model, x = make(positions="sinusoidal"), given()
    short = torch.cat([x[:1, :3], x[:1, S:]], 1)
    model.source = 3
    fitted = model(short)
    model.source = S
    torch.testing.assert_close(model(x)[:1], fitted, atol=1e-12, rtol=0)


def test_a_source_of_nothing_is_still_answered():
    x = given()
    x[0, :S] = 0
    assert make()(x).isfinite().all()


def attention(query, seen, weights, mask):
    """torch's own, from W_Q, W_K and W_V stacked and W_O; True where not seen."""
    W, out = weights
    torch_attention = torch.nn.MultiheadAttention(
        W.shape[1], 3, bias=False, batch_first=True, dtype=torch.double
    )
    with torch.no_grad():
        torch_attention.in_proj_weight.copy_(W)
        torch_attention.out_proj.weight.copy_(out)
    mixed, _ = torch_attention(query, seen, seen, **mask, need_weights=False)
    return mixed


def norm(h, layer_norm):
    return F.layer_norm(h, h.shape[-1:], layer_norm.weight, eps=1e-5)


def think(block, h):
    wide = norm(h, block.feed_forward_norm) @ block.feed_forward_in.weight.T
    return h + F.gelu(wide) @ block.feed_forward_out.weight.T


def rebuilt(model, x):
    """The whole model with torch's attention, from the same parameters."""
    filled = {"key_padding_mask": x[:, :S] == 0}
    later = {"attn_mask": torch.ones(L, L, dtype=torch.bool).triu(1)}
    entered = F.embedding(x, model.embedding.weight)
    h = entered[:, :S] + model.source_positions.table.weight
    for block in model.encoder:
        n = norm(h, block.attention_norm)
        own = block.attention_in.weight, block.attention_out.weight
        h = think(block, h + attention(n, n, own, filled))
    m = norm(h, model.encoder_norm)
    g = entered[:, S:] + model.target_positions.table.weight
    for layer in model.decoder:
        n = norm(g, layer.block.attention_norm)
        own = layer.block.attention_in.weight, layer.block.attention_out.weight
        g = g + attention(n, n, own, later)
        both = torch.cat([layer.cross_query.weight, layer.cross_in.weight])
        n = norm(g, layer.cross_norm)
        g = g + attention(n, m, (both, layer.cross_out.weight), filled)
        g = think(layer.block, g)
    return norm(g, model.norm) @ model.head.weight.T + model.head.bias


def test_equal_to_torchs_own_attention():
    model, x = make(), given()
    expected = rebuilt(model, x)
    torch.testing.assert_close(model(x), expected, atol=1e-10, rtol=1e-10)
    torch.testing.assert_close(model(x, Recorder()), expected, atol=1e-10, rtol=1e-10)


def test_shorter_targets_are_the_beginning_of_longer_ones():
    model, x = make(), given()
    for steps in range(1, L + 1):
        shorter = model(x[:, : S + steps])
        assert shorter.shape == (B, steps, V)
        torch.testing.assert_close(shorter, model(x)[:, :steps], atol=1e-12, rtol=0)


def test_parameters_by_hand():
    H, F_, k = 42, 4 * 42, 2
    encoder = 2 * H + 4 * H * H + 2 * H * F_
    decoder = 3 * H + 8 * H * H + 2 * H * F_
    around = V * H + (S + L) * H + 2 * H + V * H + V
    assert parameters(make()) == k * (encoder + decoder) + around


def test_the_first_loss_is_that_of_even_guesses():
    torch.manual_seed(0)
    model = encoder_decoder.SPEC.make(encoder_decoder.EncoderDecoderSettings(), SIZES)
    y = torch.randint(V, (B, L))
    loss = F.cross_entropy(model(given()).flatten(0, 1), y.flatten())
    assert loss.item() == pytest.approx(math.log(V), abs=0.1)


def test_heads_must_divide_the_hidden_size():
    with pytest.raises(ExplorerError, match="Nearest: 8 or 12"):
        make(hidden_size=10, heads=4)
