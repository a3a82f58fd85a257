"""What lies where in a zip of runs: the same names for writing and for reading.

plotly.min.js and README.md lie at the top, and a folder for each run.
"""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from explorer.config.run import RunConfig
from explorer.runs.records import Status
from explorer.runs.shelf import MOST_NAME

FORMAT = "sequence-explorer-run"

FACTS = "run.json"
CURVES = "curves.safetensors"
CHECKPOINTS = "checkpoints"
BEST_WEIGHTS = "weights_best.safetensors"
PLOTLY = "plotly.min.js"
README = "README.md"
VOCABULARY = "vocabulary.json"
ABOUT = {
    "config.json": "every setting",
    FACTS: "what else is known of the run, for importing it again",
    "curves.csv": "one row per step; the same as curves.parquet",
    "curves.parquet": "for pandas, polars, DuckDB or R",
    CURVES: "the same to the bit, for importing it again",
    "weights.safetensors": "what the model had learned at its last step, under "
    "PyTorch's own names",
    BEST_WEIGHTS: "the same at the step of its lowest held-out loss",
    "example.safetensors": "inputs of one window, and what the model answers",
    VOCABULARY: "what the token ids stand for, and what was merged into byte pairs",
    "model.py": "the model in PyTorch alone; run it: it answers the example",
    "notebook.ipynb": "the same as a notebook",
    "figures.html": "loss, answers and insides; open it in a browser",
}
"""The files of a run's folder; the states that it kept lie in `CHECKPOINTS`."""

MOST_CHECKPOINTS = 8
"""So many states of a run go along: the first, the newest, the best, and some
between."""

_FILES = "|".join(map(re.escape, ABOUT))
NAME = re.compile(
    rf"(?:{re.escape(README)}|{re.escape(PLOTLY)}"
    rf"|(?P<folder>[A-Za-z0-9_-]{{1,120}})/"
    rf"(?:(?P<file>{_FILES})|{CHECKPOINTS}/(?P<step>\d{{1,6}})\.safetensors|"
    rf"{CHECKPOINTS}/)?)"
)
"""A name that may stand in a zip; nothing else is looked at."""

Finite = Annotated[float, Field(allow_inf_nan=False)]
Step = Annotated[int, Field(ge=0, le=20_000)]


class Measured(BaseModel):
    """A measurement on the held-out part; None where it was no finite number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    step: Step
    loss: Finite | None
    seconds: Finite = Field(ge=0)
    measures: dict[str, Finite | None] = Field(max_length=40)


class Commanded(BaseModel):
    """A command, and the step before which it was applied."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    step: Step
    name: str = Field(max_length=32)
    value: Finite | None
    note: str = Field(max_length=2000)


class Facts(BaseModel):
    """What run.json holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["sequence-explorer-run"]
    version: Literal[1]
    config: RunConfig
    status: Status
    step: Step
    seconds: Finite = Field(ge=0, le=1e9)
    message: str = Field(max_length=1000)
    name: str = Field(max_length=MOST_NAME)
    tags: list[Annotated[str, Field(min_length=1, max_length=MOST_NAME)]] = Field(
        max_length=MOST_NAME
    )
    validations: list[Measured] = Field(max_length=20_001)
    commands: list[Commanded] = Field(max_length=20_000)
