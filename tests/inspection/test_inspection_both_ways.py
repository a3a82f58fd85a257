"""Views of a network that reads both ways: time runs forward in every one of them."""

import numpy as np
import pytest
import torch

from explorer.catalog import specs
from explorer.inspection.base import probe_window
from explorer.inspection.cell import choices
from explorer.models.captures import Recorder
from explorer.training.changed import Changed
from explorer.training.changes import Change
from tests.inspection.subjects import drawn, seen, subject_of

CELLS = ("rnn", "lstm", "gru")
every_cell = pytest.mark.parametrize("cell", CELLS)


def both_ways(cell: str = "lstm", layers: int = 2):
    settings = {"model.cell": cell, "model.layers": layers, "model.hidden_size": 6}
    return subject_of("bidirectional", "protein", **settings)


@every_cell
def test_the_lines_of_a_cell_give_the_state_that_the_model_had(cell: str) -> None:
    subject = both_ways(cell)
    for reader in range(4):
        for mark in (0, 5, 47):
            view = seen(subject, "cell", layer=str(reader), unit=3, mark=mark)
            assert view.notes["residual"] < 1e-5
            assert view.notes["layer"] == reader // 2
    assert drawn(subject, view)["reading"]


def test_the_cells_are_offered_by_layer_and_direction() -> None:
    offered = choices(specs.resolve(both_ways().config))["layer"]
    assert [value for value, _ in offered] == ["0", "1", "2", "3"]
    assert [str(words.text(str)) for _, words in offered] == [
        "Hidden state, forward, layer 1",
        "Hidden state, backward, layer 1",
        "Hidden state, forward, layer 2",
        "Hidden state, backward, layer 2",
    ]


@pytest.mark.parametrize("way", ["forward", "backward"])
def test_a_raster_runs_in_time(way: str) -> None:
    subject = both_ways()
    view = seen(subject, "raster", capture=f"layer_1.{way}.hidden", order="unit")
    x, _ = probe_window(subject.data)
    with torch.no_grad():
        told = subject.model.net(subject.model.embedding(x))[0][0].numpy()
    half = slice(0, 6) if way == "forward" else slice(6, 12)
    np.testing.assert_allclose(view.arrays["values"], told[:, half], atol=1e-6)
    assert view.notes["residual"] < 1e-6


def test_a_layers_states_are_those_of_both_directions() -> None:
    subject = both_ways()
    view = seen(subject, "trajectory")
    x, _ = probe_window(subject.data)
    with torch.no_grad():
        told = subject.model.net(subject.model.embedding(x))[0][0].numpy()
    np.testing.assert_allclose(view.arrays["states"], told, atol=1e-6)
    assert seen(subject, "health").arrays["dead"].shape == (2,)


def test_the_lens_reads_each_layer_and_ends_in_the_models_answer() -> None:
    subject = both_ways()
    view = seen(subject, "lens")
    assert view.arrays["losses"].shape == (2, 48)
    assert view.notes["residual"] < 1e-5
    assert set(view.notes["truth"]) <= {"helix", "strand", "coil"}
    assert "true label" in drawn(subject, view)["alternative"]


def test_influence_goes_both_ways() -> None:
    norms = seen(both_ways(), "influence").arrays["norms"]
    assert (np.triu(norms, 1)[:-1].sum(1) > 0).all()
    assert (np.tril(norms, -1)[1:].sum(1) > 0).all()


def test_a_gradient_reaches_the_backward_reader_from_its_own_side() -> None:
    """The last answer's backward state has read the last step alone."""
    view = seen(both_ways(layers=1), "gradients")
    names = view.notes["layers"]
    assert names == ["layer_0.forward.hidden"]
    assert (view.arrays["norms"][0] > 0).all()


@pytest.mark.parametrize("way", ["forward", "backward"])
def test_a_change_acts_at_the_steps_that_it_names(way: str) -> None:
    subject = both_ways(layers=1)
    name = f"layer_0.{way}.hidden"
    change = Change(what="clamp", capture=name, value=0.5, first=3, last=4)
    x, _ = probe_window(subject.data)
    before, after = Recorder(), Recorder()
    with torch.no_grad():
        subject.model(x, before)
        Changed(subject.model, [change])(x, after)
    old, new = (look.values()[name][0] for look in (before, after))
    assert (new[2:4] == 0.5).all()
    read = slice(0, 2) if way == "forward" else slice(4, None)
    torch.testing.assert_close(new[read], old[read])  # what was read before it
    later = 4 if way == "forward" else 1
    assert not torch.equal(new[later], old[later])
