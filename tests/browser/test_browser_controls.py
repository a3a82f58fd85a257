"""The fields of the live part by themselves, in a browser without the app."""

import pytest
from playwright.sync_api import Browser, Page

from explorer.catalog import choosing
from explorer.ui.live.controls import example_controls
from explorer.ui.live.scripts import script

pytestmark = pytest.mark.browser

BUILT = """controls => {
  window.asked = []
  const ask = () => asked.push(built.choice.mark)
  window.built = new Controls(document.body, ask, () => [])
  document.body.append(built.row(controls))
}"""


@pytest.fixture
def page(browser: Browser) -> Page:
    page = browser.new_page()
    page.add_script_tag(content=script("element", "controls"))
    return page


def test_time_steps_are_typed_as_charts_count_them(page: Page) -> None:
    controls = example_controls(choosing.make_config("sine", "rnn"), str)
    page.evaluate(BUILT, controls)
    field = page.get_by_label("Time step")
    assert (field.input_value(), field.get_attribute("placeholder")) == ("", "last")
    assert (field.get_attribute("min"), field.get_attribute("max")) == ("1", "64")
    for typed in ("1", "30", "64", ""):
        field.fill(typed)
        field.blur()
    field.fill("65")
    field.blur()
    assert page.evaluate("asked") == [0, 29, 63, -1]
    page.evaluate("built.choose('mark', 9)")
    assert field.input_value() == "10"
    page.evaluate("built.choose('mark', -1)")
    assert field.input_value() == ""
    page.close()
