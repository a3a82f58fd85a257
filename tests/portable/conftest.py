"""Short real runs, one of every architecture, and a store to take them into."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.models.base import parameters
from explorer.portable.record import Kept, read_kept
from explorer.portable.states import check_states
from explorer.portable.unpack import Importer
from explorer.runs.opening import open_database
from explorer.runs.store import Store
from explorer.training.trainer import Budget, Trainer

torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def _own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = Store(open_database(f"sqlite:///{tmp_path / 'runs.sqlite3'}"))
    yield kept
    kept.close()


def importer(**more: object) -> Importer:
    """Somebody who may take in anything that is sound."""
    usual = Importer("you", 10**8, lambda c: True, lambda c: None, check_states)
    return usual._replace(**more)


def trained(store: Store, config: RunConfig, steps: int = 3) -> Kept:
    """A run of so many steps, in the store and as it is taken along."""
    trainer = Trainer(config)
    progress = trainer.advance(Budget(steps=steps))
    count = parameters(trainer.model)
    run = store.create(config, count, "paused", owner="me")
    done = progress.status == "finished"
    store.record(run.id, progress if done else replace(progress, status="paused"))
    return read_kept(store, run.id)


def usual(model: str, **settings: object) -> RunConfig:
    """An architecture at its default size on short windows of the data where it is
    shown."""
    data = specs.usual_data(model)
    short = (
        {"data.window": 16} if "data.window" in specs.setting_names(data, model) else {}
    )
    few = {"training.steps": 5, **short, **settings}
    return choosing.make_config(data, model, few)
