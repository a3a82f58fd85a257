"""What is shipped for a first visit: it is what the pages begin with, and is shown."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.service import engine
from explorer.engine.worker import look_at
from explorer.plots.panel import names_on
from explorer.racing import entries
from explorer.racing.race import read_race
from explorer.training.trainer import Budget, Trainer, advance
from explorer.ui import chains, gan, pretraining, samples, translate
from explorer.ui.live.asked import wanted
from explorer.ui.races import start
from explorer.ui.runs.recent import run_lines
from explorer.ui.sweeps import sample as sweep
from explorer.ui.sweeps.setup import example
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]

FIRST: dict[str, Callable[[], RunConfig]] = {
    samples.SAMPLE: choosing.make_config,
    translate.SAMPLE: translate.usual,
    gan.SAMPLE: gan.usual,
    chains.SAMPLE: lambda: chains.BEGINNINGS[0].config,
    pretraining.SAMPLE: pretraining.usual,
}
"""By run: what its page trains first."""

SHOWN: dict[str, Sequence[str]] = {
    samples.SAMPLE: names_on("playground"),
    translate.SAMPLE: names_on("translate"),
    gan.SAMPLE: gan.PANELS,
    chains.SAMPLE: chains.PANELS,
    pretraining.SAMPLE: pretraining.PANELS,
}
"""By run: the panels of its page."""


def as_trained(config: RunConfig, losses: np.ndarray) -> None:
    """See that a run of this config begins with these losses, on any machine."""
    _state, progress = advance(config, None, Budget(steps=3))
    np.testing.assert_allclose(losses[:3], progress.curves.losses, rtol=1e-3)


@pytest.mark.parametrize("name", FIRST)
def test_a_sample_is_a_finished_run_of_what_its_page_begins_with(name: str) -> None:
    store, config = engine().store, FIRST[name]()
    run = store.get(name)
    assert run.config == config
    assert (run.status, run.step) == ("finished", config.training.steps)
    as_trained(config, store.curves(name).losses)
    last = store.validations(name)[-1]
    assert last.step == run.step
    kept = store.state(name)
    assert kept is not None
    trainer = Trainer(config, kept.state)
    assert trainer.rule.judge()[0] == pytest.approx(last.loss, rel=1e-3)


def near(one: Any, other: Any) -> bool:
    """Whether two notes say the same, up to how a processor rounds."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(near, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return bool(one == pytest.approx(other, rel=1e-6, nan_ok=True))
    return bool(one == other)


@pytest.mark.parametrize("name", FIRST)
def test_the_shipped_pictures_are_those_of_the_shipped_weights(name: str) -> None:
    """Else a newcomer meets sentences of another day, which nobody translates."""
    facts = json.loads((samples.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    config, (run,) = FIRST[name](), facts["runs"]
    wants = wanted(config, samples.first_wish(config, SHOWN[name]))
    assert [Wanted(*want) for want, _notes in run["views"]] == list(wants)
    kept = safetensors.numpy.load_file(samples.FOLDER / f"{name}.safetensors")
    state = kept[f"0.state.{run['step']}"].tobytes()
    views = look_at(config.to_json(), state, list(wants)).views
    for place, (view, (_want, notes)) in enumerate(
        zip(views, run["views"], strict=True)
    ):
        assert near(json.loads(json.dumps(dict(view.notes))), notes)
        for array, values in view.arrays.items():
            # A net that judges is trained for its scores, of some hundred windows.
            atol = 0.02 if array == "scores" else 1e-3
            np.testing.assert_allclose(
                kept[f"0.view{place}.{array}"], values, atol=atol
            )


def test_the_sample_race_is_the_one_that_compare_offers() -> None:
    store = engine().store
    group = store.groups.get(start.SAMPLE, "race")
    race = read_race(group, store.shelf.of_group(group.id))
    assert race.configs == tuple(entries.example(choosing.make_config()))
    for config, (run,) in zip(race.configs, race.runs, strict=True):
        assert (run.status, run.step) == ("finished", config.training.steps)
        as_trained(config, store.curves(run.id).losses)


def test_the_sample_comparison_is_whole_and_shows_its_point() -> None:
    store = engine().store
    asked = pretraining.comparison(pretraining.SAMPLE, pretraining.usual_target())
    found = {}
    for point, config in asked.items():
        run = store.same(config)
        assert run is not None
        assert run.status == "finished"
        found[point] = store.validations(run.id)[-1].loss
    few = [n for n in pretraining.EXAMPLES if n <= 8]
    assert all(found["scratch", n] > 3 * found["all", n] for n in few)


def test_the_sample_sweep_is_of_the_example() -> None:
    plan = example()
    assert len(sweep.trials()) == plan.trials
    for trial in sweep.trials():
        for each in plan.space:
            assert each.low <= trial.values[each.name] <= each.high
    ended = next(t for t in sweep.trials() if t.state == "finished")
    assert ended.steps == plan.steps
    assert ended.loss == min(ended.measured.values())
    assert math.isfinite(ended.loss)
    (config,) = plan.configs(ended.values)
    first = min(step for step in ended.measured if step > 0)
    _state, progress = advance(config, None, Budget(steps=first))
    seen = {v.step: v.loss for v in progress.validations}
    assert seen[first] == pytest.approx(ended.measured[first], rel=1e-2)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("translate", "A finished sample: "),
        ("gan", "A finished sample: "),
        ("hmm_crf", "A finished sample: "),
        ("pretrain", "A finished sample: "),
    ],
)
def test_a_page_of_runs_opens_with_its_sample(name: str, said: str) -> None:
    test = page(name)
    assert any(m.value.startswith(said) for m in test.markdown)
    assert len(test.get("bidi_component")) > 0
    assert test.error == []


@pytest.mark.parametrize("name", ["compare", "sweep"])
def test_a_page_of_many_runs_opens_with_its_sample(name: str) -> None:
    test = page(name)
    assert any(h.value.startswith("A finished sample: ") for h in test.header)
    assert len(test.get("bidi_component")) > 3
    assert len(test.dataframe) > 0


def test_pretraining_has_nothing_left_to_train() -> None:
    test: AppTest = page("pretrain")
    assert test.button(key="compare").disabled


def test_what_is_there_is_not_brought_again(monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[str] = []
    monkeypatch.setattr(engine().store, "import_runs", brought.append)
    samples.bring_samples(engine())
    assert brought == []


def test_a_sample_made_anew_takes_the_place_of_the_old(tmp_path: Path) -> None:
    owner = engine()
    for path in samples.FOLDER.glob("sample_casino.*"):
        text = path.read_bytes()
        if path.suffix == ".json":
            text = text.replace(b'"seconds": ', b'"seconds": 1')
            created = owner.store.get(chains.SAMPLE).created.isoformat()
            text = text.replace(created.encode(), b"2001-01-01T00:00:00+00:00")
        (tmp_path / path.name).write_bytes(text)
    before = owner.store.get(chains.SAMPLE)
    samples.bring_samples(owner, tmp_path)
    assert owner.store.get(chains.SAMPLE).seconds > before.seconds
    samples.bring_samples(owner)
    assert owner.store.get(chains.SAMPLE) == before


def test_runs_of_the_same_are_run_lines() -> None:
    """A choice is found by its words: alike ones would be taken for each other."""
    owner = engine()
    one, two = (owner.prepare(pretraining.usual(), "ann") for _ in range(2))
    other = owner.prepare(gan.usual(), "ann")
    named = run_lines([one, two, other, owner.store.get(pretraining.SAMPLE)], str)
    assert len(set(named.values())) == 4
    assert named[pretraining.SAMPLE].endswith(" (sample)")
    assert "(" not in named[other.id].split(",")[-1]
