"""Finished runs that a newcomer finds on the pages, shipped in `assets/samples`.

A sample is a file of JSON and one of arrays: its runs, each with what is kept of it and
its last views, and the race that they are part of, if they are.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.service import Engine
from explorer.errors import ExplorerError
from explorer.inspection.facts import facts_of
from explorer.runs.importing import Imported
from explorer.runs.records import (
    Checkpoint,
    Command,
    Curves,
    Group,
    Run,
    Validation,
    View,
)
from explorer.ui.language import ASSETS
from explorer.ui.live.asked import panels_of
from explorer.ui.live.controls import panel_controls
from explorer.ui.live.wishes import Wish

FOLDER = ASSETS / "samples"
OWNER = "sample"
"""Whose the samples are: nobody's, so that nobody can change them."""

SAMPLE = "sample"
"""The run that the Playground shows first; the ids of all others begin so, too."""

MOMENTS = 12
"""How many states of a run are kept, at most."""

Arrays = dict[str, NDArray[Any]]


def is_sample(run_id: str) -> bool:
    """Whether a run was shipped."""
    return run_id.startswith(SAMPLE)


def bring_samples(engine: Engine, folder: Path = FOLDER) -> None:
    """Put what is shipped into the store, where it is not there already, and the last
    views of its runs where they are at hand."""
    for path in sorted(folder.glob("*.safetensors")):
        facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        arrays = safetensors.numpy.load_file(path)
        kept = [
            _read(each, _under(arrays, str(number)), facts["group"])
            for number, each in enumerate(facts["runs"])
        ]
        if not all(_is_there(engine, run) for run, *_rest in kept):
            if facts["group"] is not None:
                engine.store.groups.bring(_group(facts["group"]))
            engine.store.import_runs(kept)
        for number, each in enumerate(facts["runs"]):
            for place, (want, notes) in enumerate(each["views"]):
                own = _under(arrays, f"{number}.view{place}")
                view = View(want[0], each["step"], own, notes)
                engine.looks.keep(each["id"], each["step"], Wanted(*want), view)


def first_wish(config: RunConfig, names: Sequence[str]) -> Wish:
    """What a page with these panels asks for before anything was chosen on it."""
    facts = facts_of(config)
    chosen = {
        control["name"]: control["value"]
        for panel in panels_of(config, names)
        for control in panel_controls(panel, facts, str)
    }
    return Wish(shown=",".join(names), options=json.dumps(chosen, sort_keys=True))


def write_sample(
    engine: Engine,
    name: str,
    runs: Mapping[str, tuple[str, tuple[Wanted, ...]]],
    group: Group | None = None,
    moments: int = MOMENTS,
    folder: Path = FOLDER,
) -> None:
    """Write finished runs in the form that `bring_samples` reads.

    Args:
        name: of the files.
        runs: by the id that each is to have: its present one, and the views that are
            kept ready. Without views no states are kept: only its curves are shown.
        group: what they are part of.
        moments: how many states of each are kept, if no more are at powers of two, when
            most happens; the last one always is.
    """
    arrays: Arrays = {}
    written = []
    for number, (new_id, (run_id, wants)) in enumerate(runs.items()):
        facts, own = _written(engine, run_id, wants, moments)
        written.append({"id": new_id} | facts)
        arrays |= {f"{number}.{key}": values for key, values in own.items()}
    about = None
    if group is not None:
        about = {**vars(group), "id": name, "owner": OWNER}
        about["created"] = group.created.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"group": about, "runs": written}, indent=1, ensure_ascii=False)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    safetensors.numpy.save_file(arrays, folder / f"{name}.safetensors")


def _written(
    engine: Engine, run_id: str, wants: tuple[Wanted, ...], moments: int
) -> tuple[dict[str, Any], Arrays]:
    """A run as JSON can hold it, and its arrays."""
    run, store = engine.store.get(run_id), engine.store
    views = engine.looks.at(run_id, run.step, wants) if wants else []
    earlier = [step for step in store.checkpoint_steps(run_id) if step < run.step]
    doubled = {step for step in earlier if step & (step - 1) == 0}
    later = [step for step in earlier if step not in doubled]
    places = np.linspace(0, len(later) - 1, max(0, moments - len(doubled) - 1))
    evenly = {later[k] for k in places.round().astype(int)}
    kept = sorted(doubled | evenly | {run.step}) if wants else []
    arrays: Arrays = {
        f"curves.{name}": np.ascontiguousarray(values)
        for name, values in store.curves(run_id)._asdict().items()
    }
    for step in kept:
        state = store.checkpoint(run_id, step).state
        arrays[f"state.{step}"] = np.frombuffer(state, np.uint8)
    for place, view in enumerate(views):
        for name, values in view.arrays.items():
            arrays[f"view{place}.{name}"] = np.ascontiguousarray(values)
    facts = {
        "config": json.loads(run.config.to_json()),
        "step": run.step,
        "seconds": run.seconds,
        "parameters": run.parameters,
        "created": run.created.isoformat(),
        "validations": [(*v[:3], dict(v.measures)) for v in store.validations(run_id)],
        "commands": store.commands(run_id),
        "views": [(w, dict(view.notes)) for w, view in zip(wants, views, strict=True)],
    }
    return facts, arrays


def _read(
    facts: Mapping[str, Any], arrays: Arrays, group: Mapping[str, Any] | None
) -> Imported:
    """A run as `_written` wrote it."""
    curves = _under(arrays, "curves")
    return (
        Run(
            id=facts["id"],
            config=RunConfig.from_json(json.dumps(facts["config"])),
            status="finished",
            step=facts["step"],
            seconds=facts["seconds"],
            parameters=facts["parameters"],
            created=datetime.fromisoformat(facts["created"]),
            owner=OWNER,
            group_id=group["id"] if group else "",
        ),
        Curves(*(curves[name] for name in Curves._fields)),
        [Validation(*v) for v in facts["validations"]],
        [Command(*c) for c in facts["commands"]],
        [
            Checkpoint(int(step), state.tobytes())
            for step, state in _under(arrays, "state").items()
        ],
    )


def _group(facts: Mapping[str, Any]) -> Group:
    return Group(**{**facts, "created": datetime.fromisoformat(facts["created"])})


def _under(arrays: Arrays, prefix: str) -> Arrays:
    """The arrays whose names begin with this part, by the rest of their names."""
    return {
        name.removeprefix(f"{prefix}."): values
        for name, values in arrays.items()
        if name.startswith(f"{prefix}.")
    }


def _is_there(engine: Engine, shipped: Run) -> bool:
    """Whether the store has this very run already."""
    try:
        return engine.store.get(shipped.id).created == shipped.created
    except ExplorerError:
        return False
