"""A live run with its page open against the bare loop; and what looking costs.

Both run in processes with the workers' allocator settings, one thread each, in turns.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.report import Row
from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.engine.cluster import worker_environment
from explorer.engine.service import Engine
from explorer.plots.encode import to_json
from explorer.plots.panel import names_on
from explorer.ui.live.asked import wanted
from explorer.ui.live.frames import frame
from explorer.ui.samples import first_wish

STEPS = {"rnn": 2500, "lstm": 4000, "gru": 1500, "transformer": 2000}
GOALS = {"rnn": 3.0, "lstm": 1.0, "gru": 3.0, "transformer": 0.97}
"""Live steps for each step of a bare loop."""
TURNS = 3


def bare(model: str, steps: int = 0) -> float:
    """Steps per second of the yardstick, in a process of its own."""
    environment = {**os.environ, **worker_environment()}
    command = [
        sys.executable,
        "-m",
        "benchmarks.bare",
        model,
        str(steps or STEPS[model]),
    ]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


async def live(engine: Engine, config: RunConfig) -> tuple[float, int]:
    """Steps per second from first to last step, with one watcher; its frames."""
    engine.hub.attach(asyncio.get_running_loop())
    run = engine.start(config)
    feed = await engine.hub.subscribe(run.id, "watcher")
    wish = first_wish(config, names_on("playground")).model_copy(update={"run": run.id})
    engine.hub.want(run.id, "watcher", wanted(config, wish))
    seen = frames = 0
    marks: list[tuple[float, int]] = []
    while not feed.snapshot.run.ended:
        seen = await feed.next(seen)
        snapshot = feed.snapshot
        to_json(frame(snapshot, wish, snapshot.views))
        frames += 1
        marks.append((time.perf_counter(), snapshot.run.step))
        await asyncio.sleep(0.15)
    engine.hub.leave(run.id, "watcher")
    began = next(k for k, (_, step) in enumerate(marks) if step > 0)
    (t0, s0), (t1, s1) = marks[began], marks[-1]
    return (s1 - s0) / (t1 - t0), frames


def measure(engine: Engine) -> list[Row]:
    """One row per net that the goal names."""
    rows = []
    for model in STEPS:
        config = choosing.make_config("sine", model, {"training.steps": STEPS[model]})
        ratios, speeds = [], []
        before = bare(model)
        for _ in range(TURNS):
            speed, _frames = asyncio.run(live(engine, config))
            after = bare(model)
            # The machine drifts: each run stands between two bare loops.
            plain, before = (before + after) / 2, after
            ratios.append(speed / plain)
            speeds.append((speed, plain))
        middle = statistics.median(ratios)
        speed, plain = speeds[ratios.index(middle)]
        rows.append(
            Row(
                f"throughput, {model}: live run with its page open / bare loop",
                f"{middle:.2f} ({speed:.0f} / {plain:.0f} steps per second)",
                f">= {GOALS[model]:g}",
                middle >= GOALS[model],
            )
        )
    return rows


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_DATA"] = folder
        owner = Engine()
        for row in measure(owner):
            print(row.line())
        owner.close()
