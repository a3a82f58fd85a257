"""The one rule of how far back the error reaches, in both languages."""

import numpy as np
import pytest

from explorer.plots.inside import gradients
from explorer.plots.inside.error_reach import ErrorReach, in_words, judged, strength
from explorer.runs.records import View
from explorer.ui.language import translator

K = np.arange(65.0)
HUMP = np.r_[np.linspace(1, 4, 20), np.linspace(4, 0.2, 45)]
DIP = np.r_[1.0, np.full(30, 0.005), np.full(34, 0.3)]
SPIKE = np.r_[1.0, np.full(64, 0.006)]
GAP = np.r_[0.0, 0.0, 1.0, 3.0, 2.0]
CUT = np.r_[1.15 ** np.arange(15.0), np.zeros(14)]

CASES = [
    (np.zeros(5), False, "none", 0, 0, None, "no gradient", "尚无"),
    (0.9**K, False, "fades", 43, 64, 0.9, "reaches 43 steps back", "消失"),
    (0.99**K, False, "holds", 64, 64, 0.99, "still has 52.6 %", "52.6"),
    (1.1**K, False, "grows", 64, 64, 1.1, "446-fold, 64 steps back", "爆炸"),
    (HUMP, False, "holds", 64, 64, None, "still has 20 %", "20"),
    (DIP, False, "holds", 64, 64, None, "still has 30 %", "30"),
    (SPIKE, False, "fades", 0, 64, 0.006 ** (1 / 64), "reaches 0 steps back", "消失"),
    (SPIKE, True, "attention", 0, 64, None, "64 steps back it is 0.6 %", "0.6"),
    (1.1**K, True, "attention", 64, 64, None, "every step directly", "注意力"),
    (GAP, False, "apart", 3, 4, None, "strongest 3 steps", "3"),
    (CUT, False, "holds", 14, 14, 1.15, "14 steps back", "14"),
    (np.r_[CUT[:15] ** 2, CUT[15:]], False, "grows", 14, 14, 1.3225, "50-fold", "50"),
    (8 ** (K / 64), False, "holds", 64, 64, 8 ** (1 / 64), "has 8.0 times", "8.0 倍"),
    (np.ones(1), False, "holds", 0, 0, None, "100 %", "100"),
]


@pytest.mark.parametrize(
    ("curve", "attention", "kind", "at", "end", "factor", "english", "chinese"), CASES
)
def test_a_verdict(
    curve: np.ndarray,
    attention: bool,
    kind: str,
    at: int,
    end: int,
    factor: float | None,
    english: str,
    chinese: str,
) -> None:
    reach = judged(curve, attention)
    assert (reach.kind, reach.at, reach.end) == (kind, at, end)
    assert reach.factor == (None if factor is None else pytest.approx(factor))
    assert english in in_words(reach, translator("en"))
    assert chinese in in_words(reach, translator("zh"))


def test_only_a_curve_without_a_turn_has_a_factor() -> None:
    wobble = 0.9**K * np.where(K % 2, 1.04, 1.0)
    assert judged(wobble, False).factor == pytest.approx(0.9, rel=1e-3)
    turned = np.r_[wobble[:30], wobble[29] * 1.2 ** np.arange(1, 20.0)]
    assert judged(turned, False).factor is None
    assert "Each step back" not in in_words(judged(turned, False), str)
    for back, there in ((1.2, True), (1.3, False)):
        again = 0.9**K * np.where(K < 40, 1.0, back)
        assert (judged(again, False).factor is not None) == there


def test_a_memory_counts_beside_the_hidden_state() -> None:
    hidden, memory = 0.5**K, np.full(65, 0.9)
    both = strength(hidden[None], memory[None])
    np.testing.assert_allclose(both, np.sqrt(hidden**2 + memory**2))
    assert judged(strength(hidden[None]), False).kind == "fades"
    assert judged(both, False).kind == "holds"


def test_what_was_not_measured_is_not_judged() -> None:
    part = np.full((1, 9), np.nan)
    part[0, :4] = [1, 0.5, 0.25, 0.125]
    assert judged(strength(part), False) == ErrorReach("holds", 3, 3, 0.125, 0.5)


def test_a_distance_that_filters_reach_alone_is_marked() -> None:
    norms = np.array([[1.0, 0.5, 0.3], [0.2, 0.0, 0.1]], np.float32)
    drawn = gradients.extract(
        "tcn", View("gradients", 1, {"norms": norms}, {"layers": []})
    )
    modes = [trace["mode"] for trace in gradients.figure(drawn)["data"]]
    assert modes == ["lines", "lines+markers"]


def test_several_memories_of_one_layer_are_told_apart() -> None:
    arrays = {"norms": np.ones((1, 3)), "memory": np.ones((2, 3))}
    titles = [("Memory (before the normaliser)", 0), ("Normaliser", 0)]
    names = []
    for memories in (titles, titles[:1] * 2):
        view = View("gradients", 1, arrays, {"layers": [], "memories": memories})
        traces = gradients.figure(gradients.extract("slstm", view))["data"]
        names.append([trace["name"] for trace in traces[1:]])
    assert names[0] == ["Memory, layer 1", "Normaliser, layer 1"]
    assert names[1] == ["memory, layer 1", "memory, layer 2"]
