"""Views of series that are forecast together show the one that is chosen."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.catalog import specs
from explorer.catalog.choosing import make_config
from explorer.data import content
from explorer.data.stored_series import Other
from explorer.errors import ExplorerError
from explorer.inspection.anomalies import standardised
from explorer.inspection.base import Request, Subject, look, views
from explorer.inspection.facts import facts_of
from explorer.models.forecast_heads import Head
from explorer.plots.answers import forecast
from explorer.plots.panel import panels
from explorer.runs.records import Simple, SimpleMethod
from explorer.training.intervals import drawn
from explorer.training.measures import metrics
from explorer.training.objectives import tensors
from explorer.training.proper import scores_of_head
from explorer.training.reconstruction import missed
from explorer.training.residuals import residuals
from explorer.training.trainer import Budget, Trainer
from explorer.ui.live.controls import panel_controls

SHOWING = ("prediction", "backtest", "anomalies", "detection")


@pytest.fixture(scope="module")
def river() -> Subject:
    settings = {"data.length": 400, "data.window": 20, "training.steps": 3}
    trainer = Trainer(make_config("river", "gru", settings))
    trainer.advance(Budget())
    return Subject.of(trainer)


def test_the_usual_series_comes_first_among_the_choices(river: Subject) -> None:
    resolved = specs.resolve(river.config)
    for name in SHOWING:
        if views()[name].applies(resolved):
            choices = views()[name].choices(resolved)["series"]
            assert [value for value, _words in choices] == ["2", "0", "1"]
            assert str(choices[1][1]) == "Gauge 1, upstream"


def test_where_one_is_forecast_alone_there_is_nothing_to_choose() -> None:
    """No panel has a control for it."""
    config = make_config("anomalies", "gru")
    facts = facts_of(config)
    assert set(SHOWING) <= facts.views
    for panel in panels().values():
        if panel.stands(facts):
            names = [control["name"] for control in panel_controls(panel, facts, str)]
            assert f"{panel.name}.series" not in names


def test_a_forecast_is_of_the_chosen_series(river: Subject) -> None:
    x, _y = tensors(river.data.validation)
    said = river.model(x)[-1].detach().double().numpy()  # the last window
    for k, one in enumerate(river.data.together):
        view = look(river, Request("prediction", json.dumps({"series": str(k)})))
        assert view.notes["label"] == one.label
        np.testing.assert_allclose(
            view.arrays["truth"], one.values[-len(view.arrays["truth"]) :]
        )
        drawn = view.arrays["one_step"][-1]
        assert drawn == pytest.approx(float(one.scaler.undo(said[-1, k])), rel=1e-5)


def test_simple_methods_are_drawn_for_the_chosen_series(river: Subject) -> None:
    view = look(river, Request("prediction", '{"series": "1"}'))
    lines = np.arange(3.0)[:, None] + np.zeros(len(view.arrays["truth"]))
    simple = Simple((SimpleMethod("VAR(1)", 0.1, lines),))
    ((name, line),) = forecast.extract("gru", view, simple).methods
    assert (name, set(line.tolist())) == ("VAR(1)", {1.0})


@pytest.mark.parametrize("head", ["gaussian", "quantile"])
def test_a_head_says_a_distribution_of_every_series(head: Head) -> None:
    settings = {"data.length": 400, "data.window": 20, "training.steps": 20}
    run = make_config("river", "gru", {**settings, "model.head": head})
    trainer = Trainer(run)
    trainer.advance(Budget())
    subject = Subject.of(trainer)
    x, y = tensors(subject.data.validation)
    with torch.no_grad():
        output = subject.model(x)
    bands = set()
    for k in range(3):
        view = look(subject, Request("prediction", json.dumps({"series": str(k)})))
        low, high = (view.arrays[name][-1] for name in ("low", "high"))
        bands.add(float(np.nanmean(high - low)))
        assert np.nanmin(high - low) > 0
    assert len(bands) == 3
    # the numbers of series k are output k, k + 3, k + 6 ..
    half = len(y) // 2
    parts = [
        scores_of_head(head, output[half:, -1, k::3], y[half:, -1, k]) for k in range(3)
    ]
    found = metrics(subject.model, subject.data)
    for name in ("crps", "pinball"):
        mean = np.mean([part[name] for part in parts])
        assert found[name] == pytest.approx(mean, rel=1e-6)
    mse = float((output[:, 10:, :3] - y[:, 10:]).square().mean())
    assert found["rmse"] ** 2 == pytest.approx(mse, rel=1e-5)


def test_futures_are_drawn_for_the_series_that_is_shown() -> None:
    settings = {"data.length": 400, "data.window": 20, "training.steps": 60}
    run = make_config("river", "gru", {**settings, "model.head": "gaussian"})
    trainer = Trainer(run)
    trainer.advance(Budget())
    model, data = trainer.model.eval(), trainer.data
    assert data.series is not None
    origin = np.array([len(data.series.values) - 1])
    window = torch.from_numpy(data.series.scaled[None, -21:-1].copy())
    with torch.no_grad():
        answer = model(window)[0, -1]
    for k, shown in enumerate(data.each):
        paths = drawn(model, shown, origin, 1, 1999)[0, :, 0]
        spread = float(torch.exp(answer[3 + k] / 2))
        assert paths.mean() == pytest.approx(float(answer[k]), abs=0.1 * spread)
        assert paths.std() == pytest.approx(spread, rel=0.1)


def test_a_layer_alone_answers_for_the_shown_series() -> None:
    settings = {"data.length": 400, "data.window": 20, "training.steps": 1}
    trainer = Trainer(make_config("river", "gru", {**settings, "model.layers": 2}))
    trainer.advance(Budget())
    view = look(Subject.of(trainer), Request("lens", '{"example": 3}'))
    truth = trainer.data.scaler.undo(trainer.data.validation.y[3, :, 2])
    np.testing.assert_allclose(view.arrays["truth"], truth, rtol=1e-5)
    with torch.no_grad():
        answer = trainer.model.eval()(tensors(trainer.data.validation)[0][3:4])
    said = trainer.data.scaler.undo(answer[0, :, 2].numpy())
    np.testing.assert_allclose(view.arrays["said"][-1], said, rtol=1e-4)


def test_emissions_are_those_of_the_shown_series() -> None:
    settings = {"data.length": 400, "data.window": 20, "training.steps": 2}
    trainer = Trainer(make_config("river", "hmm", settings))
    trainer.advance(Budget())
    view = look(Subject.of(trainer), Request("emissions"))
    means = trainer.model.embedding.means[:, 2].detach().numpy()
    peaks = view.arrays["places"][view.arrays["values"].argmax(1)]
    expected = trainer.data.scaler.undo(means)
    one = trainer.data.scaler.scale * 0.05  # how far places lie apart
    np.testing.assert_allclose(peaks, expected, atol=one)


def test_what_does_not_belong_is_sought_in_the_chosen_series(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    sales, mood = np.random.default_rng(0).normal(size=(2, 300))
    digest = content.put_series(sales, "sales", None, (Other("mood", False, mood),))
    chosen = {"data.digest": digest, "data.window": 16, "data.beside": "foretold"}
    trainer = Trainer(make_config("own_series", "gru", {**chosen, "training.steps": 2}))
    trainer.advance(Budget())
    view = look(Subject.of(trainer), Request("anomalies", '{"series": "1"}'))
    assert view.notes["label"] == "mood"
    np.testing.assert_allclose(view.arrays["values"], mood[240:])
    shown, model = trainer.data.each[1], trainer.model.eval()
    ways = dict(zip(view.notes["ways"], view.arrays["scores"], strict=True))
    missed_by_model = residuals(model, shown, 240, 300)
    expected = standardised(missed_by_model, residuals(model, shown, 0, 240))
    np.testing.assert_allclose(ways["the model"], expected, rtol=1e-4)
    written, usual = (missed(shown, 0, *part) for part in ((240, 300), (0, 240)))
    assert written is not None
    assert usual is not None
    expected = standardised(written, usual)
    np.testing.assert_allclose(ways["encoder-decoder"], expected, rtol=1e-4)


def test_a_series_that_is_not_there_is_refused(river: Subject) -> None:
    with pytest.raises(ExplorerError, match="from 0 to 2 here, but got 7"):
        look(river, Request("prediction", '{"series": "7"}'))
