"""The pages without a browser: they run, they refuse, they follow the address."""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.util import calc_hash

from explorer.catalog import choosing, specs
from explorer.engine.limits import LIMITS
from explorer.engine.service import Engine, engine
from explorer.errors import Words
from explorer.runs.commands import STEP, STOP
from tests.ui.conftest import QUIET, ROOT, choice, page, wait_for

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


@pytest.mark.quick
def test_the_first_visit_shows_the_sample() -> None:
    first = page()
    about = "LSTM, layers: 1 × 32 units, 4,513 parameters"
    assert any(about in m.value for m in first.markdown)
    assert not first.error
    assert not first.button(key="train").disabled
    assert first.button(key="pause").disabled


@pytest.mark.parametrize(
    "language", [pytest.param("en", marks=pytest.mark.quick), "zh"]
)
def test_every_page_runs_and_has_one_main_button_and_no_sidebar(language: str) -> None:
    for path in sorted((ROOT / "pages").glob("*.py")):
        test = page(lang=language)
        test.switch_page(f"../../pages/{path.name}").run()
        assert not test.exception
        main = [str(b.key) for b in test.button if b.proto.type == "primary"]
        assert len(main) <= 1, path.name
        assert len(test.sidebar) == 0, path.name


def test_a_run_that_was_stopped_late_takes_nobody_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit keeps the page that is asked for once per session."""
    test = page()
    asked, first = PagesManager.set_script_intent, []

    def overtaken(self: PagesManager, script: str, name: str) -> None:
        asked(self, script, name)
        if not first:
            first.append(script)
            asked(self, at_playground, "")

    at_playground = calc_hash("")
    monkeypatch.setattr(PagesManager, "set_script_intent", overtaken)
    test.switch_page("../../pages/models.py").run()
    assert first
    assert test.title[0].value == "Models"


def test_a_button_leads_to_the_other_language() -> None:
    test = page()
    test.button(key="language.zh").click().run()
    assert test.query_params["lang"] == "zh"
    assert test.title[0].value == "训练场"
    test.button(key="language.en").click().run()
    assert test.title[0].value == "Playground"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_document_is_in_the_readers_language(language: str) -> None:
    sent = [
        json.loads(element.proto.json)
        for element in page(lang=language).get("bidi_component")
        if element.proto.json
    ]
    (document,) = [each for each in sent if "words" in each]
    assert document["language"] == language
    named = [theirs for part, theirs, _ in document["words"]["names"]]
    assert ("Clear all" in named) == (language == "zh")  # English is Streamlit's own


def test_a_worker_born_after_a_page_draws_none() -> None:
    """A child process runs its parent's `__main__`, which the server's pages take."""
    page()
    assert Path(vars(sys.modules["__main__"])["__file__"]).name == "router.py"
    with ProcessPoolExecutor(1, get_context("spawn")) as children:
        known = children.submit(eval, "set(__import__('sys').modules)").result()
    assert "__mp_main__" in known
    assert "streamlit" not in known


def test_a_fork_stops_its_parent_and_is_shown() -> None:
    owner = engine()
    parent = owner.prepare(choosing.make_config())
    owner.send(parent.id, STEP(4))
    wait_for(parent.id, lambda run: (run.step, run.status) == (4, "paused"))
    test = page(run=parent.id)
    assert all(not test.button(key=f"step{count}").disabled for count in (1, 10, 100))
    test.switch_page("../../pages/inside.py").run()
    assert test.button(key="fork").help.startswith("Go on from a moment")
    test.button(key="step10").click().run()
    wait_for(parent.id, lambda run: (run.step, run.status) == (14, "paused"))
    test = page(run=parent.id)
    test.button(key="fork").click().run()
    test.button(key="fork_here").click().run()
    assert not test.exception
    made = str(test.query_params["run"])
    assert owner.store.get(made).parent == parent.id
    wait_for(parent.id, lambda run: run.status == "stopped")
    owner.send(made, STOP())


@pytest.mark.parametrize("model", list(specs.models()))
def test_every_architecture_is_explained(model: str) -> None:
    test = page()
    test.switch_page("../../pages/models.py").run()
    test.session_state["models.name"] = model
    test.run()
    assert not test.exception
    assert not test.error
    assert any(specs.model_spec(model).summary in m.value for m in test.markdown)


def test_an_architecture_is_chosen_in_one_of_two_places() -> None:
    test = page()

    def both() -> tuple[Any, Any]:
        (side,) = [c for c in test.segmented_control if c.label == "Architecture"]
        (more,) = [c for c in test.selectbox if c.label == "More architectures"]
        return side, more

    assert [each.value for each in both()] == ["lstm", None]
    both()[1].set_value("lru").run()
    assert [each.value for each in both()] == [None, "lru"]
    assert test.query_params["model"] in ("lru", ["lru"])
    both()[0].set_value("gru").run()
    assert [each.value for each in both()] == ["gru", None]
    assert test.query_params["model"] in ("gru", ["gru"])
    both()[0].set_value(None).run()
    assert not test.exception
    assert [each.value for each in both()] == ["gru", None]


def test_a_widget_writes_the_address() -> None:
    test = page()
    choice(test, "Hidden size").set_value(64).run()
    assert test.query_params["model.hidden_size"] in ("64", ["64"])
    assert not test.exception


def test_a_setting_stands_only_where_it_matters() -> None:
    """Byte pairs have merges, characters have none; Adam carries no momentum."""
    test = page(data="fables")

    def shown(label: str) -> list[Any]:
        return [each.value for each in test.slider if each.label == label]

    assert shown("Merges") == shown("Momentum") == []
    choice(test, "Tokens").set_value("pair").run()
    choice(test, "Optimizer").set_value("sgd").run()
    assert shown("Merges") == [200]
    assert shown("Momentum") == [0.9]
    choice(test, "Merges").set_value(100).run()
    for tokens in ("character", "pair"):
        choice(test, "Tokens").set_value(tokens).run()
        assert not test.exception
        assert shown("Merges") == [100] * (tokens == "pair")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"model": "lsmt"}, "未知的模型“lsmt”。"),
        ({"training.steps": "0"}, "最接近的是 1。"),
        ({"run": "made-up"}, "这里没有运行“made-up”。"),
    ],
)
def test_a_bad_link_explains_itself_in_chinese(
    query: dict[str, str], message: str
) -> None:
    test = page(lang="zh", **query)
    assert any(message in error.value for error in test.error)


def test_an_impossible_combination_explains_itself_in_chinese() -> None:
    test = page(lang="zh", model="transformer")
    choice(test, "注意力头数").set_value(3).run()
    (error,) = test.error
    assert error.value.startswith("注意力要求 hidden_size 能被 heads 整除")


def test_an_impossible_combination_explains_itself() -> None:
    test = page(model="transformer")
    choice(test, "Attention heads").set_value(3).run()
    (error,) = test.error
    assert "divisible by heads" in error.value
    assert test.button(key="train").disabled


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"model": "lsmt"}, "Did you mean 'lstm'"),
        ({"training.steps": "0"}, "Nearest: 1"),
        ({"data.noise": "x" * 3000}, "may take 4000 characters"),
    ],
)
def test_a_bad_address_keeps_the_page(query: dict[str, str], message: str) -> None:
    test = page(**query)
    assert any(message in error.value for error in test.error)
    assert not test.button(key="train").disabled


def test_chinese_words_on_every_control() -> None:
    test = page(lang="zh")
    labels = [b.label for b in test.button if b.key != "language.en"]
    labels += [w.label for w in (*test.select_slider, *test.slider, *test.selectbox)]
    labels += [w.help for w in (*test.select_slider, *test.slider) if w.help]
    assert len(labels) > 20
    for label in labels:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in label), label


def test_translate_without_a_run_of_ones_own_offers_to_train_one() -> None:
    test = page("translate")
    assert test.selectbox(key="translate.data").value == "dates"
    assert test.button(key="translate-train").label == "Train"


def test_translate_starts_a_run_shows_it_and_keeps_it() -> None:
    test = page("translate")
    test.selectbox(key="translate.data").set_value("reverse").run()
    test.button(key="translate-train").click().run()
    assert not test.exception
    assert not test.info
    (run_id,) = [test.query_params["run"]]
    run_id = run_id if isinstance(run_id, str) else run_id[0]
    run = engine().store.get(run_id)
    assert run.config.data == "reverse"
    assert any("on Sequences to reverse" in m.value for m in test.markdown)
    engine().send(run_id, STOP())
    other = page("translate", run=run_id)
    assert any("on Sequences to reverse" in m.value for m in other.markdown)


def test_translate_says_that_a_run_is_not_there() -> None:
    test = page("translate", run="made-up")
    assert any("no run 'made-up'" in error.value for error in test.error)
    assert not test.button(key="translate-train").disabled


def test_models_says_which_machine_gets_no_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remark = Words("Workers on %(machine)s get no work", {"machine": "lab_7"})
    monkeypatch.setattr(Engine, "remarks", [remark])
    (error,) = page("models").error
    assert error.value == r"Workers on lab_7 get no work"


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ("active_runs=1", "may train 1 runs at one time here"),
        ("parameters=100", "may have 100 parameters on this server"),
        ("stored_megabytes=1", "may store 1 MB here"),
        ("activ=1", "Did you mean 'active_runs'?"),
        ("nonsense", "EXPLORER_LIMITS must be like active_runs=4"),
    ],
)
def test_a_limit_is_a_sentence_on_the_page(
    limits: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = f"limited-{limits}"
    if limits.startswith("stored"):
        contents = engine().store.contents
        contents.hold(person, "c" * 64, "text", "long", bytes(1_000_000))
    if limits.startswith("active"):
        store = engine().store
        store.create(choosing.make_config(), 100, "training", owner=person)
    test = page(owner=person)
    monkeypatch.setenv(LIMITS, limits)
    test.button(key="train").click().run()
    assert not test.exception
    assert any(sentence in error.value for error in test.error), test.error


def test_a_panel_that_there_is_not_gets_a_sentence() -> None:
    test = page(panel="gate")
    assert test.error[0].value.startswith("Unknown panel 'gate'. Known: ")
