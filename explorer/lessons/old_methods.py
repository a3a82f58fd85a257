"""On some series three old methods forecast better than a net, on others worse."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import BOTH, NONE, those_who_can


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """On which series the net is better than the best of the old methods."""
    best = {name: min(run.methods.values()) for name, run in runs.items()}
    better = [name for name, run in runs.items() if run.lowest < best[name]]
    answer = those_who_can(better, runs)
    weather, waves = runs["weather"], runs["waves"]
    figures = {
        N_("weather: GRU, lowest"): weather.lowest,
        N_("weather: the best old method"): best["weather"],
        N_("two sines: GRU, lowest"): waves.lowest,
        N_("two sines: the best old method"): best["waves"],
    }
    clear = waves.lowest < 0.8 * best["waves"]
    return Outcome(answer, figures, answer == "waves" and clear)


LESSON = Lesson(
    name="old_methods",
    order=26,
    title=N_("When ARIMA wins"),
    question=N_(
        "A value a season ago, ETS and ARIMA are fitted in seconds and have a handful "
        "of numbers to learn; a GRU has thousands. On which series does the GRU "
        "foretell the next value better than the best of the three?"
    ),
    guess=Choose(
        {
            "weather": N_("the weather alone"),
            "waves": N_("two sines of unrelated periods alone"),
            BOTH: N_("on both"),
            NONE: N_("on neither"),
        }
    ),
    runs={
        "weather": Setup(N_("GRU on the weather"), "weather", "gru", {}),
        "waves": Setup(
            N_("GRU on two sines"),
            "sine",
            "gru",
            {"data.shape": "mixture", "data.length": 6000},
        ),
    },
    outcome=outcome,
    panels=("loss", "prediction", "backtest"),
    task=Task(
        Setup(
            N_("GRU on two sines, windows of 8 steps"),
            "sine",
            "gru",
            {"data.shape": "mixture", "data.length": 6000, "data.window": 8},
        ),
        ("data.window", "model.hidden_size", "training.learning_rate"),
        0.05,
        {"data.window": 64},
    ),
    methods=True,
)
