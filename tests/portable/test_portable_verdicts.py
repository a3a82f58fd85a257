"""One run, one verdict: the pages, the exported page and the command line agree."""

import html
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from explorer import catalog
from explorer.__main__ import main
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.facts import facts_of, lines
from explorer.plots.panel import Scene, panels
from explorer.portable.figures import figures_page
from explorer.portable.record import read_kept
from explorer.runs.store import open_store
from explorer.training.trainer import Trainer


@pytest.mark.parametrize("model", catalog.models())
def test_every_page_says_the_same_of_a_run(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    words = ["train", "--data", catalog.usual_data(model), "--model", model]
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

    if "gradients" in facts.views:
        view = look(Subject.of(trainer), Request("gradients", "{}"))
        says = {
            panels()[name].draw(Scene.of(facts, view), str)["reading"]
            for name in ("backpropagation", "gradients")
        }
        assert len(says) == 1
    store.close()
