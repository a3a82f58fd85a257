"""The Playground as people use it, in a real browser."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    Opener,
    choose_data,
    click,
    drawn,
    fits,
    open_options,
    serious,
    state_is,
    step_of,
    trace,
    train,
    visit,
)

pytestmark = pytest.mark.browser

MOST_BYTES = 3.0e6
"""Of files that a first visit may bring."""

LONG = "training.steps=20000&training.batch_size=64&training.schedule=constant"
"""So slow that it does not end while a file of tests looks at it."""


def set_slider(page: Page, index: int) -> None:
    page.evaluate(
        "index => { const s = document.querySelector('#sx-slider'); s.value = index;"
        "s.dispatchEvent(new Event('input')) }",
        index,
    )


@pytest.fixture(scope="module")
def sample(open_shared: Opener) -> Page:
    """The first page as a newcomer finds it; who uses it leaves it as it was."""
    return open_shared()


@pytest.fixture(scope="module")
def long_run(open_shared: Opener) -> Page:
    """The page of a run that is long enough for a file of tests."""
    return open_shared(f"/?model=lstm&{LONG}")


@pytest.fixture
def learning(long_run: Page) -> Iterator[Page]:
    """That page while it trains; between two tests the run rests."""
    state = long_run.locator(".sx-state").inner_text()
    if state == "Paused":
        click(long_run, "Resume")
    elif state != "Training":
        train(long_run)
    state_is(long_run, "Training")
    yield long_run
    if long_run.locator(".sx-state").inner_text() == "Training":
        click(long_run, "Pause")
        state_is(long_run, "Paused")


def test_a_newcomer_finds_a_finished_run(sample: Page) -> None:
    page = sample
    expect(page.locator(".sx-state")).to_have_text("Finished")
    assert len(trace(page, "loss", "x")) > 100
    assert len(trace(page, "prediction", "y")) > 50
    assert len(trace(page, "inside", "z")) > 0
    assert len(trace(page, "backpropagation", "y")) > 10
    for panel in ("loss", "prediction", "inside", "backpropagation"):
        words = page.locator(f"[data-panel={panel}]").get_attribute("aria-label")
        assert words
        assert len(words) > 30
    files = page.evaluate(
        "performance.getEntriesByType('resource').map(e => [e.name, e.encodedBodySize])"
    )
    assert sum(size for _, size in files) < MOST_BYTES
    assert len([name for name, _ in files if "plotly" in name.lower()]) == 1


@pytest.mark.quick
def test_training_moves_without_remount_or_flicker(long_run: Page) -> None:
    page = long_run
    page.evaluate(
        """() => {
          const plot = document.querySelector('[data-panel=loss]')
          plot.tagged = true
          window.seen = { frames: 0, blank: 0, steps: new Set() }
          const look = () => {
            window.seen.frames += 1
            const svg = document.querySelector('[data-panel=loss] .main-svg')
            if (!svg) window.seen.blank += 1
            window.seen.steps.add(document.querySelector('.sx-numbers').textContent)
            if (!window.seen.over) requestAnimationFrame(look)
          }
          look()
        }"""
    )
    train(page)
    first = step_of(page)
    page.wait_for_function("window.seen.steps.size > 6")
    assert step_of(page) > first
    assert page.evaluate("document.querySelector('[data-panel=loss]').tagged") is True
    assert page.evaluate("window.seen.blank") == 0
    page.evaluate("window.seen.over = true")
    assert trace(page, "loss", "x")[0] == 0


def test_the_learning_rate_reaches_a_running_model(learning: Page) -> None:
    page = learning
    thumb = page.get_by_role("slider", name=re.compile("Learning rate"))
    thumb.focus()
    thumb.press("ArrowLeft")
    page.wait_for_function(
        "document.querySelector('[data-panel=loss]')._fullData.some("
        "t => (t.text ?? []).some?.(w => String(w).includes('learning rate')) || "
        "(t.hovertext ?? []).some?.(w => String(w).includes('learning rate')))"
    )
    assert "training.learning_rate=" in page.url


def test_a_reload_shows_the_whole_curve(learning: Page) -> None:
    page = learning
    page.wait_for_function(
        "document.querySelector('[data-panel=loss]')._fullData?.[0].x?.length > 50"
    )
    before = step_of(page)
    page.reload()
    drawn(page)
    page.wait_for_function(
        "n => document.querySelector('[data-panel=loss]')._fullData?.[0].x?.length > n",
        arg=50,
    )
    assert step_of(page) >= before
    assert trace(page, "loss", "x")[0] == 0


def test_a_page_switch_and_the_back_button_keep_run_and_settings(
    learning: Page,
) -> None:
    page = learning
    run = re.search(r"run=([\w-]+)", page.url)
    assert run is not None
    heading = page.get_by_role("heading", name="Models", exact=True)
    visit(page, "Models")
    expect(heading).to_be_visible()
    expect(page.locator(".katex").first).to_be_visible()
    visit(page, "Playground")
    drawn(page)
    assert run[1] in page.url
    state_is(page, "Training")
    visit(page, "Models")
    page.wait_for_url(f"**/models?**run={run[1]}**")
    page.go_back()
    drawn(page)
    assert run[1] in page.url
    assert "training.batch_size=64" in page.url
    state_is(page, "Training")
    click(page, "Pause")
    state_is(page, "Paused")
    resume = page.get_by_role("button", name="Resume", exact=True)
    expect(resume).to_be_enabled()  # the page has come to rest
    page.go_forward()
    expect(heading).to_be_visible()
    assert run[1] in page.url
    visit(page, "Playground")
    drawn(page)
    state_is(page, "Paused")


KEYBOARD_STAYS = "document.activeElement.closest('.st-key-transport') !== null"


def test_pause_step_resume(learning: Page) -> None:
    page = learning
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    state_is(page, "Paused")
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_enabled()
    page.wait_for_function(KEYBOARD_STAYS)
    before = step_of(page)
    click(page, "Step 10")
    page.wait_for_function(
        "text => document.querySelector('.sx-numbers').textContent.startsWith(text)",
        arg=f"Step {before + 10:,} ",
    )
    state_is(page, "Paused")
    page.wait_for_timeout(500)
    assert step_of(page) == before + 10
    page.get_by_role("button", name="Resume", exact=True).press("Enter")
    state_is(page, "Training")
    page.wait_for_function(KEYBOARD_STAYS)
    page.wait_for_function(
        "n => Number(document.querySelector('.sx-numbers').textContent.split(' ')[1]"
        ".replace(',', '')) > n",
        arg=before + 30,
    )


def test_two_tabs_watch_one_run(learning: Page) -> None:
    one = learning
    two = one.context.new_page()
    two.goto(one.url)
    drawn(two)
    state_is(two, "Training")
    click(two, "Pause")
    for page in (one, two):
        state_is(page, "Paused")
    assert step_of(one) == step_of(two)
    click(one, "Stop")
    state_is(two, "Stopped")
    two.close()


def test_a_learning_rate_of_ten_diverges_and_says_so(open_page: Opener) -> None:
    page = open_page("/?training.learning_rate=10&model=gru")
    click(page, "Train")
    state_is(page, "Diverged")
    expect(page.locator(".sx-message")).to_contain_text("Try a learning rate of 1")


def test_the_slider_moves_every_picture_back_in_time(sample: Page) -> None:
    page = sample
    panels = ("prediction", "inside", "backpropagation")
    axis = {"prediction": ("y", 1), "inside": ("z", 0), "backpropagation": ("y", 0)}
    read = {p: str(trace(page, p, *axis[p])) for p in panels}
    set_slider(page, 3)
    page.wait_for_function(
        "document.querySelector('[data-panel=loss]')._fullData?.[0].x?.length < 10"
    )
    assert "step 4" in page.locator(".sx-time output").inner_text()
    for panel in panels:
        assert str(trace(page, panel, *axis[panel])) != read[panel], panel
    click(page, "To the live end")
    page.wait_for_function(
        "document.querySelector('[data-panel=loss]')._fullData?.[0].x?.length > 100"
    )
    for panel in panels:
        assert str(trace(page, panel, *axis[panel])) == read[panel], panel


def test_text_answers_to_temperature_and_prompt(open_page: Opener) -> None:
    page = open_page(
        "/?data=fables&model=gru&training.steps=20&training.batch_size=4"
        "&model.hidden_size=16"
    )
    train(page)
    state_is(page, "Finished")
    sample = page.locator(".sx-text").first
    expect(sample).to_be_visible()
    before = sample.inner_text()
    open_options(page, "prediction")
    page.get_by_label("Prompt").fill("the fox")
    page.wait_for_function(
        "document.querySelector('.sx-prompt')?.parentElement"
        ".textContent.startsWith('the fox')"
    )
    assert sample.inner_text() != before
    label = page.locator("#sx-prediction .sx-drawer label", has_text="Prompt")
    label.click(position={"x": 2, "y": 2})  # on its words
    expect(label).to_be_visible()
    page.locator("#sx-loss h2").click()
    expect(label).to_be_hidden()
    shades = (
        page.locator(".sx-text")
        .nth(1)
        .locator("span")
        .evaluate_all("spans => new Set(spans.map(s => s.style.backgroundColor)).size")
    )
    assert shades > 3


def test_a_gru_on_text_is_four_clicks_away_without_scrolling(
    open_page: Opener,
) -> None:
    page = open_page(viewport={"width": 1280, "height": 720})
    heights = page.locator("[data-panel=loss] .annotation").evaluate_all(
        "all => all.filter(a => /0[.]/.test(a.textContent)).map(a => {"
        "  const { top, bottom } = a.getBoundingClientRect(); return (top + bottom) / 2"
        "}).sort((one, other) => one - other)"
    )
    assert len(heights) > 4
    assert min(b - a for a, b in pairwise(heights)) > 12  # none over another
    choose_data(page, "text")  # two clicks
    about = page.locator(".st-key-about")
    expect(about).to_contain_text(
        "Changed: press Train."
    )  # its architectures are there
    page.get_by_role("radio", name="GRU").click()
    expect(about).to_contain_text("GRU")
    page.wait_for_selector(".sx-stale")
    click(page, "Train")
    state_is(page, "Training", "Finished")
    expect(about).to_contain_text("GRU, layers: 1")
    expect(page.locator(".sx-stale")).to_have_count(0)
    assert (
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    )
    last = page.locator("#sx-slider").bounding_box()
    gates = page.locator("#sx-inside h2").bounding_box()
    assert last is not None
    assert gates is not None
    assert last["y"] + last["height"] < gates["y"] + gates["height"] < 720


def test_chinese(open_page: Opener) -> None:
    page = open_page("/", locale="zh-CN", color_scheme="dark")
    expect(page.get_by_role("button", name="训练", exact=True)).to_be_visible()
    expect(page.locator(".sx-state")).to_have_text("已完成")
    titles = page.evaluate(
        "Array.from(document.querySelectorAll('.sx-plot')).flatMap(p => "
        "[p._fullLayout.xaxis, p._fullLayout.yaxis].filter(axis => axis.visible))"
        ".map(axis => axis.title.text)"
    )
    assert all(re.search(r"[\u4e00-\u9fff]", title) for title in titles), titles
    assert serious(page) == []
    click(page, "English")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()


def test_a_phone_scrolls_down_only(open_page: Opener) -> None:
    page = open_page("/", viewport={"width": 390, "height": 844})
    assert fits(page)
    lefts = page.locator(".sx-panel").evaluate_all(
        "panels => panels.map(p => Math.round(p.getBoundingClientRect().left))"
    )
    assert len(set(lefts)) == 1
    shares = page.locator(".sx-plot").evaluate_all(
        "plots => plots.map(p => p._fullLayout._size.w / p._fullLayout.width)"
    )
    assert min(shares) > 2 / 3


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("model=lsmt", "Unknown model 'lsmt'"),
        ("run=made-up", "There is no run 'made-up'"),
    ],
)
def test_a_bad_link_gets_one_sentence(
    open_page: Opener, query: str, sentence: str
) -> None:
    page = open_page(f"/?{query}")
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(page.locator(".sx-state")).to_have_text("Finished")


def test_the_keyboard_moves_the_slider_and_is_seen(sample: Page) -> None:
    page = sample
    page.locator("#sx-slider").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "document.querySelector('.sx-time output').textContent === 'step 600'"
    )
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".sx-time output")).not_to_have_text("step 600")
    start = page.get_by_role("button", name="Train", exact=True)
    for there in (page.locator("#sx-slider"), start):
        there.focus()  # as the keyboard does, which was used last
        ring = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid 2px" in ring
    click(page, "To the live end")
    expect(page.locator(".sx-time output")).to_contain_text("live")


CHOOSE = """index => {
  const choice = document.querySelector('#sx-inside select')
  const was = choice.selectedIndex
  choice.selectedIndex = index ?? (was + 1) % choice.length
  choice.dispatchEvent(new Event('change'))
  return was
}"""


def test_only_the_picture_that_changes_is_drawn(sample: Page) -> None:
    sample.evaluate(
        """() => {
          window.drawn = []
          window.react = Plotly.react
          Plotly.react = (plot, ...rest) => {
            window.drawn.push(plot.dataset.panel)
            return window.react(plot, ...rest)
          }
        }"""
    )
    was = sample.evaluate(CHOOSE, None)
    sample.wait_for_function("window.drawn.includes('inside')")
    sample.evaluate(CHOOSE, was)
    sample.wait_for_function(
        "window.drawn.filter(panel => panel === 'inside').length > 1"
    )
    assert set(sample.evaluate("window.drawn")) == {"inside"}
    sample.evaluate("() => { Plotly.react = window.react }")


def test_axe_finds_nothing_serious_on_the_first_page(sample: Page) -> None:
    assert serious(sample) == []


def test_a_plot_without_room_draws_nothing_at_infinity(sample: Page) -> None:
    narrow = sample.add_style_tag(content=".sx-plot { width: 8px !important }")
    sample.wait_for_function(
        "document.querySelector('[data-panel=loss]').clientWidth < 20"
    )
    sample.evaluate("new Promise(done => setTimeout(done, 500))")
    # an error in the console fails what uses this page
    assert sample.evaluate(
        "document.querySelector('[data-panel=loss]')._fullLayout.width > 20"
    )
    narrow.evaluate("style => style.remove()")


def test_a_long_choice_leaves_its_question_room(sample: Page) -> None:
    widths = sample.evaluate(
        """() => {
          const select = document.querySelector(
            '.sx-compact .sx-head > .sx-controls select')
          const head = select.closest('.sx-head')
          const options = [...select.options], said = options.map(each => each.text)
          for (const each of options) each.text = 'a long choice '.repeat(11)
          const found = [head.scrollWidth, head.clientWidth]
          options.forEach((each, index) => { each.text = said[index] })
          return found
        }"""
    )
    assert widths[0] <= widths[1]


SEARCHED = """() => {
  const around = (subject) => [...document.querySelectorAll(subject || '*')]
    .some(node => node.querySelector('.sx-plot'))
  const searches = (selector) => {
    const [subject, within] = selector.split(':has(')
    return within && !within.startsWith('> ')
      && around(/[\\s>+~]$/.test(subject) ? `${subject}*` : subject)
  }
  const rules = (list) => [...list].flatMap(rule => rule.selectorText ?? (
    rule.media && !matchMedia(rule.media.mediaText).matches
      ? [] : rules(rule.cssRules ?? [])))
  return [...document.styleSheets].flatMap(sheet => rules(sheet.cssRules))
    .filter(searches)
}"""
"""Selectors by which whatever Plotly draws has a part of the page searched anew."""


def test_the_choices_stand_in_one_line(sample: Page) -> None:
    edges = sample.evaluate(
        "['[data-testid=stSelectbox]', '[data-testid=stButtonGroup]'].map(name =>"
        "document.querySelector(`.st-key-first_choices ${name} label`)"
        ".getBoundingClientRect().top)"
    )
    assert abs(edges[0] - edges[1]) <= 2, edges


def test_no_stroke_of_a_picture_has_the_page_searched(sample: Page) -> None:
    assert sample.evaluate(SEARCHED) == []


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/models", {}),
        pytest.param("/inside", {"color_scheme": "light"}, marks=pytest.mark.slow),
        ("/inside", {"color_scheme": "dark"}),
    ],
)
def test_axe_finds_nothing_serious(
    open_page: Opener, path: str, options: dict[str, str]
) -> None:
    page = open_page(path, ready=False, **options)
    page.wait_for_selector(".stMain .main-svg, .stMain .katex")
    assert serious(page) == []


INK = """() => getComputedStyle(
  document.querySelector('[data-panel=loss] .xtick text')).fill"""
FITS = """() => [...document.querySelectorAll('.sx-plot')].every(plot =>
  Math.abs(plot.querySelector('.main-svg').clientWidth - plot.clientWidth) < 2)"""
WIDEST = """() => Math.max(
  ...[...document.querySelectorAll('.main-svg')].map(svg => svg.clientWidth))"""
A4 = 632
"""Pixels that A4 leaves to a picture between its margins and the panel's."""

CUT = """() => [...document.querySelectorAll('.sx-plot')].filter(plot =>
  plot.querySelector('.main-svg').getBoundingClientRect().bottom
    > plot.getBoundingClientRect().bottom + 1).map(plot => plot.dataset.panel)"""


def test_on_paper_charts_are_whole_and_forced_colours_leave_them_legible(
    open_page: Opener,
) -> None:
    page = open_page("/", forced_colors="active", color_scheme="light")
    red, green, blue = map(int, re.findall(r"\d+", page.evaluate(INK))[:3])
    assert max(red, green, blue) < 128  # the paper is white
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(WIDEST) <= A4
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    for tools in (".sx-tools", ".sx-project", ".sx-drawer"):
        assert not any(each.is_visible() for each in page.locator(tools).all())
    page.wait_for_function(FITS)
    settings = page.locator(".sx-settings").first
    expect(settings).to_be_visible()
    expect(settings).to_contain_text("Hidden size")
    page.emulate_media(media="screen")
    expect(settings).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.wait_for_function(FITS)
    heights = page.locator(".sx-plot").evaluate_all(
        "a => a.map(p => p.style.minHeight)"
    )
    assert set(heights) == {""}
