"""A person with a thousand finished runs: how soon Runs opens, and what a run weighs.

One run of 2,000 steps is trained in a browser; its rows are copied until there are so
many, and the server has thinned those that are no longer among the newest.

python -m benchmarks.many_runs [RUNS]
"""

import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browser import chromium, click, serving
from benchmarks.first_picture import ENDED, STARTED, seconds_of
from benchmarks.report import Row
from explorer.engine.limits import MEGABYTE, read_limits
from explorer.runs.store import open_store

RUNS, STEPS, TIMES = 1000, 2000, 5
LISTED = """count => {
  const shown = document.querySelector('[data-testid=stDataFrame] canvas')
  return shown && shown.getBoundingClientRect().height > 0
    && document.body.innerText.includes(count)
}"""


def train(page: Page, address: str) -> None:
    """One run, to its end."""
    page.goto(f"{address}/?training.steps={STEPS}")
    page.wait_for_selector(".sx-state")
    click(page, "Train")
    page.wait_for_function(STARTED)
    page.wait_for_function(ENDED, timeout=300_000)


def multiply(database: Path, count: int) -> None:
    """The newest run, and all that belongs to it, so many times."""
    with closing(sqlite3.connect(database)) as store, store:
        (original,) = store.execute(
            "SELECT id FROM runs WHERE step = ? ORDER BY created DESC", [STEPS]
        ).fetchone()
        parts = [("runs", "id")]
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
            if "run_id" in columns:
                parts.append((table, "run_id"))
        for _copy in range(count - 1):
            name = secrets.token_urlsafe(12)
            for table, key in parts:
                columns = [
                    f'"{row[1]}"'
                    for row in store.execute(f"PRAGMA table_info({table})")
                    if row[1] not in (key, "order")
                ]
                listed = ", ".join(columns)
                store.execute(
                    f"INSERT INTO {table} ({key}, {listed}) "
                    f"SELECT ?, {listed} FROM {table} WHERE {key} = ?",
                    [name, original],
                )
            store.commit()  # the server writes between
    with closing(sqlite3.connect(database)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def settled(database: Path) -> int:
    """Wait until no run is to be thinned and the file is short; how many are whole."""
    whole = read_limits().whole_megabytes * MEGABYTE
    store = open_store(f"sqlite:///{database}")
    with closing(sqlite3.connect(database)) as file:
        while store.thinning.due(whole) or _number(file, "PRAGMA freelist_count"):
            time.sleep(1)
        few = "SELECT count(*) FROM runs WHERE step = ? AND rule = 0"
        left = _number(file, few, STEPS)
    store.close()
    return left


def _number(file: sqlite3.Connection, query: str, *values: int) -> int:
    (number,) = file.execute(query, values).fetchone()
    return int(number)


def measure(count: int = RUNS) -> Iterator[Row]:
    """Two rows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(folder) as address,
        chromium() as page,
    ):
        train(page, address)
        (database,) = Path(folder).glob("*.sqlite3")
        before = database.stat().st_size
        multiply(database, count)
        weight = (database.stat().st_size - before) / (count - 1)
        newest = settled(database)
        all_runs = database.stat().st_size - before + weight
        older = (all_runs - newest * weight) / max(1, count - newest)
        page.goto(f"{address}/runs")
        page.wait_for_function(LISTED, arg=f"in {count:,} runs", timeout=120_000)
        times = []
        for _time in range(TIMES):
            page.goto(f"{address}/models")
            page.get_by_role("heading", name="Models", exact=True).wait_for()
            page.wait_for_timeout(2000)

            def act() -> None:
                page.goto(f"{address}/runs", wait_until="commit")
                page.wait_for_function(LISTED, arg=f"in {count:,} runs", polling=20)

            times.append(seconds_of(act))
    took = statistics.median(times)
    yield Row(
        f"{count:,} finished runs of {STEPS:,} steps: Runs opens, its table drawn",
        f"median {took:.2f} s, slowest of {TIMES} {max(times):.2f} s",
        "<= 1 s",
        took <= 1,
    )
    kilobytes, mean = older / 1000, all_runs / count / 1000
    yield Row(
        "the same: database, for a run that is no longer among the newest",
        f"{kilobytes:.0f} kB a run; {weight / 1000:,.0f} kB for each of the {newest} "
        f"newest, which are whole; {mean:.0f} kB over all",
        "<= 60 kB",
        kilobytes <= 60,
    )


if __name__ == "__main__":
    for row in measure(*map(int, sys.argv[1:])):
        print(row.line(), flush=True)
