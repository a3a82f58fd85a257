"""What the people at an engine begin with."""

from explorer.catalog import choosing
from explorer.config.run import RunConfig

OPEN = ("model", "model.hidden_size", "training.learning_rate", "training.steps")
GOAL, WITHIN = 0.02, 60


def small(**given: object) -> RunConfig:
    usual = {"model.hidden_size": 8, "training.steps": 40, "data.window": 16}
    named = {k.replace("__", "."): v for k, v in given.items()}
    return choosing.make_config("sine", "rnn", usual | named)
