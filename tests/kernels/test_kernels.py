"""The compiled recurrences against PyTorch's own, value by value."""

import math
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.kernels import nets
from explorer.kernels.compiling import compiled, logistic, tanh

ROOT = Path(__file__).parents[2]
KINDS = {
    "tanh": (nn.RNN, nets.RNN, {}),
    "relu": (nn.RNN, nets.RNN, {"nonlinearity": "relu"}),
    "gru": (nn.GRU, nets.GRU, {}),
}
SHAPES = [
    (batch, steps, inputs, units)
    for batch, steps, (inputs, units) in product(
        (1, 3), (1, 2, 9), ((1, 1), (2, 5), (7, 33))
    )
]


def pair(kind: str, inputs: int, units: int, **more: object) -> tuple[nn.RNNBase, ...]:
    """PyTorch's net and ours, with the same weights."""
    theirs_of, ours_of, options = KINDS[kind]
    torch.manual_seed(1)
    theirs = theirs_of(inputs, units, batch_first=True, **options, **more)
    ours = ours_of(inputs, units, batch_first=True, **options, **more)
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


def passed(net: nn.RNNBase, *given: Tensor) -> list[Tensor]:
    """Both outputs, and the gradients of what is given and of every weight."""
    given = tuple(value.clone().requires_grad_() for value in given)
    net.zero_grad()
    torch.manual_seed(2)  # of the dropout
    states, last = net(*given)
    random = torch.Generator().manual_seed(3)
    weighted = states * torch.randn(states.shape, generator=random, dtype=states.dtype)
    (weighted.sum() + last.square().sum()).backward()
    slopes = [value.grad for value in (*given, *net.parameters())]
    return [states.detach(), last.detach(), *slopes]


def same(theirs: list[Tensor], ours: list[Tensor], rounding: float) -> None:
    for one, other in zip(theirs, ours, strict=True):
        torch.testing.assert_close(other, one, rtol=rounding, atol=rounding)


@pytest.mark.quick
@pytest.mark.parametrize("kind", KINDS)
def test_values_and_gradients_are_those_of_pytorch(kind: str) -> None:
    for batch, steps, inputs, units in SHAPES:
        nets_of_both = pair(kind, inputs, units)
        x, h = torch.randn(batch, steps, inputs), torch.randn(1, batch, units)
        same(*(passed(net, x, h) for net in nets_of_both), rounding=2e-5)
        double = [net.double() for net in nets_of_both]
        same(*(passed(net, x.double()) for net in double), rounding=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_layers_directions_and_dropout_are_those_of_pytorch(kind: str) -> None:
    x, h = torch.randn(4, 6, 2), torch.randn(6, 4, 5)
    more = {"num_layers": 3, "dropout": 0.4}
    same(*(passed(net, x, h[:3]) for net in pair(kind, 2, 5, **more)), rounding=2e-5)
    more["bidirectional"] = True
    same(*(passed(net, x, h) for net in pair(kind, 2, 5, **more)), rounding=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_slopes_of_the_values(kind: str) -> None:
    _theirs, ours = pair(kind, 2, 3)
    ours.double()
    x = torch.randn(2, 4, 2, dtype=torch.float64, requires_grad=True)
    h = torch.randn(1, 2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *given: ours(*given), (x, h))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_what_is_no_number_is_seen(kind: str, value: float) -> None:
    x = torch.zeros(3, 5, 2)
    x[1, 2, 0] = value
    theirs, ours = (net(x)[0].detach() for net in pair(kind, 2, 4))
    torch.testing.assert_close(ours, theirs, equal_nan=True)


def test_a_sum_of_infinities_is_no_number() -> None:
    for kind in KINDS:
        for net in pair(kind, 1, 3):
            nn.init.constant_(net.weight_hh_l0, math.inf)
            nn.init.constant_(net.weight_ih_l0, -math.inf)
            states = net(torch.ones(1, 3, 1), torch.ones(1, 1, 3))[0]
            assert states.isnan().all()


def test_what_bends_is_exact_to_rounding() -> None:
    @compiled
    def bent(x: np.ndarray, by_tanh: np.ndarray, by_logistic: np.ndarray) -> None:
        for k in range(len(x)):
            by_tanh[k] = tanh(x[k])
            by_logistic[k] = logistic(x[k])

    for kind, rounding in ((np.float32, 4e-7), (np.float64, 4e-16)):
        x = np.concatenate([np.linspace(-12, 12, 100_001), [0, 1e-6, 88, -200]])
        x = x.astype(kind)
        found = np.empty((2, len(x)), kind)
        bent(x, *found)
        exact = x.astype(np.longdouble)
        np.testing.assert_allclose(found[0], np.tanh(exact), rounding, rounding)
        np.testing.assert_allclose(found[1], 1 / (1 + np.exp(-exact)), 0, rounding)


def test_a_net_whose_shape_is_not_compiled_is_pytorchs() -> None:
    theirs, ours = pair("gru", 2, 3)
    whole = torch.randn(5, 2)  # one sequence without a batch
    torch.testing.assert_close(ours(whole)[0], theirs(whole)[0])
    half = [net.bfloat16()(whole[None].bfloat16())[0] for net in (theirs, ours)]
    torch.testing.assert_close(half[1], half[0])


@pytest.mark.slow
def test_it_trains_where_no_code_can_be_kept(tmp_path: Path) -> None:
    """The user's cache folder is a file, so that none can be made in it."""
    nowhere = {"XDG_CACHE_HOME": "/dev/null", "EXPLORER_DATA": str(tmp_path)}
    command = ["train", "--model", "gru", "--steps", "2", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "explorer", *command],
        cwd=ROOT,
        env={**os.environ, **nowhere, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_function_without_a_file_is_compiled_for_this_process() -> None:
    made: dict[str, object] = {}
    exec("def twice(x):\n    return 2 * x\n", made)
    twice = made["twice"]
    assert callable(twice)
    assert compiled(twice)(4) == 8
