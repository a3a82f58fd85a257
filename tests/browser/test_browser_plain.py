"""Words from outside in a real browser: what is read is what was given, and no more."""

import json
import random
import sys
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from explorer.ui.plain import JOINER
from tests.browser.conftest import ROOT, Opener, serving, train
from tests.ports import free_port

pytestmark = pytest.mark.browser

SCRIPT = """
import json
from pathlib import Path
import streamlit as st
from explorer.errors import Words
from explorer.ui.plain import literal, show_error
st.set_page_config(layout="wide")
for k, words in enumerate(json.loads(Path({path!r}).read_text())):
    with st.container(key=f"given-{{k}}"):
        show_error(Words("%(came)s", {{"came": words}}), str)
        st.title(literal(words), anchor=False)
        st.caption("Called " + literal(words) + ", said twice: " + literal(words))
        st.markdown(f"**{{literal(words)}}**")
        st.button(literal(words), key=f"button{{k}}")
"""

WORDS = """
![a](http://other/x.png) [a](http://other) <b> <img/src=//other/x> http://other.org/a
HTTPS://other.org www.other.org WWW.other.org me@other.org mailto:me@other.org
xmpp:me@other.org :material/home: :smile: :red[a] :streamlit: :blue-background[a]
$x^2$ $$x$$ `a` ``a` *a* **a** _a_ __a__ a_b_c ~~a~~ ~a~ # ## > - + 1. 12) === --- -- ->
<- <-> >= <= ~= | a|b |-| [^1] [^1]: &amp; &#42; &lt; \\* \\ ! ![ ]( {a} ^a^ a: :: @ a@
数据：
"""
PIECES = WORDS.split()
ALONE = [*PIECES, "    code", "a\n\nb", "a\n===", "| a |\n|---|\n| b |", "\u202eabc"]


def given() -> list[str]:
    """Every piece alone, and some together."""
    dice = random.Random(7)
    together = [" ".join(dice.choices(PIECES, k=4)) for _ in range(30)]
    touching = ["".join(dice.choices(PIECES, k=3)) for _ in range(30)]
    return [*ALONE, *together, *touching]


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that shows all of them, and the hosts that it asks."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "given.json").write_text(json.dumps(given()))
    script = folder / "script.py"
    script.write_text(SCRIPT.format(path=str(folder / "given.json")))
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port)]
    with serving(command, port, folder, {"PYTHONPATH": str(ROOT)}) as url:
        page = browser.new_page()
        page.goto(url)
        page.locator(f".st-key-given-{len(given()) - 1} button").wait_for()
        yield page
        page.close()


def read(text: str) -> str:
    return " ".join(text.replace(JOINER, "").split())


def meant(words: str) -> str:
    return " ".join(words.replace("\u202e", "").split())


FOREIGN = "a[href], img, code, em, del, table, ul, ol, hr, h2, h3, .katex, blockquote"


def test_what_is_read_is_what_was_given(shown: Page) -> None:
    wrong = []
    for k, words in enumerate(given()):
        place = shown.locator(f".st-key-given-{k}")
        found = place.evaluate(
            """(place, foreign) => [
              ...['stAlertContainer', 'stHeading', 'stCaptionContainer'].map(name =>
                place.querySelector(`[data-testid=${name}] p, [data-testid=${name}] h1`)
                  .textContent),
              place.querySelector('button p')?.textContent ?? '',
              [...place.querySelectorAll(foreign)].map(e => e.outerHTML).join(),
              String(place.querySelectorAll(
                '[data-testid=stMarkdownContainer] span[translate=no]').length),
            ]""",
            FOREIGN,
        )
        plain = meant(words)
        twice = f"Called {plain}, said twice: {plain}"
        expected = [plain, plain, twice, plain, "", "0"]
        if [read(text) for text in found] != expected:
            wrong.append((words, found))
    assert wrong == []


def test_an_address_asks_no_other_host_and_makes_no_link(open_page: Opener) -> None:
    came = "![a](http://other.org/x.png) [b](http://other.org) www.a.org"
    asked: list[str] = []
    train(open_page())  # a server is not stopped before its workers are there
    page = open_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{page.url.partition('?')[0]}?lang=en&model={quote(came)}")
    box = page.get_by_test_id("stAlertContainer").first
    box.wait_for()
    assert came in read(box.inner_text())
    assert box.locator("a, img").count() == 0
    assert {urlsplit(url).netloc for url in asked} <= {urlsplit(page.url).netloc, ""}
