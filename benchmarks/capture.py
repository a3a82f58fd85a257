"""What share of a run's time goes into looking at it, with every panel open."""

import json
import time

from benchmarks.report import Row
from explorer.catalog import choosing, specs
from explorer.engine import worker
from explorer.engine.jobs import Job
from explorer.plots.panel import names_on
from explorer.ui.live.asked import wanted
from explorer.ui.live.wishes import read_wish

SLICES = 100
SECONDS = 0.2


def share(model: str, data: str, page: str) -> float:
    """Time in `_look_live` over time in all slices, as a worker runs them."""
    settings = {"training.steps": 20000, "model.layers": 2}
    config = choosing.make_config(data, model, settings)
    wish = read_wish(json.dumps({"shown": ",".join(names_on(page))}))
    spent = 0.0
    original = worker._look_live

    def timed(*args: object) -> object:
        nonlocal spent
        began = time.perf_counter()
        result = original(*args)  # type: ignore[arg-type]
        spent += time.perf_counter() - began
        return result

    worker._look_live = timed  # type: ignore[assignment]
    try:
        began = time.perf_counter()
        for serial in range(SLICES):
            job = Job(
                "bench",
                config.to_json(),
                serial,
                None,
                serial == 0,
                SECONDS,
                None,
                looks=wanted(config, wish),
            )
            worker.run_slices([job])
        return spent / (time.perf_counter() - began)
    finally:
        worker._look_live = original
        worker._live.clear()


def measure() -> list[Row]:
    """The dearest of every architecture on a series and on text, for each page."""
    rows = []
    for page, title in (("playground", "Playground"), ("inside", "Look inside")):
        shares = {
            (model, data): share(model, data, page)
            for data in ("sine", "fables")
            for model in (spec.name for spec in specs.fitting(data))
        }
        (model, data), worst = max(shares.items(), key=lambda item: item[1])
        what = f"looking with every panel of {title} open, share of a run's time"
        figure = f"at most {worst:.1%} ({model} on {data})"
        rows.append(Row(what, figure, "<= 5 %", worst <= 0.05))
    return rows


if __name__ == "__main__":
    for row in measure():
        print(row.line())
