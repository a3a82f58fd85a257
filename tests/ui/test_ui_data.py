"""The page Data, and own data on the other pages, without a browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing, specs
from explorer.data import content, files
from explorer.data.content import OwnSeries
from explorer.engine.limits import LIMITS
from explorer.engine.own_data import delete, give_series, give_text
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from tests.ui.conftest import QUIET, asked, choice, page, wait_for

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]

WALK = np.cumsum(np.random.default_rng(5).normal(size=400))
TEXT = "The fox and the cat walked through the snow. " * 40
ANN, BEN = "browser-ann", "browser-ben"


def of(owner: str) -> Visitor:
    return Visitor(engine(), owner)


def given(owner: str, label: str = "Level", scale: float = 1) -> str:
    return give_series(of(owner), OwnSeries(scale * WALK, label))


def said(test: AppTest) -> str:
    kinds = (test.error, test.markdown, test.caption, test.warning)
    return "\n".join(each.value for kind in kinds for each in kind)


def charts(test: AppTest) -> int:
    """How many figures are shown."""
    return sum("figure." in str(each.proto) for each in test.get("bidi_component"))


QUICK = ("sine", "weather", "fables", "casino", "dates", "shapes", "tones")
"""One of each kind; the rest take too long to look at each time."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(d.name, marks=() if d.name in QUICK else pytest.mark.slow)
        for d in specs.datasets().values()
        if d.offered
    ],
)
def test_every_dataset_is_shown(name: str) -> None:
    test = page("data", data=name)
    assert not test.error
    assert len(test.metric) >= 5
    assert charts(test) + len(test.code) >= 1


def test_own_data_is_shown_and_prepared() -> None:
    digest = given(ANN, "Prepared")
    test = page("data", ANN, data="own_series", **{"data.digest": digest})
    assert not test.error
    # The picture, before and after, a window, the values, the lags.
    assert charts(test) == 6
    # No column stands beside it, so nothing is asked about some.
    assert not any(str(w.key).endswith(".beside") for w in test.selectbox)
    widget = next(w for w in test.selectbox if w.key.endswith(".change"))
    widget.set_value("difference").run()
    assert asked(test, "data.change") == "difference"
    assert asked(test, "data.digest") == digest
    widget = next(w for w in test.slider if w.key.endswith(".window"))
    widget.set_value(256).run()
    assert "Shorten the window" in test.error[0].value
    assert not test.exception


def test_own_text_is_shown() -> None:
    digest = give_text(of(ANN), TEXT, "snow.txt")
    test = page("data", ANN, data="own_text", **{"data.digest": digest})
    assert not test.error
    assert any(TEXT[:40] in code.value for code in test.code)


EXAMPLES = {
    "tags": (
        [f"Anna B-PER\nsaw O\nit{k} O\n\n" for k in range(12)],
        ("sentences", "12 sentences of 36 tokens"),
    ),
    "labels": (
        ["text,label\n", *(f"it was no {k},{'ab'[k % 2]}\n" for k in range(12))],
        ("examples", "12 texts, 2 labels"),
    ),
    "pairs": (
        [f"the number {k}\tdie Zahl {k}\n" for k in range(12)],
        ("sources", "12 pairs, 12 different sources"),
    ),
}
"""Lines, what they are, and what is said of all."""


@pytest.mark.parametrize("kind", EXAMPLES)
def test_pasting_examples(kind: str) -> None:
    lines, (what, words) = EXAMPLES[kind]
    owner = f"browser-pasting-{kind}"
    test = page("data", owner)
    test.session_state["ways"] = "Paste"
    test.run()
    test.segmented_control(key="kind.series").set_value(kind).run()
    test.text_area(key=f"pasted.{kind}").set_value("".join(lines[:4])).run()
    assert f"at least 10 different {what}" in test.error[0].value
    assert any(lines[1].split()[0] in code.value for code in test.code)  # shown anyway
    test.text_area(key=f"pasted.{kind}").set_value("".join(lines)).run()
    assert words in said(test)
    test.button(key="keep").click().run()
    assert not test.error
    (held,) = engine().store.contents.of(owner)
    assert held.kind == kind
    assert asked(test, "data.digest") == held.digest
    delete(of(owner), held.digest)
    assert not content.there(held.digest)


def test_pasting_numbers_and_text() -> None:
    for kind, pasted in (("series", " ".join(map(str, WALK[:150]))), ("text", TEXT)):
        test = page("data", f"browser-pasting-{kind}")
        test.session_state["ways"] = "Paste"
        test.run()
        if kind == "text":
            test.segmented_control(key="kind.series").set_value("text").run()
        test.text_area(key=f"pasted.{kind}").set_value("fox").run()
        assert test.error
        test.text_area(key=f"pasted.{kind}").set_value(pasted).run()
        test.button(key="keep").click().run()
        assert [error.value for error in test.error] == []
        assert asked(test, "data") == f"own_{kind}"
        (held,) = engine().store.contents.of(f"browser-pasting-{kind}")
        assert asked(test, "data.digest") == held.digest


@pytest.mark.parametrize("name", ["", "data", "gan", "inside", "pretrain"])
def test_a_digest_alone_shows_nothing_of_anothers_data(name: str) -> None:
    digest = given(ANN, "Ann's secret")
    # Too long a window would betray how long the series is.
    for window in ("48", "256"):
        query = {"data": "own_series", "data.digest": digest, "data.window": window}
        test = page(name, BEN, **query)
        if name in ("", "data"):
            assert "private to who gave it" in said(test)
        everything = said(test) + str([w.options for w in test.selectbox])
        assert "secret" not in everything
        assert "after preparation" not in everything
        assert engine().store.shelf.of(BEN) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["fables", "sentiment"])
def test_a_text_begins_in_the_readers_language(name: str, lang: str) -> None:
    test = page(lang=lang)
    choice(test, "Dataset", "数据集").set_value(name).run()
    assert not test.error
    assert choice(test, "Language", "语言").value == lang


def test_datasets_are_listed_by_kind_and_found_by_a_word() -> None:
    options = choice(page(), "Dataset").options
    kinds = [option.split(": ")[0] for option in options]
    assert list(dict.fromkeys(kinds)) == ["Series", "Text", "Labels", "Translation"]
    assert kinds == sorted(kinds, key=["Series", "Text", "Labels", "Translation"].index)
    for word, title in (("text", "Text: Fables"), ("stock", "Series: Stock-like")):
        found = [option for option in options if word in option.lower()]
        assert found[0].startswith(title)


def test_train_on_this_trains() -> None:
    test = page("data", ANN, data="stock", **{"training.steps": "1"})
    test.button(key="train_on_this").click().run()
    assert not test.error
    run = engine().store.get(asked(test, "run"))
    assert run.config.data == "stock"
    assert run.owner == ANN


def test_the_playground_offers_ones_own() -> None:
    digest = given(ANN, "Offered")
    test = page(owner=ANN)
    box = choice(test, "Dataset", "数据集")
    assert any("Offered" in option for option in box.options)
    box.set_value(f"own_series:{digest}").run()
    assert not test.error
    assert asked(test, "data.digest") == digest
    assert "Offered" not in str(choice(page(owner=BEN), "Dataset").options)


def test_deleting_takes_it_from_everywhere() -> None:
    digest = given(ANN, "Deleted", 2)
    settings = {"data.digest": digest, "training.steps": 20000}
    config = choosing.make_config("own_series", "rnn", settings)
    run = of(ANN).start(config)
    wait_for(run.id, lambda run: run.step > 0)
    with pytest.raises(ExplorerError, match="private to who gave it"):
        delete(of(BEN), digest)
    test = page("data", ANN, data="own_series", **{"data.digest": digest})
    key = digest[:16]
    test.button(key=f"delete.{key}").click().run()
    assert not test.error
    assert "data" not in test.query_params
    assert digest not in [h.digest for h in engine().store.contents.of(ANN)]
    assert not content.there(digest)
    wait_for(run.id, lambda run: run.ended)
    for owner in (ANN, BEN):
        shown = page(owner=owner, run=run.id)
        assert "deleted" in said(shown)
        assert "stored here. Give the file again" in said(shown)
        shown.switch_page("../../pages/inside.py").run()
        assert not shown.exception


def test_an_imported_run_whose_own_data_is_absent_says_so() -> None:
    """On the pages that show it, in its reader's language; no other run is shown."""
    digest = given(ANN, "Left behind", 5)
    settings = {"data.digest": digest, "training.steps": 6}
    run = of(ANN).start(choosing.make_config("own_series", "rnn", settings))
    wait_for(run.id, lambda run: run.ended)
    raw = of(ANN).export([run.id])
    delete(of(ANN), digest)
    (came,) = of(BEN).take_in(raw)
    for name, language, sentence in (
        ("playground", "en", "stored here. Give the file again"),
        ("inside", "zh", "请再次给出该文件"),
    ):
        test = page(name, BEN, run=came.id, lang=language)
        assert not test.exception
        assert sentence in said(test)
        assert asked(test, "run") == came.id


def test_what_two_have_goes_with_the_last() -> None:
    digest = given(ANN, "Both", 3)
    assert given(BEN, "Both", 3) == digest
    delete(of(ANN), digest)
    assert content.there(digest)
    delete(of(BEN), digest)
    assert not content.there(digest)


def test_uploads_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMITS, "uploads=1")
    me = of("browser-many")
    give_text(me, TEXT, "a")
    with pytest.raises(ExplorerError, match="may keep 1 own files here, and"):
        give_text(me, TEXT + "!", "b")


def test_byte_pairs_are_listed_in_the_order_of_their_merges() -> None:
    few = {"data.tokens": "pair", "data.merges": "50"}
    test = page("data", data="fables", **few)
    assert not test.error
    listed = next(each.value for each in test.code if "→" in each.value)
    assert len(listed.splitlines()) == 50
    assert " 1. h + e → he (" in listed
    assert "50 merges, learned from the training part alone" in said(test)
    assert "bits per byte: " in said(test)
    assert any("│" in each.value for each in test.code)


def test_a_click_on_the_page_reads_an_uploaded_text_no_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []
    for look in (files.kind_of, files.read_text):

        @wraps(look)
        def looking(*given: Any, look: Callable[..., Any] = look) -> Any:
            looked.append(look.__name__)
            return look(*given)

        monkeypatch.setattr(files, look.__name__, looking)
    test = page("data", ANN)
    test.file_uploader[0].upload("snow.txt", TEXT.encode(), "text/plain").run()
    assert f"{len(TEXT):,} characters" in said(test)
    test.selectbox(key="upload.encoding").set_value("utf-8").run()
    for _click in range(2):
        test.run()
    assert looked == 2 * ["kind_of", "read_text"]  # one time for each encoding
