"""What kind a head is said to be, against loops over the attention itself."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from explorer.errors import ExplorerError
from explorer.inspection.base import Subject, probe_window
from explorer.inspection.heads import scores
from explorer.models.captures import Recorder
from explorer.plots.encode import to_json
from explorer.plots.panel import Content
from explorer.runs.records import View
from tests.inspection.subjects import drawn, seen, subject_of


def two_by_two(data: str = "fables") -> Subject:
    """A Transformer of two layers with two heads each."""
    return subject_of(
        "transformer", data, 2, data__window=16, model__layers=2, model__heads=2
    )


def by_hand(A: Any, tokens: list[int] | None) -> list[float]:
    """The five scores of one map (T, T), one weight at a time."""
    T = len(A)
    previous = [A[t][t - 1] for t in range(1, T)]
    first = [A[t][0] for t in range(1, T)]
    entropy, same, induction = [], [], []
    for t in range(1, T):
        total = sum(-a * math.log(a) for a in map(float, A[t]) if a > 0)
        entropy.append(total / math.log(t + 1))
    for t in range(T) if tokens else ():
        found = [s for s in range(t) if tokens[s] == tokens[t]]
        if found:
            same.append(sum(A[t][s] for s in found))
        if followed := [s + 1 for s in found if s + 1 <= t - 1]:
            induction.append(sum(A[t][s] for s in followed))
    every = (previous, same, induction, first, entropy)
    return [float(np.mean(each)) if each else math.nan for each in every]


def handmade(A: torch.Tensor, tokens: torch.Tensor | None) -> View:
    """The view of attention (L, N, T, T) that no model has made."""
    T = A.shape[-1]
    uniform = torch.ones(T, T).tril()
    uniform /= uniform.sum(-1, keepdim=True)
    labels = None if tokens is None else [chr(97 + int(k)) for k in tokens]
    return View(
        "heads",
        0,
        {
            "attention": A.numpy(),
            "badges": scores(A, tokens).float().numpy(),
            "badges_by_chance": scores(uniform, tokens).float().numpy(),
        },
        {"layer": None, "head": None, "labels": labels, "residual": 0.0, "above": 0.0},
    )


def previous(T: int) -> torch.Tensor:
    """Attention (T, T) of a head that looks one step back."""
    A = torch.diag(torch.ones(T - 1), -1)
    A[0, 0] = 1
    return A


def titles(content: Content) -> list[str]:
    return [note["text"] for note in content["figure"]["layout"]["annotations"]]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("steps", [2, 3, 11])
def test_scores_against_loops(seed: int, steps: int) -> None:
    torch.manual_seed(seed)
    A = torch.rand(2, 3, steps, steps, dtype=torch.float64).pow(4).tril()
    A /= A.sum(-1, keepdim=True)
    tokens = torch.randint(0, 3, (steps,))
    for known in (tokens, None):
        told = scores(A, known)
        for layer in range(2):
            for head in range(3):
                expected = by_hand(
                    A[layer, head].tolist(), None if known is None else known.tolist()
                )
                np.testing.assert_allclose(told[layer, head], expected, rtol=1e-9)


def test_looking_everywhere_is_an_entropy_of_one_ahead_as_behind() -> None:
    even = torch.full((9, 9), 1 / 9)
    told = scores(even, None, causal=False)
    np.testing.assert_allclose(told[[0, 3, 4]], [1 / 9, 1 / 9, 1.0], rtol=1e-6)
    view = seen(two_by_two("shapes"), "heads")
    found = view.arrays["badges_by_chance"]
    T = view.arrays["attention"].shape[-1]
    np.testing.assert_allclose(found[[0, 3, 4]], [1 / T, 1 / T, 1.0], rtol=1e-5)
    assert (view.arrays["badges"][..., 4] <= 1 + 1e-6).all()


@pytest.mark.parametrize("data", ["sine", "fables"])
def test_a_runs_own_heads(data: str) -> None:
    subject = two_by_two(data)
    x, _ = probe_window(subject.data)
    recorder = Recorder()
    subject.model.eval()
    with torch.no_grad():
        subject.model(x, recorder)
    view = seen(subject, "heads")
    tokens = x[0].tolist() if data == "fables" else None
    even = [[1 / (t + 1)] * (t + 1) + [0.0] * (15 - t) for t in range(16)]
    np.testing.assert_allclose(
        view.arrays["badges_by_chance"], by_hand(even, tokens), rtol=1e-5
    )
    for layer in range(2):
        A = recorder.values()[f"layer_{layer}.attention"][0].numpy()
        np.testing.assert_allclose(A.sum(-1), 1, atol=1e-6)
        assert (np.triu(A, 1) == 0).all()
        for head in range(2):
            np.testing.assert_allclose(
                view.arrays["badges"][layer, head],
                by_hand(A[head].astype(np.float64), tokens),
                rtol=1e-5,
            )
            weights = view.arrays["attention"][layer, head]
            np.testing.assert_array_equal(weights, A[head])
    assert view.notes["residual"] <= 1e-6
    assert view.notes["above"] == 0
    assert "violated" not in drawn(subject, view)["proof"]


def test_a_head_that_looks_ahead_is_found_out(monkeypatch: Any) -> None:
    subject = two_by_two("sine")
    softmax = torch.Tensor.softmax
    monkeypatch.setattr(
        torch.Tensor, "softmax", lambda a, d: softmax(a.clamp(min=-9), d) * 1.01
    )
    view = seen(subject, "heads")
    x, _ = probe_window(subject.data)
    recorder = Recorder()
    with torch.no_grad():
        subject.model.eval()(x, recorder)
    ahead = sum(
        float(A[0, head, t, s])
        for name, A in recorder.values().items()
        if name.endswith("attention")
        for head, t, s in np.ndindex(2, 16, 16)
        if s > t
    )
    assert view.notes["above"] == pytest.approx(ahead, rel=1e-5)
    assert ahead > 0
    assert view.notes["residual"] == pytest.approx(0.01, rel=1e-3)
    assert drawn(subject, view)["proof"].count("is violated") == 2


def test_handmade_heads_get_the_right_name() -> None:
    torch.manual_seed(0)
    T = 24
    tokens = torch.arange(8).repeat(3)
    before = previous(T)
    after = torch.eye(T)  # looks at itself where nothing came before
    same = torch.eye(T)
    for t in range(8, T):
        after[t] = 0
        after[t, t - 7] = 1
        same[t] = 0
        same[t, t - 8] = 1
    even = torch.ones(T, T).tril()
    even /= even.sum(-1, keepdim=True)
    first = torch.zeros(T, T)
    first[:, 0] = 1
    both = 0.4 * before + 0.6 * first
    A = torch.stack([before, after, same, even, 0.4 * first + 0.6 * even, both])
    content = drawn(two_by_two(), handmade(A.view(2, 3, T, T), tokens))
    assert titles(content) == [
        "layer 1, head 1<br>previous token 1.00",
        "layer 1, head 2<br>induction 1.00",
        "layer 1, head 3<br>same token 1.00",
        "layer 2, head 1<br> ",
        f"layer 2, head 2<br>first token {0.4 + 0.6 * float(even[1:, 0].mean()):.2f}",
        f"layer 2, head 3<br>first token {float(both[1:, 0].mean()):.2f}",
    ]
    reading = content["reading"]
    assert reading.startswith("Of 6 heads, ")
    assert "previous token 1 (up to 1.00), same token 1 (up to 1.00)" in reading
    assert reading.endswith("first token 2 (up to 0.62); no clear habit: 1.")


def test_nothing_is_called_clear_that_chance_would_do() -> None:
    """Where all tokens are equal, an even look already scores high."""
    even = torch.ones(3, 3).tril()
    even /= even.sum(-1, keepdim=True)
    tokens = torch.zeros(3, dtype=torch.int64)
    content = drawn(two_by_two(), handmade(even.expand(1, 2, 3, 3), tokens))
    assert titles(content) == ["layer 1, head 1<br> ", "layer 1, head 2<br> "]
    assert content["reading"].startswith("None of the 2 heads has a clear habit;")


@pytest.mark.parametrize("data", ["sine", "fables"])
def test_a_click_makes_a_map_large_and_then_marks_a_step(data: str) -> None:
    subject = two_by_two(data)
    view = seen(subject, "heads")
    grid = drawn(subject, view, mark=3)["figure"]
    assert len(grid["data"]) == 4
    places = [line["yref"] for line in grid["layout"]["shapes"]]
    assert places == ["y", "y3"]
    for trace, (layer, head) in zip(grid["data"], np.ndindex(2, 2), strict=True):
        whole = np.rint(100 * view.arrays["attention"][layer, head])
        np.testing.assert_array_equal(trace["z"], whole)
        chosen = trace["meta"]["choose"]
        assert chosen == {"heads.layer": str(layer), "heads.head": str(head)}
        options = {k.removeprefix("heads."): v for k, v in chosen.items()}
        large = drawn(subject, seen(subject, "heads", **options), mark=3)
        (only,) = large["figure"]["data"]
        assert only["meta"] == {"time": "y"}
        exact = 100 * view.arrays["attention"][layer, head]
        np.testing.assert_allclose(only["z"], exact, rtol=1e-6)
        assert large["reading"].startswith(f"Layer {layer + 1}, head {head + 1}: ")
        said = f"previous {'step' if data == 'sine' else 'token'} "
        score = view.arrays["badges"][layer, head, 0]
        assert f"{said}{score:.2f} (by chance" in large["reading"]
        assert ("induction" in large["reading"]) == (data == "fables")
    one_layer = drawn(subject, seen(subject, "heads", layer="1"))["figure"]["data"]
    assert [t["meta"]["choose"]["heads.layer"] for t in one_layer] == ["1", "1"]


def test_the_largest_grid_stays_small_and_keeps_its_diagonals() -> None:
    T = 256
    before = previous(T)
    view = handmade(before.expand(6, 8, T, T), None)
    content = drawn(two_by_two("sine"), view, mark=100)
    assert len(to_json(content)) < 300_000
    first = content["figure"]["data"][0]
    size = first["dx"]
    for k, row in enumerate(first["z"]):
        block = slice(k * size, (k + 1) * size)
        expected = [before[block, s : s + size].max() * 100 for s in range(0, T, size)]
        np.testing.assert_array_equal(row, expected)
    assert titles(content)[9] == "L2 H2<br>previous"


def test_one_token_alone() -> None:
    view = seen(two_by_two(), "heads", text="th")
    assert np.isnan(view.arrays["badges"]).all()
    content = drawn(two_by_two(), view)
    assert content["reading"] == "A single step has nothing before it to look at."


def test_attention_that_is_not_a_number() -> None:
    subject = two_by_two()
    with torch.no_grad():
        for parameter in subject.model.parameters():
            parameter.fill_(math.nan)
    content = drawn(subject, seen(subject, "heads"))
    assert content["reading"] == "The attention holds values that are not numbers."
    assert content["proof"].count("is violated") == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": "2"}, "Unknown layer '2'. Known: 0, 1, all."),
        ({"head": "9"}, "Unknown head '9'"),
        ({"head": "-1"}, "head does not have the expected form"),
    ],
)
def test_a_head_that_is_not_there(options: dict[str, str], message: str) -> None:
    with pytest.raises(ExplorerError, match=message):
        seen(two_by_two(), "heads", **options)


def test_facts_that_tell_the_answer_are_framed_and_their_weight_is_told() -> None:
    subject = subject_of(
        "transformer", "stories", 2, data__count=100, data__supporting=2
    )
    view = seen(subject, "heads")
    x, told = subject.data.validation.x[32], subject.data.support[32]
    weights = {
        head: np.mean(
            [view.arrays["attention"][head][t][told].sum() for t in range(len(x))]
        )
        for head in np.ndindex(2, 4)
    }
    for head, weight in weights.items():
        assert view.arrays["on_support"][head] == pytest.approx(weight, rel=1e-5)
    most = max(weights, key=weights.__getitem__)
    content = drawn(subject, view)
    assert content["reading"].endswith(
        f"layer {most[0] + 1}, head {most[1] + 1} gives them {100 * weights[most]:.0f} "
        f"% of its weight; evenly spread it were {100 * told.sum() / len(x):.0f} "
        "%."
    )
    frames = content["figure"]["layout"]["shapes"]
    edges = [t for t in range(1, len(x)) if told[t] and not told[t - 1]]
    assert [f["x0"] for f in frames] == [t + 0.5 for t in edges] * 8
    assert frames[-1]["xref"] == "x8"
    assert frames[-1]["yref"] == "y8 domain"
    single = drawn(subject, seen(subject, "heads", layer="0", head="1"))
    assert len(single["figure"]["layout"]["shapes"]) == len(edges)
    one = seen(subject, "inside", capture="layer_1.attention", head=2)
    assert one.arrays["support"].tolist() == told.tolist()
    content = drawn(subject, one)
    shapes = content["figure"]["layout"]["shapes"]
    assert [f["x0"] for f in shapes] == [t + 0.5 for t in edges]
    share = f"answer: {100 * weights[1, 2]:.0f} % of the weight lies on them;"
    assert share in content["reading"]
    assert share in content["alternative"]
    assert "support" not in seen(subject, "inside", capture="layer_1.hidden").arrays
    own = seen(subject, "heads", text="anna enters the garden . where is anna ?")
    assert "support" not in own.arrays
    assert "shapes" not in drawn(subject, own)["figure"]["layout"]


def test_a_model_without_attention_has_no_heads() -> None:
    subject = subject_of("gru", steps=0)
    with pytest.raises(ExplorerError, match="nothing to show of gru on sine"):
        seen(subject, "heads")
