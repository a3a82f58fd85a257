"""Runs as a zip: tables, weights, pictures, and a program that uses them."""

import importlib.resources
import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import safetensors.numpy
import safetensors.torch
import torch
from torch import Tensor

from explorer.config.kinds import KINDS
from explorer.config.kinds import OWN as OWN_DATA
from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.inspection.base import probe_window
from explorer.portable import vocabulary
from explorer.portable.figures import figures_page
from explorer.portable.layout import (
    ABOUT,
    BEST_WEIGHTS,
    CHECKPOINTS,
    CURVES,
    FACTS,
    FORMAT,
    PLOTLY,
    README,
    VOCABULARY,
)
from explorer.portable.plain import has_intervals, model_program, notebook
from explorer.portable.record import Kept, is_own
from explorer.portable.results import (
    COLUMNS,
    config_json,
    curves_csv,
    table,
    weights,
    weights_of,
)
from explorer.runs.records import Checkpoint, nullable
from explorer.runs.shelf import MOST_NAME
from explorer.training.forecasting import stretch
from explorer.training.intervals import scaled_widths
from explorer.training.seeded import written_out
from explorer.training.trainer import Trainer

MOST_ORIGINS = 256
"""From which the bands of a forecast are calibrated."""

EPOCH = (2000, 1, 1, 0, 0, 0)
"""When every file of a zip was written, so that equal runs give equal zips."""

HEAD = """\
# Runs of Sequence Explorer

Each folder is one run. Bring them back on the page Runs, or with
`python -m explorer import FILE.zip`. A program or a notebook needs torch and
safetensors, and nothing of Sequence Explorer: `python FOLDER/model.py`.

| File | What it is |
|---|---|
"""

CALLED = {OWN_DATA[kind]: name for kind, name in KINDS.items()}
"""What is private, by its dataset."""

OWN = """
## {folder}: its data is not here

This run was trained on somebody's own {data}. It is private to who gave it, so only its
digest is told, in config.json. The example holds random numbers instead, and there is
no picture of the data. Without the data a run can be watched, but not go on.
"""

Files = dict[str, bytes]


def run_files(kept: Kept) -> Files:
    """Every file of one run's folder, by its name there.

    Raises:
        ExplorerError: if a state does not belong to the run.
    """
    kept, run = _written_out(kept), kept.run
    files = {
        "config.json": config_json(run.config),
        FACTS: facts(kept),
        "curves.csv": curves_csv(kept.curves, kept.validations),
        "curves.parquet": _parquet(kept),
        CURVES: _packed_curves(kept),
    }
    for step, state in kept.checkpoints:
        files[f"{CHECKPOINTS}/{step:05d}.safetensors"] = state
    try:
        trainer = _trainer(kept)
    except ExplorerError:
        if is_own(run.config):
            return files  # the data is gone: the numbers remain
        raise
    files["figures.html"] = figures_page(kept, trainer, folder_name(kept))
    files["model.py"] = model_program(run.config).encode()
    files["notebook.ipynb"] = notebook(run.config).encode()
    files["weights.safetensors"] = weights(trainer.model)
    if kept.best is not None:
        files[BEST_WEIGHTS] = weights_of(kept.best)
    files["example.safetensors"] = _example(trainer)
    if trainer.data.symbols and not is_own(run.config):
        files[VOCABULARY] = vocabulary.written(trainer.data)
    return files


def _written_out(kept: Kept) -> Kept:
    """The same with every state whole, without those that cannot be made whole."""
    whole = []
    for step, state in kept.checkpoints:
        try:
            whole.append(Checkpoint(step, written_out(kept.run.config, state)))
        except ExplorerError:
            continue  # its data is gone, or what its seed makes has changed
    return kept._replace(checkpoints=whole)


def zipped(folders: Mapping[str, Files]) -> bytes:
    """Folders of runs, by name, as one zip."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, content in _all_files(folders):
            archive.writestr(_entry(name), content)
    return raw.getvalue()


def folder_name(kept: Kept) -> str:
    """A folder that tells what is in it, as in "lstm-sine-Ab3dEf9h"."""
    run = kept.run
    called = re.sub(r"[^A-Za-z0-9]+", "-", run.name).strip("-").lower()[:40]
    words = [called, run.config.model, run.config.data, run.id]
    return "-".join(word for word in words if word)[:120]


def facts(kept: Kept) -> bytes:
    """What run.json holds; a number that is none is null."""
    run = kept.run
    values: dict[str, Any] = {
        "format": FORMAT,
        "version": 1,
        "config": json.loads(run.config.to_json()),
        "status": run.status,
        "step": run.step,
        "seconds": run.seconds,
        "message": str(run.message or "")[:1000],
        "name": run.name[:MOST_NAME],
        "tags": list(run.tags),
        "validations": [
            {
                "step": v.step,
                "loss": nullable(v.loss),
                "seconds": v.seconds,
                "measures": {name: nullable(x) for name, x in v.measures.items()},
            }
            for v in kept.validations
        ],
        "commands": [c._asdict() for c in kept.commands],
    }
    return (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()


def _all_files(folders: Mapping[str, Files]) -> list[tuple[str, bytes]]:
    plotly = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    found = [(README, _readme(folders)), (PLOTLY, plotly.read_bytes())]
    for folder, files in folders.items():
        found += [(f"{folder}/{name}", content) for name, content in files.items()]
    return found


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _readme(folders: Mapping[str, Files]) -> bytes:
    rows = [f"| {name} | {about} |" for name, about in ABOUT.items()]
    rows.append(f"| {CHECKPOINTS}/ | states on the way, to look into and go on from |")
    text = HEAD + "\n".join(rows) + "\n"
    for folder, files in folders.items():
        config = RunConfig.from_json(files["config.json"].decode())
        if is_own(config):
            text += OWN.format(folder=folder, data=CALLED[config.data])
    return text.encode()


def _trainer(kept: Kept) -> Trainer:
    """The run where it stands; at its beginning where no state is kept."""
    state = kept.checkpoints[-1].state if kept.checkpoints else None
    return Trainer(kept.run.config, state)


def _parquet(kept: Kept) -> bytes:
    rows = table(kept.curves, kept.validations)
    kinds = [pyarrow.int64(), *[pyarrow.float64()] * (len(COLUMNS) - 1)]
    schema = pyarrow.schema(list(zip(COLUMNS, kinds, strict=True)))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * len(kinds)
    raw = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=schema), raw)
    return raw.getvalue()


def _packed_curves(kept: Kept) -> bytes:
    columns = kept.curves._asdict()
    packed: bytes = safetensors.numpy.save(
        {name: np.ascontiguousarray(values) for name, values in columns.items()}
    )
    return packed


def _example(trainer: Trainer) -> bytes:
    """One held-out window, and what the model answers; of own data, random numbers."""
    x = probe_window(trainer.data)[0]
    if is_own(trainer.config):
        x = _random_window(trainer)
    trainer.model.eval()
    with torch.no_grad():
        y = trainer.model(x)
    found = {"inputs": x.contiguous(), "outputs": y.contiguous()}
    if has_intervals(trainer.config):
        found["half_widths"] = _half_widths(trainer)
        found["beside"] = _beside(trainer)
    return safetensors.torch.save(found)


def _half_widths(trainer: Trainer) -> Tensor:
    """(levels, H[, O]) half the widths of the bands, standardised; infinite where too
    little is held out."""
    model, data = trainer.model, trainer.data
    _begin, horizon = stretch(data)
    widths = [scaled_widths(model, one, horizon, MOST_ORIGINS) for one in data.each]
    joint = np.stack(widths, -1) if data.together else widths[0]
    return torch.from_numpy(joint).float().contiguous()


def _beside(trainer: Trainer) -> Tensor:
    """(1, H, I - O) what is given beside the forecast of what comes after the example:
    only own data has more than zeros there, and of that go random numbers out."""
    data, random = trainer.data, torch.Generator().manual_seed(1)
    assert data.series is not None  # only series are forecast
    horizon = stretch(data)[1]
    count = data.inputs - data.series.foretold
    beside = torch.randn(1, horizon, count, generator=random)
    given = torch.zeros(count)
    for k, rule in enumerate(data.series.beyond):
        given[k] = rule != "zero"
    return beside * given


def _random_window(trainer: Trainer) -> Tensor:
    data, random = trainer.data, torch.Generator().manual_seed(0)
    if data.symbols:
        return torch.randint(len(data.symbols), (1, data.steps), generator=random)
    return torch.randn(1, data.steps, data.inputs, generator=random)
