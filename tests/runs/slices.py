"""What the tests of the store write into it."""

from dataclasses import replace

import numpy as np

from explorer.config.run import RunConfig
from explorer.config.training import TrainingSettings
from explorer.runs.records import Curves, Progress, Run, Validation
from explorer.runs.store import Store

CONFIG = RunConfig(
    data="sine",
    model="lstm",
    data_settings={"noise": 0.1},
    model_settings={"hidden_size": 7},
    training=TrainingSettings(steps=211),
    seed=13,
)


def curve(first: int, end: int, shift: float = 0.0) -> Curves:
    """Steps `first` to `end` of one long curve, each of its lines different."""
    k = np.arange(first, end, dtype=np.float32)
    return Curves(
        *(line * 1000 + shift + k for line in np.float32([1, 2, 3, 5, 7, 11]))
    )


def slice_of(first: int, end: int, **more: object) -> Progress:
    """Steps `first` to `end` of that curve, with the state at their end."""
    whole = Progress(first, curve(first, end), end, end / 10, state=b"state %d" % end)
    return replace(whole, **more)  # type: ignore[arg-type]


def same(a: Curves, b: Curves) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def everything(store: Store, run_id: str) -> tuple[object, ...]:
    """All that a store says of a run."""
    return (
        store.get(run_id),
        [line.tolist() for line in store.curves(run_id)],
        store.validations(run_id),
        store.commands(run_id),
        store.state(run_id),
        [store.checkpoint(run_id, k) for k in store.checkpoint_steps(run_id)],
    )


def made(store: Store, owner: str, group_id: str = "", **more: object) -> Run:
    return store.create(CONFIG, 11, owner=owner, group_id=group_id, **more)  # type: ignore[arg-type]


def measured(store: Store, run: Run, *seen: tuple[int, float]) -> None:
    validations = tuple(Validation(step, loss, 0.1) for step, loss in seen)
    store.record(run.id, Progress(0, Curves.empty(), 97, 1.0, validations))
