"""How soon a page has its first picture, and that it has one at all."""

import pytest
from playwright.sync_api import Route

from explorer.ui.plotly_js import PLOTLY
from tests.browser.conftest import Opener, drawn

pytestmark = pytest.mark.browser

OWN = {"width": 1281, "height": 721}
"""A page of this size is lent to no other file of tests."""

ONE_BY_ONE = """
window.task = 0
window.begun = {}
let plotly
Object.defineProperty(window, "Plotly", {
  configurable: true,
  get: () => plotly,
  set: (given) => {
    plotly = given
    const { newPlot } = plotly
    plotly.newPlot = (plot, ...rest) => {
      window.begun[plot.dataset.panel] ??= window.task
      setTimeout(() => { window.task += 1 })
      return newPlot(plot, ...rest)
    }
  },
})
"""
"""Notes with each panel's first picture how many tasks went before it."""


def test_the_first_picture_does_not_wait_for_the_others(open_page: Opener) -> None:
    page = open_page("/", viewport=OWN)
    page.add_init_script(ONE_BY_ONE)
    page.reload()
    drawn(page)
    page.wait_for_function("Object.keys(window.begun).length > 3")
    tasks = page.evaluate("Object.values(window.begun)")
    assert len(set(tasks)) == len(tasks)


def test_a_script_of_charts_that_failed_to_come_is_asked_for_again(
    open_page: Opener,
) -> None:
    page = open_page("/", viewport=OWN)
    asked: list[str] = []

    def fail_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route(f"**/{PLOTLY}", fail_once)
    page.reload()
    drawn(page)
    page.unroute(f"**/{PLOTLY}")
    assert len(asked) == 2
