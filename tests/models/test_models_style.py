"""What a Transformer's blocks do otherwise than GPT-2's, each computed a second way."""

import math

import numpy as np
import pytest
import torch

from explorer.catalog import building, choosing, specs
from explorer.errors import ExplorerError
from explorer.models import style, transformer
from explorer.models.base import Sizes
from explorer.models.captures import Recorder

B, T, V, H, N = 2, 5, 11, 6, 3
D = H // N
TOKENS = Sizes(1, V, V, T, "next_token")
WAYS = {
    "norm": ("layer", "rms"),
    "queries": ("plain", "normalised"),
    "feed_forward_activation": ("gelu", "relu_squared"),
    "mixing": ("none", "first"),
    "way_out": ("shared", "own"),
    "logits": ("plain", "capped"),
}
CHOSEN = [{}, *({name: ways[1]} for name, ways in WAYS.items())]
CHOSEN.append({name: ways[1] for name, ways in WAYS.items()})


def make(**chosen):
    torch.manual_seed(0)
    settings = {"hidden_size": H, "heads": N, "layers": 2, "positions": "none"}
    made = transformer.TransformerSettings(**settings, **chosen)
    model = transformer.SPEC.make(made, TOKENS).double()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape, dtype=torch.float64))
    return model


def normed(x, gamma, way):
    if way == "layer":
        x = x - x.mean(-1, keepdims=True)
    return gamma * x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5)


def bent(x, way):
    if way == "relu_squared":
        return np.where(x > 0, x * x, 0)
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


def by_hand(
    weights, tokens, norm, queries, feed_forward_activation, mixing, way_out, logits
):
    """(T,) -> (T, V), step by step and head by head."""
    first = h = weights["embedding.weight"][tokens]
    for k in range(2):
        of = {
            name.removeprefix(f"blocks.{k}."): value for name, value in weights.items()
        }
        if mixing == "first":
            kept, again = weights[f"blends.{k}.shares"]
            h = kept * h + again * first
        n = normed(h, of["attention_norm.weight"], norm)
        asked = (n @ of["attention_in.weight"].T).reshape(T, 3, N, D)
        seen = np.zeros((T, N, D))
        for t in range(T):
            for i in range(N):
                q, keys, values = asked[t, 0, i], asked[: t + 1, 1, i], asked[:, 2, i]
                if queries == "normalised":
                    q, keys = normed(q, 1, "rms"), normed(keys, 1, "rms")
                scores = np.exp(keys @ q / math.sqrt(D))
                seen[t, i] = scores / scores.sum() @ values[: t + 1]
        h = h + seen.reshape(T, H) @ of["attention_out.weight"].T
        m = normed(h, of["feed_forward_norm.weight"], norm)
        m = bent(m @ of["feed_forward_in.weight"].T, feed_forward_activation)
        h = h + m @ of["feed_forward_out.weight"].T
    said = normed(h, weights["norm.weight"], norm)
    if way_out == "own":
        y = said @ weights["head.weight"].T + weights["head.bias"]
    else:
        y = said @ weights["embedding.weight"].T
    return 15 * np.tanh(y / 15) if logits == "capped" else y


@pytest.mark.parametrize(
    "chosen", CHOSEN, ids=lambda c: "-".join(c.values()) or "gpt_2"
)
def test_each_way_is_what_its_equation_says(chosen):
    model = make(**chosen)
    weights = {name: p.detach().numpy() for name, p in model.named_parameters()}
    tokens = torch.randint(V, (B, T))
    ways = {name: chosen.get(name, usual) for name, (usual, _) in WAYS.items()}
    expected = np.stack([by_hand(weights, row.numpy(), **ways) for row in tokens])
    for probed in ({}, {"probe": Recorder()}):
        answer = model(tokens, **probed).detach().numpy()
        np.testing.assert_allclose(answer, expected, atol=1e-9)


def fresh(**chosen):
    torch.manual_seed(0)
    settings = transformer.TransformerSettings(hidden_size=H, heads=N, **chosen)
    return transformer.SPEC.make(settings, TOKENS)


def test_output_projections_that_begin_at_zero_say_nothing_yet():
    model, tokens = fresh(outputs="zero"), torch.randint(V, (B, T))
    entered = model.positions.enter(model.embedding(tokens))
    torch.testing.assert_close(model(tokens), model.readout(entered), atol=0, rtol=0)
    assert not torch.equal(fresh()(tokens), model(tokens))


def test_what_first_came_in_has_no_share_at_the_start():
    tokens = torch.randint(V, (B, T))
    torch.testing.assert_close(fresh(mixing="first")(tokens), fresh()(tokens))


def test_logits_that_are_capped_stay_within_their_bound_and_learn():
    model, tokens = make(logits="capped"), torch.randint(V, (B, T))
    with torch.no_grad():
        model.embedding.weight.mul_(50)
    answer = model(tokens)
    assert 10 < answer.abs().max() <= style.CAP
    assert make()(tokens).shape == answer.shape
    answer.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


@pytest.mark.parametrize("name", ["way_out", "logits"])
def test_tokens_alone_leave_so(name):
    chosen = {f"model.{name}": WAYS[name][1]}
    assert specs.unused_model("fables", "transformer") == ("head",)
    assert name in specs.unused_model("sine", "transformer")
    choosing.make_config("fables", "transformer", chosen)
    with pytest.raises(ExplorerError, match=f"model.{name} speaks of tokens to come"):
        choosing.make_config("sine", "transformer", chosen)
    with pytest.raises(ExplorerError, match="must be one of"):
        choosing.make_config("fables", "transformer", {f"model.{name}": "other"})


def test_a_matrix_of_its_own_is_a_head_that_can_learn_alone():
    chosen = {"model.way_out": "own", "training.trainable": "head"}
    config = choosing.make_config("fables", "transformer", chosen)
    assert building.head_count(config) > 0
