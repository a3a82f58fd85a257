"""Train the samples that newcomers see, and write them to assets/samples."""

import os
import tempfile
import time
from collections.abc import Mapping

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.plots.panel import names_on
from explorer.racing import entries
from explorer.racing.race import facts
from explorer.ui import chains, gan, pretraining, samples, translate
from explorer.ui.live.asked import wanted
from explorer.ui.races import start
from explorer.ui.races.views import VIEWS
from explorer.ui.sweeps import sample as sweep
from explorer.ui.sweeps.setup import example

MOMENTS = {samples.SAMPLE: 24, translate.SAMPLE: 5}
"""More of the first run for its slider, fewer of the largest model."""


def main() -> None:
    """Every sample, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_DATA"] = folder
        engine = Engine()
        shown = {
            samples.SAMPLE: (choosing.make_config(), names_on("playground")),
            translate.SAMPLE: (translate.usual(), names_on("translate")),
            gan.SAMPLE: (gan.usual(), gan.PANELS),
            chains.SAMPLE: (chains.BEGINNINGS[0].config, chains.PANELS),
            pretraining.SAMPLE: (pretraining.usual(), pretraining.PANELS),
        }
        for name, (config, names) in shown.items():
            run = trained(engine, {name: config})[name]
            views = wanted(config, samples.first_wish(config, names))
            moments = MOMENTS.get(name, samples.MOMENTS)
            samples.write_sample(engine, name, {name: (run, views)}, moments=moments)
        write_race(engine)
        write_transfer(engine)
        write_sweep(engine)
        engine.close()


def trained(engine: Engine, configs: Mapping[str, RunConfig]) -> dict[str, str]:
    """The ids of finished runs, by the names of their configs."""
    runs = {name: engine.start(config).id for name, config in configs.items()}
    while not all(engine.store.get(run).ended for run in runs.values()):
        time.sleep(0.2)
    return runs


def write_race(engine: Engine) -> None:
    """The race that the page Compare offers first."""
    configs = entries.example(choosing.make_config())
    group = engine.store.groups.create("race", "", facts(configs, "step", 1, None))
    name = start.SAMPLE
    runs = trained(engine, {f"{name}_{c.model}": c for c in configs})
    views = tuple(Wanted(view) for view in VIEWS)
    kept = {new: (run, views) for new, run in runs.items()}
    samples.write_sample(engine, name, kept, group, moments=1)


def write_transfer(engine: Engine) -> None:
    """The comparison that the page Pretrain offers first."""
    samples.bring_samples(engine)
    asked = pretraining.comparison(pretraining.SAMPLE, pretraining.usual_target())
    name = pretraining.TRANSFER
    configs = {f"{name}_{way}_{n}": config for (way, n), config in asked.items()}
    runs = trained(engine, configs)
    samples.write_sample(engine, name, {new: (run, ()) for new, run in runs.items()})


def write_sweep(engine: Engine) -> None:
    """The sweep that the page Sweep offers first."""
    group = Visitor(engine, "").sweeps.start(example())
    while engine.store.groups.get(group.id).facts["status"] == "running":
        time.sleep(0.5)
    sweep.write(engine.sweeps.trials(group.id))


if __name__ == "__main__":
    main()
