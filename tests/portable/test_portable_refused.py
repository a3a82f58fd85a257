"""A zip that no export wrote is refused, or what comes in of it is sound."""

import io
import json
import math
import pickle
import struct
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ExplorerError
from explorer.portable import opened
from explorer.portable.unpack import unpacked
from explorer.training.state import pack as pack_state
from explorer.training.state import unpack as unpack_state
from tests.portable.conftest import importer
from tests.portable.zips import Change, Files, changed, exported, refused, rezipped


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
