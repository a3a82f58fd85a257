"""How a run trains; the same for every architecture."""

from typing import Literal

from explorer.config.settings import Settings, setting
from explorer.errors import N_

Optimizer = Literal["sgd", "adam", "adamw", "muon"]
Schedule = Literal["constant", "cosine", "warmup", "linear"]
Trainable = Literal["all", "head"]


class TrainingSettings(Settings):
    """How a run trains; the same for every architecture."""

    learning_rate: float = setting(
        0.005,
        N_(
            "How far each step moves the weights. Too small learns slowly, "
            "too large overshoots and diverges. Changes a running model at once."
        ),
        title=N_("Learning rate"),
        ge=1e-5,
        le=10.0,
        scale="log",
        live=True,
    )
    steps: int = setting(
        600,
        N_("How many times the weights are updated before the run is finished."),
        title=N_("Training steps"),
        ge=1,
        le=20000,
        scale="log",
    )
    batch_size: int = setting(
        32,
        N_("How many windows each step averages over: more is smoother and slower."),
        title=N_("Batch size"),
        ge=1,
        le=256,
        scale="log",
    )
    optimizer: Optimizer = setting(
        "adamw",
        N_("The rule that turns gradients into weight updates."),
        title=N_("Optimizer"),
        more=True,
        choices={
            "sgd": N_("SGD with momentum"),
            "adam": N_("Adam"),
            "adamw": N_("AdamW"),
            "muon": N_("Muon (matrices) + AdamW"),
        },
    )
    momentum: float = setting(
        0.9,
        N_("How much of the last update SGD and Muon carry into the next one."),
        title=N_("Momentum"),
        ge=0.0,
        le=0.99,
        step=0.01,
        more=True,
        when={"optimizer": ("sgd", "muon")},
    )
    schedule: Schedule = setting(
        "cosine",
        N_("How the learning rate moves over the run."),
        title=N_("Learning-rate schedule"),
        more=True,
        choices={
            "constant": N_("constant"),
            "cosine": N_("cosine to one tenth"),
            "warmup": N_("warm-up, then cosine"),
            "linear": N_("level, then linearly to zero"),
        },
    )
    clip: float = setting(
        1.0,
        N_("Gradients longer than this are shortened to it; 0 switches it off."),
        title=N_("Gradient clipping (norm)"),
        ge=0.0,
        le=100.0,
        step=0.1,
        more=True,
    )
    weight_decay: float = setting(
        0.0,
        N_("L2 regularisation: pulls every weight towards zero at each step."),
        title=N_("Weight decay (L2)"),
        ge=0.0,
        le=1.0,
        step=0.001,
        more=True,
    )
    l1: float = setting(
        0.0,
        N_(
            "L1 regularisation: pulls every weight towards zero by the same amount, so "
            "that those which matter little end there."
        ),
        title=N_("L1 penalty"),
        ge=0.0,
        le=0.1,
        step=0.0001,
        more=True,
    )
    patience: int = setting(
        0,
        N_(
            "Early stopping: ends the run when the held-out loss was not beaten in so "
            "many measurements, about 25 in a run; 0 trains to the end."
        ),
        title=N_("Early stopping (measurements)"),
        ge=0,
        le=25,
        more=True,
    )
    examples: int = setting(
        0,
        N_(
            "Learn from so many training windows only, evenly chosen; 0 takes all. Few "
            "examples show what a model brings along from another run."
        ),
        title=N_("Training examples"),
        ge=0,
        le=4096,
        more=True,
    )
    trainable: Trainable = setting(
        "all",
        N_(
            "Which weights learn: all, or only the head, which reads the answer out of "
            "what the rest of the model has learned before."
        ),
        title=N_("Weights that learn"),
        more=True,
        choices={"all": N_("all weights"), "head": N_("the head alone")},
    )
