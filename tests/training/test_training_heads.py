"""Runs whose head says a distribution: trained, judged, foretold, moved and refused."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from explorer.catalog import building, choosing, fitting, specs
from explorer.config.run import RunConfig, query_pairs, to_query
from explorer.data import content
from explorer.errors import ExplorerError
from explorer.inspection.base import Request, Subject, look, views_of
from explorer.inspection.facts import facts_of
from explorer.models.forecast_heads import NUMBERS, Head, quantile_at
from explorer.training.backtesting import FEW_PATHS, backtest
from explorer.training.forecasting import forecast
from explorer.training.intervals import PATHS, drawn, fan, parts
from explorer.training.measures import judge
from explorer.training.objectives import objective, tensors
from explorer.training.proper import (
    TAUS,
    crps_of_draws,
    pinball_of_draws,
    scores_of_head,
)
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred

HEADS: tuple[Head, ...] = ("gaussian", "quantile")
each_head = pytest.mark.parametrize("head", HEADS)
rng = np.random.default_rng(4)
FORECASTERS = [
    spec
    for spec in specs.models().values()
    if "forecast" in spec.tasks and spec.learning == "gradient"
]


def made(head: Head, model: str = "gru", data: str = "sine", **more: Any) -> RunConfig:
    size = {"data.days": 90} if data == "weather" else {"data.length": 300}
    size |= {"data.window": 17, "model.hidden_size": 8, "training.steps": 30}
    return choosing.make_config(data, model, size | {"model.head": head} | more)


def test_the_crps_of_a_gaussian_is_the_area_between_two_distributions() -> None:
    mean, s, y = 0.4, 0.7, 1.3
    area = (
        quad(lambda x: norm.cdf(x, mean, s) ** 2, -8, y)[0]
        + quad(lambda x: norm.sf(x, mean, s) ** 2, y, 8)[0]
    )
    output = torch.tensor([[mean, 2 * math.log(s)]]).double()
    found = scores_of_head("gaussian", output, torch.tensor([y]))
    assert found["crps"] == pytest.approx(area, rel=1e-6)
    q = norm.ppf(TAUS, mean, s)
    losses = np.maximum(TAUS * (y - q), (TAUS - 1) * (y - q))
    assert found["pinball"] == pytest.approx(losses.mean(), rel=1e-6)
    none = scores_of_head("gaussian", output, torch.tensor([math.nan]))
    assert all(math.isnan(value) for value in none.values())


def test_the_crps_of_quantiles_is_that_of_many_draws() -> None:
    output = torch.randn(3, NUMBERS["quantile"]).double()
    came = torch.tensor([-1.0, 0.2, 3.0])
    u = torch.rand(3, 20_000, generator=torch.Generator().manual_seed(1)).double()
    draws = quantile_at("quantile", output[:, None].expand(-1, 20_000, -1), u).numpy()
    found = scores_of_head("quantile", output, came)
    assert found["crps"] == pytest.approx(crps_of_draws(draws, came.numpy()), rel=0.01)


def test_few_draws_are_scored_without_bias() -> None:
    """A mean over many small samples of a normal: its CRPS and pinball loss."""
    draws, came = rng.normal(size=(20_000, 39)), np.append(rng.normal(size=19_999), 9e9)
    came[-1] = np.nan
    assert crps_of_draws(draws, came) == pytest.approx(1 / math.sqrt(math.pi), rel=0.02)
    assert pinball_of_draws(draws, came) == pytest.approx(
        norm.pdf(norm.ppf(TAUS)).mean(), rel=0.04
    )
    order = np.arange(39.0)[None]
    q, y = order[0, 1::2], 7.3
    losses = np.maximum(TAUS * (y - q), (TAUS - 1) * (y - q))
    assert pinball_of_draws(order, np.array([y])) == pytest.approx(losses.mean())


@each_head
@pytest.mark.parametrize("spec", FORECASTERS, ids=lambda s: s.name)
def test_every_forecaster_can_have_a_head(head: Head, spec: Any) -> None:
    trainer = Trainer(made(head, spec.name))
    assert trainer.model.tells == head
    x, y = trainer.rule.batches.at(0)
    assert trainer.model(x).shape == (*y.shape[:2], NUMBERS[head])
    first = trainer.advance(Budget(steps=2))
    assert np.isfinite(first.curves.surprises).all()
    assert all(p.grad is not None for p in trainer.model.head.parameters())


@each_head
def test_curves_show_the_error_of_the_forecast_and_the_heads_own_loss(
    head: Head,
) -> None:
    trainer = Trainer(made(head))
    x, y = trainer.rule.batches.at(0)
    counted = trainer.data.counted_from
    output = trainer.model(x)[:, counted:].detach()
    error = (output[..., :1] - y[:, counted:]).square().mean()
    curves = trainer.advance(Budget(steps=1)).curves
    assert curves.losses[0] == pytest.approx(float(error), rel=1e-6)
    before = Trainer(made(head))
    with torch.no_grad():
        own, started = (
            float(objective(t.data).of_head(head, t.model(x), y))
            for t in (trainer, before)
        )
    assert curves.surprises[0] == pytest.approx(started, rel=1e-6)
    assert own < started  # that is what a step lowers


@each_head
def test_slices_and_reloads_are_the_same_to_the_bit(head: Head) -> None:
    whole = Trainer(made(head, "lstm", **{"model.dropout": 0.2, "model.layers": 2}))
    parted = Trainer(whole.config)
    at_once = whole.advance(Budget(steps=12)).curves
    first = parted.advance(Budget(steps=5))
    parted = Trainer(whole.config, first.state)
    rest = parted.advance(Budget(steps=7)).curves
    for name in ("losses", "surprises"):
        sliced = [*getattr(first.curves, name), *getattr(rest, name)]
        assert sliced == list(getattr(at_once, name))
    assert whole.pack()[-4000:] == parted.pack()[-4000:]


def test_old_configs_are_of_one_number_and_equal_runs() -> None:
    new = made("point")
    settings = {k: v for k, v in new.model_settings.items() if k != "head"}
    old = new.model_copy(update={"model_settings": settings})
    a, b = Trainer(old), Trainer(new)
    assert a.model.tells == "point"
    losses = [t.advance(Budget(steps=3)).curves.losses.tolist() for t in (a, b)]
    assert losses[0] == losses[1]
    fitting.check_start(made("gaussian"), old)


@each_head
def test_a_run_with_a_head_begins_with_the_rest_of_another(head: Head) -> None:
    start = Trainer(made("point"))
    start.advance(Budget(steps=2))
    config = made(head)
    begun = Trainer(config, transferred(config, start.config, start.pack()))
    fresh = Trainer(config)
    for name, value in begun.model.state_dict().items():
        source = fresh if name.startswith("head") else start
        torch.testing.assert_close(value, source.model.state_dict()[name])


def test_a_head_needs_numbers_to_forecast() -> None:
    with pytest.raises(ExplorerError, match="needs numbers to forecast, but got 'gau"):
        choosing.make_config("fables", "gru", {"model.head": "gaussian"})
    with pytest.raises(ExplorerError, match="head must be one of point, gaussian"):
        made("normal")  # type: ignore[arg-type]
    with pytest.raises(ExplorerError, match="head"):
        choosing.make_config("sine", "hmm", {"model.head": "gaussian"})
    assert specs.unused_model("fables", "gru") == ("head",)


def test_a_link_names_the_head() -> None:
    config = made("quantile")
    query = to_query(config, choosing.linked_defaults(config))
    assert "model.head=quantile" in query
    assert choosing.config_from_pairs(query_pairs(query)) == config
    plain = made("point")
    assert "head" not in to_query(plain, choosing.linked_defaults(plain))


@each_head
def test_the_measures_are_the_heads(head: Head) -> None:
    trainer = Trainer(made(head))
    trainer.advance(Budget(steps=5))
    x, y = tensors(trainer.data.validation)
    trainer.model.eval()
    with torch.no_grad():
        output = trainer.model(x)
    found = judge(trainer.model, trainer.data).measures
    half = len(y) // 2
    scores = scores_of_head(head, output[half:, -1], y[half:, -1, 0])
    assert {name: found[name] for name in scores} == pytest.approx(scores)
    assert set(found) == set(facts_of(trainer.config).measures)
    if head == "gaussian":
        own = objective(trainer.data).of_head(head, output, y)
        assert found["nll"] == pytest.approx(float(own))


@each_head
def test_gaps_are_not_learned_from(
    head: Head, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    values = 20 + 5 * np.sin(np.arange(320) / 6)
    values[::7] = np.nan
    settings = {"data.digest": content.put_series(values, "x"), "model.head": head}
    settings |= {"data.missing": "mask", "data.window": 16}
    trainer = Trainer(choosing.make_config("own_series", "gru", settings))
    curves = trainer.advance(Budget(steps=3)).curves
    assert np.isfinite(curves.surprises).all()
    assert np.isfinite(curves.gradient_norms).all()
    assert math.isfinite(judge(trainer.model, trainer.data).measures["crps"])


@each_head
@pytest.mark.parametrize("name", ["sine", "stock", "weather"])
def test_bands_come_from_the_head_or_from_its_misses(head: Head, name: str) -> None:
    trainer = Trainer(made(head, data=name))
    data, model = trainer.data, trainer.model
    free = forecast(model, data).free[data.steps :]
    own = fan(model, data, free)
    assert own is not None
    assert own.origins == 0
    for inner, outer in ((own.low[1], own.low[0]), (own.high[0], own.high[1])):
        assert (inner <= outer).all()
    assert np.isfinite(own.high - own.low).all()
    measured = fan(model, data, free, bands="measured")
    assert measured is not None
    assert measured.origins > 0
    # the global random state is nobody's to move
    state = torch.random.get_rng_state()
    again = fan(model, data, free)
    assert again is not None
    np.testing.assert_array_equal(again.low, own.low)
    assert torch.equal(torch.random.get_rng_state(), state)


@each_head
def test_bands_of_a_price_are_of_the_futures_that_go_on_from_the_last_known(
    head: Head,
) -> None:
    trainer = Trainer(made(head, data="stock"))
    data, model = trainer.data, trainer.model
    assert data.series is not None
    origin = len(data.series.values) - 7
    returns = data.scaler.undo(drawn(model, data, np.array([origin]), 7, PATHS)[0])
    paths = data.series.values[origin - 1] * np.exp(returns.cumsum(1))
    own = fan(model, data, np.zeros(7))
    assert own is not None
    ordered = np.sort(paths, 0)
    np.testing.assert_allclose(own.low[1], ordered[9], rtol=1e-5)
    np.testing.assert_allclose(own.high[1], ordered[-10], rtol=1e-5)


def test_a_head_needs_no_misses_to_be_backtested() -> None:
    """Each half of the held-out part has three origins."""
    size = {"data.length": 200, "data.window": 34}
    trainer = Trainer(made("gaussian", **size))
    found = backtest(trainer.model, trainer.data, 18)
    assert found is not None
    assert (found.calibrated, found.scored) == (0, 3)
    assert backtest(trainer.model, trainer.data, 18, bands="measured") is None


@each_head
def test_a_backtest_counts_what_lies_between_the_futures(head: Head) -> None:
    trainer = Trainer(made(head))
    data, model = trainer.data, trainer.model
    found = backtest(model, data, 3)
    assert found is not None
    assert found.calibrated == 0
    origins = parts(data, 3).scored
    paths = np.sort(drawn(model, data, origins, 3, FEW_PATHS), 1)
    assert data.series is not None
    truth = data.series.scaled[origins[:, None] + np.arange(3)]
    for row, (low, high) in enumerate(((9, 29), (1, 37))):
        held = (paths[:, low] <= truth) & (truth <= paths[:, high])
        np.testing.assert_allclose(found.coverage[row], held.mean(0))
        width = (paths[:, high] - paths[:, low]).mean(0)
        np.testing.assert_allclose(found.width[row], width, rtol=1e-6)
    measured = backtest(model, data, 3, bands="measured")
    assert measured is not None
    assert measured.calibrated > 0
    np.testing.assert_allclose(measured.mae, found.mae)


@each_head
def test_what_training_lowers_has_a_floor_where_the_noise_is_known(head: Head) -> None:
    trainer = Trainer(made(head))
    view = look(Subject.of(trainer), Request("surprise"))
    noise = trainer.data.floor
    assert noise is not None
    expected = norm(0, math.sqrt(noise)).entropy()
    if head == "quantile":
        expected = math.sqrt(noise) * norm.pdf(norm.ppf(TAUS)).mean()
    assert view.notes["floor"] == pytest.approx(float(expected))
    assert view.notes["head"] == head
    stock = look(Subject.of(Trainer(made(head, data="stock"))), Request("surprise"))
    assert stock.notes["floor"] is None
    assert math.isfinite(float(stock.arrays["held_out"][0]))
    gaps = made(head, data="weather", **{"data.missing": 0.2})
    assert not building.make_data(gaps).even_noise


@each_head
def test_every_view_of_a_run_with_a_head_can_be_looked_at(head: Head) -> None:
    for model in ("lstm", "transformer", "tcn"):
        trainer = Trainer(made(head, model))
        resolved = specs.resolve(trainer.config)
        for spec in views_of(resolved):
            look(Subject.of(trainer), Request(spec.name))
