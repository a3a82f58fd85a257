"""Digits that are written on: what is given, what counts, and what is written alone."""

import json

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from explorer.catalog import building, choosing
from explorer.data.digit_rows import DigitRowsSettings, make, nearest
from explorer.data.handwriting import HandwritingSettings
from explorer.data.handwriting import make as handwriting
from explorer.inspection.answers.continued import continued
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.facts import facts_of
from explorer.plots.panel import Scene, panels
from explorer.plots.theme import INK
from explorer.training.trainer import Budget, Trainer
from explorer.ui.data import preview


def whole(seed: int = 0) -> np.ndarray:
    """The held-out images, as they are scaled to be told apart."""
    return handwriting(HandwritingSettings(), seed).validation.x


@pytest.mark.parametrize("given", [1, 4, 7])
def test_rows_are_those_of_the_images_and_the_rest_counts(given: int) -> None:
    data = make(DigitRowsSettings(given=given), 0)
    rows = np.concatenate([data.validation.x[:, :1], data.validation.y], 1)
    np.testing.assert_array_equal(rows, whole())
    assert data.steps - data.counted_from == 8 - given
    again = np.mean((data.validation.y - data.validation.x)[:, given - 1 :] ** 2)
    assert data.baselines["repeat last"] == pytest.approx(float(again))


def test_the_nearest_image_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    train, held = rng.normal(size=(50, 8, 8)), rng.normal(size=(9, 8, 8))
    found = nearest(train, held, 3)
    for t in range(3, 8):
        known = NearestNeighbors(n_neighbors=1)
        known.fit(train[:, :t].reshape(50, -1))
        places = known.kneighbors(held[:, :t].reshape(9, -1))[1][:, 0]
        np.testing.assert_array_equal(found[:, t - 3], train[places, t])


def test_a_model_left_alone_reads_what_it_wrote() -> None:
    """Row by row through the carried state, as by reading all of it again."""
    config = choosing.make_config("digit_rows", "gru")
    torch.manual_seed(0)
    model = building.build_model(config)
    real = torch.from_numpy(whole())
    written = continued(model, real, 4)
    assert torch.equal(written[:, :4], real[:, :4])
    with torch.no_grad():
        foretold = model(written[:, :-1])
    torch.testing.assert_close(written[:, 4:], foretold[:, 3:])


def test_real_and_written_images_stand_below_each_other() -> None:
    trainer = Trainer(choosing.make_config("digit_rows", "lstm", {"data.given": 5}))
    trainer.advance(Budget(steps=3))
    subject = Subject.of(trainer)
    view = look(subject, Request("prediction", json.dumps({})))
    real, written = view.arrays["both"]
    np.testing.assert_array_equal(real[:, :5], written[:, :5])
    content = panels()["prediction"].draw(Scene.of(facts_of(subject.config), view), str)
    (trace,) = content["figure"]["data"]
    assert trace["coloraxis"] == INK
    shown = np.array(trace["z"])
    np.testing.assert_allclose(shown[:8, 9:17], real[1] / 16, atol=1e-6)
    np.testing.assert_allclose(shown[9:17, 9:17], written[1] / 16, atol=1e-6)
    np.testing.assert_allclose(shown[18:26, :8], real[6] / 16, atol=1e-6)
    layout = content["figure"]["layout"]
    assert layout["yaxis"]["ticktext"] == ["real", "written on"] * 2
    dots = [s["y0"] for s in layout["shapes"] if s["line"]["dash"] == "dot"]
    assert dots == [9 + 5.5, 27 + 5.5]
    ends = {(shape["xref"], shape["x0"], shape["x1"]) for shape in layout["shapes"]}
    assert ends == {("x", 0.5, 6 * 9 - 1 + 0.5)}
    assert "Given 5 rows, it wrote the other 3" in content["reading"]
    assert "wrote all but the first 5 rows" in content["alternative"]
    held, data = whole(), subject.data
    mean = data.train.y.mean(0)[4:]
    missed = data.scaler.scale * np.abs(held[:, 5:] - mean).mean()
    assert view.notes["usual"] == pytest.approx(float(missed), rel=1e-5)


def test_the_page_shows_whole_images_and_says_what_is_asked_for() -> None:
    data = make(DigitRowsSettings(), 0)
    figure, said, _alternative = preview.picture(data, str)
    assert np.array(figure["data"][0]["z"]).shape == (2 * 9 - 1, 5 * 9 - 1)
    assert "each row is asked for" in said
    assert preview.asked(data, data.train.y[0], str) == "the next row"
