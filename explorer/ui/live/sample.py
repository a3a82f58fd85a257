"""The finished run that a newcomer finds on the screen, shipped in `assets/sample`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.service import Engine
from explorer.inspection.facts import facts_of
from explorer.plots.panel import names_on
from explorer.runs.records import Checkpoint, Command, Curves, Run, Validation, View
from explorer.ui.language import ASSETS
from explorer.ui.live.asked import panels_of, wanted
from explorer.ui.live.controls import panel_controls
from explorer.ui.live.wishes import Wish

SAMPLE = "sample"
FOLDER = ASSETS / "sample"


def bring_sample(engine: Engine, folder: Path = FOLDER) -> Run:
    """Put the shipped run into the store, and its last views where they are at hand."""
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    run = Run(
        id=SAMPLE,
        config=RunConfig.from_json(json.dumps(facts["config"])),
        status="finished",
        step=facts["step"],
        seconds=facts["seconds"],
        parameters=facts["parameters"],
        created=datetime.fromtimestamp(0, UTC),
    )
    stored = safetensors.numpy.load_file(folder / "curves.safetensors")
    kept = (
        run,
        Curves(*(stored[name] for name in Curves._fields)),
        [Validation(*v) for v in facts["validations"]],
        [Command(*c) for c in facts["commands"]],
        [
            Checkpoint(int(path.stem), path.read_bytes())
            for path in sorted((folder / "checkpoints").glob("*.safetensors"))
        ],
    )
    engine.store.import_runs([kept])
    arrays = safetensors.numpy.load_file(folder / "views.safetensors")
    for number, (want, notes) in enumerate(facts["views"]):
        own = {
            name.split(".", 1)[1]: values
            for name, values in arrays.items()
            if name.split(".", 1)[0] == str(number)
        }
        view = View(want[0], run.step, own, notes)
        engine.looks.keep(run.id, run.step, Wanted(*want), view)
    return run


def first_wish(config: RunConfig) -> Wish:
    """What the Playground asks for before anything was chosen on it."""
    names, facts = names_on("playground"), facts_of(config)
    chosen = {
        control["name"]: control["value"]
        for panel in panels_of(config, names)
        for control in panel_controls(panel, facts, str)
    }
    return Wish(shown=",".join(names), options=json.dumps(chosen, sort_keys=True))


def write_sample(engine: Engine, run_id: str, folder: Path = FOLDER) -> None:
    """Write a finished run in the form that `bring_sample` reads."""
    run, store = engine.store.get(run_id), engine.store
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    for old in (folder / "checkpoints").glob("*.safetensors"):
        old.unlink()
    steps = store.checkpoint_steps(run_id)
    kept = {s for s in steps if s & (s - 1) == 0} | set(steps[::4]) | {run.step}
    for step in sorted(kept):
        state = store.checkpoint(run_id, step).state
        (folder / "checkpoints" / f"{step:05d}.safetensors").write_bytes(state)
    wants = wanted(run.config, first_wish(run.config))
    views = engine.looks.at(run_id, run.step, wants)
    facts: dict[str, Any] = {
        "config": json.loads(run.config.to_json()),
        "step": run.step,
        "seconds": run.seconds,
        "parameters": run.parameters,
        "validations": [(*v[:3], dict(v.measures)) for v in store.validations(run_id)],
        "commands": store.commands(run_id),
        "views": [(w, dict(view.notes)) for w, view in zip(wants, views, strict=True)],
    }
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")
    arrays = {
        f"{number}.{name}": np.ascontiguousarray(values)
        for number, view in enumerate(views)
        for name, values in view.arrays.items()
    }
    safetensors.numpy.save_file(arrays, folder / "views.safetensors")
    curves = store.curves(run_id)._asdict()
    columns = {name: np.ascontiguousarray(values) for name, values in curves.items()}
    safetensors.numpy.save_file(columns, folder / "curves.safetensors")
