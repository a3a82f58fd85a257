"""A scheduler that is killed and comes back, as the page of a run tells it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from explorer.runs.store import open_store
from explorer.training.trainer import Budget, advance
from tests.browser.conftest import (
    Profiles,
    click,
    opening,
    serving,
    state_is,
    step_of,
    train,
)
from tests.engine.elsewhere import LONG, Elsewhere
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
torch.set_num_threads(1)

SETTINGS = "training.steps=20000&training.schedule=constant&model=rnn"
GONE = "must answer, but it does so no more"
RATE, LEFT = "steps per second", "s left"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    started = Elsewhere(folder)
    started.start_scheduler()
    started.add_worker()
    yield started
    started.end()


@contextmanager
def server_of(elsewhere: Elsewhere, folder: Path) -> Iterator[str]:
    """The app, which has its work done there."""
    folder.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port)]
    environment = {
        "EXPLORER_DATA": str(folder),
        "EXPLORER_SCHEDULER": elsewhere.address,
    }
    with serving(command, port, folder, environment) as url:
        yield url


def moves_on(page: Page, step: int) -> None:
    """It trains, beyond this step."""
    page.wait_for_function(
        "step => Number(document.querySelector('.sx-numbers').textContent"
        ".split(' ')[1].replaceAll(',', '')) > step",
        arg=step,
    )


def test_the_page_says_that_the_scheduler_is_away_and_the_run_goes_on(
    profiles: Profiles, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    data = tmp_path / "app"
    with server_of(elsewhere, data) as url, opening(profiles, "") as open_page:
        page = open_page(f"{url}/?{SETTINGS}", ready=False)
        page.set_default_timeout(LONG * 1000)  # the worker is still starting
        train(page)
        message, numbers = page.locator(".sx-message"), page.locator(".sx-numbers")
        expect(numbers).to_contain_text(LEFT)
        expect(message).to_have_text("")

        assert elsewhere.scheduler is not None
        os.kill(elsewhere.scheduler.pid, signal.SIGKILL)
        expect(message).to_contain_text(GONE)
        state_is(page, "Waiting …")
        for words in (RATE, LEFT):
            expect(numbers).not_to_contain_text(words)
        click(page, "Pause")
        state_is(page, "Paused")
        paused = step_of(page)
        assert paused > 0
        click(page, "Resume")
        state_is(page, "Waiting …")
        click(page, "Pause")
        state_is(page, "Paused")
        # Nobody can draw it as it rests.
        expect(message).not_to_have_text("")

        elsewhere.end()
        elsewhere.start_scheduler()
        elsewhere.workers.clear()
        elsewhere.add_worker()
        expect(message).to_have_text("", timeout=LONG * 1000)
        state_is(page, "Paused")
        assert step_of(page) == paused
        click(page, "Resume")
        moves_on(page, paused)
        state_is(page, "Training")
        expect(message).to_have_text("")
        expect(numbers).to_contain_text(LEFT)
        click(page, "Stop")
        state_is(page, "Stopped")
        run_id = page.url.partition("run=")[2].partition("&")[0]
    store = open_store(f"sqlite:///{data}/explorer.sqlite3")
    run, kept = store.get(run_id), store.curves(run_id)
    store.close()
    assert run.step > paused
    _state, uncut = advance(run.config, None, Budget(steps=run.step))
    np.testing.assert_array_equal(kept.losses, uncut.curves.losses)
