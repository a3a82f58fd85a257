"""What a net has learned of other waves is worth more, on ten examples, than all of the
examples are to one that begins at random; for a while."""

from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import lowest_of

CLEARLY = 0.7
"""A loss below this share of the others' is lower by more than chance."""

UPDATES: Mapping[str, Scalar] = {"training.steps": 60}
TEN: Mapping[str, Scalar] = {**UPDATES, "training.examples": 10}
PRETRAINED = "pretrained"


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which of four nets gets lowest on the temperatures in as many updates."""
    rivals = {name: run for name, run in runs.items() if name != PRETRAINED}
    answer, tuned = lowest_of(rivals), runs["all"]
    figures = {
        N_("all weights, ten examples"): tuned.lowest,
        N_("head alone, ten examples"): runs["head"].lowest,
        N_("at random, ten examples"): runs["scratch"].lowest,
        N_("at random, all examples"): runs["plenty"].lowest,
        N_("all weights, before any update"): tuned.validations[0].loss,
        N_("the floor"): tuned.floor,
    }
    others = min(run.lowest for name, run in rivals.items() if name != "all")
    clearly = tuned.lowest < CLEARLY * others
    return Outcome(answer, figures, answer == "all" and clearly)


LESSON = Lesson(
    name="fine_tuning",
    order=20,
    title=N_("Pretrain, then fine-tune on ten examples"),
    question=N_(
        "Four GRUs learn to foresee a temperature, in 60 updates each. Two begin at "
        "random; two begin with what another has learned of 24 waves that are no "
        "temperatures. Which gets lowest?"
    ),
    guess=Choose(
        {
            "scratch": N_("begun at random, with ten examples"),
            "plenty": N_("begun at random, with all 4,624 examples"),
            "head": N_("pretrained, ten examples, the head alone learns"),
            "all": N_("pretrained, ten examples, all weights learn"),
        }
    ),
    runs={
        PRETRAINED: Setup(
            N_("GRU on many waves"), "mixture", "gru", {"training.steps": 400}
        ),
        "all": Setup(
            N_("all weights, ten examples"), "weather", "gru", TEN, start=PRETRAINED
        ),
        "head": Setup(
            N_("head alone, ten examples"),
            "weather",
            "gru",
            {**TEN, "training.trainable": "head"},
            start=PRETRAINED,
        ),
        "scratch": Setup(N_("at random, ten examples"), "weather", "gru", TEN),
        "plenty": Setup(N_("at random, all examples"), "weather", "gru", UPDATES),
    },
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(N_("GRU begun at random"), "weather", "gru", TEN),
        ("training.examples", "training.steps", "training.learning_rate"),
        0.04,
        {"training.examples": 0, "training.steps": 400},
    ),
)
