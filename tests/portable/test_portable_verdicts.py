"""One run, one verdict: the pages, the exported page and the command line agree."""

import html
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from explorer.__main__ import main
from explorer.catalog import specs
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.facts import facts_of, lines
from explorer.plots.panel import Scene, panels
from explorer.plots.parts import short
from explorer.plots.runs import overlaid, race
from explorer.plots.runs.verdict import LowestLoss, outcome
from explorer.plots.training import overfitting
from explorer.portable.figures import figures_page
from explorer.portable.record import Kept, read_kept
from explorer.racing import results
from explorer.racing.results import Lap
from explorer.runs.records import Lines, Validation
from explorer.runs.store import open_store
from explorer.training.trainer import Trainer
from explorer.ui.races.shown import entry
from explorer.ui.races.views import drawn as shown_beside
from explorer.ui.races.words import spread_words
from explorer.ui.runs.compared import unit_of


def _lowest_is_said_alike(
    kept: Kept, known: Lines, told: dict[str, Any], best: Validation | None
) -> None:
    """The command line, Compare, Runs and the chart of overfitting: how low, and when.

    A model that is never measured has nothing to be said of it.
    """
    model, lap = kept.run.config.model, Lap(kept.run, kept.curves, kept.validations)
    entered = entry("it", "#000", [lap])
    raced = race.extract([entered], known)
    one = (model, model, kept.curves, kept.validations)
    laid = overlaid.reading(overlaid.extract([one], [unit_of(kept.run)]))
    if best is None:
        assert (entered.lowest, told["best_validation_loss"]) == (None, None)
        return
    said = short(best.loss)
    assert (told["best_step"], told["best_validation_loss"]) == (best.step, best.loss)
    assert entered.lowest == best.loss
    assert f"stands at {said};" in race.reading(raced)
    assert laid == f"The lowest validation loss is {said}, of run 1."
    lowest = spread_words(results.result([lap], 0).lowest)
    placed = LowestLoss("it", entered.lowest, lowest)
    assert outcome([placed], None, str).endswith(f"a validation loss of {lowest}.")
    gap = overfitting.extract(model, kept.curves, kept.validations, known)
    assert (gap.best_step, gap.floors) == (best.step, raced.floors)
    assert said in overfitting.reading(gap)


@pytest.mark.parametrize("model", specs.models())
def test_every_page_says_the_same_of_a_run(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    words = ["train", "--data", specs.usual_data(model), "--model", model]
    result = CliRunner().invoke(main, [*words, "--steps", "3", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    store = open_store()
    kept = read_kept(store, told["run"])
    config, facts = kept.run.config, facts_of(kept.run.config)
    trainer = Trainer(config, kept.checkpoints[-1].state)

    known = lines(config)
    assert told["floor"] == known.floor
    assert told["baselines"] == dict(known.baselines)
    assert lines(config, config) == known
    loss = panels()["loss"]
    scene = Scene(
        facts,
        chosen=loss.settings(),
        curves=kept.curves,
        validations=kept.validations,
        lines=known,
        end=config.training.steps,
    )
    verdict = loss.draw(scene, str)["reading"]
    assert html.escape(verdict) in figures_page(kept, trainer, "").decode()

    _lowest_is_said_alike(kept, known, told, store.best(told["run"]))

    if "gradients" in facts.views:
        view = look(Subject.of(trainer), Request("gradients", "{}"))
        says = {
            panels()[name].draw(Scene.of(facts, view), str)["reading"]
            for name in ("backpropagation", "gradients")
        }
        assert says == {shown_beside(config, view, str)["reading"]}
    store.close()
