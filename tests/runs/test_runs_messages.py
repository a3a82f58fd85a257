"""What happened to a run is kept so that it can be said in both languages."""

import pytest
from sqlalchemy import create_engine, update

from explorer.errors import ExplorerError, Words
from explorer.runs import schema
from explorer.runs.messages import (
    INTERRUPTED,
    WORKER_DIED,
    diverged,
    read_message,
    read_sentence,
    written,
)
from explorer.runs.records import Run
from explorer.runs.store import Store
from explorer.ui.language import translator
from explorer.ui.live.frames import explain
from tests.runs.slices import CONFIG

SHOT = diverged(5, 123.456, 100.0, 0.69315, 3, 0.25)
SAID = (
    "The loss at step 5 was 123, more than 100 times the first loss of 0.693: the "
    "steps were too long and overshot. The weights of step 3 are kept. Try a learning "
    "rate of 0.03 instead of 0.25, or gradient clipping."
)
REFUSED = ExplorerError("%(came)d is %(what)s", came=7, what=Words("a prime")).words


@pytest.mark.parametrize(
    "message",
    [SHOT, WORKER_DIED, INTERRUPTED, REFUSED, diverged(0, float("nan"), 2, 1, 0, 1)],
)
def test_a_message_is_stored_and_read_as_it_was(store: Store, message: Words) -> None:
    run = store.create(CONFIG, 1)
    assert store.set_status(run.id, "failed", message).message == message
    assert store.get(run.id).message == message


@pytest.mark.parametrize("message", [SHOT, WORKER_DIED, INTERRUPTED])
def test_a_message_has_its_numbers_in_both_languages(message: Words) -> None:
    here = message.text(translator("zh"))
    assert here != str(message)
    assert all(value in here for value in message.values.values())


def test_the_page_says_of_a_diverged_run_what_the_command_line_says(
    store: Store,
) -> None:
    run = store.create(CONFIG, 1)
    run = store.set_status(run.id, "diverged", SHOT)
    assert explain(run, translator("en")) == str(run.message) == SAID
    assert explain(run, translator("zh")) == SHOT.text(translator("zh"))


@pytest.mark.parametrize(
    ("old", "message"),
    [("", None), ("Going {well}, 100%.", Words("Going {well}, 100%.")), (SAID, SHOT)],
)
def test_a_sentence_from_an_older_database_is_read(
    url: str, store: Store, old: str, message: Words | None
) -> None:
    run = store.create(CONFIG, 1)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(update(schema.runs).values(message=old))
    engine.dispose()
    assert store.get(run.id).message == message
    if message is not None:
        assert str(message) == old
        assert read_sentence(str(message)) == message


def test_words_that_a_zip_could_hold_stay_words() -> None:
    """A template from outside is never filled in."""
    trap = written(SHOT).replace("step 3", "step %(trap)999999d")
    assert read_sentence(trap) == Words(trap)
    assert read_message(written(read_sentence(trap))) == Words(trap)


def test_other_states_need_no_message(run: Run) -> None:
    assert explain(run, translator("en")) == ""
