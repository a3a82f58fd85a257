"""The shapes that the equations give are those of what the model really learns."""

import re
from itertools import product
from math import prod
from typing import Any

import pytest
from torch import nn

from explorer.catalog import specs
from explorer.config.settings import choices_of
from explorer.models.base import Sizes, parameters

CLAUSE = re.compile(r"^(.*?) ?&?\\in \\mathbb\{R\}\^\{([^{}]*)\}")
RANGE = re.compile(r"([kijr]) = (-?\d+)(?:, (?:\\dots, )?(-?\d+))?(?=[,\s]|$)")
NAME = re.compile(r"(\\?[A-Za-z]+)(?:_\{?([^{}^]*)\}?)?(?:\^\{\((\w)\)\})?$")
DRAWN_OVER = re.compile(r"\\(?:overrightarrow|overleftarrow|tilde|hat)\{(\\?\w+)\}")
GATES = {"i,f,o,g", "i,f,o,m", "r,z,n", "r,z", "n", "z,n", "p,q,n", "i,f,o,z"}
LEARNED = {
    *("E", "V", "d", "W", "U", "b", "e", "B", "p", "a", "z", "A", "C", "v"),
    *(r"\beta", r"\pi", r"\mu", r"\sigma"),
    *("V_r", "W_a", "U_a", "W_x", "b_x", "W_1", "W_2", "W_O", r"\gamma_j"),
    *("W_Q,i", "W_K,i", "W_V,i", "W_b", "b_a", "b_b"),
    *(r"\nu", r"\theta", "B_1", "B_2", "C_1", "C_2", "D", "c", r"\rho", "W_j"),
    *("W_u", "W_g", "W_e", "W_o", "W_B", "W_C", "a_k", "b_k"),
}
"""Names of what is learned, beside the gates' own; all others are values."""

SERIES = Sizes(3, 5, 0, 7, "forecast")
TOKENS = Sizes(1, 11, 11, 7, "next_token")
CLASSES = Sizes(3, 5, 0, 7, "classify")
WORDS = Sizes(1, 5, 11, 7, "classify")
TAGS = Sizes(1, 5, 11, 7, "tag")
VALUES = Sizes(3, 5, 0, 7, "tag")
PAIRS = Sizes(1, 11, 11, 13, "translate", source=8, padded=True)
WINDOWS = Sizes(2, 1, 0, 7, "generate")

ONE_WAY = (SERIES, TOKENS, CLASSES, WORDS, TAGS)
CASES: list[tuple[str, dict[str, Any], tuple[Sizes, ...]]] = [
    ("rnn", {"hidden_size": 13}, ONE_WAY),
    ("lstm", {"hidden_size": 13}, ONE_WAY),
    ("gru", {"hidden_size": 13}, ONE_WAY),
    *(
        ("transformer", {"hidden_size": 12, "heads": heads, "positions": positions}, s)
        for heads, positions, s in (
            (3, "learned", ONE_WAY[:4]),
            (1, "sinusoidal", ONE_WAY[:2]),
            (3, "rotary", ONE_WAY[:2]),
            (3, "none", ONE_WAY[2:3]),
        )
    ),
    *(
        ("transformer", {"hidden_size": 12, "heads": 3, **chosen}, ONE_WAY[:3])
        for chosen in (
            {"norm": "rms", "queries": "normalised"},
            {"feed_forward_activation": "relu_squared", "outputs": "zero"},
            {"mixing": "first"},
            {"way_out": "own", "logits": "capped"},
        )
    ),
    *(
        ("bidirectional", {"hidden_size": 13, "cell": c}, (CLASSES, WORDS, TAGS))
        for c in ("rnn", "lstm", "gru")
    ),
    *(
        (
            "seq2seq",
            {"hidden_size": 13, "cell": c, "directions": d, "attention": a},
            (PAIRS,),
        )
        for c, d, a in product(
            ("rnn", "lstm", "gru"), ("one", "both"), ("none", "additive")
        )
    ),
    *(
        ("encoder_decoder", {"hidden_size": 12, "heads": 3, "positions": p}, (PAIRS,))
        for p in ("learned", "sinusoidal", "rotary", "none")
    ),
    *(
        ("crf", {"hidden_size": 13, "features": f}, (TAGS, VALUES))
        for f in ("window", "rnn", "lstm", "gru")
    ),
    ("hmm", {"hidden_size": 13}, (TAGS, VALUES, TOKENS)),
    *(
        ("gan", {"hidden_size": 13, "generator_size": 17, "cell": c}, (WINDOWS,))
        for c in ("lstm", "gru")
    ),
]


CASES += [
    (spec.name, {"hidden_size": 12, **chosen}, ONE_WAY)
    for spec in specs.models().values()
    if spec.name not in {name for name, _chosen, _sizes in CASES}
    for chosen in (
        {},
        *(
            {name: choice}
            for name, field in spec.settings.model_fields.items()
            for choice in choices_of(field)
            if choice != field.default
        ),
    )
]
"""Any other learns what a GRU does, under each of its choices."""


def count_in(line: str) -> int:
    """How many learned numbers one line gives the shapes of."""
    line = DRAWN_OVER.sub(r"\1", line)
    sizes = {
        letter: int(last or first) - int(first) + 1
        for letter, first, last in RANGE.findall(line)
    }
    total = 0
    for part in line.split(r", \quad "):
        if (clause := CLAUSE.match(part)) is None or "=" in clause[1]:
            continue
        shape = prod(int(n) for n in clause[2].split(r" \times "))
        for name in re.split(r",\\?,? ", clause[1].replace(r",\, ", ", ")):
            total += shape * times_of(name.strip(), sizes)
    return total


def times_of(name: str, sizes: dict[str, int]) -> int:
    """How many arrays of one shape a name stands for; 0 for a value."""
    found = NAME.match(name)
    if found is None:
        return 0
    letter, index, layer = found.groups()
    gates = index in GATES and letter in {"W", "U", "b", "e"}
    if not gates and (f"{letter}_{index}" if index else letter) not in LEARNED:
        return 0
    times = index.count(",") + 1 if gates else 1
    running = {layer} | (set() if gates else set((index or "").split(",")))
    return times * prod(sizes[each] for each in running & sizes.keys())


SUMMED = {"RNN": 1, "LSTM": 4, "GRU": 2}
"""By the class of a cell's net: of how many gates two biases act as their sum."""


def written(equations: str) -> int:
    """How many numbers the equations say are learned."""
    plain = equations.replace(r"&= b_{ih} + b_{hh} \in", r"&\in")
    return sum(count_in(line.removesuffix(r" \\")) for line in plain.splitlines())


def learned(model: nn.Module) -> int:
    """How many a model learns, where two biases that act as their sum are one."""
    extra = 0
    for net in model.modules():
        if isinstance(net, nn.RNNBase):
            readers = net.num_layers * (2 if net.bidirectional else 1)
            extra += SUMMED[type(net).__name__] * net.hidden_size * readers
    return parameters(model) - extra


def settings_of(name: str, chosen: dict[str, Any], layers: int) -> Any:
    cls = specs.model_spec(name).settings
    depth = {"layers": layers} if "layers" in cls.model_fields else {}
    return cls(**chosen, **depth)


CASE_IDS = [f"{name}-{'-'.join(map(str, c.values()))}" for name, c, _ in CASES]


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(("name", "chosen", "every"), CASES, ids=CASE_IDS)
def test_the_shapes_in_the_equations_add_up_to_the_parameters(
    name: str, chosen: dict[str, Any], every: tuple[Sizes, ...], layers: int
) -> None:
    spec, settings = specs.model_spec(name), settings_of(name, chosen, layers)
    for sizes in every:
        model = spec.make(settings, sizes)
        page = spec.equations(settings, sizes)
        assert written(page) == learned(model), (sizes, page)


def test_every_architecture_is_counted() -> None:
    assert {name for name, _chosen, _sizes in CASES} == set(specs.models())


HANDED = [
    (1, r"[g_0;\, c_0] &= \tanh(B\,"),
    (2, r"[g_0^{(k)};\, c_0^{(k)}] &= \tanh(B^{(k)}\,"),
]


@pytest.mark.parametrize(("layers", "line"), HANDED)
def test_what_an_lstm_hands_over_is_split_into_its_state_and_its_memory(
    layers: int, line: str
) -> None:
    settings = settings_of("seq2seq", {"hidden_size": 13, "cell": "lstm"}, layers)
    spec = specs.model_spec("seq2seq")
    page = spec.equations(settings, PAIRS)
    (handed,) = (each for each in page.splitlines() if each.startswith("[g_0"))
    assert handed.startswith(line)
    bridge = spec.make(settings, PAIRS).bridge
    assert handed.endswith(rf"\in \mathbb{{R}}^{{{bridge[0].out_features}}} \\")


@pytest.mark.parametrize("name", [n for n in specs.models() if n not in ("hmm",)])
def test_each_letter_of_a_layer_says_which_layers_there_are(name: str) -> None:
    """No x_t where there is no x_t, and no layer k without its range."""
    fitting = next((c, s[0]) for n, c, s in CASES if n == name)
    chosen, sizes = fitting
    for layers in (1, 3):
        settings = settings_of(name, chosen, layers)
        page = specs.model_spec(name).equations(settings, sizes)
        if "x_t^{(k)}" in page:
            assert "x_t^{(0)} &= x_t" in page
        if "x_s^{(k)}" in page:
            assert "x_s^{(0)} &= E_{w_s}" in page
            assert "x_t" not in page
        for line in page.splitlines():
            given = CLAUSE.match(DRAWN_OVER.sub(r"\1", line))
            if given and "^{(k)}" in given[1] and "=" not in given[1]:
                assert "k = " in line, line
