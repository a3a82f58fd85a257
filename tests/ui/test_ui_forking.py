"""The dialog of a fork: where it begins, which moment that is, and how far it goes."""

from types import SimpleNamespace
from typing import Any

import pytest

from explorer.catalog import choosing
from explorer.engine.service import engine
from explorer.runs.records import Validation
from explorer.ui import forking
from explorer.ui.language import translator
from tests.ui.conftest import QUIET, page, shown_run, wait_for
from tests.ui.test_ui_runs import recorded

pytestmark = QUIET


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("name", ["", "inside"])
def test_a_fork_of_a_finished_run_trains_as_long_again(name: str) -> None:
    """Its dialog says from where: a run that stands at its last step has nothing left
    of its plan."""
    owner = engine()
    config = choosing.make_config(settings={"training.steps": 5})
    parent = owner.start(config)
    wait_for(parent.id, lambda run: run.status == "finished")
    test = page(name, run=parent.id, **{"training.steps": "5"})
    test.button(key="fork").click().run()
    assert not test.exception
    assert "where the run stands" in test.radio(key="fork_moment").options[0]
    assert "step 5" in test.radio(key="fork_moment").options[0]
    (more,) = [n for n in test.number_input if n.label == "Steps more"]
    assert more.value == 5
    test.button(key="fork_here").click().run()
    assert not test.exception
    assert not test.error
    wait_for(shown_run(test), lambda run: run.status == "finished")
    child = owner.store.get(shown_run(test))
    assert (child.parent, child.step, child.config.training.steps) == (
        parent.id,
        10,
        10,
    )


@pytest.mark.usefixtures("workers")
def test_an_older_run_says_that_its_optimizer_begins_anew() -> None:
    store, words = engine().store, "with a fresh optimizer"
    config = choosing.make_config(settings={"training.steps": 5})
    for most, said in ((10**6, False), (1, True)):
        run = recorded(config, "", 5)

        def captions(run_id: str = run.id) -> str:
            test = page("", run=run_id, **{"training.steps": "5"})
            test.button(key="fork").click().run()
            assert not test.exception
            return "\n".join(caption.value for caption in test.caption)

        assert words not in captions()
        assert store.thinning.thin(run.id, most)
        assert (words in captions()) == said


MOMENTS: list[tuple[int | None, int | None, list[tuple[str, int | None, str, str]]]] = [
    (
        None,
        None,
        [("last", None, "where the run stands: step 1,200", "1,200")],
    ),
    (
        None,
        1200,
        [
            (
                "last",
                None,
                "where the run stands, the lowest held-out loss: step 1,200",
                "留出损失最低",
            )
        ],
    ),
    (
        None,
        60,
        [
            ("last", None, "where the run stands: step 1,200", "1,200"),
            ("best", 60, "the lowest held-out loss: step 60", "留出损失最低"),
        ],
    ),
    (
        24,
        60,
        [
            ("slider", 24, "the moment at the slider: step 24", "24"),
            ("last", None, "where the run stands: step 1,200", "1,200"),
            ("best", 60, "the lowest held-out loss: step 60", "60"),
        ],
    ),
    (
        60,
        60,
        [
            (
                "slider",
                60,
                "the moment at the slider, the lowest held-out loss: step 60",
                "60",
            ),
            ("last", None, "where the run stands: step 1,200", "1,200"),
        ],
    ),
    (1200, None, [("last", None, "where the run stands: step 1,200", "1,200")]),
]
"""Where the slider stands, where the held-out loss was lowest, and what is offered:
name, step, English, and a part of the Chinese."""


@pytest.mark.parametrize(("here", "lowest", "offered"), MOMENTS)
def test_each_moment_is_offered_once_and_named(
    here: int | None,
    lowest: int | None,
    offered: list[tuple[str, int | None, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    best = None if lowest is None else Validation(lowest, 0.5, 1.0)
    store = SimpleNamespace(best=lambda run: best)
    monkeypatch.setattr(forking, "moment", lambda: here)
    visitor: Any = SimpleNamespace(store=store)
    run: Any = SimpleNamespace(id="r", step=1200, status="finished")
    found = forking._beginnings(visitor, run, translator("en"))
    told = [(name, step, words) for name, (step, _, words) in found.items()]
    assert told == [line[:3] for line in offered]
    chinese = forking._beginnings(visitor, run, translator("zh"))
    for (_, _, _, part), each in zip(offered, chinese.values(), strict=True):
        assert part in each.words


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("training", "where the run stands when you click"),
        ("paused", "where the run stands: step 1,200"),
    ],
)
def test_no_step_is_named_that_will_be_another_at_the_click(
    monkeypatch: pytest.MonkeyPatch, status: str, words: str
) -> None:
    monkeypatch.setattr(forking, "moment", lambda: None)
    visitor: Any = SimpleNamespace(store=SimpleNamespace(best=lambda run: None))
    run: Any = SimpleNamespace(id="r", step=1200, status=status)
    (only,) = forking._beginnings(visitor, run, translator("en")).values()
    assert only == (None, 1200, words)
