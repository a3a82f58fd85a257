"""The diagram of a cell with what each of its parts is at every time step, or where
every head of a Transformer's last layer looks."""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch

from explorer.catalog import building, specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings
from explorer.inspection.base import (
    Subject,
    ViewSpec,
    captures_of,
    float_array,
    probe_window,
    step_labels,
    steps_of,
)
from explorer.inspection.example import first_of
from explorer.models.base import Sizes
from explorer.models.captures import Capture, Recorder
from explorer.runs.records import View

_EDGE = re.compile(r'\s*(-->|-\. "[^"]*" \.->)\s*')
_NODE = re.compile(r'(\w+)(?:\["([^":]*)[^"]*"\])?$')
_OF_A_LAYER = re.compile(r"layer_\d+\.\w+$")


class FlowOptions(Settings):
    """Nothing to choose: it is the last layer, and the window of the Playground."""


class Graph(NamedTuple):
    """A diagram as it can be drawn anew."""

    nodes: dict[str, str]
    """By name: what is computed there."""
    edges: list[tuple[str, str, bool]]
    """(from, to, whether it leads into the next time step)."""


def graph_of(diagram: str) -> Graph:
    """Read the diagram of a model.

    >>> graph_of('a["f = σ: 32"] --> b -. "t → t + 1" .-> b')
    Graph(nodes={'a': 'f = σ', 'b': 'b'}, edges=[('a', 'b', False), ('b', 'b', True)])
    """
    graph = Graph({}, [])
    for line in diagram.splitlines():
        before = ""
        arrow = ""
        for number, piece in enumerate(_EDGE.split(line.strip())):
            if number % 2:
                arrow = piece
                continue
            if (node := _NODE.match(piece)) is None or piece == "end":
                break
            name, words = node[1], node[2]
            graph.nodes[name] = words or graph.nodes.get(name, name)
            if before:
                graph.edges.append((before, name, arrow != "-->"))
            before = name
    return graph


def inside_a_layer(diagram: str) -> str:
    r"""The lines of a diagram that stand in its first frame.

    >>> inside_a_layer('a --> b\nsubgraph s["S"]\n  b --> c\nend\nc --> d')
    'b --> c'
    """
    lines = [line.strip() for line in diagram.splitlines()]
    first = next(k for k, line in enumerate(lines) if line.startswith("subgraph"))
    return "\n".join(lines[first + 1 : lines.index("end")])


def graph_of_cells(diagrams: Mapping[str, str]) -> Graph:
    """Several cells as one diagram; each of their nodes is named after its cell."""
    whole = Graph({}, [])
    for cell, diagram in diagrams.items():
        one = graph_of(inside_a_layer(diagram))
        whole.nodes.update(
            {f"{cell}.{name}": words for name, words in one.nodes.items()}
        )
        whole.edges.extend((f"{cell}.{a}", f"{cell}.{b}", c) for a, b, c in one.edges)
    return whole


def _graph(resolved: Resolved, sizes: Sizes) -> Graph:
    """The diagram of the last layer."""
    model, settings = resolved.model, resolved.model_settings
    if model.cells is None:
        return graph_of(model.diagram(settings, sizes))
    cells = model.cells(settings).items()
    return graph_of_cells({name: draw(sizes) for name, draw in cells})


def _parts_of_cells(resolved: Resolved, names: Collection[str]) -> dict[str, Capture]:
    """The captures of the last layer's cells, by "cell.part"."""
    found = {}
    for capture in captures_of(resolved):
        layer, _, rest = capture.name.partition(".")
        cell, _, part = rest.partition(".")
        if cell in names:
            found[layer, f"{cell}.{part.removesuffix('_gate')}"] = capture
    last = max((layer for layer, _ in found), key=_number, default="")
    parts = {name: c for (layer, name), c in found.items() if layer == last}
    return dict(sorted(parts.items(), key=lambda part: _place(part[0], names)))


def _number(layer: str) -> int:
    return int(layer.removeprefix("layer_"))


def _place(name: str, cells: Collection[str]) -> int:
    return list(cells).index(name.partition(".")[0])


def parts_of(resolved: Resolved) -> dict[str, Capture]:
    """The captures of the last layer by the names that its diagram has for them."""
    model, settings = resolved.model, resolved.model_settings
    if model.cells is not None:
        return _parts_of_cells(resolved, model.cells(settings))
    captures = [c for c in captures_of(resolved) if _OF_A_LAYER.match(c.name)]
    if len(captures) != len(captures_of(resolved)) or not captures:
        return {}
    last = captures[-1].name.partition(".")[0]
    return {
        c.name.removeprefix(f"{last}.").removesuffix("_gate"): c
        for c in captures
        if c.name.startswith(f"{last}.")
    }


def applies(resolved: Resolved) -> bool:
    """Whether the last layer is of cells, or looks at its own time steps."""
    kinds = {name.rpartition(".")[2] for name in parts_of(resolved)}
    return resolved.model.learning == "gradient" and bool(
        {"hidden", "attention"} & kinds
    )


def look(subject: Subject, options: FlowOptions) -> View:
    """means (K, T) of K parts of the cells, of signed ones those of their size, NaN at
    steps that a cell does not read; or looks (N, T, T) of N heads in whole percents."""
    resolved = specs.resolve(subject.config)
    parts = parts_of(resolved)
    x, _ = probe_window(subject.data)
    recorder = Recorder()
    with torch.no_grad():
        subject.model(x, recorder)
    recorded = {name: value[0] for name, value in recorder.values().items()}
    notes: dict[str, Any] = {"labels": step_labels(subject.data, x[0])}
    arrays = {} if subject.data.symbols else {"input": first_of(subject.data, x[0])}
    if "attention" in parts:
        looks = float_array(100 * recorded[parts["attention"].name])  # (N, T, T)
        arrays["looks"] = np.rint(np.nan_to_num(looks)).astype(np.uint8)
        return View("flow", subject.step, arrays, notes)
    means = torch.full((len(parts), x.shape[1]), torch.nan)  # (K, T)
    for row, capture in zip(means, parts.values(), strict=True):
        row[steps_of(subject.data, capture.part)] = (
            recorded[capture.name].abs().mean(-1)
        )
    arrays["means"] = float_array(means)
    graph = _graph(resolved, building.sizes(subject.config))
    notes |= {
        "parts": list(parts),
        "titles": [capture.title for capture in parts.values()],
        "gates": [capture.kind == "gate" for capture in parts.values()],
        "nodes": graph.nodes,
        "edges": graph.edges,
    }
    return View("flow", subject.step, arrays, notes)


VIEW = ViewSpec(
    "flow",
    FlowOptions,
    look,
    applies,
    axes={
        "means": ("part", "time"),
        "looks": ("head", "query", "key"),
        "input": ("time",),
    },
)
