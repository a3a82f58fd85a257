"""The pictures of chains: exactly what the models' tables and paths say."""

import numpy as np
import pytest
import torch

from explorer.inspection.base import Subject
from explorer.inspection.facts import facts_of
from explorer.models.chain import is_chain
from explorer.plots.chains.surprise import rises
from explorer.plots.chains.transitions import named
from explorer.plots.panel import Scene, panels
from explorer.runs.records import Curves
from explorer.training.trainer import Budget, Trainer
from tests.inspection.subjects import drawn, seen, subject_of

torch.set_num_threads(1)
CHAINS = [("casino", "hmm"), ("casino", "crf"), ("sine", "hmm"), ("fables", "hmm")]
each = pytest.mark.parametrize(("data", "model"), CHAINS)


@each
def test_transitions_are_the_models(data: str, model: str) -> None:
    subject = subject_of(model, data)
    assert is_chain(subject.model)
    view = seen(subject, "transitions")
    table = subject.model.transitions.detach().numpy()
    content = drawn(subject, view)
    heat = content["figure"]["data"][0]
    np.testing.assert_allclose(heat["z"], table)
    assert len(view.notes["names"]) == len(table)
    if view.notes["chances"]:
        np.testing.assert_allclose(heat["z"].sum(1), 1, rtol=1e-5)
        stay = table.diagonal()
        said = (
            f"“{named(view.notes, str)[int(stay.argmax())]}” lasts longest: after each "
            f"of its steps it goes on with a chance of {100 * stay.max():.0f} %"
        )
        assert said in content["reading"]


def test_an_hmms_emissions_are_its_table_and_its_densities() -> None:
    subject = subject_of("hmm", "casino")
    content = drawn(subject, seen(subject, "emissions"))
    chances = subject.model.embedding.chances
    np.testing.assert_allclose(content["figure"]["data"][0]["z"], chances, rtol=1e-5)
    k = int((chances.max(1).values - chances.min(1).values).argmax())
    share, best = chances[k].max(0)
    shown = f"at {100 * float(share):.0f} % of its steps it shows “{int(best) + 1}”"
    assert shown in content["reading"]
    subject = subject_of("hmm", "sine")
    view = seen(subject, "emissions")
    mean = float(subject.model.embedding.means[0, 0])
    spread = float(subject.model.embedding.variances[0, 0]) ** 0.5
    scaler = subject.data.scaler
    z = ((view.arrays["places"] - scaler.mean) / scaler.scale - mean) / spread
    expected = np.exp(-0.5 * z**2) / (spread * scaler.scale * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(view.arrays["values"][0], expected, rtol=1e-3)
    curves = drawn(subject, view)["figure"]["data"]
    assert len(curves) == len(subject.model.start)


def test_a_crfs_emissions_are_the_weights_of_the_step_itself() -> None:
    subject = subject_of("crf", "casino", model__reach=1)
    weights = subject.model.emissions.weights
    expected = weights.weight[:, :, 1] + weights.bias[:, None]
    values = seen(subject, "emissions").arrays["values"]
    np.testing.assert_allclose(values, expected.detach().numpy(), rtol=1e-5)


@each
def test_the_path_and_the_truth_are_drawn(data: str, model: str) -> None:
    subject = subject_of(model, data)
    view = seen(subject, "states", example=0)
    x = torch.tensor(subject.data.validation.x[:1])
    path = subject.model.decode(x)[0].numpy()
    np.testing.assert_array_equal(view.arrays["path"], path)
    np.testing.assert_allclose(view.arrays["chances"].sum(1), 1, rtol=1e-5)
    content = drawn(subject, view)
    heat, _ground, line = content["figure"]["data"][:3]
    np.testing.assert_allclose(heat["z"], view.arrays["chances"].T)
    np.testing.assert_array_equal(np.rint(line["y"]), path)
    if data == "casino":
        truth = subject.data.validation.y[0]
        np.testing.assert_array_equal(view.arrays["truth"], truth)
        np.testing.assert_array_equal(np.rint(content["figure"]["data"][4]["y"]), truth)
        right = int((path == truth).sum())
        assert f"right at {right} of {len(truth)} steps" in content["reading"]
    else:
        assert (view.arrays["truth"] == -1).all()
        assert len(content["figure"]["data"]) == 3


def test_a_recurrent_tagger_can_stand_beside() -> None:
    chain, other = (subject_of(model, "casino") for model in ("hmm", "lstm"))
    view, beside = seen(chain, "states"), seen(other, "states")
    x = torch.tensor(other.data.validation.x[32:33])
    with torch.no_grad():
        chances = other.model.eval()(x)[0].softmax(-1)
    np.testing.assert_allclose(beside.arrays["chances"], chances, rtol=1e-5)
    figure = drawn(chain, view, beside=(other.config, beside))["figure"]
    assert figure["layout"]["yaxis2"]["domain"][1] < 0.5
    assert {"y", "y2"} == {trace["yaxis"] for trace in figure["data"]}


def curves_of(values: list[float]) -> Curves:
    surprises = np.array(values, np.float32)
    zeros = np.zeros_like(surprises)
    return Curves(zeros, zeros, zeros, zeros, surprises, zeros)


def test_the_check_of_baum_welch_can_fail() -> None:
    subject = subject_of("hmm", "casino")
    view = seen(subject, "surprise")
    facts, draw = facts_of(subject.config), panels()["surprise"].draw
    good, bad = (
        draw(Scene.of(facts, view, curves=curves_of(values)), str)["proof"]
        for values in ([1.8, 1.7, 1.65], [1.8, 1.7, 1.75])
    )
    assert "holds" in good
    assert "is violated" in bad
    assert rises(np.array([1.8, 1.7, 1.75, 1.6, 1.7])) == 2


def test_surprise_is_the_models_own_loss_on_the_held_out_part() -> None:
    for model in ("hmm", "crf"):
        subject = subject_of(model, "casino")
        x, y = (torch.tensor(part) for part in subject.data.validation)
        with torch.no_grad():
            own = (
                subject.model.surprise(x)
                if model == "hmm"
                else subject.model.loss(x, y)
            )
        said = float(seen(subject, "surprise").arrays["held_out"][0])
        assert said == pytest.approx(float(own.mean()), rel=1e-5)


def test_an_hmm_run_climbs_to_the_casinos_numbers() -> None:
    from explorer.catalog import choosing

    config = choosing.make_config(
        "casino", "hmm", {"model.hidden_size": 2, "model.stay": 0.9}
    )
    trainer = Trainer(config)
    progress = trainer.advance(Budget())
    assert rises(progress.curves.surprises) == 0
    moves = np.sort(trainer.model.transitions.diagonal().numpy())
    np.testing.assert_allclose(moves, [0.9, 0.95], atol=0.03)
    assert float(trainer.model.embedding.chances[:, 5].max()) == pytest.approx(
        0.5, abs=0.05
    )
    judged = trainer.rule.judge()
    floor = trainer.data.floor
    assert floor is not None
    assert floor < judged.loss < floor + 0.03
    view = seen(Subject.of(trainer), "states")
    assert set(view.notes["names"]) == {"fair", "loaded"}
