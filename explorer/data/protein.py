r"""Protein-like sequences and their secondary structure: synthetic, the floor known.

Real proteins fold into helices, strands and what lies between, and which residues stand
where tells much about it (Chou and Fasman, 1974, https://doi.org/10.1021/bi00699a002).
Here a hidden chain of numbers made for this project writes such sequences:

    helix H   5 or more residues; two faces in a turn of four: water-shy, water-loving
    strand E  3 or more residues; faces alternate
    coil C    2 or more residues; breakers of helices are common

A segment is a run of states with a place and a face of its own, so the sequence is an
ordinary hidden Markov chain, and what can be known of the labels is exact.
"""

from collections.abc import Mapping

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Text
from explorer.data.baselines import surprise
from explorer.data.fields import count_field, window_field
from explorer.data.hidden_markov import (
    HiddenMarkov,
    Ids,
    Values,
    log_filtered,
    log_posterior,
    sample,
    stationary,
)
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

LETTERS = tuple("ACDEFGHIKLMNPQRSTVWY")
LABELS = (N_("helix"), N_("strand"), N_("coil"))
HELIX, STRAND, COIL = range(3)

LIKES: tuple[Mapping[float, str], ...] = (
    {6: "ALE", 5: "K", 4: "MQR", 3: "H", 1.5: "NST", 0.8: "G", 0.3: "P"},
    {7: "V", 6: "I", 5: "YT", 4: "FL", 3: "WC", 1.5: "K", 1: "GNE", 0.7: "D", 0.4: "P"},
    {7: "G", 6: "PND", 5: "S", 3: "TK", 2.5: "E", 1.5: "L", 1: "VIMF"},
)
"""By structure: how much it likes which letters; the others have 2. Our own numbers."""

HYDROPHOBIC = "AVILMFWYC"
"""Letters that keep from water: three times as likely on an inner face."""
FACED = 3.0

CHAIN = ((HELIX, "iooiiooi", 4), (STRAND, "ioio", 2), (COIL, "--", 1))
"""By structure: the face of each place, inner or outer, and where the loop begins that
the last place goes back to."""

LEAVES = (0.12, 0.3, 0.25)
"""By structure: the chance of ending after each place of its loop."""
GOES = ((0.0, 0.15, 0.85), (0.15, 0.0, 0.85), (0.55, 0.45, 0.0))
"""By structure: what follows it."""


class ProteinSettings(Settings):
    """How clearly the letters tell the structure."""

    clarity: float = setting(
        1.0,
        N_(
            "How much the structures differ in their letters: at 0 not at all, at 2 "
            "very much. The clearer, the lower the loss can get."
        ),
        title=N_("Clarity"),
        ge=0.1,
        le=2.0,
        step=0.1,
    )
    count: int = count_field(
        N_("How many sequences there are to learn from."), N_("Sequences"), 4000
    )
    window: int = window_field(48)


def emissions(structure: int, face: str, clarity: float) -> Values:
    """The chance (V,) of each letter in a structure, on a face."""
    liked = {letter: n for n, some in LIKES[structure].items() for letter in some}
    likes = np.array([liked.get(letter, 2.0) for letter in LETTERS])
    hydrophobic = np.array([letter in HYDROPHOBIC for letter in LETTERS])
    if face != "-":
        likes = likes * np.where(hydrophobic == (face == "i"), FACED, 1.0)
    likes = likes**clarity
    return np.asarray(likes / likes.sum(), np.float64)


def structures() -> Ids:
    """The structure (K,) that each state of the chain belongs to."""
    return np.repeat([s for s, _, _ in CHAIN], [len(faces) for _, faces, _ in CHAIN])


def chain(clarity: float) -> HiddenMarkov:
    """All places of all structures as one chain; a window begins anywhere in it."""
    first = np.cumsum([0, *(len(faces) for _, faces, _ in CHAIN)])
    moves = np.zeros((first[-1], first[-1]))
    for s, faces, loop in CHAIN:
        for place in range(len(faces)):
            state = first[s] + place
            after = place + 1 if place + 1 < len(faces) else loop
            leaves = LEAVES[s] if place >= loop else 0.0
            moves[state, first[s] + after] += 1 - leaves
            moves[state, first[:-1]] += leaves * np.array(GOES[s])
    says = [emissions(s, face, clarity) for s, faces, _ in CHAIN for face in faces]
    return HiddenMarkov(stationary(moves), moves, np.stack(says))


def log_labels(log_states: Values) -> Values:
    """log P(structure), of states (..., K) -> (..., 3)."""
    each = structures()
    return np.stack(
        [np.logaddexp.reduce(log_states[..., each == s], -1) for s in range(3)], -1
    )


def make(settings: ProteinSettings, seed: int) -> Data:
    """Letters x (N, T) and their structures y (N, T).

    The floor is the mean loss of the one who knows the chain and reads the whole
    window: -log P(structure | window), by forward-backward on the held-out windows;
    of the one who sees the past alone, given the letters so far, by the forward part.
    """
    model = chain(settings.clarity)
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    x, states = sample(model, total, settings.window, rng)
    y = structures()[states]
    train = Windows(x[: settings.count], y[: settings.count])
    held = Windows(x[settings.count :], y[settings.count :])
    return Data(
        task="tag",
        train=train,
        validation=held,
        baselines=baselines(train, held),
        floor=surprise(log_labels(log_posterior(model, held.x)), held.y),
        floor_note=N_("forward-backward over the chain that wrote the sequences"),
        past_floor=surprise(log_labels(log_filtered(model, held.x)), held.y),
        past_floor_note=N_(
            "the past alone, by the forward algorithm over the chain that wrote the "
            "sequences"
        ),
        text=Text(x.reshape(-1), settings.count * settings.window),
        symbols=LETTERS,
        labels=LABELS,
        streamed=False,
    )


def baselines(train: Windows, held: Windows) -> dict[str, float]:
    """Cross-entropy in nats per residue of two guesses that look at no neighbour.

    Counts come from the training part, add-one smoothed.
    """
    counts = np.ones((len(LETTERS), len(LABELS)))
    np.add.at(counts, (train.x, train.y), 1.0)
    prior = np.log(counts.sum(0) / counts.sum())
    each = np.log(counts / counts.sum(1, keepdims=True))  # (V, C)
    return {
        N_("how often each"): surprise(prior, held.y),
        N_("each letter alone"): surprise(each[held.x], held.y),
    }


SPEC = DataSpec(
    name="protein",
    title=N_("Protein structure (synthetic)"),
    summary=N_(
        "Sequences of amino-acid letters, each in a helix, a strand or a coil: "
        "synthetic, in the manner of proteins. One letter says little, its neighbours "
        "on both sides say more."
    ),
    settings=ProteinSettings,
    make=make,
    task="tag",
    order=80,
)
