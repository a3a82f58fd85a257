"""The command `list`: what there is to train and to train on."""

import json

import click

from explorer.catalog import specs


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_(as_json: bool) -> None:
    """Say which architectures, datasets and tasks there are."""
    models = {m.name: m.tasks for m in specs.models().values()}
    datasets = {d.name: d.task for d in specs.datasets().values() if d.offered}
    tasks = sorted(
        {
            *datasets.values(),
            *(t for datasets_of in models.values() for t in datasets_of),
        }
    )
    if as_json:
        click.echo(json.dumps({"models": models, "datasets": datasets, "tasks": tasks}))
        return
    wide = max(map(len, (*models, *datasets)))
    click.echo("Models")
    for name, datasets_of in models.items():
        click.echo(f"  {name:<{wide}}  {', '.join(datasets_of)}")
    click.echo("Datasets (or the path of an own table or text)")
    for name, task in datasets.items():
        click.echo(f"  {name:<{wide}}  {task}")
