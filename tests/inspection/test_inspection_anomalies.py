"""What does not belong: residuals, scores, and how well they tell."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu, median_abs_deviation

from explorer.catalog import building, choosing
from explorer.data.baselines import season_of
from explorer.errors import ExplorerError
from explorer.inspection.anomalies import rules, standardised
from explorer.inspection.facts import facts_of
from explorer.plots.inside import anomalies, detection
from explorer.plots.panel import Scene
from explorer.training.residuals import residuals
from tests.inspection.subjects import seen, subject_of


class RepeatLast(torch.nn.Module):
    """Says that the next value is the last one."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[..., :1]


@pytest.mark.parametrize(("begin", "end"), [(0, 100), (90, 333), (400, 500)])
def test_a_residual_is_the_truth_minus_what_was_foreseen(begin: int, end: int) -> None:
    few = {"data.length": 500, "data.window": 16}
    data = building.make_data(choosing.make_config("anomalies", "rnn", few))
    found = residuals(RepeatLast(), data, begin, end)
    values = data.series.scaled.astype(np.float64)
    expected = np.append(np.nan, np.diff(values))[begin:end]
    late = np.arange(begin, end) > data.counted_from
    np.testing.assert_allclose(found[late], expected[late], atol=1e-6)
    assert np.isnan(found[~late]).all()


def test_a_value_that_nobody_knows_has_no_residual() -> None:
    few = {"data.length": 500, "data.window": 16}
    data = building.make_data(choosing.make_config("anomalies", "rnn", few))
    values = np.array(data.series.values, np.float64)
    values[::7] = np.nan
    gaps = replace(data, series=data.series._replace(values=values))
    found = residuals(RepeatLast(), gaps, 100, 500)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(values[100:]))


def test_scores_are_robust_standard_deviations() -> None:
    normal = np.random.default_rng(0).normal(3, 2, 20_000)
    learned = np.append(normal, [1e6] * 5)
    found = standardised(np.array([3.0, 7.0, -1.0, np.nan]), learned)
    np.testing.assert_allclose(found[:3], [0, 2, 2], atol=0.05)
    assert np.isnan(found[3])
    assert np.isnan(standardised(np.ones(2), np.ones(9))).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_area_is_that_of_the_rank_sum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    odd = rng.random(300) < 0.2
    scores = rng.normal(odd * 1.0).round(1)  # with ties
    scores[7] = np.nan
    known = np.isfinite(scores)
    high, low = scores[known & odd], scores[known & ~odd]
    u = mannwhitneyu(high, low).statistic
    curve = detection.roc(scores, odd)
    assert curve.area == pytest.approx(u / (len(high) * len(low)), abs=1e-12)
    assert (np.diff(curve.false_rate) >= 0).all()
    assert (curve.recall[-1], curve.false_rate[-1]) == (1, 1)


def test_a_threshold_by_hand() -> None:
    scores = np.array([5.0, 1, 4, 9, 2, 0.5, np.nan])
    odd = np.array([1, 1, 0, 2, 0, 1, 1])
    now = detection.judged(scores, odd, 4.0)
    assert (now.alarms, now.found, now.odd) == (3, 2, 4)
    assert now.precision == pytest.approx(2 / 3)
    assert now.recall == pytest.approx(1 / 2)
    assert now.false_rate == pytest.approx(1 / 2)
    on_curve = detection.roc(scores, odd)
    at = list(on_curve.false_rate).index(0.5)
    assert on_curve.recall[at] == pytest.approx(now.recall)
    assert np.isnan(detection.judged(scores, odd, 99.0).precision)


def test_the_pictures_where_the_truth_is_known() -> None:
    subject = subject_of("rnn", "anomalies", steps=0, data__length=1500)
    facts = facts_of(subject.config)
    views = {name: seen(subject, name) for name in ("anomalies", "detection")}
    held = 300
    assert views["anomalies"].arrays["scores"].shape == (4, held)
    assert np.isfinite(views["anomalies"].arrays["scores"]).all()
    sentences = []
    for threshold in (1.0, 6.0):
        for plot, name in ((anomalies, "anomalies"), (detection, "detection")):
            chosen = anomalies.ScoredSettings(threshold=threshold)
            scene = Scene(facts, {name: views[name]}, chosen)
            content = plot.draw(scene, str)
            sentences.append(content["reading"])
    assert len(set(sentences)) == 4  # both move along with the threshold
    assert "With an alarm at one value at least: spikes" in sentences[0]
    assert "Area under the curve: the model 0." in sentences[1]


def test_every_way_is_measured_by_the_training_part() -> None:
    """The medians are of places that are learned from, the marks of those shown."""
    subject = subject_of("rnn", "anomalies", steps=0, data__length=1500)
    data, view = subject.data, seen(subject, "anomalies")
    assert data.odd is not None
    np.testing.assert_array_equal(view.arrays["odd"], data.odd.kinds[1200:])
    values = data.series.scaled.astype(np.float64)
    season = season_of(values[:1200])
    since = np.append([np.nan] * season, values[season:] - values[:-season])
    ways = {
        "the model": residuals(subject.model, data, 0, 1500),
        "robust z-score": values,
        "seasonal residual": since,
    }
    for way, each in ways.items():
        learned = each[:1200][np.isfinite(each[:1200])]
        spread = median_abs_deviation(learned, scale="normal")
        expected = np.abs(each[1200:] - np.median(learned)) / spread
        found = view.arrays["scores"][view.notes["ways"].index(way)]
        np.testing.assert_allclose(found, expected, rtol=1e-3, err_msg=way)


def test_the_season_is_that_of_the_training_part() -> None:
    """What is held out swings five times as far in another rhythm."""
    data = building.make_data(choosing.make_config("anomalies", "rnn"))
    t, noise = np.arange(400), np.random.default_rng(0).normal(0, 0.1, 400)
    swings = np.sin(2 * np.pi * t / 20), 5 * np.sin(2 * np.pi * t / 13)
    values = np.where(t < 200, *swings) + noise
    series = data.series._replace(
        values=values, scaled=values.astype(np.float32), split=200
    )
    found = rules(replace(data, series=series), 200, 400)["seasonal residual"]
    since = values[20:] - values[:-20]
    np.testing.assert_allclose(found, standardised(since[180:], since[:180]), rtol=1e-4)


def test_a_series_of_which_nobody_knows_has_marks_and_no_curve() -> None:
    subject = subject_of("rnn", "sine", steps=0)
    view = seen(subject, "anomalies")
    assert "odd" not in view.arrays
    drawn = anomalies.extract(view, 4.0)
    assert "nobody has said" in anomalies.reading(drawn)
    assert len(anomalies.figure(drawn, "red")["layout"]["shapes"]) == 1
    with pytest.raises(ExplorerError, match="has nothing to show"):
        seen(subject, "detection")
