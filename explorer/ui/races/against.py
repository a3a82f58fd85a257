"""What the losses of a race are measured against."""

from explorer.engine.simple import key_of, offered
from explorer.engine.visitor import Visitor
from explorer.inspection.facts import lines
from explorer.lessons.base import losses
from explorer.racing.race import Race
from explorer.runs.records import Lines


def against(visitor: Visitor, race: Race) -> Lines:
    """What the losses are measured against: with simple methods, where all settings
    forecast the same, once somebody has been measured. They are of the first seed, as
    the simple guesses are."""
    floors = lines(*race.configs)
    first, *others = race.configs
    same = all(key_of(other) == key_of(first) for other in others)
    runs = [run for run in race.all_runs if key_of(run.config) == key_of(first)]
    awaited = offered(first)
    if not runs or not runs[0].step or not same or not awaited:
        return floors
    simple = visitor.engine.simple.beside(runs[0])
    if simple is None:
        return floors._replace(awaited=awaited)
    return floors._replace(methods=losses(simple), trouble=simple.trouble)
