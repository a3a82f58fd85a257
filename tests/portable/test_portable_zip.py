"""A zip of runs: what goes out comes in again, and nothing else does."""

import io
import json
import math
import pickle
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import building, choosing, specs
from explorer.data import content
from explorer.errors import ExplorerError
from explorer.portable import opened, pack
from explorer.portable.layout import MOST_CHECKPOINTS, NAME
from explorer.portable.pack import folder_name, run_files, zipped
from explorer.portable.record import Kept, read_kept
from explorer.portable.unpack import unpacked
from explorer.runs.opening import open_database
from explorer.runs.records import Command, Progress, Validation, lowest
from explorer.runs.store import Store
from explorer.training.state import pack as pack_state
from explorer.training.state import unpack as unpack_state
from explorer.training.trainer import Budget, Trainer
from tests.portable.conftest import importer, trained, usual

Files = dict[str, bytes]
Change = Callable[[Files], None]


def packed(*runs: Kept) -> bytes:
    return zipped({folder_name(kept): run_files(kept) for kept in runs})


def rezipped(files: Files) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return raw.getvalue()


@cache
def exported() -> tuple[str, Files]:
    """A small run's folder and the files of its zip, without plotly.js."""
    store = Store(open_database(f"sqlite:///{content.folder().parent / 'a.sqlite3'}"))
    config = usual("rnn", **{"model.hidden_size": 3})
    kept = trained(store, config)
    store.record(kept.run.id, told(kept))
    raw = packed(read_kept(store, kept.run.id))
    store.close()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        files = {n: archive.read(n) for n in archive.namelist() if n != "plotly.min.js"}
    return folder_name(kept), files


def told(kept: Kept) -> Progress:
    """The same moment, with a command."""
    command = Command(1, "learning_rate", 0.002)
    return Progress(
        0,
        kept.curves,
        kept.run.step,
        kept.run.seconds,
        commands=(command,),
        status="paused",
    )


def changed(change: Change) -> bytes:
    folder, files = exported()
    top = f"{folder}/"
    inner = {n.removeprefix(top): d for n, d in files.items() if n.startswith(top)}
    change(inner)
    return rezipped({f"{folder}/{name}": data for name, data in inner.items()})


def refused(raw: bytes) -> str:
    with pytest.raises(ExplorerError) as error:
        unpacked(raw, importer())
    return str(error.value)


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


def test_anothers_own_data_can_be_watched_only(store: Store) -> None:
    raw = packed(own_series_run(store))
    (came,) = unpacked(raw, importer(may_see=lambda config: False))
    assert came.checkpoints == []
    assert len(came.curves.losses) == 3
    assert came.run.status == "stopped"
    (mine,) = unpacked(raw, importer())
    assert (mine.run.status, len(mine.checkpoints)) == ("paused", 4)


def facts(**values: object) -> Change:
    def change(files: Files) -> None:
        facts = json.loads(files["run.json"])
        for name, value in values.items():
            place, *rest = reversed(name.split("__"))
            inner = facts
            for key in reversed(rest):
                inner = inner[int(key) if key.isdigit() else key]
            inner[int(place) if place.isdigit() else place] = value
        files["run.json"] = json.dumps(facts).encode()

    return change


def put(name: str, data: bytes) -> Change:
    return lambda files: files.update({name: data})


def state(**more: object) -> Change:
    """The newest state with other facts."""

    def change(files: Files) -> None:
        tensors, known = unpack_state(files["checkpoints/00003.safetensors"])
        files["checkpoints/00003.safetensors"] = pack_state(tensors, {**known, **more})

    return change


def weights(bend: Callable[[torch.Tensor], torch.Tensor], part: str) -> Change:
    """The newest state with other numbers in what begins with `part`."""

    def change(files: Files) -> None:
        tensors, known = unpack_state(files["checkpoints/00003.safetensors"])
        bent = {k: bend(v) if k.startswith(part) else v for k, v in tensors.items()}
        files["checkpoints/00003.safetensors"] = pack_state(bent, known)

    return change


HELD = {"step": 1, "name": "hold", "value": None}
CURVE = safetensors.numpy.save({"losses": np.zeros(3)})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("extra.py", b""), "nothing else"),
        (put("../x", b""), "nothing else"),
        (put("checkpoints/00003.pkl", b""), "nothing else"),
        (put("run.json", b"{"), "run.json"),
        (put("run.json", b"[" * 10**5), "run.json"),
        (put("run.json", b'{"a": ' + b"9" * 5000 + b"}"), "run.json"),
        (put("run.json", b"\xff\xfe"), "run.json"),
        (facts(format="another"), "format"),
        (facts(version=2), "version"),
        (facts(more=1), "more"),
        (facts(step=10**9), "step"),
        (facts(step=4), "steps"),
        (facts(step="3"), "step"),
        (facts(seconds=-1.0), "seconds"),
        (facts(name="x" * 81), "name"),
        (facts(tags=["x" * 40, "y" * 40, "z"]), "steps"),
        (facts(status="great"), "status"),
        (facts(config__data="nowhere"), "Unknown dataset"),
        (facts(config__model="lsmt"), "Did you mean"),
        (facts(config__model="crf"), "crf"),
        (facts(config__model_settings__hidden_size=10**9), "hidden_size"),
        (facts(config__model_settings__hidden_size=4), "step 0"),
        (facts(config__model_settings__oops=1), "oops"),
        (facts(config__training__learning_rate=-1.0), "learning_rate"),
        (facts(config__seed=-1), "seed"),
        (facts(commands__0__name="rm"), "Unknown command 'rm'"),
        (facts(commands__0__value=99.0), "learning_rate"),
        (facts(commands__0={**HELD, "note": "["}), "JSON object"),
        (facts(validations__0__measures={"<b>": 1.0}), "measures"),
        (facts(validations__0__step=5000), "steps"),
        (put("curves.safetensors", CURVE), "curves"),
        (put("curves.safetensors", b"x" * 100), "curves"),
        (put("checkpoints/00003.safetensors", pickle.dumps({1: 2})), "step 3"),
        (put("checkpoints/00003.safetensors", struct.pack("<Q", 2**60)), "step 3"),
        (put("checkpoints/00004.safetensors", b""), "steps"),
        (state(step=2), "step 3"),
        (state(step=4), "step 3"),
        (state(optimizer="evil"), "step 3"),
        (state(base_rate=1e9), "step 3"),
        (state(patience=[1, 2]), "step 3"),
        (state(lowest=[1, 2, 3]), "step 3"),
        (state(lowest=[0.5, 9]), "step 3"),
        (state(lowest=[math.nan, 1]), "step 3"),
        (state(changes=[{"what": "explode"}]), "step 3"),
        (state(side=["both", None]), "step 3"),
        (state(surprise=1), "step 3"),
        (weights(lambda v: v[..., :-1], "model."), "step 3"),
        (weights(lambda v: v.double(), "model."), "step 3"),
        (weights(lambda v: v * torch.nan, "model."), "step 3"),
        (weights(lambda v: v.new_zeros(1), "optimizer."), "step 3"),
        (weights(lambda v: v / 0, "optimizer."), "step 3"),
        (lambda files: files.pop("run.json"), "run.json"),
        (lambda files: files.pop("curves.safetensors"), "steps"),
    ],
)
def test_what_an_export_does_not_write_does_not_come_in(
    change: Change, message: str
) -> None:
    assert message in refused(changed(change))


def link(name: str) -> bytes:
    """A zip with a symbolic link in it."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return raw.getvalue()


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "..\\x", "a/../run.json", "a/b/run.json", "run.json", "a\0b"],
)
def test_no_name_leads_elsewhere(name: str) -> None:
    assert "nothing else" in refused(rezipped({name: b"{}"}))


def test_links_twins_and_empty_zips_are_refused() -> None:
    assert "nothing else" in refused(link("a/run.json"))
    assert "this one holds 0" in refused(rezipped({"README.md": b""}))
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a/run.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a/run.json", "{}")
    assert "nothing else" in refused(raw.getvalue())


def bomb(declared: int | None = None) -> bytes:
    """A zip that swells to 60 MB, and may declare that it does not."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/run.json", b" " * 60_000_000)
    found = raw.getvalue()
    if declared is not None:
        size = struct.pack("<L", 60_000_000)
        found = found.replace(size, struct.pack("<L", declared))
    return found


def test_bombs_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "takes more" in refused(bomb())
    assert refused(bomb(declared=100))
    monkeypatch.setattr(opened, "MOST_ZIP", 1000)
    assert "takes more" in refused(b"x" * 1001)


def test_a_full_store_and_a_too_large_model_are_refused() -> None:
    raw = rezipped(exported()[1])
    with pytest.raises(ExplorerError, match=r"0\.0 MB that may still be stored"):
        unpacked(raw, importer(room=2000))

    def never(config: object) -> None:
        raise ExplorerError("too large a model")

    with pytest.raises(ExplorerError, match="too large a model"):
        unpacked(raw, importer(allow=never))


ANY = settings(max_examples=25, suppress_health_check=list(HealthCheck))


def sound_or_refused(raw: bytes) -> None:
    """Nothing but an ExplorerError comes out, or runs whose states hold."""
    try:
        unpacked(raw, importer(room=10**7))
    except ExplorerError:
        return


@ANY
@given(st.binary(max_size=400))
def test_random_bytes_are_no_runs(raw: bytes) -> None:
    sound_or_refused(raw)
    sound_or_refused(changed(put("run.json", raw)))
    sound_or_refused(changed(put("checkpoints/00003.safetensors", raw)))


@ANY
@given(st.data())
def test_a_zip_that_was_tampered_with_is_refused_or_sound(data: st.DataObject) -> None:
    raw = bytearray(rezipped(exported()[1]))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    sound_or_refused(bytes(raw))
    sound_or_refused(bytes(raw[:cut]))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=8,
)


@ANY
@given(st.data(), VALUES)
def test_any_value_anywhere_in_the_facts_is_refused_or_sound(
    data: st.DataObject, value: object
) -> None:
    def change(files: Files) -> None:
        facts = json.loads(files["run.json"])
        inner, place = facts, data.draw(st.sampled_from(sorted(facts)))
        while isinstance(inner[place], dict | list) and inner[place]:
            if data.draw(st.booleans()):
                break
            inner = inner[place]
            keys = list(inner) if isinstance(inner, dict) else range(len(inner))
            place = data.draw(st.sampled_from(keys))
        inner[place] = value
        files["run.json"] = json.dumps(facts).encode()

    sound_or_refused(changed(change))


@ANY
@given(st.data(), VALUES)
def test_any_fact_of_a_state_is_refused_or_sound(
    data: st.DataObject, value: object
) -> None:
    names = (
        "step",
        "seconds",
        "base_rate",
        "first_loss",
        "patience",
        "lowest",
        "changes",
        "side",
    )
    sound_or_refused(changed(state(**{data.draw(st.sampled_from(names)): value})))


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
