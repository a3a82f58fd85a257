"""The page Runs without a browser: find, name, pin, delete, undo, import."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.event import listen, remove
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.models.base import parameters
from explorer.runs.commands import STOP
from explorer.runs.records import Run
from explorer.runs.room import KEPT
from explorer.training.trainer import Budget, Trainer
from explorer.ui.runs.compared import _value
from explorer.ui.runs.table import Search, all_rows, found
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]
SHORT = {"training.steps": 6}


def short_run(owner: str, model: str = "rnn", **settings: object) -> Run:
    """A finished run of six steps."""
    config = choosing.make_config("sine", model, SHORT | settings)
    return recorded(config, owner)


def recorded(config: RunConfig, owner: str, steps: int = 6) -> Run:
    trainer = Trainer(config)
    progress = trainer.advance(Budget(steps=steps))
    store = engine().store
    run = store.create(config, parameters(trainer.model), "paused", owner=owner)
    paused = replace(progress, status="paused")
    store.record(run.id, progress if progress.status == "finished" else paused)
    return store.get(run.id)


def choose(test: AppTest, *rows: int, column: str = "Parameters") -> AppTest:
    """Tick rows of the table that has this column, as the browser does."""
    (table,) = [d for d in test.dataframe if column in d.value.columns]
    assert table.key is not None
    test.session_state[table.key] = {"selection": {"rows": list(rows), "columns": []}}
    return test.run()


def keys(test: AppTest) -> set[str]:
    return {str(button.key) for button in test.button}


def names(test: AppTest) -> list[str]:
    (table,) = [d for d in test.dataframe if "Parameters" in d.value.columns]
    return list(table.value["Run"])


def test_without_runs_the_page_says_what_to_do() -> None:
    test = page("runs", owner="nobody yet")
    assert "runs.begin" in keys(test)
    assert not test.dataframe


def test_only_ones_own_runs_are_listed() -> None:
    short_run("ann"), short_run("bob")
    (only,) = names(page("runs", owner="ann", run=short_run("bob").id))
    assert only == "RNN, 1 × 32"


def test_a_run_is_renamed_tagged_and_pinned() -> None:
    run = short_run("cat")
    test = choose(page("runs", owner="cat"), 0)
    test.text_input(key=f"runs.name.{run.id}").set_value(" waves ")
    test.text_input(key=f"runs.tags.{run.id}").set_value("a, b,, a")
    (save,) = [b for b in test.button if b.label == "Save"]
    save.click().run()
    test.button(key="pin").click().run()
    assert not test.exception
    known = engine().store.get(run.id)
    assert (known.name, known.tags, known.pinned) == ("waves", ("a", "b"), True)
    assert names(test) == ["waves"]


def test_what_is_deleted_can_be_had_back_until_something_else_is_done() -> None:
    first, second = short_run("dan"), short_run("dan", "gru")
    test = choose(page("runs", owner="dan"), 0)
    test.button(key="delete").click().run()
    assert names(test) == ["RNN, 1 × 32"]
    test.button(key="undo").click().run()
    assert len(names(test)) == 2
    choose(test, 0, 1).button(key="delete").click().run()
    assert "undo" in keys(test)
    assert "runs.begin" in keys(test)
    with pytest.raises(ExplorerError, match="no run"):
        engine().store.get(first.id)
    test.button(key="undo").click().run()
    assert {r.id for r in engine().store.shelf.of("dan")} == {first.id, second.id}
    choose(test, 0).button(key="delete").click().run()
    choose(test, 0).button(key="pin").click().run()
    assert "undo" not in keys(test)


def test_nobody_has_back_anothers_run() -> None:
    run = short_run("eve")
    Visitor(engine(), "eve").throw_away(run.id)
    with pytest.raises(ExplorerError, match="no run"):
        Visitor(engine(), "mal").have_back(run.id)
    assert engine().store.shelf.of("eve") == []
    Visitor(engine(), "eve").have_back(run.id)
    assert engine().store.room.sweep_out(KEPT) == 0
    assert [r.id for r in engine().store.shelf.of("eve")] == [run.id]


def test_several_are_compared_by_what_differs() -> None:
    short_run("fay"), short_run("fay", "gru", **{"training.learning_rate": 0.02})
    test = choose(page("runs", owner="fay"), 0, 1)
    assert not test.exception
    tables = [d.value for d in test.dataframe if "Setting" in d.value.columns]
    assert list(tables[0]["Setting"]) == ["Model", "Learning rate"]
    assert any("lowest validation loss" in m.value for m in test.markdown)


def test_what_a_run_does_not_have_is_a_dash() -> None:
    assert _value(choosing.make_config("sine", "rnn"), "model.heads") == "—"
    assert _value(choosing.make_config("sine", "rnn"), "model.layers") == 1


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (Search(), ["pinned", "big", "plain"]),
        (Search(order="oldest"), ["pinned", "plain", "big"]),
        (Search(order="largest"), ["pinned", "plain", "big"]),
        (Search(text="TAG1 rnn"), ["pinned"]),
        (Search(text="hidden_size=7"), ["big"]),
        (Search(text="nothing like it"), []),
        (Search(models=["gru"]), ["big"]),
        (Search(statuses=["paused"]), ["plain"]),
        (Search(datasets=["sine"], pinned=True), ["pinned"]),
    ],
)
def test_runs_are_found(search: Search, expected: list[str]) -> None:
    store, owner = engine().store, "gus"
    if not store.shelf.of(owner):
        plain = recorded(choosing.make_config("sine", "rnn", SHORT), owner, 3)
        big = short_run(owner, "gru", **{"model.hidden_size": 7})
        pinned = short_run(owner)
        store.shelf.describe(plain.id, "plain", (), False)
        store.shelf.describe(big.id, "big", ("tag2",), False)
        store.shelf.describe(pinned.id, "pinned", ("tag1",), True)
    rows = found(all_rows(Visitor(engine(), owner)), search, str)
    assert [row.run.name for row in rows] == expected


def test_an_export_is_imported_on_the_page() -> None:
    run = short_run("hal")
    engine().store.shelf.describe(run.id, "taken along", ("x",), True)
    raw = Visitor(engine(), "hal").export([run.id])
    test = page("runs", owner="ida")
    test.file_uploader[0].upload("runs.zip", raw, "application/zip").run()
    test.button(key="import").click().run()
    assert not test.exception
    assert names(test) == ["taken along"]
    (came,) = engine().store.shelf.of("ida")
    assert came.id != run.id
    assert (came.config, came.step, came.status) == (run.config, 6, "finished")
    fork = Visitor(engine(), "ida").fork(came, 4, came.config)
    assert fork.owner == "ida"
    engine().send(fork.id, STOP())


def test_a_bad_file_is_one_sentence_and_nothing_is_stored() -> None:
    test = page("runs", owner="jon")
    test.file_uploader[0].upload("runs.zip", b"no zip", "application/zip").run()
    test.button(key="import").click().run()
    assert not test.exception
    (said,) = test.error
    assert said.value.startswith("Runs come as a .zip file that was exported here")
    assert engine().store.shelf.of("jon") == []


def test_five_hundred_runs_cost_no_more_questions_than_one() -> None:
    """To the database: none is asked per run."""
    store, config = engine().store, choosing.make_config("sine", "rnn")
    statements: list[str] = []

    def note(*event: Any) -> None:
        statements.append(event[2])

    def shown(runs: int) -> int:
        for _ in range(runs):
            store.create(config, 5, "finished", owner="kim")
        test = page("runs", owner="kim")
        statements.clear()
        test.run()
        asked = len(statements)
        assert len(names(test)) == len(store.shelf.of("kim"))
        return asked

    listen(store._reader, "before_cursor_execute", note)
    one = shown(1)
    assert one > 0
    assert shown(499) <= one + 20  # the engine may ask something meanwhile
    remove(store._reader, "before_cursor_execute", note)
