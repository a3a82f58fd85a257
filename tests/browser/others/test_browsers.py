"""What the app is for, in browsers other than Chromium: a dozen of its main paths."""

import math
from pathlib import Path

import pytest

from tests.browser.others.conftest import Opener
from tests.browser.others.tabs import Tab

pytestmark = [
    pytest.mark.browsers,
    # Selenium's own driver for WebKitGTK calls its connection in an old way.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]

LONG = "training.steps=20000&training.schedule=constant"
STEP = (
    "Number(document.querySelector('.sx-numbers')?.textContent"
    ".split(' ')[1]?.replace(',', ''))"
)


def drawn(tab: Tab, *panels: str) -> None:
    """These panels have their figure; by default those of the Playground."""
    for panel in panels or ("loss", "prediction", "inside", "backpropagation"):
        tab.wait(
            f"Boolean(document.querySelector('[data-panel={panel}]')?._fullData?.length)"
        )


def state_is(tab: Tab, *states: str) -> None:
    state = "document.querySelector('.sx-state')?.textContent"
    tab.wait(f"{list(states)}.includes({state})")


def train(tab: Tab, *states: str) -> None:
    """Press Train and wait for the first steps of a run of one's own; one that is short
    may have ended before it is seen."""
    drawn(tab)
    tab.click("Train")
    tab.wait("location.search.includes('run=')")
    state_is(tab, "Training", *states)
    tab.wait(f"{STEP} > 0")


def test_a_newcomer_finds_a_finished_run(open_tab: Opener) -> None:
    tab = open_tab()
    drawn(tab)
    state_is(tab, "Finished")
    points = "document.querySelector('[data-panel={0}]')._fullData[0].{1}.length"
    assert tab.run(points.format("loss", "x")) > 100
    assert tab.run(points.format("prediction", "y")) > 50
    assert tab.run(points.format("inside", "z")) > 0


def test_training_moves_and_nothing_is_mounted_anew(open_tab: Opener) -> None:
    tab = open_tab(f"/?model=lstm&{LONG}")
    drawn(tab)
    tab.run("(document.querySelector('[data-panel=loss]').tagged = true)")
    train(tab)
    first = tab.run(STEP)
    tab.wait(f"{STEP} > {first} + 100")
    assert tab.run("document.querySelector('[data-panel=loss]').tagged") is True
    assert tab.run("Boolean(document.querySelector('[data-panel=loss] .main-svg'))")


def test_pause_step_and_resume(open_tab: Opener) -> None:
    tab = open_tab(f"/?model=rnn&{LONG}")
    train(tab)
    tab.click("Pause")
    state_is(tab, "Paused")
    before = tab.run(STEP)
    tab.click("Step 10")
    tab.wait(f"{STEP} === {before} + 10")
    tab.click("Resume")
    state_is(tab, "Training")
    tab.click("Stop")
    state_is(tab, "Stopped")


def test_the_slider_moves_all_pictures_to_an_earlier_moment(open_tab: Opener) -> None:
    tab = open_tab()
    drawn(tab)
    tab.run(
        "((slider) => { slider.value = 2; slider.dispatchEvent(new Event('input')) })"
        "(document.querySelector('#sx-slider'))"
    )
    moment = "document.querySelector('output[for=sx-slider]').textContent"
    tab.wait(f"{moment} === 'step 2'")
    tab.click("To the live end")
    tab.wait(f"{moment}.includes('live')")


def test_the_back_button_returns_to_the_run(open_tab: Opener) -> None:
    tab = open_tab(f"/?model=gru&{LONG}")
    train(tab)
    run = tab.run("new URLSearchParams(location.search).get('run')")
    tab.click("Learn")
    tab.click("Models")
    tab.wait(
        "location.pathname.endsWith('/models') && location.search.includes('run=')"
    )
    tab.wait("Boolean(document.querySelector('.katex'))")
    tab.back()
    drawn(tab)
    state_is(tab, "Training")
    assert tab.run("new URLSearchParams(location.search).get('run')") == run


def test_chinese_from_the_title_to_the_charts(open_tab: Opener) -> None:
    tab = open_tab("/?lang=zh")
    drawn(tab)
    state_is(tab, "已完成")
    assert tab.run("document.documentElement.lang") == "zh"
    assert tab.run("document.title") == "序列探索器"
    axis = "document.querySelector('[data-panel=loss]')._fullLayout.xaxis.title.text"
    assert tab.run(axis) == "训练步"
    tab.click("English")
    state_is(tab, "Finished")
    tab.wait("document.documentElement.lang === 'en'")
    tab.wait("document.title === 'Sequence Explorer'")


def test_a_text_goes_on_from_ones_own_prompt(open_tab: Opener) -> None:
    tab = open_tab("/?data=fables&model=gru&training.steps=60")
    train(tab, "Finished")
    state_is(tab, "Finished")
    tab.run("document.querySelector('#sx-prediction .sx-drawer').open = true")
    tab.fill("Prompt", "the fox")
    tab.wait(
        "document.querySelector('.sx-prompt')?.parentElement"
        ".textContent.startsWith('the fox')"
    )


def test_a_look_inside(open_tab: Opener) -> None:
    tab = open_tab("/inside")
    tab.wait("Boolean(document.querySelector('#sx-raster'))")
    # What is not on the screen is not drawn.
    tab.run("document.querySelector('#sx-raster').scrollIntoView({ block: 'center' })")
    drawn(tab, "raster")
    assert tab.run(
        "document.querySelector('[data-panel=raster]')._fullData[0].z.length"
    )


def test_a_class_of_one_teacher_and_one_student(open_tab: Opener) -> None:
    desk = open_tab(f"/class?model=rnn&{LONG}")
    desk.fill("Title", "Waves")
    desk.fill("Task text", "Find a good rate")
    desk.click("Make the class")
    desk.reads("Nobody has joined yet.")
    link = desk.wait("document.querySelector('.st-key-class_link code')?.innerText")
    student = open_tab(link[link.index("/?class=") :])
    student.fill("Nickname", "Ann")
    student.click("Join")
    student.reads("You are Ann")
    train(student)
    desk.wait("document.querySelector('.sx-board')?.innerText.includes('Ann')")


def test_a_table_is_brought_and_trained_on(open_tab: Opener, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    values = (f"{20 + 5 * math.sin(k / 7):.3f}" for k in range(600))
    path.write_text("\n".join(["sales", *values]), encoding="utf-8")
    tab = open_tab("/data")
    tab.reads("Bring your own")
    tab.upload(path)
    tab.reads("600 values, 0 of them missing.")
    tab.click("Keep it and look at it")
    tab.reads("600 rows, 0 of them without a value.")
    tab.click("Train on this")
    tab.wait("location.pathname === '/'")
    train(tab, "Finished")
    tab.reads("on Own series")


def test_a_series_is_drawn_by_hand(open_tab: Opener) -> None:
    tab = open_tab("/data")
    tab.reads("Bring your own")
    tab.click("Draw")
    tab.wait("Boolean(document.querySelector('.sx-canvas'))")
    tab.drag(".sx-canvas", (0.02, 0.5), (0.3, 0.1), (0.6, 0.9), (0.97, 0.4))
    tab.click("Keep it and look at it")
    tab.reads("1,600 rows, 0 of them without a value.")


def test_a_tune_plays_or_says_why_not(open_tab: Opener) -> None:
    tab = open_tab("/?data=melodies&model=rnn&training.steps=40&data.copies=0")
    train(tab, "Finished")
    state_is(tab, "Finished")
    tab.wait("document.querySelectorAll('#sx-prediction .sx-play').length === 2")
    tab.run("document.querySelector('#sx-prediction .sx-play').click()")
    tab.wait(
        "Boolean(document.querySelector('.sx-sounding')) || document.querySelector("
        "'#sx-prediction .sx-hint')?.textContent.includes('holds the sound back')"
    )
