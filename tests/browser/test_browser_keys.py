"""The keys of the stage by themselves, in a browser without the app."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from explorer.ui.live.scripts import script

pytestmark = pytest.mark.browser

ADDRESS = "http://keys.test/"
"""A page of its own, for one without an address has no memory."""

STAGED = """() => {
  localStorage.clear()
  document.body.replaceChildren()
  const root = element("div", { className: "sx-live" })
  root.append(element("div", { className: "sx-bar" }))
  const grid = element("div", { className: "sx-grid" })
  const field = element("input", { id: "field" })
  const area = element("textarea", { id: "area" })
  const inner = element("input", { type: "range", id: "inner" })
  const held = drawer(inner, "Options", "…")
  held.id = "held"
  root.append(grid)
  document.body.append(root, field, area)
  const strings = { rail: "Rail", leave: "Back", keys: "Keys", keysHelp: "" }
  const panels = new Map([..."abcdefghij"].map(name => {
    const about = { className: "sx-panel", id: name, tabIndex: -1 }
    const section = element("section", about)
    const pick = element("button", { type: "button" })
    section.append(pick)
    grid.append(section)
    return [name, { name, section, pick, question: name }]
  }))
  panels.get("a").section.append(held)
  window.stage?.close()
  const page = { root, grid, panels, strings, moved() {}, placeTime() {} }
  window.stage = page.stage = new Stage(page)
  page.keys = stage.keysSwitch()
  root.append(page.keys)
}"""


@pytest.fixture(scope="module")
def empty(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.route(ADDRESS, lambda route: route.fulfill(content_type="text/html", body=""))
    page.goto(ADDRESS)
    page.add_script_tag(content=script("element", "memory", "drawer", "stage"))
    yield page
    page.close()


@pytest.fixture
def staged(empty: Page) -> Page:
    """Ten panels, none of them large, and where one writes."""
    empty.evaluate(STAGED)
    return empty


def shown(page: Page) -> tuple[str | None, bool]:
    """The panel that is large, and whether the others stand in a rail."""
    large, railed = page.evaluate("[stage.chosen, stage.railed]")
    return large, railed


@pytest.mark.parametrize(
    ("keys", "large", "railed"),
    [
        ("f", "a", False),
        ("F", "a", False),
        ("f f", None, False),
        ("p", "a", True),
        ("P", "a", True),
        ("p p", None, False),
        ("f p", "a", True),
        ("p f", None, False),
        ("p 1", "a", True),
        ("p 9", "i", True),
        ("f 9", "i", False),
        ("p 5 p", None, False),
        ("f 5 p", "e", True),
        ("p 0", "a", True),
        ("9", None, False),
        ("p 9 Escape", None, False),
        ("Escape", None, False),
        ("Control+p", None, False),
        ("Meta+f", None, False),
        ("Alt+f", None, False),
        ("p Alt+3", "a", True),
        ("q", None, False),
    ],
)
def test_keys_of_the_stage(
    staged: Page, keys: str, large: str | None, railed: bool
) -> None:
    for key in keys.split():
        staged.keyboard.press(key)
    assert shown(staged) == (large, railed)
    places = staged.evaluate(
        "['.sx-grid', '.sx-rail'].map(place => [...document.querySelectorAll("
        "`${place} > .sx-panel`)].map(e => e.id).join(''))"
    )
    letters = "abcdefghij"
    assert places == [large or letters, letters.replace(large, "") if large else ""]


def test_the_panel_reached_last_is_the_one_that_grows(staged: Page) -> None:
    staged.locator("#c").focus()
    staged.keyboard.press("f")
    assert shown(staged) == ("c", False)
    staged.keyboard.press("Escape")
    assert staged.evaluate("document.activeElement.id") == "c"
    staged.locator("#d").dispatch_event("pointerover")
    staged.keyboard.press("p")
    assert shown(staged) == ("d", True)


@pytest.mark.parametrize("place", ["#field", "#area"])
def test_letters_that_are_written_are_no_keys(staged: Page, place: str) -> None:
    staged.locator(place).focus()
    for key in "fp":
        staged.keyboard.press(key)
    assert shown(staged) == (None, False)
    assert staged.locator(place).input_value() == "fp"


def test_the_switch_silences_letters_and_digits_but_not_escape(staged: Page) -> None:
    staged.keyboard.press("p")
    staged.get_by_label("Keys").uncheck()
    for key in "3fp":
        staged.keyboard.press(key)
    assert shown(staged) == ("a", True)
    assert staged.evaluate("recall('localStorage', 'keys')") is False
    staged.keyboard.press("Escape")
    assert shown(staged) == (None, False)


def test_escape_closes_a_drawer_before_it_leaves_the_stage(staged: Page) -> None:
    staged.keyboard.press("p")
    staged.locator("#held summary").click()
    staged.locator("#inner").focus()
    staged.keyboard.press("Escape")
    assert shown(staged) == ("a", True)
    assert not staged.evaluate("held.open")
    staged.keyboard.press("Escape")
    assert shown(staged) == (None, False)


def test_panels_that_are_built_anew_stay_large(staged: Page) -> None:
    staged.keyboard.press("p")
    staged.keyboard.press("4")
    staged.evaluate("stage.rebuilt()")
    assert shown(staged) == ("d", True)
    staged.evaluate("stage.page.panels.delete('d'); stage.rebuilt()")
    assert shown(staged) == ("a", True)
