"""The hidden Markov model against a textbook, brute force and hmmlearn."""

from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hmmlearn.hmm import CategoricalHMM, GaussianHMM

from explorer.catalog.building import build_model
from explorer.catalog.choosing import make_config
from explorer.data.hidden_markov import HiddenMarkov, log_posterior, viterbi
from explorer.models.base import Sizes
from explorer.models.captures import Recorder
from explorer.models.chain import is_chain
from explorer.models.emissions import LEAST_CHANCE, LEAST_VARIANCE, shares
from explorer.models.hmm import HMM, HMMSettings

N, T, K, V, I, C = 7, 13, 3, 5, 2, 2  # noqa: E741
TAGS = Sizes(1, C, V, T, "tag")
TOKENS = Sizes(1, V, V, T, "next_token")
SERIES = Sizes(I, I, 0, T, "forecast")


def made(sizes: Sizes, states: int = K, **settings: float) -> HMM:
    torch.manual_seed(3)
    return HMM(HMMSettings(hidden_size=states, **settings), sizes).double()


@pytest.mark.quick
@pytest.mark.parametrize("model", ["hmm", "crf", "lstm"])
def test_it_is_known_for_a_chain_by_every_python(model: str) -> None:
    chain = is_chain(build_model(make_config("casino", model)))
    assert chain == (model != "lstm")


def tokens(seed: int = 0) -> torch.Tensor:
    return torch.randint(V, (N, T), generator=torch.Generator().manual_seed(seed))


def values(seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(N, T, I, generator=generator, dtype=torch.float64).cumsum(1)


def categorical(model: HMM) -> CategoricalHMM:
    """The same model in the other library; one iteration, without priors."""
    other = CategoricalHMM(
        len(model.start), n_iter=1, init_params="", tol=-np.inf, n_features=V
    )
    other.startprob_ = model.start.numpy().copy()
    other.transmat_ = model.transitions.numpy().copy()
    other.emissionprob_ = model.embedding.chances.numpy().copy()
    return other


def gaussian(model: HMM) -> GaussianHMM:
    other = GaussianHMM(
        len(model.start),
        n_iter=1,
        init_params="",
        covars_prior=0.0,
        covars_weight=1.0,
        min_covar=LEAST_VARIANCE,
        tol=-np.inf,
    )
    other.startprob_ = model.start.numpy().copy()
    other.transmat_ = model.transitions.numpy().copy()
    other.means_ = model.embedding.means.numpy().copy()
    other.covars_ = model.embedding.variances.numpy().copy()
    return other


def posterior(model: HMM, x: torch.Tensor) -> np.ndarray:
    look = Recorder()
    model(x, look)
    return look.values()["layer_0.posterior"].numpy()


PAIRS = [
    pytest.param(TAGS, tokens, categorical, id="categorical"),
    pytest.param(Sizes(I, C, 0, T, "tag"), values, gaussian, id="gaussian"),
]
both = pytest.mark.parametrize(("sizes", "given", "other"), PAIRS)


def flat(x: torch.Tensor) -> np.ndarray:
    """Windows one after the other, as hmmlearn takes them: (N T, I)."""
    return x.reshape(N * T, -1).numpy()


@both
def test_likelihood_posterior_and_path_equal_hmmlearns(sizes, given, other):
    model, x = made(sizes), given()
    theirs, lengths = other(model), [T] * N
    likelihood = float(-T * model.surprise(x).sum())
    assert likelihood == pytest.approx(theirs.score(flat(x), lengths), abs=1e-9)
    expected = theirs.predict_proba(flat(x), lengths).reshape(N, T, K)
    np.testing.assert_allclose(posterior(model, x), expected, atol=1e-10)
    path = theirs.decode(flat(x), lengths)[1].reshape(N, T)
    np.testing.assert_array_equal(model.viterbi(x).numpy(), path)


@both
def test_an_iteration_equals_hmmlearns(sizes, given, other):
    model, x = made(sizes), given()
    theirs = other(model)
    theirs.fit(flat(x), [T] * N)
    model.iterate(x, torch.zeros(N, T, dtype=torch.long))
    near = {"atol": 5 * LEAST_CHANCE}
    np.testing.assert_allclose(model.start, theirs.startprob_, **near)
    np.testing.assert_allclose(model.transitions, theirs.transmat_, **near)
    if sizes.symbols:
        np.testing.assert_allclose(
            model.embedding.chances, theirs.emissionprob_, **near
        )
    else:
        np.testing.assert_allclose(model.embedding.means, theirs.means_, atol=1e-8)
        covars = np.array([np.diag(c) for c in theirs.covars_])
        np.testing.assert_allclose(model.embedding.variances, covars, atol=1e-8)


def test_healthy_or_fever():
    model = made(Sizes(1, 2, 3, 3, "tag"), 2)
    model.start.copy_(torch.tensor([0.6, 0.4]))
    model.transitions.copy_(torch.tensor([[0.7, 0.3], [0.4, 0.6]]))
    model.embedding.chances.copy_(torch.tensor([[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]]))
    x = torch.tensor([[0, 1, 2]])
    assert model.viterbi(x)[0].tolist() == [0, 0, 1]
    assert float((-3 * model.surprise(x)).exp()) == pytest.approx(0.03628, rel=1e-6)


def test_it_agrees_with_the_exact_inference_of_the_data():
    model, x = made(TAGS), tokens()
    known = HiddenMarkov(
        model.start.numpy(),
        model.transitions.numpy(),
        model.embedding.chances.numpy(),
    )
    np.testing.assert_allclose(
        posterior(model, x), np.exp(log_posterior(known, x.numpy())), atol=1e-12
    )
    path = viterbi(known, x.numpy()).states
    np.testing.assert_array_equal(model.viterbi(x).numpy(), path)


def test_the_next_tokens_chances_by_brute_force():
    """p(x_t+1 | x_1 .. x_t) as a ratio of sums over every path of states."""
    model, x = made(TOKENS, 2), tokens()[:2]

    def chance(seen: list[int]) -> float:
        total = 0.0
        for path in product(range(2), repeat=len(seen)):
            p = model.start[path[0]] * model.embedding.chances[path[0], seen[0]]
            for t in range(1, len(seen)):
                p = p * model.transitions[path[t - 1], path[t]]
                p = p * model.embedding.chances[path[t], seen[t]]
            total += float(p)
        return total

    predicted = model(x).exp()
    for row in range(2):
        for t in (0, 3, 6):
            past = x[row, : t + 1].tolist()
            for v in range(V):
                expected = chance([*past, v]) / chance(past)
                assert float(predicted[row, t, v]) == pytest.approx(expected, abs=1e-12)
    torch.testing.assert_close(predicted.sum(-1), torch.ones(2, T).double())


def test_next_tokens_losses_add_up_to_the_likelihood():
    """-log p(x_2 .. x_T | x_1), by the chain rule."""
    model, x = made(TOKENS), tokens()
    steps = model(x)[:, :-1].gather(2, x[:, 1:, None])[..., 0]  # (N, T - 1)
    whole, first = -T * model.surprise(x), -model.surprise(x[:, :1])
    torch.testing.assert_close(steps.sum(1), whole - first)


def test_a_forecast_is_the_mean_of_what_comes_next():
    """By drawing: the next value of many chains that are in the same state."""
    model, x = made(SERIES), values()
    belief = posterior(model, x)[0, 4]  # (K,)
    ahead = belief @ model.transitions.numpy()
    expected = sum(ahead[k] * model.embedding.means.numpy()[k] for k in range(K))
    np.testing.assert_allclose(model(x)[0, 4].numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("counted_from", [0, T - 1])
def test_an_answer_that_is_not_the_next_input_is_fitted_by_least_squares(counted_from):
    sizes = Sizes(1, 1, V, T, "forecast", shifted=False)
    model, x = made(sizes), tokens()
    y = torch.randn(N, T, 1, generator=torch.Generator().manual_seed(1)).double()
    model.iterate(x, y, counted_from)
    belief = posterior(model, x)[:, counted_from:]  # as it answers from now on
    answers = y[:, counted_from:].reshape(-1, 1).numpy()
    best = np.linalg.lstsq(belief.reshape(-1, K), answers, rcond=None)[0]
    np.testing.assert_allclose(model.answers.numpy(), best, rtol=0.01, atol=1e-3)


def test_a_few_rounds_make_the_labels_likelier():
    model, x = made(TAGS), tokens()
    y = (x > 1).long()
    belief = torch.from_numpy(posterior(model, x))
    losses = []
    for _ in range(30):
        predicted = (belief @ model.answers).gather(2, y[..., None]).log()
        losses.append(float(-predicted.mean()))
        model.answers.copy_(model.associated(belief, y))
    assert all(b <= a + 1e-12 for a, b in pairwise(losses))
    assert losses[-1] < losses[0] - 0.02
    torch.testing.assert_close(model.answers.sum(1), torch.ones(K).double())


def test_shares_are_the_best_under_their_bound():
    """Water-filling by bisection on its multiplier, in float64."""
    generator = torch.Generator().manual_seed(2)
    counts = torch.rand(4, 6, generator=generator).double() ** 30
    counts[3] = torch.tensor([5.0, 0, 0, 0, 0, 0])
    for row, found in zip(counts.numpy(), shares(counts).numpy(), strict=True):
        low, high = 1e-12, 1e6
        for _ in range(200):
            middle = np.sqrt(low * high)
            total = np.maximum(LEAST_CHANCE, row / middle).sum()
            low, high = (middle, high) if total > 1 else (low, middle)
        np.testing.assert_allclose(found, np.maximum(LEAST_CHANCE, row / low), 1e-9)


def test_long_windows_do_not_round_to_nothing():
    torch.manual_seed(0)
    model = HMM(HMMSettings(hidden_size=K, stay=0.98), TAGS)  # float32
    x = torch.randint(V, (2, 2000), generator=torch.Generator().manual_seed(1))
    model.iterate(x, torch.zeros_like(x))
    assert model.surprise(x).isfinite().all()
    assert model(x).isfinite().all()


def test_a_state_that_is_never_visited_keeps_its_place():
    model, x = made(SERIES, 4), values()
    with torch.no_grad():
        model.embedding.means[3] = 1e3
    model.iterate(x, x)
    assert model.embedding.means[3].tolist() == [1e3, 1e3]
    assert model(x).isfinite().all()
