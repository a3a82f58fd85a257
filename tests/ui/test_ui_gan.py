"""The page GAN without a browser: it invites, starts, and steps one side."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import catalog
from explorer.engine.service import engine
from explorer.errors import ExplorerError
from explorer.ui.sample import SAMPLE, bring_sample

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUICK = {"training.steps": 6, "data.window": 16}


@pytest.fixture(scope="module", autouse=True)
def _engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_WORKERS", "1")
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("gan")))
        engine.cache_clear()
        bring_sample(engine())
        yield
        engine().close()
        engine.cache_clear()


def page(**query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "explorer/ui/router.py"), default_timeout=120)
    for name, value in query.items():
        test.query_params[name] = value
    test.run()
    test.switch_page("../../pages/gan.py").run()
    assert not test.exception
    return test


def rests_at(run_id: str, step: int) -> None:
    """Wait until the run is paused after so many steps."""
    deadline = time.monotonic() + 120
    while (run := engine().store.get(run_id)).status != "paused" or run.step != step:
        assert time.monotonic() < deadline, run
        time.sleep(0.1)


def keys(test: AppTest) -> set[str]:
    return {str(button.key) for button in test.button}


def test_without_a_gan_the_page_invites_to_one() -> None:
    test = page()
    assert "begin" in keys(test)
    assert "generator" not in keys(test)
    test.button(key="begin").click().run()
    assert not test.exception
    named = test.query_params["run"]
    run = engine().store.get(named if isinstance(named, str) else named[0])
    assert run.config == catalog.make_config("sine", "gan")
    assert {"pause", "step1", "generator", "discriminator"} <= keys(test)
    engine().tell(run.id, "stop")


def test_a_run_of_one_net_is_not_shown_here() -> None:
    assert "begin" in keys(page(run=SAMPLE))


def test_only_data_of_one_series_and_only_the_gan_are_offered() -> None:
    test = page(data="fables")
    (data,) = [w for w in test.selectbox if w.label == "Dataset"]
    assert data.value == "sine"
    resembled = {d.title for d in catalog.datasets().values() if d.resembled}
    assert set(data.options) <= resembled
    labels = {w.label for w in (*test.select_slider, *test.slider)}
    assert {"Hidden size of the generator", "Noise size"} <= labels


def test_the_buttons_step_one_side() -> None:
    run = engine().prepare(catalog.make_config("sine", "gan", QUICK))
    test = page(run=run.id)
    test.button(key="generator").click().run()
    rests_at(run.id, 1)
    test.run()
    test.button(key="discriminator").click().run()
    rests_at(run.id, 2)
    told = [c for c in engine().store.commands(run.id) if c.name == "side"]
    assert [(c.step, c.value, c.note) for c in told] == [
        (0, 1.0, "generator"),
        (1, 1.0, "discriminator"),
    ]


def test_a_side_is_refused_where_there_is_none() -> None:
    run = engine().prepare(catalog.make_config("sine", "lstm", QUICK))
    with pytest.raises(ExplorerError, match="Train a GAN"):
        engine().tell(run.id, "side", 1, "generator")
