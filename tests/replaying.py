"""A run trained a second time, from nothing but what was recorded of it."""

from collections.abc import Iterable

from explorer.config.run import RunConfig
from explorer.runs.records import Command
from explorer.training.trainer import Budget, Trainer


def replay(
    config: RunConfig,
    commands: Iterable[Command],
    steps: int,
    state: bytes | None = None,
) -> Trainer:
    """Train a run again from its config and its commands, up to `steps` updates.

    `state`: before the first step, of a run that began with the weights of another.
    """
    trainer = Trainer(config, state)
    for command in sorted(commands, key=lambda c: c.step):
        if command.step > steps:
            break
        if command.step > trainer.step:
            trainer.advance(Budget(steps=command.step - trainer.step))
        trainer.advance(Budget(steps=0), [command])
    if steps > trainer.step:
        trainer.advance(Budget(steps=steps - trainer.step))
    return trainer
