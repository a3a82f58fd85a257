"""A run's model as a program of its own: model.py, and the same as a notebook."""

import json

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from explorer.catalog import building, specs
from explorer.config.run import RunConfig
from explorer.portable.bundle import bundle, definitions, imports
from explorer.portable.sources import Key, source
from explorer.training.intervals import LEVELS, PATHS

USED: frozenset[Key] = frozenset(
    {
        ("dataclasses", "dataclass"),
        ("pathlib", "Path"),
        ("safetensors.torch", "load_file"),
        ("torch", "*"),
        ("torch", "Tensor"),
    }
)
"""What the pieces below import, as in `bundle.Bundle.outside`."""

DRAWING: tuple[Key, ...] = (
    ("explorer.models.forecast_heads", "futures"),
    ("explorer.models.forecast_heads", "band"),
)
"""What draws the bands of a head that says a distribution."""

HEAD = """\
# The {title} of one run, in PyTorch alone. It needs torch and safetensors.
# Beside this file lie the weights that were trained and an example with its answers.
# Checks of settings are left out: those of this run have passed them."""

SIZES = """\
# What the data asks of the model, and what was chosen of it.
SIZES = {sizes}
SETTINGS = {settings}()"""

LOAD = '''\
def load(folder: Path) -> {model}:
    """The model with the weights that were trained."""
    model = {model}(SETTINGS, SIZES)
    model.load_state_dict(load_file(folder / "weights.safetensors"))
    return model.eval()'''

PREDICT = '''\
@torch.no_grad()
def predict(folder: Path) -> Tensor:
    """What the model answers to the inputs of the example."""
    return load(folder)(load_file(folder / "example.safetensors")["inputs"])'''

INTERVALS = '''\
LEVELS = {levels}
"""What share of the values to come each band is to hold."""


@torch.no_grad()
def intervals(folder: Path) -> tuple[Tensor, Tensor, Tensor]:
    """What comes after the example, the model left alone: (H,) as standardised, (H, O)
    of O series, and the lower and upper ends (levels, ..) of its bands. They are as
    wide as the model missed on a part of the series that it had not learned from (split
    conformal)."""
    example, model = load_file(folder / "example.safetensors"), load(folder)
    window, widths = example["inputs"], example["half_widths"]
    for beside in example["beside"].unbind(1):
        answer = model(window[:, -{steps}:])[:, -1:, :{count}]
        window = torch.cat([window, torch.cat([answer, beside[:, None]], 2)], 1)
    said = window[0, {steps}:, {shown}]
    return said, said - widths, said + widths'''

FUTURES = '''\
LEVELS = {levels}
"""What share of the values to come each band is to hold."""


@torch.no_grad()
def intervals(folder: Path) -> tuple[Tensor, Tensor, Tensor]:
    """What comes after the example, the model left alone: (H,) as standardised, (H, O)
    of O series, and the lower and upper ends (levels, ..) of its bands. They lie
    between {paths} futures that are drawn from its {head} head, each draw the next
    input."""
    example, model = load_file(folder / "example.safetensors"), load(folder)
    window, rest = example["inputs"], example["beside"]
    drawn = {futures}(model, "{head}", window, rest, {paths}, 0)[0, ..., {shown}]
    ends = [{band}(drawn, level) for level in LEVELS]
    for beside in rest.unbind(1):
        answer = model(window[:, -{steps}:])[:, -1:, :{count}]
        window = torch.cat([window, torch.cat([answer, beside[:, None]], 2)], 1)
    low, high = (torch.stack(each) for each in zip(*ends))
    return window[0, {steps}:, {shown}], low, high'''

BANDS_PRINTED = """
said, low, high = intervals({folder})
for level, lower, upper in zip(LEVELS, low, high):
    print("one step ahead", said[0].tolist(), "with chance", level, "between",
          lower[0].tolist(), "and", upper[0].tolist())"""

COMPARE = """\
expected = load_file({folder} / "example.safetensors")["outputs"]
outputs = predict({folder})
print("answers of shape", tuple(outputs.shape))
furthest = float((outputs - expected).abs().max())
print("furthest from what was computed at the export:", furthest)
torch.testing.assert_close(outputs, expected, rtol=1e-5, atol=1e-5)"""


def model_program(config: RunConfig) -> str:
    """model.py: the architecture, its weights, and its answers to the example.

    Raises:
        ExplorerError: if the config cannot be built.
    """
    intro, head, code = _parts(config)
    main = _main(config, "here").replace("\n", "\n    ")
    ending = 'if __name__ == "__main__":\n    here = Path(__file__).parent\n    '
    return "\n\n".join([intro, head + "\n", code]) + f"\n\n\n{ending}{main}\n"


def notebook(config: RunConfig) -> str:
    """The same as a notebook, cell by cell, as JSON.

    Raises:
        ExplorerError: if the config cannot be built.
    """
    intro, head, code = _parts(config)
    title = specs.model_spec(config.model).title
    about = intro.strip("r").strip('"').strip()
    cells = [
        new_markdown_cell(f"# {title}\n\n```\n{about}\n```"),
        new_code_cell(f"{head}\n\n{code}"),
        new_markdown_cell(
            "## The example\n\nA held-out window, and what the trained model answered."
        ),
        new_code_cell(_main(config, "Path.cwd()")),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same run gives the same file
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.validate(made)
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def has_intervals(config: RunConfig) -> bool:
    """Whether a run's model forecasts a series, so that its misses tell how wide a band
    must be."""
    data = building.make_data(config)
    return data.task == "forecast" and data.series is not None


def _shapes(config: RunConfig) -> dict[str, str | int]:
    """How long a window is, how many series are forecast together, and how they are
    picked out of its inputs."""
    data = building.make_data(config)
    count = max(1, len(data.together))
    shown: str | int = f":{count}" if data.together else 0
    return {"steps": data.steps, "count": count, "shown": shown}


def _main(config: RunConfig, folder: str) -> str:
    """What the program does when it is run."""
    bands = BANDS_PRINTED if has_intervals(config) else ""
    return (COMPARE + bands).format(folder=folder)


def _parts(config: RunConfig) -> tuple[str, str, str]:
    """The file's words, its first comment, and its code."""
    spec = specs.model_spec(config.model)
    module, name = spec.make.__module__, spec.make.__name__
    tells = specs.head_of(specs.resolve(config))
    drawing = DRAWING if has_intervals(config) and tells != "point" else ()
    whole = bundle((module, name), *drawing)
    settings = whole.names[module, spec.settings.__name__]
    code = [
        definitions(whole, module, config.model_settings),
        SIZES.format(sizes=building.sizes(config), settings=settings),
        LOAD.format(model=whole.names[module, name]),
        PREDICT,
    ]
    if has_intervals(config):
        names = {key[1]: whole.names[key] for key in drawing}
        about = {"levels": LEVELS, "head": tells, "paths": PATHS, **_shapes(config)}
        code.append((FUTURES if drawing else INTERVALS).format(**about, **names))
    head = HEAD.format(title=spec.title)
    used = "\n".join(imports(whole.outside | USED))
    head += f"\n\nfrom __future__ import annotations\n\n{used}"
    return source(module).docstring(), head, "\n\n\n".join(code)
