"""The state's path, against the eigenvectors of the covariance."""

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from explorer.catalog import choosing
from explorer.errors import ExplorerError
from explorer.inspection.base import Subject
from explorer.models.captures import Recorder
from explorer.plots.inside.trajectory import basis_of
from explorer.runs.records import View
from explorer.training.trainer import Budget, Trainer
from tests.inspection.subjects import drawn, seen

PAIRS = [("rnn", "sine"), ("lstm", "fables"), ("gru", "stock"), ("transformer", "sine")]


class Moving:
    """A run that goes on, and what is seen of it."""

    def __init__(self, model: str, data: str, **settings: Any) -> None:
        named = {"data.window": 16, "model.layers": 2, "model.hidden_size": 8}
        self.trainer = Trainer(choosing.make_config(data, model, named | settings))

    def after(self, steps: int, **options: Any) -> View:
        self.trainer.advance(Budget(steps=steps))
        return seen(Subject.of(self.trainer), "trajectory", **options)

    def hidden(self, x: Any, layer: int) -> Any:
        recorder = Recorder()
        self.trainer.model.eval()
        with torch.no_grad():
            self.trainer.model(torch.tensor(x), recorder)
        return recorder.values()[f"layer_{layer}.hidden"].numpy()

    def draw(
        self, view: View, basis: View | None = None, mark: int | None = None
    ) -> Any:
        return drawn(Subject.of(self.trainer), view, mark=mark, basis=basis)


def by_covariance(cloud: Any) -> tuple[Any, Any]:
    """Shares (2,) and axes (2, H): PCA by its other road."""
    known = cloud.astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov(known.T, bias=True))
    return values[::-1][:2] / values.sum(), vectors[:, ::-1][:, :2].T


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize(("model", "data"), PAIRS)
def test_the_states_are_the_models_own(model: str, data: str, layer: int) -> None:
    run = Moving(model, data)
    view = run.after(3, layer=str(layer + 1), example=5)
    x = run.trainer.data.validation.x
    np.testing.assert_allclose(
        view.arrays["states"], run.hidden(x[5:6], layer)[0], atol=1e-6
    )
    middle = len(x) // 2
    whole = run.hidden(x[middle : middle + 8], layer).reshape(-1, 8)
    assert len(whole) == 128
    np.testing.assert_allclose(view.arrays["cloud"], whole, atol=1e-6)


def test_a_large_cloud_is_thinned_evenly_and_the_last_layer_comes_first() -> None:
    run = Moving("gru", "sine", **{"data.window": 40})
    view = run.after(1)
    x = run.trainer.data.validation.x
    middle = len(x) // 2
    whole = run.hidden(x[middle : middle + 8], 1).reshape(-1, 8)
    assert len(view.arrays["cloud"]) == 160
    np.testing.assert_allclose(view.arrays["cloud"], whole[::2], atol=1e-6)


@pytest.mark.parametrize(("model", "data"), PAIRS)
def test_the_axes_are_the_covariances_eigenvectors(model: str, data: str) -> None:
    run = Moving(model, data)
    view = run.after(3, example=1)
    cloud = view.arrays["cloud"]
    shares, axes = by_covariance(cloud)
    basis = basis_of(cloud)
    np.testing.assert_allclose(basis.shares, shares, rtol=1e-6)
    traces = run.draw(view)["figure"]["data"]
    for states, trace in ((cloud, traces[0]), (view.arrays["states"], traces[1])):
        places = (states - cloud.astype(np.float64).mean(0)) @ axes.T
        for k, name in enumerate("xy"):
            sign = 1.0 if axes[k][np.abs(axes[k]).argmax()] > 0 else -1.0
            np.testing.assert_allclose(
                trace[name], sign * places[:, k], atol=1e-5 * np.abs(places).max()
            )


@pytest.mark.parametrize(("model", "data"), PAIRS)
def test_the_axes_stay_while_the_states_move(model: str, data: str) -> None:
    run = Moving(model, data)
    before, after = run.after(2), run.after(6)
    basis = after
    one, two = (run.draw(view, basis)["figure"] for view in (before, after))
    for name in ("xaxis", "yaxis"):
        assert one["layout"][name] == two["layout"][name]
        low, high = one["layout"][name]["range"]
        assert low == -high
    assert np.abs(one["data"][1]["x"] - two["data"][1]["x"]).max() > 1e-4
    shares, axes = by_covariance(basis.arrays["cloud"])
    title = f"PC 1 ({100 * shares[0]:.0f} % of the variance)"
    assert one["layout"]["xaxis"]["title"]["text"] == title
    # the earlier cloud stands on the later one's axes
    centre = basis.arrays["cloud"].astype(np.float64).mean(0)
    places = (before.arrays["cloud"] - centre) @ axes[0]
    np.testing.assert_allclose(np.abs(one["data"][0]["x"]), np.abs(places), atol=1e-5)
    reach = np.abs((basis.arrays["cloud"] - centre) @ axes[0]).max()
    assert one["layout"]["xaxis"]["range"][1] == pytest.approx(1.15 * reach, rel=1e-6)


def test_a_point_says_its_time_step_and_the_marked_one_is_ringed() -> None:
    run = Moving("lstm", "fables")
    view = run.after(2, example=2)
    path, ring = run.draw(view, mark=6)["figure"]["data"][1:]
    assert path["customdata"] == list(range(1, 17))
    assert all(type(step) is int for step in path["customdata"])
    assert path["meta"] == {"time": "customdata"}
    assert path["marker"]["color"].tolist() == path["customdata"]
    assert (ring["x"][0], ring["y"][0]) == (path["x"][6], path["y"][6])
    colours = run.draw(view)["figure"]["layout"][path["marker"]["coloraxis"]]
    assert (colours["cmin"], colours["cmax"]) == (1, 16)
    data = run.trainer.data
    shown = [data.symbols[int(k)] for k in data.validation.x[2]]
    assert [text.replace("␣", " ") for text in path["text"]] == shown
    assert len(run.draw(view)["figure"]["data"]) == 2


def test_the_reading_measures_variance_and_length_by_plain_loops() -> None:
    run = Moving("gru", "sine")
    early, view = run.after(1), run.after(5)
    states, cloud = view.arrays["states"], view.arrays["cloud"].astype(float)
    way = sum(
        np.sqrt(sum((float(b) - float(a)) ** 2 for a, b in zip(p, q, strict=True)))
        for p, q in pairwise(states)
    )
    centre = cloud.mean(0)
    wide = np.sqrt(np.mean([np.sum((row - centre) ** 2) for row in cloud]))
    _shares, axes = by_covariance(early.arrays["cloud"])
    share = ((cloud - centre) @ axes.T).var(0).sum() / cloud.var(0).sum()
    reading = run.draw(view, basis=early)["reading"]
    assert f"hold {100 * share:.0f} % of the drawn cloud's variance" in reading
    assert f"{way / wide:.3g} times as long" in reading
    centred = view.arrays["states"] - early.arrays["cloud"].astype(float).mean(0)
    reach = 1.15 * np.abs(
        (early.arrays["cloud"] - early.arrays["cloud"].astype(float).mean(0)) @ axes.T
    ).max(0)
    beyond = sum((abs(row) > reach).any() for row in centred @ axes.T)
    found = re.search(r"(\d+) of its 16 points lie beyond", reading)
    assert int(found[1] if found else 0) == beyond


def test_signs_are_fixed_and_poor_clouds_have_axes_too() -> None:
    cloud = np.random.default_rng(0).normal(size=(50, 4)) * [4, 2, 1, 0.1]
    one, two = basis_of(cloud), basis_of(-cloud)
    np.testing.assert_allclose(one.axes, two.axes, atol=1e-12)
    assert all(row[np.abs(row).argmax()] > 0 for row in one.axes)
    narrow = basis_of(np.arange(5.0)[:, None])
    np.testing.assert_allclose(narrow.shares, [1, 0])
    same = basis_of(np.ones((5, 3)))
    assert same.reach.tolist() == [1, 1]
    broken = cloud.copy()
    broken[3] = np.nan
    np.testing.assert_array_equal(
        basis_of(broken).axes, basis_of(np.delete(cloud, 3, 0)).axes
    )
    assert basis_of(np.full((3, 2), np.nan)).shares.tolist() == [0, 0]


def test_states_that_are_not_numbers_are_said_to_be_so() -> None:
    run = Moving("rnn", "sine")
    view = run.after(1)
    broken = {k: np.full_like(v, np.nan) for k, v in view.arrays.items()}
    content = run.draw(View(view.name, view.step, broken, view.notes), basis=view)
    assert content["reading"].startswith("The states are not numbers")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": "3"}, "Unknown layer '3'. Known: 1, 2."),
        ({"layer": "top"}, "layer does not have the expected form"),
    ],
)
def test_a_wrong_layer_gets_one_sentence(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ExplorerError, match=message) as raised:
        Moving("rnn", "sine").after(1, **options)
    assert "\n" not in str(raised.value)
