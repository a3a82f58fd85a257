"""Layer health: the next step's size, against the step that the run then takes."""

import numpy as np
import pytest
import torch

from explorer import catalog
from explorer.inspection.base import Subject
from explorer.plots.health import unusual
from explorer.runs.records import Curves
from explorer.training.trainer import Budget, Trainer
from tests.inspection.subjects import drawn, seen, subject_of


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "muon"])
@pytest.mark.parametrize("model", ["lstm", "transformer"])
def test_ratios_are_those_of_the_step_that_comes(model: str, optimizer: str) -> None:
    config = catalog.make_config("sine", model, {"training.optimizer": optimizer})
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
    assert view.arrays["dead"][0] >= 0.3
    stuck = subject_of("rnn", model__hidden_size=10)
    with torch.no_grad():
        stuck.model.get_parameter("rnn.bias_ih_l0")[:7] = 100.0
    view = seen(stuck, "health")
    assert view.arrays["saturated"][0] == pytest.approx(0.7)
    said = [sentence for sentence, _ in unusual(view, 0.0)]
    assert any("saturated" in sentence for sentence in said)
    assert "70 % of the units are saturated" in drawn(stuck, view)["reading"]


def test_clip_events_are_counted_from_the_curve() -> None:
    subject = subject_of("lstm")
    norms = np.array([0.5, 2.0, 3.0, 4.0], np.float32)
    curves = Curves(*[norms] * 5)
    view = seen(subject, "health")
    content = drawn(subject, view, curves=curves)
    assert "75 % of the steps were clipped" in content["reading"]
    line = next(t for t in content["figure"]["data"] if t.get("yaxis") == "y2")
    np.testing.assert_array_equal(line["y"], norms)


def test_training_goes_on_as_if_nobody_had_looked() -> None:
    config = catalog.make_config("sine", "gru", {"training.steps": 8})
    one, two = Trainer(config), Trainer(config)
    for _ in range(4):
        one.advance(Budget(steps=2))
        seen(Subject.of(one), "health")
        two.advance(Budget(steps=2))
    for name, value in one.model.state_dict().items():
        assert torch.equal(value, two.model.state_dict()[name])
