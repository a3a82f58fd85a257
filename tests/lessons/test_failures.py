"""The museum of failures: what its exhibits declare and say, and the numbers."""

import re

import numpy as np
import pytest

from explorer.inspection.base import views
from explorer.lessons.base import Record
from explorer.lessons.failures import exploding, exposure_bias, saturated_gates
from explorer.lessons.failures.base import exhibits
from explorer.plots.panel import names_on
from explorer.runs.records import Curves, View
from explorer.ui.language import translator
from explorer.ui.places import PAGES

pytestmark = pytest.mark.quick
ALL = pytest.mark.parametrize("name", exhibits())


def seen(view: View) -> Record:
    """A run of which this view is known."""
    return Record(None, Curves.empty(), (), {view.name: view})  # type: ignore[arg-type]


def test_exhibits_are_in_order_and_none_has_anothers_place() -> None:
    orders = [each.order for each in exhibits().values()]
    assert orders == sorted(set(orders))
    assert len(orders) >= 9


@ALL
def test_an_exhibit_leads_to_a_panel_that_stands_on_its_page(name: str) -> None:
    exhibit = exhibits()[name]
    assert exhibit.panel in names_on(exhibit.page)
    assert (PAGES / f"{exhibit.page}.py").exists()
    assert exhibit.run.config(3).seed == 3
    assert {look.view for look in exhibit.views.values()} <= set(views())


@ALL
def test_an_exhibit_speaks_chinese(name: str) -> None:
    exhibit, _ = exhibits()[name], translator("zh")
    for words in (exhibit.title, exhibit.text, exhibit.measured, exhibit.asks):
        assert re.search("[\u4e00-\u9fff]", _(words)), words


def test_the_numbers_by_which_runs_fail() -> None:
    norms = np.array([1.0, np.nan, 30.0, 2.0], np.float32)
    curves = Curves.empty()._replace(gradient_norms=norms)
    run = Record(None, curves, ())  # type: ignore[arg-type]
    assert exploding.largest(run) == 30.0
    gates = {"low": np.array([0.5, 0.0]), "high": np.array([0.5, 0.6])}
    assert saturated_gates.saturated(seen(View("raster", 5, gates))) == 0.8
    forecast = {
        "truth": np.array([9.0, 0.0, 0.0]),
        "one_step": np.array([0.0, 1.0, -1.0]),
        "free": np.array([0.0, 1.0, 3.0]),
    }
    view = View("prediction", 5, forecast, {"context": 1})
    assert exposure_bias.drift(seen(view)) == 5.0
