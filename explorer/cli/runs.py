"""The command `runs`: what the store has."""

import json

import click

from explorer.cli.arguments import sentences
from explorer.runs.store import open_store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10**6),
    default=50,
    show_default=True,
    help="At most so many.",
)
@sentences
def runs(as_json: bool, limit: int) -> None:
    """List the runs of the store, newest first."""
    store = open_store()
    for run in store.runs(limit):
        facts = {
            "run": run.id,
            "status": run.status,
            "step": run.step,
            "model": run.config.model,
            "data": run.config.data,
            "seed": run.config.seed,
            "created": run.created.isoformat(timespec="seconds"),
        }
        click.echo(
            json.dumps(facts) if as_json else "  ".join(map(str, facts.values()))
        )
    store.close()
