"""A sweep over two settings of an LSTM, and all that it proposes."""

from explorer.catalog import choosing
from explorer.runs.trials import Range, Trial
from explorer.sweeping.plan import Plan, SweepSettings
from explorer.sweeping.space import read_range, variable_settings
from explorer.sweeping.study import Study

BASE = choosing.make_config("sine", "lstm", {"training.steps": 100})
NAMES = list(variable_settings(BASE))
RATE = read_range(BASE, "training.learning_rate=0.001:0.1")
SIZE = read_range(BASE, "model.hidden_size=8,16,32")


def plan(*space: Range, **said: object) -> Plan:
    return Plan(BASE, space or (RATE, SIZE), SweepSettings.read(said))


def asked(study: Study) -> list[Trial]:
    trials = []
    while (trial := study.ask()) is not None:
        study.finish(trial, {100: 1.0})
        trials.append(trial)
    return trials
