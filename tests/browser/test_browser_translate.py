"""The page Translate as people use it, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, click, state_is, train, visit
from tests.browser.test_browser_inside import choose, go_to, until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def translating(open_shared: Opener) -> Page:
    """The page on an own short run that turns sequences round."""
    page = open_shared(
        "/?data=reverse&model=seq2seq&training.steps=20&training.batch_size=8"
        "&model.hidden_size=16&data.shortest=3&data.longest=6"
    )
    train(page)
    state_is(page, "Finished")
    visit(page, "Translate")
    go_to(page, "writing")
    return page


def slide(page: Page, written: int) -> None:
    field = page.locator("[data-control=mark]")
    field.evaluate("(field, value) => { field.value = value }", str(written))
    field.dispatch_event("input")


def test_it_writes_token_by_token(translating: Page) -> None:
    slide(translating, 1)
    reading = translating.locator("#sx-writing .sx-reading")
    expect(reading).to_contain_text("Token 1 of")
    choose_text(translating, "abcdef")
    source = translating.locator("#sx-writing .sx-text").first
    expect(source).to_have_text("abcdef")
    slide(translating, 3)
    expect(reading).to_contain_text("Token 3 of")
    expect(translating.locator("#sx-writing .sx-prompt")).to_have_count(2)
    expect(translating.locator("#sx-writing .sx-next")).to_have_count(1)
    go_to(translating, "alignment")
    until(translating, "alignment", "plot.layout.shapes?.[0].y0 === 2.5")


def test_play_goes_on_to_the_end(translating: Page) -> None:
    choose_text(translating, "abcdef")
    expect(translating.locator("#sx-writing .sx-text").first).to_have_text("abcdef")
    click(translating, "Play through")
    expect(translating.get_by_role("button", name="Pause").last).to_be_visible()
    reading = translating.locator("#sx-writing .sx-reading")
    expect(reading).to_contain_text("In all it writes")
    expect(
        translating.get_by_role("button", name="Play through", exact=True)
    ).to_be_visible()


def test_what_the_vocabulary_lacks_is_named(translating: Page) -> None:
    for panel in ("writing", "beam"):
        go_to(translating, panel)
    choose_text(translating, "ab9Z")
    for panel in ("writing", "beam"):
        translating.locator(f"#sx-{panel}").scroll_into_view_if_needed()
        reading = translating.locator(f"#sx-{panel} .sx-reading")
        expect(reading).to_contain_text("has no “9”, “Z”")


def test_a_wider_beam_is_a_larger_tree(translating: Page) -> None:
    choose_text(translating, "abcdef")
    go_to(translating, "beam")
    until(translating, "beam", "plot._fullData?.length > 0")
    nodes = "plot._fullData?.reduce((n, t) => n + (t.hovertext?.length ?? 0), 0)"
    count = translating.evaluate(
        f"() => {{ const plot = document.querySelector('[data-panel=beam]');"
        f" return {nodes} }}"
    )
    choose(translating, "beam.width", "5")
    until(translating, "beam", f"{nodes} > {count}")
    choose(translating, "beam.ranking", "mean")
    expect(translating.locator("#sx-beam .sx-reading")).to_contain_text("beam of 5")


def test_a_click_on_the_map_turns_the_look(translating: Page) -> None:
    choose_text(translating, "abcdef")
    go_to(translating, "alignment")
    slide(translating, 30)
    until(translating, "alignment", "plot._fullData[0].z[0].length === 6")
    box = translating.locator("[data-panel=alignment] .nsewdrag").first.bounding_box()
    assert box is not None
    # the third of six columns, in the first row
    translating.mouse.move(box["x"] + box["width"] * 2.5 / 6, box["y"] + 8)
    translating.mouse.click(box["x"] + box["width"] * 2.5 / 6, box["y"] + 8)
    at = translating.locator("[data-control='aim.at']")
    expect(at).to_have_value("3")
    go_to(translating, "aim")
    reading = translating.locator("#sx-aim .sx-reading")
    expect(reading).to_contain_text("is made to look at “c”")
    choose(translating, "aim.at", "1, 2")
    at.dispatch_event("input")
    expect(reading).to_contain_text("is made to look at “a”, “b”")


def choose_text(page: Page, text: str) -> None:
    field = page.locator("[data-control=text]")
    field.fill(text)
    field.dispatch_event("input")


def test_the_page_begins_with_a_sample_and_a_button(open_page: Opener) -> None:
    page = open_page("/translate", ready=False)
    expect(page.get_by_text("A finished sample:")).to_be_visible()
    go_to(page, "writing")
    state_is(page, "Finished")
    click(page, "Train")
    page.wait_for_url("**run=**")
    go_to(page, "writing")
    state_is(page, "Training", "Starting …")
    click(page, "Stop")
    state_is(page, "Stopped")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "[...document.querySelectorAll('.st-key-translate-choice "
        "[data-testid=stSelectbox]')].every(each => each.clientWidth > 300)"
    )
