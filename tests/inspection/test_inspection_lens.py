"""What a layer alone would say, against second formulas in NumPy and plain loops."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import erf, expit

from explorer.catalog import specs
from explorer.data import content
from explorer.errors import ExplorerError
from explorer.inspection.base import Subject
from explorer.runs.records import View
from tests.inspection.subjects import drawn, seen, subject_of

MODELS = [
    spec.name
    for spec in specs.fitting("fables")
    if "layers" in spec.settings.model_fields
]
WINDOW = 4


small = partial(
    subject_of, steps=5, data__window=16, model__layers=2, model__hidden_size=8
)
lens = partial(seen, view="lens", example=WINDOW)


def window(subject: Subject) -> tuple[Any, Any]:
    part = subject.data.validation
    return part.x[WINDOW], part.y[WINDOW]


def answer(subject: Subject) -> Any:
    """The model's own answer (T, O), by its fast path."""
    subject.model.eval()
    with torch.no_grad():
        return subject.model(torch.tensor(window(subject)[0][None]))[0].double().numpy()


def weights(subject: Subject) -> dict[str, Any]:
    return {n: v.double().numpy() for n, v in subject.model.state_dict().items()}


def first_layer_lstm(subject: Subject) -> Any:
    """The way out on the first layer's state, written out once more: (T, O)."""
    w, x = weights(subject), window(subject)[0]
    given = w["embedding.weight"][x] if subject.data.symbols else x.astype(float)
    h = c = np.zeros(8)
    out = []
    for row in given:
        total = (
            w["lstm.weight_ih_l0"] @ row
            + w["lstm.weight_hh_l0"] @ h
            + w["lstm.bias_ih_l0"]
            + w["lstm.bias_hh_l0"]
        )
        i, f, g, o = np.split(total, 4)
        c = expit(f) * c + expit(i) * np.tanh(g)
        h = expit(o) * np.tanh(c)
        out.append(w["head.weight"] @ h + w["head.bias"])
    return np.array(out)


def normed(h: Any, gain: Any) -> Any:
    centred = h - h.mean(-1, keepdims=True)
    return gain * centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)


def first_block_transformer(subject: Subject) -> Any:
    """The same of a Transformer with two heads: (T, O)."""
    w, x = weights(subject), window(subject)[0]
    block = {
        n.removeprefix("blocks.0."): v
        for n, v in w.items()
        if n.startswith("blocks.0.")
    }
    if subject.data.symbols:
        h = w["embedding.weight"][x]
    else:
        h = x.astype(float) @ w["embedding.weight"].T + w["embedding.bias"]
    h = h + w["positions.table.weight"][: len(h)]
    n = normed(h, block["attention_norm.weight"]) @ block["attention_in.weight"].T
    Q, K, V = np.split(n, 3, axis=1)
    seen_by = []
    for head in (slice(0, 4), slice(4, 8)):
        scores = Q[:, head] @ K[:, head].T / 2.0
        scores[np.triu_indices(len(h), 1)] = -np.inf
        A = np.exp(scores - scores.max(1, keepdims=True))
        seen_by.append(A / A.sum(1, keepdims=True) @ V[:, head])
    h = h + np.concatenate(seen_by, 1) @ block["attention_out.weight"].T
    m = normed(h, block["feed_forward_norm.weight"]) @ block["feed_forward_in.weight"].T
    m = m * 0.5 * (1 + erf(m / np.sqrt(2)))
    h = normed(h + m @ block["feed_forward_out.weight"].T, w["norm.weight"])
    if subject.data.symbols:
        return h @ w["embedding.weight"].T
    return h @ w["head.weight"].T + w["head.bias"]


def log_chances(logits: Any) -> Any:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def assert_row(subject: Subject, view: View, layer: int, logits: Any) -> None:
    """One layer's numbers of tokens, from its logits (T, V), by plain loops."""
    logs = log_chances(logits)
    for t, truth in enumerate(window(subject)[1]):
        assert view.arrays["losses"][layer, t] == pytest.approx(
            -logs[t, truth], abs=1e-5
        )
        assert view.arrays["top"][layer, t] == logits[t].argmax()
        best = np.exp(logs[t].max())
        assert view.arrays["chance"][layer, t] == pytest.approx(best, abs=1e-5)
        order = sorted(range(len(logs[t])), key=lambda k: -logs[t, k])
        assert view.arrays["rank"][layer, t] == 1 + order.index(truth)


@pytest.mark.parametrize("model", MODELS)
def test_the_last_layer_says_what_the_model_says_of_text(model: str) -> None:
    subject = small(model, "fables")
    view = lens(subject)
    assert_row(subject, view, 1, answer(subject))
    assert view.notes["residual"] < 1e-5


@pytest.mark.parametrize("data", ["sine", "stock"])
@pytest.mark.parametrize("model", MODELS)
def test_the_last_layer_says_what_the_model_says_of_a_series(
    model: str, data: str
) -> None:
    price = {"data__target": "price"} if data == "stock" else {}
    subject = small(model, data, **price)
    view, scaler = lens(subject), subject.data.scaler
    scaled = answer(subject)[:, 0]
    np.testing.assert_allclose(
        (view.arrays["said"][1] - scaler.mean) / scaler.scale, scaled, atol=2e-5
    )
    truth = window(subject)[1][:, 0].astype(float)
    np.testing.assert_allclose(
        view.arrays["truth"], truth * scaler.scale + scaler.mean, rtol=1e-6
    )
    losses = (scaled - truth) ** 2
    np.testing.assert_allclose(view.arrays["losses"][1], losses, atol=1e-4)
    counted = subject.data.counted_from
    assert view.arrays["mean"][1] == pytest.approx(losses[counted:].mean(), rel=1e-4)


@pytest.mark.parametrize(
    ("model", "formula"),
    [("lstm", first_layer_lstm), ("transformer", first_block_transformer)],
)
def test_the_first_layer_against_a_second_formula(model: str, formula: Any) -> None:
    heads = {"model__heads": 2} if model == "transformer" else {}
    text = small(model, "fables", **heads)
    assert_row(text, lens(text), 0, formula(text))
    series = small(model, "sine", **heads)
    scaler = series.data.scaler
    said = formula(series)[:, 0] * scaler.scale + scaler.mean
    np.testing.assert_allclose(lens(series).arrays["said"][0], said, atol=1e-5)


def test_returns_stay_standardised_and_say_so() -> None:
    subject = small("gru", "stock", data__target="log_return")
    view = lens(subject)
    np.testing.assert_allclose(view.arrays["said"][1], answer(subject)[:, 0], atol=1e-5)
    np.testing.assert_array_equal(view.arrays["truth"], window(subject)[1][:, 0])
    layout = drawn(subject, view)["figure"]["layout"]
    assert layout["yaxis"]["title"]["text"] == "next value (standardised)"


@pytest.mark.parametrize("model", MODELS)
def test_the_map_shows_the_truths_probability_in_percent(model: str) -> None:
    subject = small(model, "fables", model__layers=3)
    view = lens(subject)
    content = drawn(subject, view, mark=2)
    cells = content["figure"]["data"][0]
    last = np.exp(log_chances(answer(subject)))
    truth = window(subject)[1]
    expected = 100 * last[np.arange(16), truth]
    assert cells["z"].dtype == np.uint8
    assert cells["z"].shape == (3, 16)
    np.testing.assert_allclose(cells["z"][2], expected, atol=0.501)
    colours = content["figure"]["layout"][cells["coloraxis"]]
    assert (colours["cmin"], colours["cmax"]) == (0, 100)
    top = subject.data.symbols[int(last[5].argmax())]
    assert view.notes["top"][2][5] == top
    assert f"{expected[5]:.2f} %" in cells["hovertext"][2][5]
    assert len(cells["text"]) == 3
    assert "holds" in content["proof"]


def test_long_texts_get_no_words_in_their_cells() -> None:
    subject = small("rnn", "fables", data__window=49)
    cells = drawn(subject, lens(subject))["figure"]["data"][0]
    assert "text" not in cells
    assert np.shape(cells["hovertext"]) == (2, 49)


def test_a_line_per_layer_and_the_truth() -> None:
    subject = small("lstm", model__layers=3)
    view = lens(subject)
    traces = drawn(subject, view)["figure"]["data"]
    np.testing.assert_array_equal(traces[0]["y"], view.arrays["truth"])
    for k in range(3):
        np.testing.assert_array_equal(traces[1 + k]["y"], view.arrays["said"][k])
    assert len({trace["line"]["dash"] for trace in traces[1:]}) == 3
    assert traces[3]["line"]["dash"] == "solid"


@pytest.mark.parametrize(
    ("means", "message"),
    [
        ([3.0, 1.09, 1.0], "Layer 2 of 3 is the first"),
        ([1.05, 2.0, 1.0], "Layer 1 of 3 is the first"),
        (
            [3.0, 1.2, 1.0],
            "No layer before the last .* layer 2 of 3, has 1.2 against 1",
        ),
        ([np.nan, 1.2, 1.0], "There is no prediction"),
    ],
)
def test_the_reading_names_the_first_layer_within_ten_percent(
    means: list[float], message: str
) -> None:
    subject = small("rnn", "sine", model__layers=3)
    view = lens(subject)
    changed = View(
        view.name,
        view.step,
        {**view.arrays, "mean": np.array(means, np.float32)},
        view.notes,
    )
    assert re.match(message, drawn(subject, changed)["reading"])


def test_one_layer_has_nothing_to_compare() -> None:
    subject = small("rnn", model__layers=1)
    with pytest.raises(ExplorerError, match="'lens' has nothing to show") as raised:
        lens(subject)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("view", ["lens", "change"])
def test_unknown_targets_are_no_perfect_answers(
    view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Averages are over the known targets; a gap is drawn where there is none."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    values = np.sin(np.arange(400) / 6)
    values[np.arange(400) % 3 > 0] = np.nan
    digest = content.put_series(values, "x")
    subject = small("rnn", "own_series", data__digest=digest, data__missing="mask")
    found = seen(subject, view, example=WINDOW)
    truth = window(subject)[1][:, 0].astype(float)
    errors = (answer(subject)[:, 0] - truth) ** 2
    known = np.isfinite(truth)
    assert 0 < known.sum() < len(known)
    losses = found.arrays["losses" if view == "lens" else "each"]
    row = losses[-1] if view == "lens" else losses[0]
    np.testing.assert_allclose(row, errors, rtol=1e-4)  # NaN beside NaN
    if view == "lens":
        counted = errors[subject.data.counted_from :]
        expected = sum(e for e in counted if e == e) / sum(counted == counted)
        assert found.arrays["mean"][-1] == pytest.approx(expected, rel=1e-4)
    low, high = drawn(subject, found)["figure"]["layout"]["yaxis"]["range"]
    assert np.isfinite([low, high]).all()
