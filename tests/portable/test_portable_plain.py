"""A run's model as a program of its own gives the very answers of the app."""

import ast
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import safetensors.torch
import torch

from explorer.catalog import building, choosing, specs
from explorer.config.settings import choices_of
from explorer.inspection.base import probe_window
from explorer.models.forecast_heads import band
from explorer.portable.pack import MOST_ORIGINS, run_files
from explorer.portable.plain import model_program
from explorer.training.forecasting import stretch
from explorer.training.intervals import LEVELS, PATHS, drawn, scaled_widths
from explorer.training.trainer import Trainer
from tests.portable.conftest import trained, usual

from explorer.runs.opening import open_database  # isort: skip
from explorer.runs.store import Store  # isort: skip

RUN_ALL = """
import runpy, sys
for folder in sys.argv[1:]:
    print(runpy.run_path(folder + "/model.py", run_name="__main__")["outputs"].shape)
foreign = sorted(name for name in sys.modules if name.split(".")[0] == "explorer")
assert not foreign, foreign
"""

Folders = dict[str, Path]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folders]:
    """What is exported of a short run of every architecture."""
    top = tmp_path_factory.mktemp("exported")
    store = Store(open_database(f"sqlite:///{top / 'runs.sqlite3'}"))
    found = {}
    for name in specs.models():
        found[name] = top / name
        found[name].mkdir()
        for file, content in run_files(trained(store, usual(name))).items():
            path = found[name] / file
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    yield found
    store.close()


def test_every_program_runs_without_this_one(folders: Folders, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN_ALL, *map(str, folders.values())],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("furthest from") == len(specs.models())


@pytest.mark.parametrize("model", specs.models())
def test_the_notebook_gives_the_same_predictions(
    folders: Folders, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folders[model]
    book = nbformat.read(folder / "notebook.ipynb", as_version=4)
    nbformat.validate(book)
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"__name__": __name__}
    for cell in book.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, model, "exec"), names)
    states = sorted((folder / "checkpoints").iterdir())
    config = usual(model)
    own = Trainer(config, states[-1].read_bytes()).model.eval()
    x = safetensors.torch.load_file(folder / "example.safetensors")["inputs"]
    with torch.no_grad():
        torch.testing.assert_close(names["outputs"], own(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("model", specs.models())
def test_a_program_imports_four_packages_at_most(folders: Folders, model: str) -> None:
    tree = ast.parse((folders[model] / "model.py").read_text(encoding="utf-8"))
    found = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert found - sys.stdlib_module_names <= {"torch", "safetensors"}


CHOICES = [
    (model.name, name, choice)
    for model in specs.models().values()
    for name, field in model.settings.model_fields.items()
    for choice in choices_of(field)
    if choice != field.default
]


@pytest.mark.parametrize(("model", "name", "choice"), CHOICES)
def test_every_choice_of_an_architecture_is_carried_along(
    model: str, name: str, choice: str
) -> None:
    chosen = {f"model.{name}": choice}
    if specs.SERVES.get(name) == "next_token":
        config = choosing.make_config("fables", model, chosen)
    else:
        config = usual(model, **chosen)
    names: dict[str, Any] = {"__name__": __name__}
    exec(compile(model_program(config), "model.py", "exec"), names)
    own = building.build_model(config).eval()
    made = specs.model_spec(model).make.__name__
    copy = names[made](names["SETTINGS"], names["SIZES"]).eval()
    copy.load_state_dict(own.state_dict())
    x = torch.tensor(building.make_data(config).validation.x[:2])
    with torch.no_grad():
        torch.testing.assert_close(copy(x), own(x))
        looked = copy(x, lambda _name, value: value)  # the written-out equations
        torch.testing.assert_close(looked, own(x), rtol=1e-4, atol=1e-5)


def test_the_settings_of_the_run_stand_in_the_program() -> None:
    predicted = model_program(usual("lstm", **{"model.hidden_size": 7}))
    assert "hidden_size: int = 7" in predicted
    assert "explorer" not in predicted
    assert predicted.startswith('r"""Long short-term memory')


def test_the_settings_file_is_the_run_s_own(folders: Folders) -> None:
    facts = json.loads((folders["gru"] / "config.json").read_text())
    assert facts == json.loads(usual("gru").to_json())


def test_the_program_gives_the_bands_of_the_app(folders: Folders) -> None:
    config = usual("gru")
    code = (folders["gru"] / "model.py").read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": __name__}
    exec(compile(code, "model.py", "exec"), names)
    said, low, high = names["intervals"](folders["gru"])
    states = sorted((folders["gru"] / "checkpoints").iterdir())
    own = Trainer(config, states[-1].read_bytes())
    _begin, horizon = stretch(own.data)
    widths = scaled_widths(own.model, own.data, horizon, MOST_ORIGINS)
    torch.testing.assert_close(high - low, torch.tensor(2 * widths).float())
    window = probe_window(own.data)[0]
    with torch.no_grad():
        for step in range(3):
            answer = own.model(window[:, -own.data.steps :])[:, -1:]
            torch.testing.assert_close(said[step], answer[0, 0, 0])
            window = torch.cat([window, answer], 1)
    text = choosing.make_config("fables", "lstm", {"training.steps": 5})
    assert "intervals" not in model_program(text)


@pytest.mark.parametrize("head", ["gaussian", "quantile"])
def test_the_program_draws_the_bands_of_the_head(
    head: str, store: Store, tmp_path: Path
) -> None:
    small = {"data.window": 16, "model.hidden_size": 8}
    config = usual("gru", **small, **{"model.head": head})
    kept = trained(store, config)
    for file, content in run_files(kept).items():
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    names = runpy.run_path(str(tmp_path / "model.py"), run_name="__main__")
    states = sorted((tmp_path / "checkpoints").iterdir())
    own = Trainer(config, states[-1].read_bytes())
    steps, series = own.data.steps, own.data.series
    assert series is not None
    window = probe_window(own.data)[0].numpy().ravel()
    windows = np.lib.stride_tricks.sliding_window_view(series.scaled.ravel(), steps)
    origin = int((windows == window).all(1).argmax()) + steps
    _begin, horizon = stretch(own.data)
    paths = drawn(own.model, own.data, np.array([origin]), horizon, PATHS)[0]
    ends = [band(torch.from_numpy(paths).float(), level) for level in LEVELS]
    low, high = (torch.stack(each) for each in zip(*ends, strict=True))
    torch.testing.assert_close(names["low"], low, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(names["high"], high, rtol=1e-4, atol=1e-5)
    with torch.no_grad():
        answer = own.model.eval()(torch.from_numpy(window).view(1, -1, 1))
    torch.testing.assert_close(names["said"][0], answer[0, -1, 0])


@pytest.mark.parametrize("head", ["point", "gaussian"])
def test_the_program_gives_the_bands_of_every_series(
    head: str, store: Store, tmp_path: Path
) -> None:
    """Of series that are forecast together, each as the app has it."""
    small = {"data.window": 16, "data.length": 400, "model.hidden_size": 8}
    chosen = {**small, "training.steps": 3, "model.head": head}
    kept = trained(store, choosing.make_config("river", "gru", chosen))
    for file, content in run_files(kept).items():
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    names = runpy.run_path(str(tmp_path / "model.py"), run_name="__main__")
    states = sorted((tmp_path / "checkpoints").iterdir())
    own = Trainer(kept.run.config, states[-1].read_bytes())
    _begin, horizon = stretch(own.data)
    assert names["low"].shape == (len(LEVELS), horizon, 3)
    window = probe_window(own.data)[0]
    with torch.no_grad():
        for step in range(3):
            answer = own.model.eval()(window[:, -own.data.steps :])[:, -1:, :3]
            torch.testing.assert_close(names["said"][step], answer[0, 0])
            window = torch.cat([window, answer], 1)
    if head == "point":
        for k, one in enumerate(own.data.each):
            widths = scaled_widths(own.model, one, horizon, MOST_ORIGINS)
            found = (names["high"] - names["low"])[..., k]
            torch.testing.assert_close(found, torch.tensor(2 * widths).float())
