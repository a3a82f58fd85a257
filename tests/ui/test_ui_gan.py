"""The page GAN without a browser: it invites, starts, and steps one side."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.engine.service import engine
from explorer.errors import ExplorerError
from explorer.runs.commands import SIDE, STOP
from explorer.tasks import TASKS
from explorer.ui.samples import SAMPLE
from tests.ui.conftest import QUIET, asked, page, shown_run, wait_for

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]
QUICK = {"training.steps": 6, "data.window": 16}


def opened(**query: str) -> AppTest:
    return page("gan", **query)


def rests_at(run_id: str, step: int) -> None:
    """Wait until the run is paused after so many steps."""
    wait_for(run_id, lambda run: (run.status, run.step) == ("paused", step))


def keys(test: AppTest) -> set[str]:
    return {str(button.key) for button in test.button}


def test_without_a_gan_the_page_shows_one_and_invites_to_train() -> None:
    test = opened()
    assert any("Press Train and watch windows" in m.value for m in test.markdown)
    test.button(key="train").click().run()
    assert not test.exception
    run = engine().store.get(shown_run(test))
    assert run.config == choosing.make_config("sine", "gan")
    assert {"pause", "step1", "generator", "discriminator"} <= keys(test)
    engine().send(run.id, STOP())


def test_a_run_of_one_net_is_not_shown_here() -> None:
    title = specs.model_spec("gan").title
    said = [m.value for m in opened(run=SAMPLE).markdown]
    assert any(m.startswith(f"A finished sample: {title}") for m in said)


def test_only_what_can_be_resembled_and_only_the_gan_are_offered() -> None:
    test = opened(data="fables")
    (data,) = [w for w in test.selectbox if w.label == "Dataset"]
    assert data.value == "sine"
    resembled = {
        f"{TASKS['generate'].kind}: {d.title}"
        for d in specs.datasets().values()
        if d.resembled and d.task == "forecast"
    }
    images = {"Images: Handwritten digits"}
    assert images < set(data.options) <= resembled | images
    labels = {w.label for w in (*test.select_slider, *test.slider)}
    assert {"Generator size", "Noise size"} <= labels


def test_what_digits_ask_for_is_taken_with_them_and_left_behind() -> None:
    test = opened()
    (data,) = [w for w in test.selectbox if w.label == "Dataset"]
    data.select("handwriting").run()
    assert not test.exception
    assert asked_config(test) == choosing.make_config("handwriting", "gan")
    (data,) = [w for w in test.selectbox if w.label == "Dataset"]
    data.select("sine").run()
    assert asked_config(test) == choosing.make_config("sine", "gan")


def asked_config(test: AppTest) -> RunConfig:
    """What the address says."""
    names = [n for n in test.query_params if "." in n or n in {"model", "data", "seed"}]
    return choosing.config_from_pairs({name: asked(test, name) for name in names})


def test_the_buttons_step_one_side() -> None:
    run = engine().prepare(choosing.make_config("sine", "gan", QUICK))
    test = opened(run=run.id)
    test.button(key="generator").click().run()
    rests_at(run.id, 1)
    test.run()
    test.button(key="discriminator").click().run()
    rests_at(run.id, 2)
    commands = [c for c in engine().store.commands(run.id) if c.name == "side"]
    assert [(c.step, c.value, c.note) for c in commands] == [
        (0, 1.0, "generator"),
        (1, 1.0, "discriminator"),
    ]


def test_a_side_is_refused_where_there_is_none() -> None:
    run = engine().prepare(choosing.make_config("sine", "lstm", QUICK))
    with pytest.raises(ExplorerError, match="Train a GAN"):
        engine().send(run.id, SIDE(1, "generator"))
