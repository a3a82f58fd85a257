"""The scripts of figures by themselves, in a browser without the app."""

import csv
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from explorer.ui.classes import results
from explorer.ui.language import translator
from explorer.ui.live.scripts import script

pytestmark = pytest.mark.browser

AXES = {
    "xaxis": {"title": {"text": "time step"}},
    "yaxis": {"title": {"text": "probability (%)"}, "tickformat": ".0%"},
    "xaxis2": {"title": {"text": ""}, "matches": "x"},
    "yaxis2": {
        "title": {"text": "hidden<br>unit"},
        "tickvals": [4, 7],
        "ticktext": ["=SUM(A1)", 'a, "b"'],
    },
}
TRACES: list[dict[str, Any]] = [
    {"visible": True, "name": "odds", "x": [1, 2], "y": [0.25, 1]},
    {"visible": True, "name": "trace 1", "x0": 3, "dx": 2, "y": [0.5, None]},
    {"visible": "legendonly", "name": "hidden", "x": [1], "y": [0]},
    {
        "visible": True,
        "name": "map",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": [5, 6],
        "y": [4, 7],
        "z": [[7, None], [9, 10]],
        "colorbar": {"title": {"text": "weight"}},
    },
]

ON_A4 = 1031  # pixels between the margins of a sheet on its side
BROKEN = """() => [...document.querySelectorAll('th, td')].flatMap(cell => {
  const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT).nextNode()
  return [...text.data.matchAll(/[!-~]+/g)].filter(word => {
    const place = document.createRange()
    place.setStart(text, word.index)
    place.setEnd(text, word.index + word[0].length)
    return place.getClientRects().length > 1
  }).map(([word]) => word)
})"""
"""Words and numbers of a table that stand in two lines."""


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(
        content=script("element", "narrow", "saving", "drawer", "contents", "controls")
    )
    yield page
    page.close()


def test_what_is_drawn_is_a_table_with_the_axes_words(blank: Page) -> None:
    given = {"_fullData": TRACES}
    told = blank.evaluate("([p, a]) => tidy(p, a, 'Series')", [given, AXES])
    head, *rows = csv.reader(told.splitlines())
    assert head == ["Series", "time step", "probability (%)", "hidden unit", "weight"]
    assert rows == [
        ["odds", "1", "25", "", ""],
        ["odds", "2", "100", "", ""],
        ["2", "3", "50", "", ""],
        ["2", "5", "0", "", ""],
        ["map", "5", "", "'=SUM(A1)", "7"],
        ["map", "5", "", 'a, "b"', "9"],
        ["map", "6", "", 'a, "b"', "10"],
    ]


@pytest.mark.parametrize("printed", [True, False])
def test_an_image_has_its_title_and_its_colours(blank: Page, printed: bool) -> None:
    image, how = blank.evaluate(
        """printed => {
          const plot = document.createElement("div")
          document.body.append(plot)
          plot.style = "width: 500px; --st-background-color: #123456"
          plot.data = []
          plot.layout = { template: "dark", margin: { t: 9 } }
          let kept
          window.Plotly = { downloadImage: (image, how) => { kept = [image, how] } }
          const about = { title: "a < b?", about: "LSTM, step 6", name: "loss-6" }
          const tints = colours(plot, printed && "light")
          saveImage(plot, { format: "png", ...about, ...tints })
          return [kept[0].layout, kept[1]]
        }""",
        printed,
    )
    assert image["title"]["text"].startswith("a &lt; b?<br>")
    assert "LSTM, step 6" in image["title"]["text"]
    assert image["margin"]["t"] == 9 + 70
    assert image["template"] == ("light" if printed else "dark")
    paper = "#ffffff" if printed else "#123456"
    assert [image["paper_bgcolor"], image["plot_bgcolor"]] == [paper] * 2
    assert (how["filename"], how["format"], how["scale"]) == ("loss-6", "png", 2)
    assert (how["width"], how["height"]) == (640, 320 + 70)


@pytest.mark.parametrize("height", [150, 400])
def test_labels_of_line_ends_keep_a_lines_distance(blank: Page, height: int) -> None:
    places = [0.3, 0.3, 0.31, 0.9, 0.1]
    label = {"x": 1, "xref": "paper", "xanchor": "left", "yref": "y"}
    note = {"x": 0, "xref": "paper", "yref": "y", "y": 0.3}
    given = {
        "annotations": [*(label | {"y": y} for y in places), note],
        "yaxis": {"range": [0, 1]},
    }
    figure = {"data": [], "layout": given}
    moved = blank.evaluate("([f, h]) => fitted(f, 600, h)", [figure, height])
    *labels, kept = (each["y"] for each in moved["layout"]["annotations"])
    assert kept == 0.3
    room = height - 52 - 12  # without the axis below and the edge above
    by_height = sorted(labels)
    gaps = [room * (b - a) for a, b in pairwise(by_height)]
    assert min(gaps) == pytest.approx(15)
    assert by_height[0] >= 0
    assert by_height[-1] <= 1
    order = sorted(range(5), key=places.__getitem__)
    assert [labels[k] for k in order] == by_height


@pytest.mark.parametrize("above", [True, False])
def test_a_title_above_a_low_plot_stands_above_all_words_there(
    blank: Page, above: bool
) -> None:
    words = {"x": 3, "y": 1, "yref": "paper", "yanchor": "bottom", "text": "from here"}
    layout = {
        "yaxis": {"title": {"text": "Value (arbitrary units)"}},
        "annotations": [words] if above else [],
    }
    found = blank.evaluate("layout => low(layout, 120)", layout)
    *_others, title = found["annotations"]
    assert title["text"] == "Value (arbitrary units)"
    assert title["yshift"] == (20 if above else 0)
    assert found["margin"]["t"] == title["yshift"] + 26


def test_a_figure_of_many_rows_says_how_high_it_must_be(blank: Page) -> None:
    figure = {"data": [], "layout": {"meta": {"least": 420}}}
    more = blank.evaluate("f => [600, 300].map(w => fitted(f, w, 304).more)", figure)
    assert more == [420 - 304] * 2


def test_labels_go_below_a_plot_that_has_the_height_for_it(blank: Page) -> None:
    label = {"x": 1, "xref": "paper", "xanchor": "left", "yref": "y", "text": "floor"}
    figure = {"data": [], "layout": {"annotations": [label | {"y": 1}]}}
    places = blank.evaluate(
        "f => [[300, 304], [300, 150], [600, 304]].map(([w, h]) =>"
        " [slender(w, h), fitted(f, w, h).layout.annotations[0].y])",
        figure,
    )
    assert places == [[True, 0], [False, 1], [False, 1]]
    layout = blank.evaluate("f => fitted(f, 300, 304).layout", figure)
    assert layout["margin"]["l"] + layout["annotations"][0]["xshift"] >= 0


@pytest.mark.parametrize(
    ("words", "aslant"),
    [
        (["loss", "Hidden size", "Learning rate"], False),
        (["loss", "Hyperparameter", "Regularisation", "Batch size"], True),
    ],
)
def test_a_few_words_below_an_axis_all_stay(
    blank: Page, words: list[str], aslant: bool
) -> None:
    given = {"xaxis": {"tickvals": list(range(len(words))), "ticktext": words}}
    figure = {"data": [], "layout": given}
    axis = blank.evaluate("f => fitted(f, 300, 304).layout.xaxis", figure)
    kept = [head.replace("<br>", " ") for head in axis["ticktext"]]
    assert kept == words
    assert ("tickangle" in axis) == aslant
    assert ("Hidden<br>size" in axis["ticktext"]) != aslant


def test_a_trace_has_other_words_for_a_phone(blank: Page) -> None:
    trace = {"mode": "text", "text": ["a = b = 3"], "meta": {"narrow": ["a = 3"]}}
    figure = {"data": [trace], "layout": {}}
    said = blank.evaluate(
        "f => [300, 600].map(w => fitted(f, w, 304).data[0].text[0])", figure
    )
    assert said == ["a = 3", "a = b = 3"]


def test_labels_of_line_ends_stand_apart_on_a_part_of_the_height(blank: Page) -> None:
    labels = [
        {"x": 1, "xref": "paper", "xanchor": "left", "y": y, "yref": "y", "text": "a"}
        for y in (0, 1, 2)
    ]
    axis = {"range": [0, 100], "domain": [0, 0.5]}
    figure = {"data": [], "layout": {"yaxis": axis, "annotations": labels}}
    places = blank.evaluate(
        "f => fitted(f, 600, 304).layout.annotations.map(each => each.y)", figure
    )
    pixels = (304 - 52 - 12) * 0.5 / 100
    assert min(b - a for a, b in pairwise(places)) * pixels >= 15 - 1e-6


def test_the_last_word_of_a_colour_bar_has_room(blank: Page) -> None:
    bar = {"tickvals": [0, 1], "ticktext": ["0 forgets", "1 keeps all of it"]}
    figure = {"data": [], "layout": {"coloraxis": {"colorbar": bar}}}
    layout = blank.evaluate("f => fitted(f, 300, 304).layout", figure)
    margin, bar = layout["margin"], layout["coloraxis"]["colorbar"]
    end = margin["l"] + bar["len"] * (300 - margin["l"] - margin["r"])
    assert end + 4 * len("1 keeps all of it") <= 300
    figure = {"data": [{"type": "contour", "colorbar": {"nticks": 3}}], "layout": {}}
    found = blank.evaluate("f => fitted(f, 300, 304)", figure)
    assert found["data"][0]["colorbar"]["orientation"] == "h"
    assert found["layout"]["margin"]["b"] > found["more"] > 0


def test_many_words_below_an_axis_are_thinned(blank: Page) -> None:
    words = [f"number {k}" for k in range(20)]
    given = {"xaxis": {"tickvals": list(range(20)), "ticktext": words}}
    figure = {"data": [], "layout": given}
    axis = blank.evaluate("f => fitted(f, 300, 304).layout.xaxis", figure)
    assert "" in axis["ticktext"]


def test_the_contents_say_which_panel_of_a_row_one_is_at(blank: Page) -> None:
    blank.evaluate(
        """() => {
          document.body.replaceChildren()
          const grid = document.createElement("div")
          grid.style = "display: grid; grid-template-columns: 1fr 1fr"
          const panels = new Map([..."abcdefgh"].map(name => {
            const section = element("section", { className: "sx-panel", id: name })
            section.append(element("input", { type: "checkbox" }))
            section.style.height = "600px"
            grid.append(section)
            return [name, { section, question: name }]
          }))
          const page = { strings: { contents: "All" }, panels }
          window.list = contents(page)
          list.style = "position: sticky; top: 0"
          document.body.append(list, grid, element("div", { style: "height: 3000px" }))
          scrollTo(0, 0)
        }"""
    )

    def marks(name: str) -> None:
        """Wait until this alone is marked in the opened list."""
        blank.evaluate("list.open = false")
        blank.locator("summary").press("Enter")
        blank.wait_for_function(
            """name => list.open && [...list.querySelectorAll("[aria-current]")]
              .map(each => each.innerText).join() === name""",
            arg=name,
        )
        blank.locator("summary").press("Escape")

    def go_to(name: str) -> None:
        blank.locator("summary").press("Enter")
        blank.get_by_role("button", name=name, exact=True).press("Enter")

    marks("a")
    for name in "dcfg":
        go_to(name)
        assert blank.evaluate("document.activeElement.id") == name
        assert not blank.evaluate("list.open")
        marks(name)
    blank.evaluate("scrollTo(0, 0)")
    marks("a")
    blank.locator("#b input").click()
    marks("b")
    blank.evaluate("scrollTo(0, 700)")
    marks("c")
    blank.evaluate("scrollTo(0, 99999)")
    marks("h")


def test_play_waits_for_the_picture_of_each_step(browser: Browser) -> None:
    page = browser.new_page()
    page.clock.install()
    page.add_script_tag(content=script("element", "controls"))
    page.evaluate(
        """() => {
          window.asked = []
          const ask = () => asked.push(controls.choice.step)
          window.controls = new Controls(document.body, ask, () => [4])
          const range = { kind: "range", min: 0, max: 9, step: 1, value: 0 }
          const words = { name: "step", label: "Step", play: "Play", pause: "Pause" }
          document.body.append(controls.row([{ ...range, ...words }]))
        }"""
    )
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(3000)
    assert page.evaluate("asked") == [0]
    for step in (1, 2):
        page.evaluate("controls.arrived()")
        page.clock.run_for(3000)
        assert page.evaluate("asked.at(-1)") == step
        assert page.locator("output").inner_text() == str(step)
    page.clock.run_for(9000)  # a picture that never comes does not hold it for ever
    assert page.evaluate("asked.at(-1)") > 2
    page.clock.run_for(30000)
    assert page.evaluate("asked.at(-1)") == 4
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_paper_no_word_of_a_class_is_broken(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(results, "language", lambda: language)
    settings = "Batch size 32; Seed 0"
    found = [
        results.Result(name, "1. Waves of a sine", "4.1 nats", 0.02034, 20000, *rest)
        for name in ("Ann", "Bob of the second row")
        for rest in [("Transformer", 128, 2, 0.005, settings, 1234.5, 12000)]
    ]
    page = browser.new_page(viewport={"width": ON_A4, "height": 700})
    page.emulate_media(media="print")
    page.set_content(results.as_page("Waves", found, translator(language)))
    assert page.evaluate(BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= ON_A4
    page.close()
