"""Panels of a run that has no picture are empty, and say why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from explorer.catalog import choosing
from explorer.engine.hub import Snapshot
from explorer.errors import Words
from explorer.plots.panel import names_on
from explorer.runs.messages import unexpected
from explorer.runs.records import Curves, Run, Status
from explorer.ui.language import translator
from explorer.ui.live.frames import frame
from explorer.ui.live.panels import NOTHING
from explorer.ui.live.wishes import Wish

pytestmark = pytest.mark.quick


def snapshot(status: Status, why: Words | None = None) -> Snapshot:
    """A run that has taken no step."""
    config = choosing.make_config()
    run = Run("fresh", config, status, 0, 0.0, 1, datetime.now(UTC), why)
    return Snapshot(run, Curves.empty(), (), (), ())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_that_failed_before_its_first_step_shows_its_cause_and_no_picture(
    language: str,
) -> None:
    why = unexpected(ValueError("no room"))
    wish = Wish(shown=",".join(names_on("playground")), language=language)
    found = frame(snapshot("failed", why), wish, {})
    assert "ValueError: no room" in found["message"]
    panels = {n: p for n, p in found["panels"].items() if n != "loss"}
    assert panels
    said = NOTHING.text(translator(language))
    assert {p["reading"] for p in panels.values()} == {said}
    assert all(p["figure"] is None for p in panels.values())


def test_panels_of_a_run_that_begins_wait_for_their_first_picture() -> None:
    wish = Wish(shown=",".join(names_on("playground")))
    begun = snapshot("training")
    assert set(frame(begun, wish, {})["panels"]) == {"loss"}
    kept = replace(snapshot("failed"), checkpoints=(0,))
    assert set(frame(kept, wish, {})["panels"]) == {"loss"}
