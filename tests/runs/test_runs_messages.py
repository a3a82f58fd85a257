"""What happened to a run is kept so that it can be said in both languages."""

import pytest
from sqlalchemy import create_engine, update

from explorer.config.training import TrainingSettings
from explorer.errors import ExplorerError, Words
from explorer.runs import schema
from explorer.runs.messages import (
    INTERRUPTED,
    OLDER,
    WORKER_DIED,
    Reference,
    advice,
    diverged,
    out_of_range,
    read_message,
    read_sentence,
    unexpected,
    written,
)
from explorer.runs.records import Run
from explorer.runs.store import Store
from explorer.ui.language import translator
from explorer.ui.live.frames import explain
from tests.runs.slices import CONFIG

WARM = TrainingSettings(clip=0.0, schedule="warmup")
FIRST, GUESS = Reference(0.69315, 0.25, 100.0), Reference(0.0016, 3.25, 100.0)
SHOT = diverged(5, 123.456, FIRST, 3, advice(0.25, WARM))
SAID = (
    "The loss at step 5 was 123, more than 100 times the first loss of 0.693: the "
    "steps were too long and overshot. The weights of step 3 are kept. Try a learning "
    "rate of 0.03 instead of 0.25, or gradient clipping."
)
REFUSED = ExplorerError("%(came)d is %(what)s", came=7, what=Words("a prime")).words
BROKEN = unexpected(ValueError("**bold**\n <b>42 %</b>"))
HERE = {
    "first": SHOT,
    "guess": diverged(14, 326.0, GUESS, 13, advice(0.003, TrainingSettings())),
    "no number": diverged(2, float("nan"), FIRST, 1, advice(1e-5, WARM)),
    "never": diverged(0, float("inf"), FIRST, 0, advice(0.1, WARM)),
    "counted": out_of_range(1234, float("nan"), 1233),
    "broken": BROKEN,
}


@pytest.mark.parametrize("message", [*HERE.values(), WORKER_DIED, INTERRUPTED, REFUSED])
def test_a_message_is_stored_and_read_as_it_was(store: Store, message: Words) -> None:
    run = store.create(CONFIG, 1)
    assert store.set_status(run.id, "failed", message).message == message
    assert store.get(run.id).message == message


@pytest.mark.parametrize("message", [*HERE.values(), WORKER_DIED, INTERRUPTED])
def test_a_message_has_its_numbers_in_both_languages(message: Words) -> None:
    here = message.text(translator("zh"))
    assert here != str(message)
    for value in message.values.values():
        said = value.text(translator("zh")) if isinstance(value, Words) else value
        assert said in here


@pytest.mark.parametrize("message", HERE.values(), ids=HERE.keys())
def test_a_message_travels_as_its_sentence(message: Words) -> None:
    assert read_sentence(str(message)) == message


@pytest.mark.parametrize(
    ("loss", "first", "guess", "passed"),
    [
        (99.0, 1.0, 0.5, False),
        (101.0, 1.0, 0.5, True),
        (101.0, 1.0, 3.0, False),  # a simple guess alone has 3
        (3.3, 0.0016, 3.25, False),  # begun with weights that had learned
        (326.0, 0.0016, 3.25, True),
        (float("nan"), 1.0, 1.0, True),
        (float("inf"), float("inf"), 1.0, True),
        (float("nan"), float("nan"), 0.0, True),
    ],
)
def test_a_loss_is_held_against_the_larger_of_start_and_guess(
    loss: float, first: float, guess: float, passed: bool
) -> None:
    assert Reference(first, guess, 100.0).passed(loss) == passed


@pytest.mark.parametrize(
    ("rate", "settings", "said"),
    [
        (
            0.25,
            {"clip": 1.0, "schedule": "warmup"},
            " Try a learning rate of 0.03 inst",
        ),
        (0.25, {"clip": 0.0, "schedule": "warmup"}, ", or gradient clipping."),
        (0.25, {"clip": 1.0, "schedule": "cosine"}, ", or a learning rate that warms"),
        (0.25, {"clip": 0.0, "schedule": "constant"}, "clipping, or a learning rate"),
        (1e-5, {"clip": 0.0, "schedule": "warmup"}, " Try gradient clipping."),
        (2e-5, {"clip": 1.0, "schedule": "warmup"}, "of 1e-05 instead of 2e-05."),
        (1e-5, {"clip": 1.0, "schedule": "warmup"}, ""),
    ],
)
def test_only_what_is_not_set_already_is_advised(
    rate: float, settings: dict[str, object], said: str
) -> None:
    words = str(advice(rate, TrainingSettings.read(settings)))
    assert said in words
    assert ("clipping" in words) == (settings["clip"] == 0)
    assert ("warms up" in words) == (settings["schedule"] != "warmup")


def test_another_programs_sentence_is_quoted_on_one_line_and_cut() -> None:
    assert str(BROKEN).endswith("which says: ValueError: **bold** <b>42 %</b>")
    assert str(unexpected(KeyError())).endswith("which says: KeyError")
    assert len(str(unexpected(ValueError("x" * 9999)))) < 400
    assert unexpected(ExplorerError("%(came)d", came=7)) == Words(
        "%(came)d", {"came": 7}
    )


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


def test_a_message_that_an_older_program_kept_is_still_translated() -> None:
    values = dict.fromkeys(("step", "loss", "times", "first", "kept", "rate"), "7")
    kept = read_message(written(Words(OLDER, values | {"less": "0.7"})))
    assert kept is not None
    here = kept.text(translator("zh"))
    assert here != str(kept)
    assert "0.7" in here


def test_words_that_a_zip_could_hold_stay_words() -> None:
    """A template from outside is never filled in."""
    trap = written(SHOT).replace("step 3", "step %(trap)999999d")
    assert read_sentence(trap) == Words(trap)
    assert read_message(written(read_sentence(trap))) == Words(trap)


def test_other_states_need_no_message(run: Run) -> None:
    assert explain(run, translator("en")) == ""
