r"""A hidden Markov model: a state that cannot be seen moves, and says what can be.

    p(s_1 = k) = pi_k        p(s_t = k | s_(t-1) = j) = A_jk
    p(x_t | s_t = k) = B_kx_t of tokens, or N(x_t; mu_k, sigma_k^2) of a series

It learns by expectation-maximisation (Baum-Welch): given the present numbers, how
likely is each state at each step (forward-backward); given that, count anew. No
iteration lowers the likelihood of the data, and there is no learning rate.

Chances are not allowed under 1e-6, nor variances under 1e-3 of a standardised series;
the maximum under these bounds is taken exactly.

Rabiner (1989), A tutorial on hidden Markov models. https://doi.org/10.1109/5.18626
Baum, Petrie, Soules and Weiss (1970). https://doi.org/10.1214/aoms/1177697196
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.models import emissions, notation
from explorer.models.base import ExpectationModel, ModelSpec, Sizes
from explorer.models.captures import Capture, CaptureAxes, Probe, ignore
from explorer.models.chain import best_path
from explorer.models.emissions import (
    LEAST_CHANCE,
    Gaussians,
    Table,
    drawn_rows,
    parameter,
    shares,
)
from explorer.tasks import IGNORED

LEAST_BELIEF = 1e-30
ROUNDS = 3
"""How often an iteration counts which labels go with which state."""


class HMMSettings(Settings):
    """What can be chosen of a hidden Markov model."""

    hidden_size: int = setting(
        6,
        N_(
            "How many hidden states there are to be in. Each has its own way of "
            "speaking; more fit finer patterns, but need more data."
        ),
        title=N_("States"),
        ge=1,
        le=64,
        scale="log",
    )
    stay: float = setting(
        0.5,
        N_(
            "How likely a state is kept from step to step before anything is learned. "
            "Where training begins decides which of many optima it finds."
        ),
        title=N_("Staying put at the start"),
        ge=0.0,
        le=0.98,
        step=0.02,
    )


class HMM(ExpectationModel):
    """x (B, T, I) or tokens (B, T) -> what is foreseen, or the label of each step.

    Next token and forecast: from p(state | x_1 .. x_t), one transition ahead. Labels:
    from p(state | all of x), by how often each label went with each state; the same for
    an answer that is not the next input, but from the past alone.
    """

    as_chances = True

    def __init__(self, settings: HMMSettings, sizes: Sizes) -> None:
        super().__init__()
        K = settings.hidden_size
        self.task, self.causal, self.outputs = sizes.task, sizes.causal, sizes.outputs
        self.foresees = sizes.causal and sizes.shifted
        self.start = parameter(drawn_rows(1, K)[0])  # pi (K,)
        moves = settings.stay * torch.eye(K) + (1 - settings.stay) * drawn_rows(K, K)
        self.transitions = parameter(moves)  # A (K, K)
        self.embedding: Table | Gaussians = (
            Table(K, sizes.symbols) if sizes.symbols else Gaussians(K, sizes.inputs)
        )
        self.head = nn.Identity()
        if not self.foresees:
            self.answers = parameter(drawn_rows(K, sizes.outputs))  # (K, O)

    def likes(self, x: Tensor) -> Tensor:
        """log p(x_t | state) (B, T, K)."""
        return self.embedding(x)  # type: ignore[no-any-return]

    def labels(self) -> Tensor:
        """The label (K,) that each state is likeliest to have; -1 without labels."""
        if self.task == "tag":
            return self.answers.argmax(-1)
        return torch.full((len(self.start),), -1)

    def decode(self, x: Tensor) -> Tensor:
        """Viterbi's states (B, T); of a tagger, the label that goes with each."""
        path = self.viterbi(x)
        return self.labels()[path] if self.task == "tag" else path

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        believed = probe("layer_0.posterior", self.beliefs(x))
        # A held change may leave no chance at all, or less.
        return self.readout(believed.clamp(min=LEAST_BELIEF))

    def beliefs(self, x: Tensor) -> Tensor:
        """p(state) (B, T, K), of what it has read so far where it looks ahead."""
        seen = self.embedding(x)  # (B, T, K)
        a = self.forwards(seen)
        return (a if self.causal else a + self.backwards(seen)).softmax(-1)

    def readout(self, h: Tensor) -> Tensor:
        """p(state) (B, T, K) -> answers (B, T, O)."""
        if not self.foresees:
            outputs = h @ self.answers
        elif isinstance(self.embedding, Table):
            outputs = h @ self.transitions @ self.embedding.chances
        else:
            outputs = h @ self.transitions @ self.embedding.means[:, : self.outputs]
        return outputs if self.task == "forecast" else outputs.log()

    def forwards(self, seen: Tensor) -> Tensor:
        """log a_tk = log p(x_1 .. x_t, s_t = k): (B, T, K) -> (B, T, K)."""
        a = [self.start.log() + seen[:, 0]]
        for seen_t in seen.unbind(1)[1:]:
            a.append(seen_t + times(a[-1], self.transitions))
        return torch.stack(a, 1)

    def backwards(self, seen: Tensor) -> Tensor:
        """log b_tj = log p(x_(t+1) .. x_T | s_t = j): (B, T, K) -> (B, T, K)."""
        b = [torch.zeros_like(seen[:, 0])]
        for seen_t in reversed(seen.unbind(1)[1:]):
            b.append(times(seen_t + b[-1], self.transitions.T))
        return torch.stack(b[::-1], 1)

    def surprise(self, x: Tensor) -> Tensor:
        """-log p(x) / T, nats per step (B,)."""
        return -self.forwards(self.embedding(x))[:, -1].logsumexp(-1) / x.shape[1]

    @torch.no_grad()
    def iterate(self, x: Tensor, y: Tensor, counted_from: int = 0) -> None:
        """Baum-Welch: expected counts under the present numbers, then their shares."""
        # expectation
        seen = self.embedding(x)
        a, b = self.forwards(seen), self.backwards(seen)
        total = a[:, -1:].logsumexp(-1, keepdim=True)  # (B, 1, 1) log p(x)
        posterior = (a + b - total).exp()  # (B, T, K)
        largest = a[:, :-1].amax(-1, keepdim=True)  # so that no product overflows
        left = (a[:, :-1] - largest).exp().flatten(0, 1)  # (B (T - 1), K)
        right = (seen + b)[:, 1:] + largest - total
        moves = self.transitions * (left.T @ right.exp().flatten(0, 1))  # (K, K)
        # maximisation
        self.start.copy_(shares(posterior[:, 0].sum(0)))
        self.transitions.copy_(shares(moves))
        self.embedding.learn(x, posterior)
        if not self.foresees:
            counted = slice(counted_from, None)
            belief = self.beliefs(x)[:, counted]
            self.answers.copy_(self.associated(belief, y[:, counted]))

    def associated(self, belief: Tensor, y: Tensor) -> Tensor:
        """What goes with each state (K, O), for p(state) (B, T, K) as it answers.

        For labels, the table C that makes p(y) = sum_k p(k) C_ky largest, by a few
        rounds of expectation-maximisation of its own; else least squares.
        """
        weights, y = belief.flatten(0, 1), y.flatten(0, 1)  # (B T, K)
        if self.task == "forecast":
            # States that are believed in alike leave what goes with each open: of all
            # answers that fit, the small ones; products of nearly equal rows need more
            # digits than the rest.
            exact = weights.double()
            ridge = LEAST_CHANCE * len(exact) * torch.eye(exact.shape[1]).to(exact)
            products = exact.T @ exact + ridge, exact.T @ y.double()
            fitted: Tensor = torch.linalg.solve(*products)
            return fitted.to(weights)
        weights, y = weights[y != IGNORED], y[y != IGNORED]
        labels = F.one_hot(y, self.outputs).to(weights)
        table: Tensor = self.answers
        for _ in range(ROUNDS):
            whose = weights * table.T[y]
            table = shares((whose / whose.sum(-1, keepdim=True)).T @ labels)
        return table

    @torch.no_grad()
    def viterbi(self, x: Tensor) -> Tensor:
        """The one likeliest sequence of states behind each window, (B, T)."""
        seen, moves = self.embedding(x), self.transitions.log()
        return best_path(self.start.log() + seen[:, 0], moves, seen[:, 1:])


def times(logs: Tensor, chances: Tensor) -> Tensor:
    """log sum_j exp(logs_j) chances_jk: (B, K) and (K, K) -> (B, K).

    The largest is taken out first; what then rounds to 0 is under 1e-38 of the sum.
    """
    largest = logs.amax(-1, keepdim=True)
    return ((logs - largest).exp() @ chances).log() + largest


def captures(settings: HMMSettings) -> tuple[Capture, ...]:
    title = N_("State probability")
    return (Capture("layer_0.posterior", "probability", title, CaptureAxes, 0.0, 1.0),)


def equations(settings: HMMSettings, sizes: Sizes) -> str:
    K, T, O = settings.hidden_size, sizes.steps, sizes.outputs  # noqa: E741
    return "\n\n".join(
        [
            notation.display(
                rf"\pi_k &= p(s_1 = k), \quad \pi \in {notation.real(K)}",
                r"A_{jk} &= p(s_t = k \mid s_{t-1} = j), \quad "
                rf"A \in {notation.real(K, K)}",
                emissions.says(sizes, K),
            ),
            notation.display(
                r"\alpha_1(k) &= \pi_k\, b_k(x_1), \quad "
                r"\alpha_t(k) = b_k(x_t) \textstyle\sum_j \alpha_{t-1}(j)\, A_{jk}",
                rf"\beta_{{{T}}}(j) &= 1, \quad \beta_t(j) = "
                r"\textstyle\sum_k A_{jk}\, b_k(x_{t+1})\, \beta_{t+1}(k)",
                r"\gamma_t(k) &= p(s_t = k \mid x) = "
                r"\alpha_t(k)\, \beta_t(k) \,/\, p(x)",
                r"\xi_t(j, k) &= \alpha_t(j)\, A_{jk}\, b_k(x_{t+1})\, "
                r"\beta_{t+1}(k) \,/\, p(x)",
            ),
            notation.display(
                r"\pi_k &\leftarrow \textstyle\sum_x \gamma_1(k) \,/\, \sum_x 1, \quad "
                r"A_{jk} \leftarrow \sum_{x,t} \xi_t(j, k) \,/\, "
                r"\sum_{x,t,l} \xi_t(j, l)",
                emissions.counted(sizes),
            ),
            notation.display(_answer(sizes, K, O)),
        ]
    )


def _answer(sizes: Sizes, K: int, outputs: int) -> str:
    past = r"\textstyle\sum_j p(s_t = j \mid x_1 \dots x_t)"
    if sizes.causal and sizes.shifted:
        shape = notation.real(outputs)
        if sizes.symbols:
            chances = r"p(x_{t+1} \mid x_1 \dots x_t)"
            return rf"{chances} &= {past} \sum_k A_{{jk}} B_k \in {shape}"
        return rf"y_t &= {past} \sum_k A_{{jk}}\, \mu_k \in {shape}"
    table = rf"C \in {notation.real(K, outputs)}"
    if sizes.causal:
        return rf"y_t &= {past}\, C_j, \quad {table}"
    return (
        r"p(y_t = c \mid x) &= \textstyle\sum_k \gamma_t(k)\, C_{kc}, \quad "
        rf"C_{{kc}} = p(y_t = c \mid s_t = k), \quad {table}"
    )


def diagram(settings: HMMSettings, sizes: Sizes) -> str:
    K, given = settings.hidden_size, sizes.symbols or sizes.inputs
    says = "B" if sizes.symbols else "N(μ, σ²)"
    times = ("t − 1", "t", "t + 1")
    lines = [f'state{k}(("s, {time}: 1 of {K}"))' for k, time in enumerate(times)]
    lines += [f'state{a} -- "A: {K} × {K}" --> state{b}' for a, b in pairwise(range(3))]
    lines += [
        f'state{k} -- "{says}" --> x{k}["x, {time}: {given}"]'
        for k, time in enumerate(times)
    ]
    lines.append(f'state1 -.-> answer["y: {sizes.outputs}"]')
    return "\n".join(["flowchart LR", *(f"  {line}" for line in lines)])


SPEC = ModelSpec(
    name="hmm",
    title=N_("HMM"),
    summary=N_(
        "A hidden state moves by chance and says by chance what is seen. Nothing is "
        "descended: each iteration infers the states and counts anew, and never makes "
        "the data less likely."
    ),
    settings=HMMSettings,
    make=HMM,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("forecast", "next_token", "tag"),
    order=90,
    learning="expectation",
    training={"steps": 60},
    aim=N_("surprise −log p(x) / T (nats per step)"),
)
