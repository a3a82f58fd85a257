"""The commands `export` and `import`: runs as files, out and in."""

import json
from pathlib import Path

import click

from explorer.catalog import building
from explorer.cli.arguments import read_file, sentences
from explorer.config.folder import check_ordinary
from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError
from explorer.portable.layout import BEST_WEIGHTS
from explorer.portable.opened import MOST_ZIP
from explorer.portable.pack import folder_name, run_files, zipped
from explorer.portable.record import Kept, read_kept
from explorer.portable.states import check_states
from explorer.portable.unpack import Importer, unpacked
from explorer.runs.store import open_store
from explorer.training.process import settle


@click.command("export")
@click.argument("run")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@sentences
def export_(run: str, path: Path) -> None:
    """Write a run of the store as a .zip, for importing it or for using its model."""
    settle()
    store = open_store()
    kept = read_kept(store, run)
    store.close()
    raw = zipped({folder_name(kept): run_files(kept)})
    try:
        check_ordinary(path)
        path.write_bytes(raw)
    except OSError as error:
        raise _unusable(path, error) from None
    click.echo(f"{run} -> {path} ({len(raw):,} bytes), {_weights(kept)}")


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per run.")
@sentences
def import_(path: Path, as_json: bool) -> None:
    """Take the runs of a .zip into the store, each under a new id."""
    try:
        raw = read_file(path, MOST_ZIP)
    except OSError as error:
        raise _unusable(path, error) from None
    importer = Importer("", MOST_ZIP, _is_stored, lambda config: None, check_states)
    found = unpacked(raw, importer)
    store = open_store()
    store.import_runs(found)
    for kept in found:
        run = kept.run
        facts = {"run": run.id, "status": run.status, "step": run.step}
        click.echo(
            json.dumps(facts) if as_json else "  ".join(map(str, facts.values()))
        )
    store.close()


def _weights(kept: Kept) -> str:
    """Which moments' weights lie in a zip."""
    last = kept.checkpoints[-1].step if kept.checkpoints else 0
    words = f"weights.safetensors of step {last} (last)"
    if kept.best is not None:
        words += f", {BEST_WEIGHTS} of step {kept.best.step} (lowest held-out loss)"
    return words


def _is_stored(config: RunConfig) -> bool:
    """Whether the own data that a config names lies on this machine."""
    try:
        building.make_data(config)
    except ExplorerError:
        return False
    return True


def _unusable(path: Path, error: OSError) -> ExplorerError:
    return ExplorerError(
        N_(
            "A .zip must be a file that can be read or written, but '%(path)s' gave: "
            "%(reason)s. Check the path."
        ),
        path=path,
        reason=error.strerror or str(error),
    )
