"""The conditional random field against brute force over every label sequence."""

from itertools import product

import numpy as np
import pytest
import torch

from explorer.catalog import choosing
from explorer.models.base import Sizes
from explorer.models.captures import Recorder
from explorer.models.crf import CRF, CRFSettings
from explorer.tasks import IGNORED
from explorer.training.changed import Changed
from explorer.training.changes import Change
from explorer.training.trainer import Trainer

B, T, C, V, I = 3, 5, 4, 7, 2  # noqa: E741
TOKENS = Sizes(1, C, V, T, "tag")
SERIES = Sizes(I, C, 0, T, "tag")
each = pytest.mark.parametrize(
    ("sizes", "features"), [(TOKENS, "window"), (SERIES, "window"), (TOKENS, "gru")]
)


def made(sizes: Sizes = TOKENS, **settings: object) -> CRF:
    torch.manual_seed(5)
    model = CRF(CRFSettings(hidden_size=6, **settings), sizes).double()
    with torch.no_grad():
        for p in (model.first, model.transitions, model.last):
            p.copy_(torch.randn_like(p))
    return model


def given(sizes: Sizes = TOKENS) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    if sizes.symbols:
        return torch.randint(V, (B, T), generator=generator)
    return torch.randn(B, T, I, generator=generator, dtype=torch.float64)


def every_score(model: CRF, x: torch.Tensor) -> dict[tuple[int, ...], np.ndarray]:
    """score(x, y) (B,) of all C^T label sequences, by the definition."""
    e = model.emissions(model.embedding(x).double()).detach().numpy()
    first, moves, last = (
        p.detach().numpy() for p in (model.first, model.transitions, model.last)
    )
    found = {}
    for y in product(range(C), repeat=T):
        score = first[y[0]] + last[y[-1]] + sum(e[:, t, y[t]] for t in range(T))
        found[y] = score + sum(moves[y[t - 1], y[t]] for t in range(1, T))
    return found


@each
def test_partition_marginals_and_path_by_brute_force(sizes, features):
    model, x = made(sizes, features=features), given(sizes)
    scores = every_score(model, x)
    together = np.array(list(scores.values()))  # (C^T, B)
    log_z = np.logaddexp.reduce(together, 0)
    predicted = model.log_partition(model.scores(x)).detach().numpy()
    np.testing.assert_allclose(predicted, log_z, atol=1e-9, rtol=0)
    chances = np.exp(together - log_z)
    labels = np.array(list(scores))  # (C^T, T)
    marginals = model(x).detach().exp().numpy()
    for t in range(T):
        for c in range(C):
            expected = chances[labels[:, t] == c].sum(0)
            np.testing.assert_allclose(marginals[:, t, c], expected, atol=1e-9, rtol=0)
    np.testing.assert_array_equal(model.decode(x), labels[together.argmax(0)])


@each
def test_the_loss_is_the_surprise_at_the_whole_sequence(sizes, features):
    model, x = made(sizes, features=features), given(sizes)
    y = torch.randint(C, (B, T), generator=torch.Generator().manual_seed(8))
    scores = every_score(model, x)
    log_z = np.logaddexp.reduce(np.array(list(scores.values())), 0)
    right = np.array([scores[tuple(row.tolist())][b] for b, row in enumerate(y)])
    expected = (log_z - right) / T
    np.testing.assert_allclose(model.loss(x, y).detach(), expected, atol=1e-9)


def test_steps_without_a_label_may_have_any():
    model, x = made(), given()
    y = torch.randint(C, (B, T), generator=torch.Generator().manual_seed(8))
    y[:, 1], y[0, 4] = IGNORED, IGNORED
    scores = every_score(model, x)
    log_z = np.logaddexp.reduce(np.array(list(scores.values())), 0)
    for b in range(B):
        fits = [
            score[b]
            for labels, score in scores.items()
            if all(k in (label, IGNORED) for label, k in zip(labels, y[b], strict=True))
        ]
        expected = (log_z[b] - np.logaddexp.reduce(fits)) / T
        assert model.loss(x, y)[b].item() == pytest.approx(expected, abs=1e-9)


def test_the_gradient_of_the_loss_is_marginals_less_truth():
    """dL/de = (p(y_t = k | x) - [y_t = k]) / T, as the page of equations says."""
    model, x = made(), given()
    y = torch.randint(C, (B, T), generator=torch.Generator().manual_seed(8))
    e = model.scores(x).detach().requires_grad_()
    model.scores = lambda _x: e  # type: ignore[method-assign]
    model.loss(x, y).sum().backward()
    truth = torch.nn.functional.one_hot(y, C)
    torch.testing.assert_close(e.grad, (model(x).detach().exp() - truth) / T)


def test_labels_apart_are_never_less_surprising_than_together():
    """In expectation under the model: a joint entropy is at most the sum of its parts;
    without transitions they are the same."""
    model, x = made(), given()
    scores = every_score(model, x)
    together = np.array(list(scores.values()))
    log_chances = together - np.logaddexp.reduce(together, 0)
    joint = -(np.exp(log_chances) * log_chances).sum(0) / T
    marginals = model(x).detach()
    apart = -(marginals.exp() * marginals).sum((1, 2)).numpy() / T
    assert (joint < apart - 1e-3).all()
    with torch.no_grad():
        model.transitions.zero_()
    y = torch.randint(C, (B, T), generator=torch.Generator().manual_seed(8))
    alone = -model(x).gather(2, y[..., None]).mean((1, 2))
    torch.testing.assert_close(model.loss(x, y), alone)


def test_no_label_is_impossible_in_float32():
    """However sure it is, the cross-entropy stays a number."""
    torch.manual_seed(0)
    model = CRF(CRFSettings(), TOKENS)
    with torch.no_grad():
        model.first[0] = 500.0
    assert model(given()).isfinite().all()
    loss = model.loss(given(), torch.ones(B, T, dtype=torch.long))
    loss.sum().backward()
    assert loss.isfinite().all()
    assert all(p.grad.isfinite().all() for p in model.parameters())


def test_it_reads_both_ways():
    model, x = made(features="lstm"), given()
    with torch.no_grad():
        model.transitions.zero_()
    changed = x.clone()
    changed[:, 2] = (x[:, 2] + 1) % V
    assert ((model(changed) - model(x)).abs().amax((0, 2)) > 1e-9).all()
    window = made(reach=1)
    with torch.no_grad():
        window.transitions.zero_()
    moved = (window(changed) - window(x)).abs().amax((0, 2)) > 1e-9
    assert moved.tolist() == [False, True, True, True, False]


def test_a_run_lowers_its_own_loss_and_shows_the_tasks():
    trainer = Trainer(choosing.make_config("casino", "crf"))
    x, y = trainer.rule.batches.at(0)
    shown = trainer.rule.look(0)
    own = trainer.model.loss(x, y).mean().item()
    apart = -trainer.model(x).detach().gather(2, y[..., None]).mean().item()
    assert trainer.rule.surprise == pytest.approx(own)
    assert shown == pytest.approx(apart)
    trainer.rule.update(0.01)
    assert trainer.model.loss(x, y).mean().item() < own


def test_a_silenced_input_counts_in_its_own_loss():
    model, x = made(), given()
    y = torch.randint(C, (B, T), generator=torch.Generator().manual_seed(8))
    silenced = Changed(model, [Change(what="zero")])
    nothing = made()
    with torch.no_grad():
        nothing.emissions.weights.weight.zero_()
    torch.testing.assert_close(silenced.loss(x, y), nothing.loss(x, y))


def test_what_was_seen_stays_seen():
    model, look = made(), Recorder()
    predicted = model(given(), look)
    marginals = look.values()["layer_0.marginals"]
    torch.testing.assert_close(marginals.log(), predicted)
    torch.testing.assert_close(marginals.sum(-1), torch.ones(B, T).double())
