"""What a gate means is said where the gate is: in its model's own file."""

import math

import pytest
import torch
from torch import Tensor, nn

from explorer.catalog import specs
from explorer.config.settings import Settings
from explorer.models.base import (
    Line,
    ModelSpec,
    SequenceModel,
    Sizes,
    embed,
    sigmoid,
    sum_line,
)
from explorer.models.captures import (
    Capture,
    Probe,
    favourite,
    gate,
    ignore,
    in_layer,
    signed,
)
from explorer.models.fields import hidden_size_field
from explorer.plots.inside import gates
from explorer.plots.inside.cell import rows_of
from explorer.plots.theme import GATE_AXES, GATES, GREY
from explorer.ui.language import messages
from tests.inspection.subjects import drawn, seen, subject_of


class ReplacingSettings(Settings):
    hidden_size: int = hidden_size_field("H")


class Replacing(SequenceModel):
    """A GRU of the other polarity: h = (1 - z) h + z n, so that 1 replaces."""

    def __init__(self, settings: ReplacingSettings, sizes: Sizes) -> None:
        super().__init__()
        self.embedding, width = embed(sizes, settings.hidden_size)
        self.cell = nn.Linear(width, 2 * settings.hidden_size)
        self.head = nn.Linear(settings.hidden_size, sizes.outputs)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        look = in_layer(probe, 0)
        a_z, a_n = self.cell(self.embedding(x)).chunk(2, dim=-1)  # 2 x (B, T, H)
        h, states = torch.zeros_like(a_z[:, 0]), []
        for t in range(x.shape[1]):
            z = look("update_gate", torch.sigmoid(a_z[:, t]))
            h = look("state", (1 - z) * h + z * torch.tanh(a_n[:, t]))
            states.append(h)
        return self.readout(torch.stack(states, 1))


def lines(
    model: Replacing, layer: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit, its gate called k, which no other cell has."""
    H = h.shape[0]
    W, b = model.cell.weight.double(), model.cell.bias.double()
    a_k, a_n = (
        sum_line(f"a_{m}", **{f"W_{m}·x": W[row] @ x, f"b_{m}": b[row]})
        for m, row in (("k", unit), ("n", H + unit))
    )
    k, n, old = sigmoid(a_k.value), math.tanh(a_n.value), float(h[unit])
    mixed = (("1 − k", 1 - k), ("h", old), ("k", k), ("n", n))
    return [
        a_k,
        Line("k", "sigmoid", (("a_k", a_k.value),), k, "update"),
        a_n,
        Line("n", "tanh", (("a_n", a_n.value),), n, "candidate"),
        Line("h′", "mix", mixed, (1 - k) * old + k * n, "hidden"),
    ]


def captures(settings: ReplacingSettings) -> tuple[Capture, ...]:
    return (
        signed(0, "state", "hidden", "Hidden state", 1.0),
        gate(
            0,
            "update_gate",
            "Update gate (1 replaces the old state)",
            ends=("0 stays", "1 takes the new"),
            reading="%(mean).0f %% of the state is replaced, %(shut).0f %% is not.",
            colour="update",
            favourite=True,
        ),
    )


SPEC = ModelSpec(
    name="replacing",
    title="Replacing",
    summary="",
    settings=ReplacingSettings,
    make=Replacing,
    captures=captures,
    equations=lambda settings, sizes: "",
    diagram=lambda settings, sizes: "",
    tasks=("forecast",),
    lines=lines,
)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    models = {**specs.models(), SPEC.name: SPEC}
    monkeypatch.setattr(specs, "models", lambda: models)
    monkeypatch.setattr(specs, "model_names", lambda: dict.fromkeys(models, True))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("view", ["inside", "raster"])
def test_a_gate_of_the_other_polarity_gets_its_own_words(view: str) -> None:
    subject = subject_of("replacing")
    looked = seen(subject, view, capture="layer_0.update_gate")
    assert looked.notes["ends"] == ["0 stays", "1 takes the new"]
    mean = 100 * looked.arrays["values"].mean()
    shown = gates.extract(looked)
    assert gates.reading(shown) == f"{mean:.0f} % of the state is replaced, 0 % is not."
    layout = gates.figure(shown)["layout"]
    ticks = layout[GATE_AXES["update"]]["colorbar"]["ticktext"]
    assert ticks == ["0 stays", "0.5", "1 takes the new"]


@pytest.mark.usefixtures("known")
def test_a_model_says_which_of_its_values_one_sees_first() -> None:
    subject = subject_of("replacing")
    content = drawn(subject, seen(subject, "raster"))
    assert "of the state is replaced" in content["reading"]
    # what a unit is traced by is a state all the same
    assert seen(subject, "traces").notes["capture"] == "layer_0.state"


@pytest.mark.usefixtures("known")
def test_a_view_asks_for_a_kind_of_value_and_not_for_a_name() -> None:
    subject = subject_of("replacing")
    assert seen(subject, "inside").notes["capture"] == "layer_0.update_gate"
    assert seen(subject, "gradients").notes["layers"] == ["layer_0.state"]


@pytest.mark.usefixtures("known")
def test_a_line_of_a_step_brings_the_colour_of_its_letter() -> None:
    view = seen(subject_of("replacing"), "cell")
    assert view.notes["residual"] < 1e-6
    assert {row.target: row.colour for row in rows_of(view)} == {
        "a_k": GREY,
        "k": GATES["update"],
        "a_n": GREY,
        "n": GATES["candidate"],
        "h′": GATES["hidden"],
    }


def every_capture() -> list[tuple[str, Capture]]:
    return [
        (spec.name, capture)
        for spec in specs.models().values()
        for capture in spec.captures(spec.settings())
    ]


@pytest.mark.parametrize(
    "capture",
    [
        pytest.param(c, id=f"{m}-{c.name}")
        for m, c in every_capture()
        if c.kind == "gate"
    ],
)
def test_every_gate_has_a_colour_and_words_in_both_languages(capture: Capture) -> None:
    assert capture.colour in GATES
    assert capture.ends is not None
    for words in (capture.title, capture.reading, *capture.ends):
        assert messages("zh")[words]
    assert capture.reading % {"mean": 12.3, "shut": 4.5, "left": "0.1", "steps": 10}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("rnn", "layer_0.hidden"),
        ("lstm", "layer_0.forget_gate"),
        ("gru", "layer_0.reset_gate"),
        ("transformer", "layer_0.attention"),
        ("seq2seq", "layer_0.decoder.reset_gate"),
    ],
)
def test_the_favourite_is_the_forget_gate_or_what_comes_first(
    model: str, expected: str
) -> None:
    spec = specs.models()[model]
    assert favourite(spec.captures(spec.settings())).name == expected
