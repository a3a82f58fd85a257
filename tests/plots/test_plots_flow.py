"""The diagram of a cell with its values on it: the model's own diagram and values."""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise, product

import numpy as np
import pytest
import torch

from explorer.catalog import choosing, specs
from explorer.inspection import flow
from explorer.inspection.base import probe_window
from explorer.inspection.facts import facts_of
from explorer.models.captures import Recorder
from explorer.plots.inside import cell, columns
from explorer.plots.inside import flow as plot
from explorer.plots.panel import Scene, panels
from explorer.ui.language import translator
from explorer.ui.live.controls import panel_controls
from tests.inspection.subjects import drawn, seen, subject_of

STEPS = 16


@pytest.mark.parametrize(
    ("model", "gates"),
    [
        ("lstm", {"input", "forget", "output"}),
        ("gru", {"reset", "update"}),
        ("rnn", set()),
    ],
)
def test_every_value_has_its_place_in_the_models_own_diagram(
    model: str, gates: set[str]
) -> None:
    subject = subject_of(model, "sine", data__window=STEPS, model__hidden_size=8)
    view = seen(subject, "flow")
    notes = view.notes
    assert set(notes["parts"]) <= set(notes["nodes"])
    assert {
        p for p, g in zip(notes["parts"], notes["gates"], strict=True) if g
    } == gates
    assert view.arrays["means"].shape == (len(notes["parts"]), STEPS)
    assert any(later for _source, _target, later in notes["edges"])


def test_the_values_are_those_of_the_model() -> None:
    subject = subject_of("lstm", "sine", data__window=STEPS, model__hidden_size=8)
    view, recorder = seen(subject, "flow"), Recorder()
    with torch.no_grad():
        subject.model(probe_window(subject.data)[0], recorder)
    forget = recorder.values()["layer_0.forget_gate"][0].mean(-1)
    row = view.notes["parts"].index("forget")
    np.testing.assert_allclose(view.arrays["means"][row], forget, rtol=1e-6)


@pytest.mark.parametrize("mark", [None, 3, 999])
def test_the_marked_time_step_is_drawn(mark: int | None) -> None:
    subject = subject_of("gru", "sine", data__window=STEPS, model__hidden_size=8)
    view = seen(subject, "flow")
    content = drawn(subject, view, mark=mark)
    t = 3 if mark == 3 else STEPS - 1
    assert content["reading"].startswith(f"Time step {t + 1}: ")
    row = view.notes["parts"].index("update")
    wide = 1 + plot.WIDEST * view.arrays["means"][row, t]
    lines = [trace["line"] for trace in content["figure"]["data"] if "line" in trace]
    widths = [line["width"] for line in lines]
    assert any(abs(width - wide) < 1e-6 for width in widths)


def test_heads_are_told_where_they_look() -> None:
    subject = subject_of("transformer", "sine", data__window=STEPS)
    view = seen(subject, "flow")
    looks = view.arrays["looks"]
    assert looks.shape == (4, STEPS, STEPS)
    assert np.all(np.abs(looks.sum(-1).astype(int) - 100) <= STEPS)
    content = drawn(subject, view, mark=0)
    assert "head 1 at step 1 (100 %)" in content["reading"]


@pytest.mark.parametrize(
    ("model", "data", "cells"),
    [
        ("bidirectional", "shapes", ("forward", "backward")),
        ("seq2seq", "reverse", ("encoder", "decoder")),
    ],
)
def test_both_cells_of_a_layer_stand_under_each_other(
    model: str, data: str, cells: tuple[str, str]
) -> None:
    subject = subject_of(model, data, steps=0, model__hidden_size=8)
    view = seen(subject, "flow")
    notes, places = view.notes, plot.places_of(view)
    assert set(notes["parts"]) <= set(notes["nodes"])
    assert {name.partition(".")[0] for name in notes["nodes"]} == set(cells)
    heights = [[y for n, (_x, y) in places.items() if n.startswith(c)] for c in cells]
    assert min(heights[0]) > 0.5 > max(heights[1])
    name = f"layer_0.{cells[1]}.hidden"
    recorder = Recorder()
    with torch.no_grad():
        subject.model(probe_window(subject.data)[0], recorder)
    hidden = recorder.values()[name][0].abs().mean(-1)  # (T,) of that part
    row = view.arrays["means"][notes["parts"].index(f"{cells[1]}.hidden")]
    np.testing.assert_allclose(row[-len(hidden) :], hidden, rtol=1e-6)
    assert np.isnan(row[: -len(hidden)]).all()


def test_a_cell_is_told_of_at_the_steps_that_it_reads() -> None:
    subject = subject_of("seq2seq", "reverse", steps=0, model__hidden_size=8)
    facts, view = facts_of(subject.config), seen(subject, "flow")
    assert "flow" in facts.views
    assert plot.question(facts) == "Which gate is open now?"
    first, last = (drawn(subject, view, mark=mark)["reading"] for mark in (0, None))
    assert "Encoder: update gate" in first
    assert "Decoder" not in first
    assert "Decoder: update gate" in last
    assert "Encoder" not in last


def test_a_diagram_without_nodes_is_read_as_one() -> None:
    assert flow.graph_of("flowchart LR\n  end") == flow.Graph({}, [])


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru"])
def test_no_two_arrows_of_a_step_lie_on_each_other(model: str) -> None:
    view = seen(subject_of(model, data__window=STEPS, model__hidden_size=8), "cell")
    ways = cell._ways(view, cell.rows_of(view))
    assert ways
    assert len({way.end for way in ways}) == len(ways)
    for one, two in combinations(ways, 2):
        beside = one.source < two.target and two.source < one.target
        assert not beside or one.lane != two.lane


def test_a_change_has_the_controls_that_mean_something_to_it() -> None:
    facts = facts_of(choosing.make_config())
    controls = panel_controls(panels()["change"], facts, str)
    needed = {each["name"]: each["when"] for each in controls if "when" in each}
    assert needed["change.value"] == ["change.what", ["clamp"]]
    assert "change.first" not in needed


CELLS = [
    ("rnn", "sine"),
    ("lstm", "sine"),
    ("gru", "sine"),
    ("lstm", "fables"),
    ("min_lstm", "sine"),
    ("slstm", "sine"),
    ("selective", "sine"),
    ("bidirectional", "shapes"),
    ("seq2seq", "reverse"),
]


@pytest.mark.parametrize(("model", "data"), CELLS)
def test_names_in_a_diagram_stand_clear_of_each_other(model: str, data: str) -> None:
    subject = subject_of(model, data, steps=0, model__hidden_size=8)
    scene = Scene.of(facts_of(subject.config), seen(subject, "flow"))
    for translate, room in product((str, translator("zh")), columns.ROOMS):
        figure = plot.draw(scene, translate)["figure"]
        nodes = figure["data"][-1]
        boxes = boxes_of(
            list(zip(nodes["x"].tolist(), nodes["y"].tolist(), strict=True)),
            [re.sub("</?b>", "", text).split("<br>") for text in nodes["text"]],
            nodes["textposition"],
            [figure["layout"][each]["range"] for each in ("xaxis", "yaxis")],
            room,
        )
        areas = columns.shared(boxes, boxes)
        others = areas - np.diag(np.diagonal(areas))
        assert others.max() <= 130  # one letter, which is counted wide
        assert boxes[:, 0].min() >= -20  # half of it is margin
        assert boxes[:, 2].max() <= room[0] + 20


def boxes_of(
    places: Sequence[columns.Place],
    names: Sequence[Sequence[str]],
    sides: Sequence[str],
    ranges: Sequence[columns.Place],
    room: columns.Place,
) -> columns.Floats:
    """What each name takes (N, 4) where letters are Latin or Chinese."""
    middles = columns.pixels(places, ranges, room)
    found = []
    for at, lines, side in zip(middles, names, sides, strict=True):
        wide = max(sum(2 if c > "\u2e80" else 1 for c in line) for line in lines)
        every = columns.boxes_of(at, wide, len(lines))
        found.append(every[list(columns.SIDES).index(side)])
    return np.stack(found)


@pytest.mark.quick
def test_a_name_keeps_off_names_and_arrows() -> None:
    places = {name: (float(x), 0.5) for x, name in enumerate("abcd")}
    names = {name: ["Name 0.50"] for name in places}
    ranges = (-0.5, 3.5), (-0.1, 1.15)
    along = [(places[a], places[b]) for a, b in pairwise("abcd")]
    sides = columns.sides_of(places, names, along, *ranges)
    boxes = boxes_of(
        list(places.values()),
        list(names.values()),
        list(sides.values()),
        ranges,
        columns.ROOMS[0],
    )
    areas = columns.shared(boxes, boxes)
    assert (areas - np.diag(np.diagonal(areas))).max() == 0
    alone = {"a": (0.0, 0.5)}, {"a": ["Name"]}
    right = [((0.0, 0.5), (1.0, 0.5))]
    assert columns.sides_of(*alone, right, *ranges) == {"a": "top center"}
    up = [((0.0, 0.5), (0.0, 1.0))]
    assert columns.sides_of(*alone, up, *ranges) == {"a": "bottom center"}


@pytest.mark.quick
def test_cells_are_those_of_the_last_layer_in_the_order_of_the_diagram() -> None:
    config = choosing.make_config("reverse", "seq2seq", {"model.layers": 2})
    parts = flow.parts_of(specs.resolve(config))
    cells = [name.partition(".")[0] for name in parts]
    assert cells == sorted(cells, key=("encoder", "decoder").index)
    assert {c.name.partition(".")[0] for c in parts.values()} == {"layer_1"}
    found = flow.graph_of_cells(
        {"one": "subgraph s\na --> b\nend", "two": "subgraph\nend"}
    )
    assert found == flow.Graph(
        {"one.a": "a", "one.b": "b"}, [("one.a", "one.b", False)]
    )
