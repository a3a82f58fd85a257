"""Change one thing: the change is what it says, and the loss moves as theory says."""

from typing import Any

import numpy as np
import pytest
import torch

from explorer.catalog import choosing, specs
from explorer.errors import ExplorerError
from explorer.inspection.base import probe_window
from explorer.models.captures import Recorder
from explorer.runs.records import Command
from explorer.training.changed import Changed
from explorer.training.changes import Change, units_of
from explorer.training.forecasting import forecast
from explorer.training.trainer import Budget, Trainer
from tests.inspection.subjects import drawn, seen, subject_of
from tests.replaying import replay


def told(model: torch.nn.Module, x: torch.Tensor) -> dict[str, Any]:
    recorder = Recorder()
    with torch.no_grad():
        model(x, recorder)
    return {name: value.numpy() for name, value in recorder.values().items()}


def test_clamped_units_have_that_value_at_those_steps_alone() -> None:
    subject = subject_of("lstm")
    x, _ = probe_window(subject.data)
    change = Change(capture="layer_0.forget_gate", units="2, 5-6", first=4, last=9)
    before = told(subject.model, x)["layer_0.forget_gate"][0]
    after = told(Changed(subject.model, [change]), x)["layer_0.forget_gate"][0]
    np.testing.assert_array_equal(after[3:9, [1, 4, 5]], 1.0)
    np.testing.assert_array_equal(after[:3], before[:3])
    assert (after[9:, [1, 4, 5]] != 1.0).all()
    assert (after[3:9, [0, 2, 3]] != 1.0).all()


@pytest.mark.parametrize("model", ["gru", "transformer"])
def test_frozen_units_keep_their_first_value(model: str) -> None:
    subject = subject_of(model)
    x, _ = probe_window(subject.data)
    change = Change(what="freeze", capture="layer_0.hidden", units="1", first=5)
    hidden = told(Changed(subject.model, [change]), x)["layer_0.hidden"][0]
    before = told(subject.model, x)["layer_0.hidden"][0]
    assert len(set(hidden[4:, 0].tolist())) == 1
    np.testing.assert_allclose(hidden[4, 0], before[4, 0], atol=1e-6)
    np.testing.assert_allclose(hidden[:4], before[:4], atol=1e-6)


def test_a_muted_head_says_nothing() -> None:
    """By hand: the block without this head's part of the output projection."""
    subject = subject_of("transformer", "fables", model__layers=1)
    x, _ = probe_window(subject.data)
    change = Change(what="mute", capture="layer_0.attention", head=2)
    changed = Changed(subject.model, [change])
    settings = specs.resolve(subject.config).model_settings
    width = settings.hidden_size // settings.heads
    with torch.no_grad():
        muted = changed(x)
        projection = subject.model.get_parameter("blocks.0.attention_out.weight")
        kept = projection.clone()
        projection[:, width : 2 * width] = 0.0
        expected = subject.model(x)
        projection.copy_(kept)
    torch.testing.assert_close(muted, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("model", "data"),
    [(m.name, data) for data in ("sine", "fables") for m in specs.fitting(data)],
)
def test_a_zeroed_input_is_not_seen(model: str, data: str) -> None:
    subject = subject_of(model, data)
    x, _ = probe_window(subject.data)
    changed = Changed(subject.model, [Change(what="zero", first=3, last=3)])
    other = x.clone()
    other[0, 2] = 1 if data == "fables" else 5.0
    with torch.no_grad():
        assert torch.equal(changed(x), changed(other))
        assert not torch.equal(subject.model(x), subject.model(other))
        assert not subject.model.get_submodule("embedding")._forward_hooks


def test_the_loss_is_that_of_the_changed_model() -> None:
    subject = subject_of("lstm", steps=30)
    view = seen(subject, "change", value=1.0, capture="layer_0.forget_gate")
    data, model = subject.data, subject.model
    change = Change(capture="layer_0.forget_gate")
    x, y = torch.tensor(data.validation.x), torch.tensor(data.validation.y)
    for k, each in enumerate((model, Changed(model, [change]))):
        with torch.no_grad():
            error = (each(x) - y)[:, data.counted_from :]
        assert view.arrays["loss"][k] == pytest.approx(
            float((error**2).mean()), rel=1e-5
        )
        np.testing.assert_allclose(
            view.arrays["free"][k], forecast(each, data).free, rtol=1e-5
        )
    assert not np.allclose(*view.arrays["free"], equal_nan=True)
    lines = {t["name"]: t for t in drawn(subject, view)["figure"]["data"]}
    np.testing.assert_allclose(
        lines["changed"]["y"], view.arrays["free"][1].astype(np.float32)
    )


@pytest.mark.slow
def test_a_memory_that_never_forgets_hurts_a_trained_lstm() -> None:
    """With f = 1 everything stays: a model that learned to forget loses by it."""
    subject = subject_of("lstm", steps=600)
    view = seen(subject, "change", value=1.0)
    before, after = view.arrays["loss"]
    assert after > 1.5 * before
    assert "the model needs what was changed" in drawn(subject, view)["reading"]


def test_text_is_written_anew_beside_the_original() -> None:
    subject = subject_of("transformer", "fables")
    view = seen(subject, "change", capture="layer_0.hidden", value=3.0)
    first, second = drawn(subject, view)["text"]["blocks"]
    assert first["tokens"] != second["tokens"]
    x, y = probe_window(subject.data)
    change = Change(capture="layer_0.hidden", value=3.0)
    for k, each in enumerate((subject.model, Changed(subject.model, [change]))):
        with torch.no_grad():
            logits = each(x)[0].double().numpy()  # (T, V)
        for t, truth in enumerate(y[0].tolist()):
            loss = np.log(np.exp(logits[t] - logits[t, truth]).sum())
            assert view.arrays["each"][k, t] == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": "1, 99"}, "Units must be numbers from 1 to 32"),
        ({"units": "5-2"}, "Units must be"),
        ({"capture": "layer_9.memory"}, "Unknown capture"),
        ({"what": "mute", "capture": "layer_9.memory"}, "Unknown capture"),
        ({"value": 99}, "value must be"),
    ],
)
def test_an_impossible_change_explains_itself(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(ExplorerError, match=message):
        seen(subject_of("lstm", steps=0), "change", **options)


def test_units_are_read_as_people_write_them() -> None:
    assert units_of(" 1, 4,7-9 ", 9) == [0, 3, 6, 7, 8]
    assert units_of("", 3) == [0, 1, 2]


NOTE = '{"capture": "layer_0.forget_gate", "value": 0.5, "units": "1-4"}'


@pytest.mark.parametrize("cut", [1, 3])
def test_a_held_change_acts_is_kept_and_replays(cut: int) -> None:
    """Held at step 4 and released at 8: the same however the run is cut."""
    config = choosing.make_config("sine", "lstm", {"training.steps": 12})
    commands = [Command(4, "hold", None, NOTE), Command(8, "release")]
    state: bytes | None = None
    while True:
        trainer = Trainer(config, state)
        due = [c for c in commands if c.step == trainer.step]
        stops = [c.step for c in commands if c.step > trainer.step] + [12]
        progress = trainer.advance(Budget(steps=min(cut, stops[0] - trainer.step)), due)
        state = progress.state
        assert state is not None
        if trainer.step == 5:
            assert [c.units for c in trainer.changes] == ["1-4"]
        if progress.status == "finished":
            break
    whole = replay(config, commands, 12)
    free = replay(config, [], 12)
    final = Trainer(config, state).model.state_dict()
    assert all(torch.equal(final[n], v) for n, v in whole.model.state_dict().items())
    assert not all(torch.equal(final[n], v) for n, v in free.model.state_dict().items())


@pytest.mark.parametrize(
    ("note", "message"),
    [("nonsense", "must be a JSON object"), ('{"capture": "x"}', "x")],
)
def test_a_bad_note_is_refused(note: str, message: str) -> None:
    trainer = Trainer(choosing.make_config("sine", "lstm"))
    with pytest.raises(ExplorerError, match=message):
        trainer.advance(Budget(steps=1), [Command(0, "hold", None, note)])
