"""The forecast chart: what stands beside the model's lines."""

import numpy as np
import pytest

from explorer.plots.answers import forecast
from explorer.plots.inside import backtest
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
    assert f"ETS(A,N,N) misses least, by {share} %" in said
    assert f"ETS(A,N,N) 偏差最小，为 {share}%" in forecast.reading(drawn, ZH)


def test_each_simple_method_can_be_told_by_its_key() -> None:
    drawn = forecast.extract("lstm", view(), methods())
    words = forecast.figure(drawn, EN)["layout"]["annotations"]
    keys = [w["text"].split("</span>")[0] for w in words if "ETS" in w["text"]]
    keys += [w["text"].split("</span>")[0] for w in words if "season" in w["text"]]
    assert len(set(keys)) == len(keys) == 2


def test_until_they_are_there_it_is_said_that_they_come() -> None:
    drawn = forecast.extract("lstm", view())._replace(awaited="alone")
    assert "are being fitted" in forecast.reading(drawn, EN)
    assert "正在用训练部分拟合" in forecast.reading(drawn, ZH)


def fanned() -> View:
    plain = view()
    middle, edge = plain.arrays["free"], np.array([[0.1], [0.4]], np.float32)
    arrays = {**plain.arrays, "low": middle - edge, "high": middle + edge}
    return View(
        "prediction", 3, arrays, {**plain.notes, "levels": [0.5, 0.9], "origins": 41}
    )


def test_the_fan_is_drawn_below_the_lines_and_told() -> None:
    drawn = forecast.extract("lstm", fanned())
    traces = forecast.figure(drawn, EN)["data"]
    names = [trace["name"] for trace in traces]
    assert names[:4] == ["90 % band"] * 2 + ["50 % band"] * 2
    assert [trace.get("fill") for trace in traces[:4]] == [None, "tonexty"] * 2
    # The truth lies 0.5 below what was foretold, outside of both.
    said = forecast.reading(drawn, EN)
    assert "50 and 90 % of its misses from 41 calibration origins" in said
    assert f"the wide one holds 0 of the {N - FREE} values" in said
    assert f"{N - FREE} 个值中的 0 个" in forecast.reading(drawn, ZH)
    above = drawn._replace(truth=drawn.truth + 1)  # now 0.5 above what was foretold
    assert "the wide one holds 0 of" in forecast.reading(above, EN)
    between = drawn._replace(truth=drawn.truth + 0.5)
    assert f"the wide one holds {N - FREE} of" in forecast.reading(between, EN)
    assert "band" not in forecast.reading(forecast.extract("lstm", view()), EN)


def scored(covered: float) -> View:
    row = np.full(3, 0.2, np.float32)
    arrays = dict.fromkeys(("mae", "crps", "pinball"), row)
    arrays["coverage"] = np.array([[0.5] * 3, [covered] * 3], np.float32)
    notes = {"levels": [0.5, 0.9], "calibrated": 30, "scored": 31}
    return View("backtest", 3, arrays, notes)


@pytest.mark.parametrize(
    ("covered", "english", "chinese"),
    [
        (0.84, "held only 84 % of what came", "只容纳了 84%"),
        (0.86, "held 86 % of what came: it keeps its promise", "信守承诺"),
        (0.94, "held 94 % of what came: it keeps its promise", "信守承诺"),
        (0.96, "is wider than it need be", "比所需的更宽"),
    ],
)
def test_whether_a_band_keeps_its_promise(
    covered: float, english: str, chinese: str
) -> None:
    drawn = backtest.extract("lstm", scored(covered))
    assert english in backtest.reading(drawn, EN)
    assert chinese in backtest.reading(drawn, ZH)
    assert "from 30 origins" in backtest.reading(drawn, EN)


def test_where_nothing_could_be_scored_it_is_said() -> None:
    drawn = backtest.extract("lstm", None)
    assert "too short for a backtest" in backtest.reading(drawn, EN)
    assert backtest.figure(drawn, EN)["data"] == []
