"""What training must reach, one seeded run each."""

import pytest
import torch

from explorer.catalog import choosing, specs
from explorer.data.windows import Windows
from explorer.inspection.base import Request, Subject, look
from explorer.models.base import SequenceModel
from explorer.models.captures import Recorder
from explorer.tasks import FILLED, IGNORED
from explorer.training.changed import Changed
from explorer.training.changes import Change
from explorer.training.decoding import greedy
from explorer.training.trainer import Budget, Trainer
from tests.slow.conftest import Report

pytestmark = pytest.mark.slow
torch.set_num_threads(1)
NETS = [m for m in specs.models().values() if m.learning == "gradient"]
FORECASTERS = [m.name for m in NETS if "forecast" in m.tasks]
SHALLOW = ("min_gru", "min_lstm")
"""Their gates see one input at a time, so that they take longer to the floor."""
WRITERS = [m.name for m in NETS if "next_token" in m.tasks]


def induction_heads(run: Trainer) -> list[tuple[float, str, int]]:
    """(induction score, capture, head from 1) of every head, the best first."""
    badges = look(Subject.of(run), Request("heads")).arrays["badges"]  # (L, N, 5)
    found = [
        (float(badges[layer, head, 2]), f"layer_{layer}.attention", head + 1)
        for layer in range(badges.shape[0])
        for head in range(badges.shape[1])
    ]
    return sorted(found, reverse=True)


def repeated(layers: int) -> Trainer:
    """A Transformer after 1,200 steps on repeated random sequences."""
    return reached(
        "repeats",
        "transformer",
        training__steps=1200,
        training__learning_rate=0.003,
        training__schedule="warmup",
        model__layers=layers,
        model__hidden_size=64,
        model__heads=2,
        model__positions="learned",
    )


def repeated_half(run: Trainer, model: SequenceModel) -> float:
    """The loss where every block, the longest too, has been said twice."""
    x, y = torch.tensor(run.data.validation.x), torch.tensor(run.data.validation.y)
    with torch.no_grad():
        each = torch.nn.functional.cross_entropy(
            model.eval()(x).transpose(1, 2), y, reduction="none"
        )
    return float(each[:, 32:].mean())


def test_two_layers_grow_an_induction_head_and_live_by_it(report: Report) -> None:
    run = repeated(2)
    loss = repeated_half(run, run.model)
    heads = induction_heads(run)
    report(f"repeats, two layers: {loss:.3f} on the repeated half")
    report(f"repeats, two layers: induction score {heads[0][0]:.2f}")
    assert loss <= 0.1
    assert heads[0][0] >= 0.8
    # Muted, the heads that copy take what was learned along; another does less.
    copying = [Change(what="mute", capture=c, head=h) for s, c, h in heads if s > 0.3]
    assert repeated_half(run, Changed(run.model, copying)) > 1.0
    (_, capture, head) = heads[-1]
    other = Change(what="mute", capture=capture, head=head)
    assert repeated_half(run, Changed(run.model, [other])) < 1.0


def test_one_layer_cannot_foresee_repeats(report: Report) -> None:
    run = repeated(1)
    loss = repeated_half(run, run.model)
    report(f"repeats, one layer: {loss:.2f} on the repeated half")
    assert loss > 1.0


def reached(data: str, model: str, **settings: object) -> Trainer:
    """The trainer at the end of a run; its last validation loss as `loss`."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    trainer = Trainer(choosing.make_config(data, model, named))
    progress = trainer.advance(Budget())
    assert progress.status == "finished"
    trainer.loss = progress.validations[-1].loss  # type: ignore[attr-defined]
    return trainer


@pytest.mark.parametrize("model", FORECASTERS)
def test_a_sine_is_learned_down_to_its_noise(model: str) -> None:
    run = reached("sine", model)
    assert run.data.floor is not None
    most = 1.25 if model in SHALLOW else 1.15
    assert 0.95 * run.data.floor <= run.loss <= most * run.data.floor


@pytest.mark.parametrize("model", FORECASTERS)
def test_nothing_beats_the_last_price_of_a_random_walk(model: str) -> None:
    run = reached("stock", model)
    best = run.data.baselines["repeat last"]
    assert run.loss >= 0.98 * best
    assert "random walk" in run.data.hint


@pytest.mark.parametrize(
    ("data", "model"),
    [("sine", model) for model in FORECASTERS]
    + [(data, model) for data in ("fables", "language") for model in WRITERS],
)
def test_300_steps_beat_the_trivial_guesses(model: str, data: str) -> None:
    run = reached(data, model, training__steps=300)
    lines = dict(run.data.baselines)
    lines.pop("bigram", None)
    assert run.loss < min(lines.values())
    if run.data.floor is not None:
        assert run.loss > 0.95 * run.data.floor


@pytest.mark.parametrize("model", WRITERS)
def test_text_is_learned_beyond_pairs_of_letters(model: str) -> None:
    run = reached("fables", model, training__steps=1500)
    assert run.loss < run.data.baselines["bigram"]


def test_random_digits_are_only_learned_by_heart() -> None:
    trainer = Trainer(
        choosing.make_config(
            "digits",
            "lstm",
            {
                "model.hidden_size": 128,
                "training.steps": 600,
                "training.learning_rate": 0.01,
                "training.schedule": "constant",
            },
        )
    )
    progress = trainer.advance(Budget())
    floor = trainer.data.floor
    assert floor is not None
    assert progress.curves.losses[-20:].mean() < 0.5 * floor
    held_out = [v.loss for v in progress.validations]
    assert min(held_out) > 0.97 * floor
    assert held_out[-1] > 1.3 * floor


def translations(run: Trainer, part: Windows) -> tuple[torch.Tensor, torch.Tensor]:
    """What is written greedily of each source, and the truth; 0 after an end."""
    x, y = torch.tensor(part.x), torch.tensor(part.y)
    predicted = greedy(run.model, x[:, : run.data.source], y.shape[1])
    return predicted, y.masked_fill(y == IGNORED, FILLED)


def test_a_sequence_is_reversed_by_looking_along_the_anti_diagonal(
    report: Report,
) -> None:
    """Check 15, over sequences of every length and none of them seen before."""
    run = reached("reverse", "encoder_decoder", model__layers=1, model__heads=1)
    fresh = specs.data_spec("reverse").make(specs.resolve(run.config).data_settings, 1)
    known = {tuple(row) for row in run.data.train.x.tolist()}
    new = [k for k, row in enumerate(fresh.train.x.tolist()) if tuple(row) not in known]
    part = Windows(fresh.train.x[new][:500], fresh.train.y[new][:500])
    predicted, truth = translations(run, part)
    there = truth != FILLED
    right = (predicted == truth)[there].float().mean().item()
    report(f"reverse, one layer, one head: token accuracy {right:.4f}")
    assert right >= 0.999
    x, look = torch.tensor(part.x), Recorder()
    with torch.no_grad():
        run.model(x, look)
    strongest = look.values()["layer_0.cross.attention"][:, 0].argmax(-1)  # (B, L)
    lengths = (x[:, : run.data.source] != FILLED).sum(1, keepdim=True)
    steps = torch.arange(strongest.shape[1])
    rows = steps < lengths
    along = (strongest == lengths - 1 - steps)[rows].float().mean().item()
    report(f"reverse, one layer, one head: {along:.3f} of rows on the anti-diagonal")
    assert along >= 0.9


def test_dates_in_every_form_are_written_alike(report: Report) -> None:
    """Check 16, on the held-out days and on 1,000 others that were never seen."""
    run = reached("dates", "encoder_decoder", training__steps=1500, model__heads=4)
    settings = specs.resolve(run.config).data_settings
    assert settings.forms == 8
    fresh = specs.data_spec("dates").make(settings, 1)
    targets = run.data.train.y
    known = {tuple(row) for row in targets.tolist()}
    new = [k for k, row in enumerate(fresh.train.y.tolist()) if tuple(row) not in known]
    others = Windows(fresh.train.x[new][:1000], fresh.train.y[new][:1000])
    assert len(others.x) == 1000
    for part in (run.data.validation, others):
        predicted, truth = translations(run, part)
        exact = (predicted == truth).all(1).float().mean().item()
        report(f"dates: exact match {exact:.4f} of {len(predicted)} held out")
        assert exact >= 0.99


def test_numerals_are_written_by_their_rules() -> None:
    run = reached("numerals", "encoder_decoder")
    predicted, truth = translations(run, run.data.validation)
    assert (predicted == truth).all(1).float().mean() >= 0.99


@pytest.mark.parametrize("model", ["lstm", "bidirectional", "transformer"])
def test_sentiment_is_read_and_not_counted(model: str) -> None:
    run = reached("sentiment", model)
    assert run.loss < 0.5 * run.data.baselines["naive Bayes on words"]
    assert run.rule.judge().measures["accuracy"] > 0.9


def test_who_reads_both_ways_names_structures_better() -> None:
    """Near the exact floor, which a reader of one way cannot come to."""
    both, one = (reached("protein", model) for model in ("bidirectional", "lstm"))
    floor = both.data.floor
    assert floor is not None
    assert floor < both.loss < 1.15 * floor
    assert one.loss > 1.25 * floor


def test_copied_symbols_are_remembered() -> None:
    run = reached("copy_memory", "gru")
    assert run.loss < 0.85 * run.data.baselines["no memory"]
