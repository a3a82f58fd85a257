"""The gate raster: its order, its margins and its identity."""

import numpy as np
import pytest
import torch

from explorer.catalog import building, choosing
from explorer.errors import ExplorerError
from explorer.inspection import raster
from explorer.inspection.example import ExampleOptions, example_of, tokens_of
from explorer.models.captures import Recorder
from tests.inspection.subjects import drawn, seen, subject_of


@pytest.mark.parametrize("model", ["lstm", "gru"])
def test_rows_are_sorted_and_nothing_is_lost(model: str) -> None:
    subject = subject_of(model)
    view = seen(subject, "raster", order="mean")
    values, order = view.arrays["values"], view.arrays["order"]
    assert sorted(order.tolist()) == list(range(values.shape[1]))
    means = values.mean(0)[order]
    assert (np.diff(means) <= 1e-7).all()
    heat = drawn(subject, view)["figure"]["data"][0]
    np.testing.assert_allclose(heat["z"] / 100, values[:, order].T, atol=1e-6)
    assert heat["y"] == [str(unit + 1) for unit in order]
    unit = seen(subject, "raster", order="unit").arrays["order"]
    assert unit.tolist() == list(range(values.shape[1]))


def test_clusters_put_twins_beside_each_other() -> None:
    subject = subject_of("lstm", model__hidden_size=8)
    with torch.no_grad():
        for name, value in subject.model.named_parameters():
            if name.startswith("lstm"):
                for gate in range(4):
                    value[gate * 8 + 6] = value[gate * 8 + 1]  # unit 7 copies unit 2
    view = seen(subject, "raster", order="cluster", capture="layer_0.forget_gate")
    order = view.arrays["order"].tolist()
    twins = view.arrays["values"][:, [1, 6]]
    np.testing.assert_allclose(twins[:, 0], twins[:, 1], atol=1e-6)
    assert abs(order.index(1) - order.index(6)) == 1


@pytest.mark.parametrize("capture", ["layer_0.forget_gate", "layer_0.candidate"])
def test_margins_count_saturated_values_one_by_one(capture: str) -> None:
    subject = subject_of("lstm", steps=60, training__learning_rate=0.05)
    view = seen(subject, "raster", capture=capture)
    values = view.arrays["values"]
    steps, units = values.shape
    ends = (0.1, 0.9) if "gate" in capture else (-0.9, 0.9)
    for unit in range(units):
        low = sum(values[t, unit] < ends[0] for t in range(steps)) / steps
        high = sum(values[t, unit] > ends[1] for t in range(steps)) / steps
        assert view.arrays["low"][unit] == pytest.approx(low)
        assert view.arrays["high"][unit] == pytest.approx(high)
    assert view.arrays["high"].any()
    bars = [t for t in drawn(subject, view)["figure"]["data"] if t["type"] == "bar"]
    order = view.arrays["order"]
    np.testing.assert_allclose(bars[0]["x"], 100 * view.arrays["low"][order])
    np.testing.assert_allclose(bars[1]["x"], 100 * view.arrays["high"][order])


def test_of_many_channels_the_mean_stands_above_a_picture() -> None:
    data = building.make_data(choosing.make_config("handwriting"))
    found = example_of(data, ExampleOptions(example=3))
    assert found.shown is not None
    (scaled,) = data.validation.x[3:4]
    expected = data.scaler.undo(scaled).mean(-1)
    np.testing.assert_allclose(found.shown, expected, rtol=1e-4)
    assert np.ptp(found.shown) > 1


def test_the_residual_is_that_of_the_drawn_layer() -> None:
    subject = subject_of("lstm", model__layers=2)
    view = seen(subject, "raster", capture="layer_1.forget_gate")
    recorder = Recorder()
    with torch.no_grad():
        subject.model.eval()(example_of(subject.data, ExampleOptions()).x, recorder)
    recorded = recorder.values()
    o, c, h = (
        recorded[f"layer_1.{part}"].double().numpy()
        for part in ("output_gate", "memory", "hidden")
    )
    assert np.abs(o * np.tanh(c) - h).max() < 1e-6
    assert view.notes["residual"] < 1e-6
    assert "holds" in drawn(subject, view)["proof"]
    assert seen(subject_of("gru"), "raster").notes["residual"] is None


def test_a_layer_that_breaks_its_identity_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = raster.Recorder.values

    def broken(self: Recorder) -> dict[str, torch.Tensor]:
        recorded = values(self)
        return recorded | {"layer_1.hidden": recorded["layer_1.hidden"] + 0.25}

    monkeypatch.setattr(raster.Recorder, "values", broken)
    subject = subject_of("lstm", model__layers=2)
    sound = seen(subject, "raster", capture="layer_0.forget_gate")
    assert sound.notes["residual"] < 1e-6
    view = seen(subject, "raster", capture="layer_1.forget_gate")
    assert view.notes["residual"] == pytest.approx(0.25, abs=1e-6)
    assert "is violated" in drawn(subject, view)["proof"]


def test_a_typed_example_is_what_the_model_sees() -> None:
    subject = subject_of("gru", "fables")
    view = seen(subject, "raster", text="the fox and the crow")
    assert "".join(view.notes["labels"]) == "the fox and the cro"
    numbers = seen(subject_of("lstm"), "raster", text="0.1 0.5; 0.9, 0.4")
    np.testing.assert_allclose(numbers.arrays["input"], [0.1, 0.5, 0.9], atol=1e-6)
    assert numbers.arrays["values"].shape[0] == 3


@pytest.mark.parametrize(
    ("tokens", "text", "known", "left_out"),
    [
        ("character", "the §ox§€", ["t", "h", "e", " ", "o", "x"], ["§", "€"]),
        ("word", "The FOX qwx  and qwx", ["the", "fox", "and"], ["qwx"]),
        ("pair", "The fox§ and", ["The", " fox", " and"], ["§"]),
    ],
)
def test_what_the_vocabulary_lacks_is_named_once(
    tokens: str, text: str, known: list[str], left_out: list[str]
) -> None:
    data = subject_of("gru", "fables", steps=0, data__tokens=tokens).data
    ids, lacking = tokens_of(data, text)
    assert [data.symbols[token] for token in ids] == known
    assert lacking == left_out


@pytest.mark.parametrize(
    ("model", "data", "options", "message"),
    [
        ("lstm", "sine", {"example": 4000}, "There are .* held-out windows"),
        ("lstm", "sine", {"text": "one two"}, "number 1 is 'one'"),
        ("lstm", "sine", {"text": "1 nan 2"}, "at least two numbers"),
        ("lstm", "sine", {"text": "1 " * 300}, "reads at most 65 tokens, but got 300"),
        ("lstm", "stock", {"text": "1 2 3"}, "predicted by its changes"),
        ("lstm", "fables", {"text": "the §ox"}, "vocabulary of this run has no “§”"),
        ("lstm", "fables", {"text": "the " * 40}, "reads at most 49 tokens"),
        ("lstm", "fables", {"text": "t"}, "at least two tokens"),
        ("lstm", "sine", {"capture": "layer_7.hidden"}, "Unknown capture"),
        ("transformer", "sine", {}, "nothing to show of transformer"),
    ],
)
def test_what_cannot_be_shown_is_said(
    model: str, data: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ExplorerError, match=message):
        seen(subject_of(model, data, steps=0), "raster", **options)
