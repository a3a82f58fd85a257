"""The command line: the same engine without a browser.

python -m explorer list
python -m explorer train --model lstm --data sine --set model.hidden_size=32
python -m explorer export RUN FILE.zip
python -m explorer import FILE.zip
"""

import click

from explorer.cli.inspect import inspect
from explorer.cli.list import list_
from explorer.cli.runs import runs
from explorer.cli.sweep import sweep
from explorer.cli.train import train
from explorer.cli.zips import export_, import_


@click.group()
def main() -> None:
    """Train sequence models and look inside them, without a browser."""


for command in (sweep, list_, train, runs, inspect, export_, import_):
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="python -m explorer")
