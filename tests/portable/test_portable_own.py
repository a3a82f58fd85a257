"""Runs on own sound, own notes and an own series with columns beside it: they go out,
come in and go on, and their programs foretell what the app does."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from explorer.catalog import building, choosing
from explorer.config.run import RunConfig
from explorer.data import content
from explorer.data.recordings import read_recordings
from explorer.data.sounds import read_sound
from explorer.data.stored_series import Other
from explorer.data.tunes import read_notes
from explorer.portable.pack import run_files
from explorer.portable.unpack import unpacked
from explorer.runs.store import Store
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred
from tests.midi_files import track, tune
from tests.midi_files import written as midi
from tests.portable.conftest import importer, trained
from tests.portable.zips import packed
from tests.recordings import recordings, texts
from tests.wav_files import tone
from tests.wav_files import written as wav

N = 300


def notes() -> str:
    return content.put_examples(
        "notes", read_notes(midi(track(tune(96))), "a").examples
    )


def sound() -> str:
    return content.put_examples("sound", read_sound(wav(tone(9.0)), "a.wav").examples)


def columns() -> str:
    values = np.random.default_rng(0).normal(size=(3, N))
    others = Other("plan", True, values[1]), Other("mood", False, values[2])
    return content.put_series(values[0] + values[1], "sales", None, others)


def spoken() -> str:
    raw = recordings(texts(14))
    return content.put_examples("recordings", read_recordings(raw, "a.zip").examples)


KINDS = {
    "own_notes": notes,
    "own_sound": sound,
    "own_series": columns,
    "own_recordings": spoken,
}


def config_of(name: str, **more: object) -> RunConfig:
    few: dict[str, object] = {"model.hidden_size": 7, "training.steps": 5}
    if name != "own_recordings":
        few["data.window"] = 16
    digest = {"data.digest": KINDS[name]()}
    return choosing.make_config(name, "gru", {**digest, **few, **more})


@pytest.mark.parametrize("name", KINDS)
def test_a_run_on_own_data_goes_out_and_goes_on(store: Store, name: str) -> None:
    config = config_of(name)
    kept = trained(store, config)
    (came,) = unpacked(packed(kept), importer())
    assert (came.run.config, came.run.status) == (config, "paused")
    store.import_runs([came])
    state = store.state(came.run.id)
    assert state is not None
    resumed = Trainer(config, state.state).advance(Budget())
    whole = Trainer(config).advance(Budget())
    np.testing.assert_array_equal(resumed.curves.losses, whole.curves.losses[3:])
    forked = Trainer(config, transferred(config, config, state.state)).model
    learned = Trainer(config, state.state).model.state_dict()
    for part, weights in forked.state_dict().items():
        torch.testing.assert_close(weights, learned[part], rtol=0, atol=0)


@pytest.mark.parametrize("head", ["point", "quantile"])
def test_the_program_gives_the_plan_along(
    head: str, store: Store, tmp_path: Path
) -> None:
    """What stands beside its example is made up, and all it foretells follows it."""
    config = config_of("own_series", **{"model.head": head})
    for file, raw in run_files(trained(store, config)).items():
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)
    example = safetensors.torch.load_file(tmp_path / "example.safetensors")
    beside, window = example["beside"], example["inputs"]
    assert beside.shape == (1, example["half_widths"].shape[1], 2)
    assert bool((beside != 0).all())
    data = building.make_data(config)
    assert data.series is not None
    given = torch.from_numpy(data.series.scaled)
    assert not torch.isclose(given[:, 1:2], beside[0, :, 0]).any()
    names = runpy.run_path(str(tmp_path / "model.py"), run_name="__main__")
    (state,) = [each.state for each in trained(store, config).checkpoints[-1:]]
    model = Trainer(config, state).model.eval()
    with torch.no_grad():
        for step in range(beside.shape[1]):
            answer = model(window[:, -16:])[:, -1:, :1]
            torch.testing.assert_close(names["said"][step], answer[0, 0, 0])
            rest = beside[:, step : step + 1]
            window = torch.cat([window, torch.cat([answer, rest], 2)], 1)
    assert (names["low"] <= names["high"]).all()
