"""The page Look inside as people use it, in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    Opener,
    click,
    fits,
    state_is,
    trace,
    train,
    visit,
)

pytestmark = pytest.mark.browser


def go_to(page: Page, panel: str) -> None:
    """Bring a panel onto the screen and wait until it is drawn."""
    page.wait_for_selector(f"#sx-{panel}")
    page.evaluate(
        "panel => document.getElementById(`sx-${panel}`)"
        ".scrollIntoView({ block: 'center' })",
        panel,
    )
    page.wait_for_function(
        "panel => document.querySelector(`[data-panel=${panel}]`)?._fullData", arg=panel
    )


def data(page: Page, panel: str) -> list[dict[str, Any]]:
    """Name, type and sizes of every trace that Plotly draws."""
    found: list[dict[str, Any]] = page.evaluate(
        """panel => document.querySelector(`[data-panel=${panel}]`)._fullData.map(t =>
          ({ name: t.name, type: t.type, x: Array.from(t.x ?? []).length,
             y: Array.from(t.y ?? []).length, z: Array.from(t.z ?? []).length }))""",
        panel,
    )
    return found


def until(page: Page, panel: str, condition: str) -> None:
    """Wait for something of a panel's figure, as JavaScript of `plot`."""
    page.wait_for_function(
        "panel => { const plot = document.querySelector(`[data-panel=${panel}]`);"
        f" return {condition} }}",
        arg=panel,
    )


def choose(page: Page, control: str, value: str) -> None:
    field = page.locator(f'[data-control="{control}"]')
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)
        field.dispatch_event("change")


@pytest.fixture(scope="module")
def sample(open_shared: Opener) -> Page:
    """The page on the sample: a finished LSTM on a sine wave."""
    return open_shared("/inside", ready=False)


@pytest.fixture(scope="module")
def transformer(open_shared: Opener) -> Page:
    """The page on an own Transformer of two layers on text."""
    page = open_shared(
        "/?model=transformer&data=fables&training.steps=30&model.layers=2"
        "&data.window=24"
    )
    train(page)
    state_is(page, "Finished")
    visit(page, "Look inside")
    page.wait_for_selector("#sx-heads")
    return page


def test_the_raster_sorts_and_marks(sample: Page) -> None:
    go_to(sample, "raster")
    kinds = [t["type"] for t in data(sample, "raster")]
    assert kinds.count("heatmap") == 1
    assert kinds.count("bar") == 2
    before = trace(sample, "raster", "z")
    choose(sample, "raster.order", "unit")
    until(sample, "raster", "plot._fullData?.[0].y[5] === '6'")
    assert trace(sample, "raster", "z") != before
    choose(sample, "mark", "10")
    until(sample, "raster", "plot.layout.shapes?.some(s => s.x0 === 10)")


def test_a_click_marks_a_time_step_everywhere(sample: Page) -> None:
    go_to(sample, "raster")
    plot = sample.locator("[data-panel=raster] .nsewdrag").first
    box = plot.bounding_box()
    assert box is not None
    sample.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sample.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sample.wait_for_function(
        "Number(document.querySelector('[data-control=mark]').value) > 10"
    )
    mark = int(sample.locator("[data-control=mark]").input_value())
    until(sample, "raster", f"plot.layout.shapes?.some(s => s.x0 === {mark})")
    go_to(sample, "traces")
    until(sample, "traces", f"plot.layout.shapes?.some(s => s.x0 === {mark})")
    go_to(sample, "cell")
    reading = sample.locator("#sx-cell .sx-reading")
    expect(reading).to_contain_text(f"time step {mark}")


def test_traces_answer_to_units_and_threshold(sample: Page) -> None:
    go_to(sample, "traces")
    choose(sample, "traces.units", "4, 7")
    until(sample, "traces", "plot._fullData?.some(t => t.name.includes('7'))")
    choose(sample, "traces.threshold", "0.9")
    until(sample, "traces", "plot.layout.shapes[0].y0 === 0.9")
    # Plotly says that the line was dragged; the page must follow.
    sample.evaluate(
        "document.querySelector('[data-panel=traces]')"
        ".emit('plotly_relayout', { 'shapes[0].y0': 0.5, 'shapes[0].y1': 0.5 })"
    )
    until(sample, "traces", "plot.layout.shapes[0].y0 === 0.5")
    assert sample.locator("#sx-traces .sx-token").count() > 5


def test_the_cell_goes_line_by_line_with_the_arrow_keys(sample: Page) -> None:
    go_to(sample, "cell")
    until(sample, "cell", "plot.clientHeight >= 40 * plot._fullData?.[0].y.length")
    line = sample.locator('[data-control="cell.stage"]')
    line.focus()
    for number in (1, 2, 3):
        sample.keyboard.press("ArrowRight")
        until(sample, "cell", f"plot._fullData?.[0].text.length === {number}")
    reading = sample.locator("#sx-cell .sx-reading").inner_text()
    assert re.search(r"a_f = .* = −?\d+\.\d{4}$", reading)
    expect(sample.locator("#sx-cell .sx-proof")).to_contain_text("holds")


def test_influence_is_a_triangle(sample: Page) -> None:
    go_to(sample, "influence")
    rows = sample.evaluate(
        """() => { const t = document.querySelector('[data-panel=influence]')._fullData
             .find(t => t.type === 'heatmap');
           return Array.from(t.z, row => Array.from(row, v =>
             v === null || Number.isNaN(v) ? null : v)) }"""
    )
    steps = len(rows)
    for target in range(steps):
        assert all(v is None for v in rows[target][target + 1 :])
        assert rows[target][target] is not None


def test_the_gradient_shows_ghosts_and_the_memory_path(sample: Page) -> None:
    go_to(sample, "gradients")
    until(sample, "gradients", "plot._fullData?.length > 3")
    names = [t["name"] for t in data(sample, "gradients")]
    assert "memory, layer 1" in names
    assert sum(name.startswith("step ") for name in names) >= 2
    reading = sample.locator("#sx-gradients .sx-reading")
    expect(reading).to_contain_text(re.compile("vanishing|of its force|exploding"))


def test_an_rnn_stands_beside_the_lstm(open_page: Opener) -> None:
    page = open_page("/?model=rnn&training.steps=60")
    train(page)
    state_is(page, "Finished")
    visit(page, "Look inside")
    page.wait_for_selector('[data-control="beside"]')
    choose(page, "beside", "sample")
    go_to(page, "gradients")
    until(page, "gradients", "plot._fullData?.some(t => t.name === 'beside: LSTM')")
    names = [t["name"] for t in data(page, "gradients")]
    assert {"bound", "layer 1"} <= set(names)


def test_health_runs_over_training(sample: Page) -> None:
    go_to(sample, "health")
    until(sample, "health", "plot._fullData?.[0].x.length > 2")
    assert trace(sample, "health", "x")[-1] == 600
    assert all(value > 0 for value in trace(sample, "health", "y"))


def test_the_trajectory_moves_and_its_axes_stay(sample: Page) -> None:
    go_to(sample, "trajectory")
    ranges = "[...plot.layout.xaxis.range, ...plot.layout.yaxis.range].join()"
    before = sample.evaluate(
        "() => { const plot = document.querySelector('[data-panel=trajectory]');"
        f" return {ranges} }}"
    )
    points = trace(sample, "trajectory", "x", 1)
    sample.evaluate(
        "() => { const s = document.querySelector('#sx-slider'); s.value = 3;"
        " s.dispatchEvent(new Event('input')) }"
    )
    until(sample, "trajectory", f"plot._fullData?.[1].x[5] !== {points[5]}")
    until(sample, "trajectory", f"{ranges} === '{before}'")
    click(sample, "To the live end")
    until(sample, "trajectory", f"plot._fullData?.[1].x[5] === {points[5]}")


def test_a_change_moves_the_loss_and_the_forecast(sample: Page) -> None:
    go_to(sample, "change")
    until(sample, "change", "plot._fullData?.length === 3")
    reading = sample.locator("#sx-change .sx-reading")
    expect(reading).to_contain_text("times as high")
    before = trace(sample, "change", "y", 2)
    choose(sample, "change.value", "0")
    until(sample, "change", f"plot._fullData?.[2].y.at(-1) !== {before[-1]}")
    click(sample, "Hold while it trains")
    expect(sample.locator(".sx-message")).to_contain_text("this one has ended")


def test_heads_enlarge_and_come_back(transformer: Page) -> None:
    go_to(transformer, "heads")
    small = [t for t in data(transformer, "heads") if t["type"] == "heatmap"]
    assert len(small) == 8  # two layers of four heads
    choose(transformer, "heads.layer", "1")
    choose(transformer, "heads.head", "2")
    until(
        transformer,
        "heads",
        "plot._fullData?.filter(t => t.type === 'heatmap').length === 1",
    )
    proof = transformer.locator("#sx-heads .sx-proof").inner_text()
    assert proof.count("holds") == 2


def test_the_lens_says_a_token_per_layer(transformer: Page) -> None:
    go_to(transformer, "lens")
    (grid,) = [t for t in data(transformer, "lens") if t["type"] == "heatmap"]
    assert grid["z"] == 2
    choose(transformer, "text", "the fox and the crow")
    go_to(transformer, "lens")  # the control stands at the top of the page
    until(transformer, "lens", "plot._fullData?.[0].z[0].length === 19")


def test_numbers_and_pictures_can_be_taken_away(sample: Page) -> None:
    go_to(sample, "gradients")
    panel = sample.locator("#sx-gradients")
    panel.locator(".sx-tools summary").click()
    with sample.expect_download() as table:
        panel.get_by_role("button", name="All numbers behind it (CSV)").click()
    rows = table.value.path().read_text().splitlines()
    assert rows[0] == "array,index_0,index_1,value"
    assert sum(row.startswith("norms,") for row in rows) == 64
    with sample.expect_download() as image:
        panel.get_by_role("button", name="Image (PNG)").click()
    assert image.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_change_is_held_while_a_run_learns(open_page: Opener) -> None:
    page = open_page("/?model=lstm&training.steps=20000&training.schedule=constant")
    train(page)
    visit(page, "Look inside")
    go_to(page, "change")
    choose(page, "change.value", "0.5")
    click(page, "Hold while it trains")
    expect(page.locator(".sx-numbers")).to_contain_text("changes held: 1")
    click(page, "Release")
    expect(page.locator(".sx-numbers")).not_to_contain_text("changes held")
    click(page, "Stop")
    state_is(page, "Stopped")


def test_a_fork_shows_both_futures(open_page: Opener) -> None:
    page = open_page("/inside", ready=False)
    go_to(page, "raster")
    click(page, "Fork")
    click(page, "Fork here")
    page.wait_for_url(re.compile("run=(?!sample)"))
    until(page, "loss", "plot._fullData?.some(t => t.name === 'parent')")
    parent = next(t for t in data(page, "loss") if t["name"] == "parent")
    assert parent["x"] > 300


def test_nonsense_gets_a_sentence_and_nothing_breaks(sample: Page) -> None:
    go_to(sample, "raster")
    choose(sample, "text", "one two three")
    reading = sample.locator("#sx-raster .sx-reading")
    expect(reading).to_contain_text("number 1 is 'one'")
    choose(sample, "text", "0.1 0.5 0.9 0.4")
    until(sample, "raster", "plot._fullData?.[0].z[0].length === 3")


def test_it_speaks_chinese(open_page: Opener) -> None:
    page = open_page("/inside", ready=False, locale="zh-CN")
    go_to(page, "raster")
    words = page.locator(".sx-live").inner_text()
    plain = re.sub(r"[A-Z]{2,}|[a-z_]*\.?weight\w*|tanh|PC \d", "", words)
    assert not re.search(r"[A-Za-z]{4,}", plain), plain


def test_a_phone_scrolls_down_only(open_page: Opener) -> None:
    page = open_page("/inside", ready=False, viewport={"width": 390, "height": 844})
    go_to(page, "change")
    assert fits(page)
    page.evaluate(
        "document.querySelector('.sx-controls option').text = 'a long run '.repeat(9)"
    )
    assert fits(page)


def test_the_contents_lead_to_a_panel_and_what_was_opened_stays(sample: Page) -> None:
    go_to(sample, "raster")
    sample.locator(".sx-time .sx-drawer summary").press("Enter")
    entries = sample.get_by_role("navigation", name="All pictures of this page")
    entries.get_by_role("button", name="How does the error travel back?").press("Enter")
    expect(sample.locator("#sx-gradients")).to_be_focused()
    expect(sample.locator("#sx-gradients")).to_be_in_viewport()
    expect(entries).to_be_hidden()
    sample.locator(".sx-time .sx-drawer summary").press("Enter")
    here = entries.locator("[aria-current]")
    in_sight = "What moves the prediction?|How does the error travel back?"
    expect(here).to_have_text(re.compile(in_sight.replace("?", r"\?")))
    sample.keyboard.press("Escape")
    about = sample.locator("#sx-gradients > details")
    about.locator("summary").click()
    expect(about).to_have_attribute("open", "")
    sample.reload()
    expect(about).to_have_attribute("open", "")
