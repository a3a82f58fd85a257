"""A race as the store has it: a group of runs, and who of them is which setting."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from explorer.config.run import RunConfig
from explorer.racing.entries import with_seed
from explorer.runs.records import Clock, Group, Run

State = Literal["starting", "racing", "paused", "finished"]


class Race(NamedTuple):
    """A race, its settings, and the runs of each."""

    id: str
    owner: str
    clock: Clock
    seeds: int
    guess: int | None
    """The setting that somebody said would get lowest."""
    configs: tuple[RunConfig, ...]
    runs: tuple[tuple[Run, ...], ...]
    """By setting: one run of each seed, but those that were deleted."""

    @property
    def all_runs(self) -> list[Run]:
        """Every run that is there."""
        return [run for runs in self.runs for run in runs]

    @property
    def state(self) -> State:
        """What the race is about as a whole."""
        runs = self.all_runs
        if all(run.ended for run in runs):
            return "finished"
        if not any(run.status == "training" for run in runs):
            return "paused"
        return "racing" if any(run.step for run in runs) else "starting"


def facts(
    configs: Sequence[RunConfig], clock: str, seeds: int, guess: int | None
) -> dict[str, Any]:
    """What a race's group holds."""
    return {
        "configs": [config.to_json() for config in configs],
        "clock": clock,
        "seeds": seeds,
        "guess": guess,
    }


def read_race(group: Group, runs: Sequence[Run]) -> Race:
    """What `facts` wrote, and the group's runs by setting and seed."""
    facts: Mapping[str, Any] = group.facts
    configs = tuple(RunConfig.from_json(text) for text in facts["configs"])
    by_config = {run.config.to_json(): run for run in reversed(runs)}
    return Race(
        group.id,
        group.owner,
        facts["clock"],
        facts["seeds"],
        facts["guess"],
        configs,
        tuple(
            tuple(
                by_config[text]
                for text in (each.to_json() for each in seeded(config, facts["seeds"]))
                if text in by_config
            )
            for config in configs
        ),
    )


def seeded(config: RunConfig, seeds: int) -> list[RunConfig]:
    """A setting once for each seed."""
    return [with_seed(config, number) for number in range(seeds)]
