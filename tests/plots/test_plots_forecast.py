"""The forecast chart: what stands beside the model's lines."""

import numpy as np

from explorer.plots.answers import forecast
from explorer.runs.records import Simple, SimpleMethod, View
from explorer.ui.language import translator

EN, ZH = translator("en"), translator("zh")

N, FREE = 13, 7


def view() -> View:
    truth = np.sin(np.arange(N)).astype(np.float32)
    alone = np.where(np.arange(N) >= FREE, truth + 0.5, np.nan)
    arrays = {"positions": np.arange(N), "truth": truth}
    arrays |= {"one_step": truth + 0.1, "free": alone.astype(np.float32)}
    notes = {"dates": False, "axis": "Time", "label": "Value", "context": FREE}
    return View("prediction", 3, arrays, notes)


def methods() -> Simple:
    truth = view().arrays["truth"].astype(float)
    lines = {"a season ago": truth + 0.3, "ETS(A,N,N)": truth + 0.2, "odd": np.ones(5)}
    return Simple(tuple(SimpleMethod(n, 0.1, line) for n, line in lines.items()))


def test_simple_methods_are_drawn_and_the_best_is_named() -> None:
    drawn = forecast.extract("lstm", view(), methods())
    # One that was rolled over another stretch has no place here.
    assert [name for name, _line in drawn.methods] == ["a season ago", "ETS(A,N,N)"]
    names = [trace["name"] for trace in forecast.figure(drawn, EN)["data"]]
    assert names == ["a season ago", "ETS(A,N,N)", "truth", "one step", "free"]
    share = round(100 * 0.2 / np.std(view().arrays["truth"]))
    said = forecast.reading(drawn, EN)
    assert f"the free stretch ETS(A,N,N) misses least, by {share} %" in said
    assert f"ETS(A,N,N) 偏差最小，为 {share}%" in forecast.reading(drawn, ZH)


def test_until_they_are_there_it_is_said_that_they_come() -> None:
    drawn = forecast.extract("lstm", view())._replace(awaited=True)
    assert "are being fitted" in forecast.reading(drawn, EN)
    assert "正在用训练部分拟合" in forecast.reading(drawn, ZH)
