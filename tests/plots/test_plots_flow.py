"""The diagram of a cell with its values on it: the model's own diagram and values."""

from itertools import combinations

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
from explorer.plots.panel import panels
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


@pytest.mark.quick
def test_names_that_follow_each_other_at_one_height_do_not_run_together() -> None:
    places = {name: (float(x), 0.5) for x, name in enumerate("abcd")}
    places |= {"gate": (1.0, 0.9), "late": (2.0, 0.9), "alone": (3.0, 0.1)}
    sides = columns.sides_of(places)
    assert [sides[name] for name in "abcd"] == ["top", "bottom"] * 2
    assert [sides[n] for n in ("gate", "late", "alone")] == ["top", "bottom", "top"]


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


@pytest.mark.quick
def test_names_of_several_cells_stand_beside_what_lies_close() -> None:
    places = {"a.x": (0.0, 0.7), "a.i": (1.0, 0.9), "a.f": (1.0, 0.6)}
    places |= {"b.x": (0.0, 0.3), "b.i": (1.0, 0.4), "b.f": (1.0, 0.1)}
    assert columns.crowded(places, 2) == {"a.i", "a.f", "b.i", "b.f"}
    assert columns.crowded(places, 1) == set()
