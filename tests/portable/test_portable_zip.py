"""A zip of runs: what goes out comes in again."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from explorer.catalog import building, choosing, specs
from explorer.data import content
from explorer.data.tunes import read_notes
from explorer.errors import ExplorerError
from explorer.portable import pack
from explorer.portable.layout import MOST_CHECKPOINTS, NAME
from explorer.portable.pack import folder_name, run_files, zipped
from explorer.portable.record import Kept
from explorer.portable.unpack import unpacked
from explorer.runs.records import Checkpoint, Command, Validation, lowest
from explorer.runs.store import Store
from explorer.training.seeded import facts_alone
from explorer.training.state import unpack as unpack_state
from explorer.training.trainer import Budget, Trainer
from tests.midi_files import track, tune
from tests.midi_files import written as midi
from tests.portable.conftest import importer, trained, usual
from tests.portable.zips import exported, packed, rezipped


@pytest.mark.parametrize("model", specs.models())
def test_a_run_comes_back_and_goes_on_to_the_very_same_losses(
    store: Store, model: str
) -> None:
    config = usual(model)
    kept = trained(store, config)
    (came,) = unpacked(packed(kept), importer())
    assert came.run.id != kept.run.id
    assert (came.run.owner, came.run.status) == ("you", "paused")
    assert came.run.config == config
    assert came.run.parameters == kept.run.parameters
    for ours, theirs in zip(came.curves, kept.curves, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert came.validations == kept.validations
    assert came.checkpoints == kept.checkpoints
    store.import_runs([came])
    state = store.state(came.run.id)
    assert state is not None
    resumed = Trainer(config, state.state).advance(Budget())
    whole = Trainer(config).advance(Budget())
    assert resumed.status == "finished"
    np.testing.assert_array_equal(resumed.curves.losses, whole.curves.losses[3:])


@pytest.mark.parametrize("model", ["gan", "hmm", "lstm"])
def test_a_zip_from_when_two_curves_had_one_name_comes_in(
    store: Store, model: str
) -> None:
    kept = trained(store, usual(model))
    folder, files = folder_name(kept), run_files(kept)
    curves = safetensors.numpy.load(files["curves.safetensors"])
    both = [curves.pop("discriminator_losses"), curves.pop("surprises")]
    curves["rivals"] = both[0] if model == "gan" else both[1]
    files["curves.safetensors"] = safetensors.numpy.save(curves)
    (came,) = unpacked(zipped({folder: files}), importer())
    for name, values in came.curves._asdict().items():
        np.testing.assert_array_equal(values, getattr(kept.curves, name), name)
    assert np.isfinite(came.curves.discriminator_losses).all() == (model == "gan")
    assert np.isfinite(came.curves.surprises).all() == (model == "hmm")


@pytest.mark.quick
def test_the_tables_hold_the_curves() -> None:
    folder, files = exported()
    table = pyarrow.parquet.read_table(io.BytesIO(files[f"{folder}/curves.parquet"]))
    curves = safetensors.numpy.load(files[f"{folder}/curves.safetensors"])
    assert table["loss"].to_pylist()[:-1] == curves["losses"].tolist()
    assert table["loss"].to_pylist()[-1] is None
    lines = files[f"{folder}/curves.csv"].decode().splitlines()
    assert len(lines) == 1 + table.num_rows
    assert lines[0].split(",") == table.column_names
    for of, name in (("surprises", "surprise"), ("seconds", "seconds")):
        told = [None if np.isnan(v) else v for v in curves[of].tolist()]
        assert table[name].to_pylist()[:-1] == told


@pytest.mark.quick
def test_equal_runs_give_equal_zips_and_commands_come_along(store: Store) -> None:
    kept = trained(store, usual("gru"))
    assert packed(kept) == packed(kept)
    (came,) = unpacked(rezipped(exported()[1]), importer())
    assert came.commands == [Command(1, "learning_rate", 0.002)]


def test_many_states_are_thinned_and_several_runs_fit_one_zip(store: Store) -> None:
    config = choosing.make_config("sine", "rnn", {"training.steps": 40})
    kept = trained(store, config, 40)
    steps = [step for step, _ in kept.checkpoints]
    assert len(steps) <= MOST_CHECKPOINTS
    assert (steps[0], steps[-1]) == (0, 40)
    other = trained(store, usual("gru"))
    assert len(unpacked(packed(kept, other), importer())) == 2


def test_a_first_moment_of_facts_alone_travels_whole(store: Store) -> None:
    kept = trained(store, usual("lstm"))
    (step, state), *rest = kept.checkpoints
    alone = facts_alone(kept.run.config, state)
    assert step == 0
    assert alone is not None
    few = kept._replace(checkpoints=[Checkpoint(0, alone), *rest])
    assert run_files(few) == run_files(kept)


def test_pictures_stand_in_one_page(store: Store) -> None:
    _folder, files = exported()
    (page,) = [data.decode() for name, data in files.items() if "figures" in name]
    assert page.count('class="figure"') == 3
    assert page.count("</script>") == 2


def test_every_written_name_may_be_read() -> None:
    assert all(NAME.fullmatch(name) for name in exported()[1])


def own_series_run(store: Store) -> Kept:
    values = 1e6 + np.sin(np.arange(400.0) / 7)
    digest = content.put_series(values, "my secret")
    config = choosing.make_config(
        "own_series", "rnn", {"data.digest": digest, "training.steps": 5}
    )
    return trained(store, config)


def test_own_data_stays_at_home(store: Store) -> None:
    kept = own_series_run(store)
    files = run_files(kept)
    digest = str(kept.run.config.data_settings["digest"])
    assert digest.encode() in files["config.json"]
    x = safetensors.torch.load(files["example.safetensors"])["inputs"]
    held = building.make_data(kept.run.config).validation.x
    assert not any(np.allclose(x[0], window) for window in held)
    assert files["figures.html"].decode().count('class="figure"') == 1
    assert not any(b"my secret" in data for data in files.values())
    with zipfile.ZipFile(io.BytesIO(packed(kept))) as archive:
        assert b"its data is not here" in archive.read("README.md")


def test_own_notes_go_out_and_come_back(store: Store) -> None:
    words = read_notes(midi(track(tune(96), "High")), "a.mid").examples
    settings = {"data.digest": content.put_examples("notes", words)}
    few = {**settings, "data.window": 16, "training.steps": 5}
    kept = trained(store, choosing.make_config("own_notes", "gru", few))
    files = run_files(kept)
    assert "model.py" in files
    assert "vocabulary.json" not in files
    raw = packed(kept)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert b"trained on somebody's own notes" in archive.read("README.md")
    (mine,) = unpacked(raw, importer())
    assert (mine.run.status, mine.run.config) == ("paused", kept.run.config)


def test_anothers_own_data_can_be_watched_only(store: Store) -> None:
    raw = packed(own_series_run(store))
    (came,) = unpacked(raw, importer(may_see=lambda config: False))
    assert came.checkpoints == []
    assert len(came.curves.losses) == 3
    assert came.run.status == "stopped"
    (mine,) = unpacked(raw, importer())
    assert (mine.run.status, len(mine.checkpoints)) == ("paused", 4)


def test_both_the_last_weights_and_the_best_go_out(store: Store) -> None:
    kept = trained(store, usual("rnn"))
    last, best = kept.checkpoints[-1], lowest(kept.validations)
    assert best is not None
    early = kept.checkpoints[0]
    measured = [Validation(early.step, best.loss / 2, 0.0), *kept.validations[1:]]
    files = run_files(kept._replace(validations=measured))
    for name, state in (("weights", last), ("weights_best", early)):
        stored = safetensors.torch.load(files[f"{name}.safetensors"])
        tensors = unpack_state(state.state)[0]
        assert all(torch.equal(v, tensors[f"model.{k}"]) for k, v in stored.items())
        assert len(stored) == sum(k.startswith("model.") for k in tensors)
    old = [Validation(10**4, 0.0, 0.0)]  # of an older run, whose best was not kept
    assert "weights_best.safetensors" not in run_files(kept._replace(validations=old))


def test_the_zip_is_made_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    path.write_bytes(rezipped(exported()[1]))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        said = archive.read("README.md").decode()
    assert all(name in said for name in pack.ABOUT)


def test_a_zip_tells_what_the_tokens_are_and_others_are_refused(store: Store) -> None:
    few = {"data.tokens": "pair", "data.merges": 7, "training.steps": 2}
    kept = trained(store, choosing.make_config("fables", "rnn", few), 1)
    folder, files = folder_name(kept), run_files(kept)
    told = json.loads(files["vocabulary.json"])
    data = building.make_data(kept.run.config)
    assert told["symbols"] == list(data.symbols)
    assert [left + right for left, right in told["merges"]] == [
        merge.joined for merge in data.pairs.merges
    ]
    (came,) = unpacked(zipped({folder: files}), importer())
    assert came.run.config == kept.run.config
    for changed in ({**told, "symbols": told["symbols"][::-1]}, {"symbols": 3}):
        files["vocabulary.json"] = json.dumps(changed).encode()
        with pytest.raises(ExplorerError, match="mean the symbols that it was trained"):
            unpacked(zipped({folder: files}), importer())
