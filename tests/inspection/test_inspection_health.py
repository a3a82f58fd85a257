"""Layer health: the next step's size, against the step that the run then takes."""

import numpy as np
import pytest
import torch

from explorer.catalog import choosing
from explorer.inspection.base import Subject, probe_window
from explorer.models.captures import Recorder
from explorer.plots.inside.health import unusual
from explorer.runs.packing import weights_alone
from explorer.runs.records import Curves
from explorer.training.trainer import Budget, Trainer
from tests.inspection.subjects import drawn, seen, subject_of


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "muon"])
@pytest.mark.parametrize("model", ["lstm", "transformer"])
def test_ratios_are_those_of_the_step_that_comes(model: str, optimizer: str) -> None:
    config = choosing.make_config("sine", model, {"training.optimizer": optimizer})
    trainer = Trainer(config)
    trainer.advance(Budget(steps=4))
    view = seen(Subject.of(trainer), "health")
    before = {n: p.detach().clone() for n, p in trainer.model.named_parameters()}
    progress = trainer.advance(Budget(steps=1))
    after = dict(trainer.model.named_parameters())
    for k, name in enumerate(view.notes["names"]):
        moved = float((after[name].detach() - before[name]).double().norm())
        expected = moved / float(before[name].double().norm())
        assert view.arrays["ratios"][k] == pytest.approx(expected, rel=1e-4)
    assert view.arrays["norm"][0] == pytest.approx(
        progress.curves.gradient_norms[0], rel=1e-6
    )


def test_dead_and_saturated_units_are_counted() -> None:
    subject = subject_of("rnn", model__activation="relu", model__hidden_size=10)
    with torch.no_grad():
        bias = subject.model.get_parameter("rnn.bias_ih_l0")
        bias[:3] = -100.0  # three units never fire
    view = seen(subject, "health")
    recorder = Recorder()
    with torch.no_grad():
        subject.model.eval()(probe_window(subject.data, 8)[0], recorder)
    units = recorder.values()["layer_0.hidden"].flatten(0, 1).T.tolist()  # (H, B * T)
    dead = sum(all(abs(value) < 0.001 for value in unit) for unit in units)
    resting = sum(any(abs(value) < 0.001 for value in unit) for unit in units)
    assert 3 <= dead < resting  # some units rest at times: they are not dead
    assert view.arrays["dead"][0] == pytest.approx(dead / 10)
    stuck = subject_of("rnn", model__hidden_size=10)
    with torch.no_grad():
        bias = stuck.model.get_parameter("rnn.bias_ih_l0")
        bias[:7], bias[7:] = 100.0, 0.9
        for name in ("rnn.weight_ih_l0", "rnn.weight_hh_l0"):
            stuck.model.get_parameter(name)[7:] = 0.0  # three units stay near 0.7
    view = seen(stuck, "health")
    assert view.arrays["saturated"][0] == pytest.approx(0.7)
    said = [sentence for sentence, _ in unusual(view, 0.0)]
    assert any("saturated" in sentence for sentence in said)
    assert "70 % of the units are saturated" in drawn(stuck, view)["reading"]


def test_clip_events_are_counted_from_the_curve() -> None:
    subject = subject_of("lstm")
    norms = np.array([0.5, 2.0, 3.0, 4.0], np.float32)
    curves = Curves(*[norms] * 6)
    view = seen(subject, "health")
    content = drawn(subject, view, curves=curves)
    assert "75 % of the steps were clipped" in content["reading"]
    line = next(t for t in content["figure"]["data"] if t.get("yaxis") == "y2")
    np.testing.assert_array_equal(line["y"], norms)


def test_training_goes_on_as_if_nobody_had_looked() -> None:
    config = choosing.make_config("sine", "gru", {"training.steps": 8})
    one, two = Trainer(config), Trainer(config)
    for _ in range(4):
        one.advance(Budget(steps=2))
        seen(Subject.of(one), "health")
        two.advance(Budget(steps=2))
    for name, value in one.model.state_dict().items():
        assert torch.equal(value, two.model.state_dict()[name])


def test_without_the_optimizers_memory_no_step_is_made_up() -> None:
    """Of an old run's moments the weights alone are kept."""
    whole = subject_of("lstm", steps=4)
    alone = Trainer(whole.config, weights_alone(whole.pack()))
    view, before = seen(Subject.of(alone), "health"), seen(whole, "health")
    assert np.isnan(view.arrays["ratios"]).all()
    for name in ("weights", "gradients", "norm", "dead", "saturated"):
        np.testing.assert_array_equal(view.arrays[name], before.arrays[name])
    shown = drawn(whole, view, curves=Curves.empty())
    assert "memory of this moment is not kept" in shown["reading"]
    assert shown["alternative"] == shown["reading"]
    first = seen(subject_of("lstm", steps=0), "health")
    assert (first.arrays["ratios"] > 0).all()  # there was nothing to remember yet
