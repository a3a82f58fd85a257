"""Melodies: what is in the file, how words sound, and moving them to other keys."""

import numpy as np
import pytest

from explorer.data.base import Note
from explorer.data.melodies import (
    BAR,
    END,
    MOVES,
    WORD,
    MelodiesSettings,
    heard,
    make,
    melodies,
    moved,
)


def tunes() -> list[list[str]]:
    text = " ".join(melodies())
    return [tune.split() for tune in text.split(END) if tune.strip()]


def test_every_word_is_known_and_every_tune_is_whole() -> None:
    assert all(w in (BAR, END) or WORD.fullmatch(w) for w in melodies())
    assert melodies()[-1] == END
    assert 40 <= len(tunes()) <= 80
    assert len({tuple(tune) for tune in tunes()}) == len(tunes())


def test_every_bar_of_a_tune_has_its_beats() -> None:
    for tune in tunes():
        sung = heard([*tune, END])
        lengths = np.diff([0.0, *sung.bars])
        assert len(lengths) in (8, 16)
        assert len(set(lengths)) == 1
        assert lengths[0] in (3, 4)
        low, high = (f(n.midi for n in sung.notes) for f in (min, max))
        assert 55 <= low < high <= 79


def test_words_sound_as_they_are_written() -> None:
    tokens = ["a'4", "bes''8.", "|", "r2", "nonsense", "fis2", "c,1", "|."]
    sung = heard(tokens)
    assert sung.notes == (
        Note(0, 0.0, 1.0, 69),
        Note(1, 1.0, 0.75, 82),
        Note(5, 3.75, 2.0, 54),
        Note(6, 5.75, 4.0, 36),
    )
    assert sung.bars == (1.75, 9.75)


@pytest.mark.parametrize("semitones", MOVES)
def test_moving_changes_pitch_by_so_much_and_nothing_else(semitones) -> None:
    tokens = melodies()
    before = heard(tokens)
    after = heard([moved(token, semitones) for token in tokens])
    assert after.bars == before.bars
    assert [n._replace(midi=n.midi + semitones) for n in before.notes] == list(
        after.notes
    )
    assert [moved(t, 12) for t in ("b4", "r4", "|")] == ["b'4", "r4", "|"]


def test_whole_tunes_are_held_out_and_none_is_in_training_in_any_key() -> None:
    data = make(MelodiesSettings(), 0)
    assert data.text is not None
    words = [data.symbols[k] for k in data.text.tokens]
    train, held = words[: data.text.split], words[data.text.split :]
    assert train[-1] == held[-1] == END
    ours = {steps_of(tune) for tune in " ".join(train).split(END)}
    others = [steps_of(tune) for tune in " ".join(held).split(END) if tune.strip()]
    assert len(others) > 8
    assert ours.isdisjoint(others)
    assert 0.15 < len(held) / len(melodies()) < 0.25


def steps_of(tune: str) -> tuple[tuple[int, float], ...]:
    """A tune as intervals and lengths: the same in every key."""
    notes = heard(tune.split()).notes
    return tuple((n.midi - notes[0].midi, n.beats) for n in notes)


def test_copies_are_the_training_tunes_so_many_times() -> None:
    alone, more = (make(MelodiesSettings(copies=k), 0) for k in (0, 3))
    assert more.text.split == 4 * alone.text.split
    held = [
        [data.symbols[k] for k in data.text.tokens[data.text.split :]]
        for data in (alone, more)
    ]
    assert held[0] == held[1]
    assert len(more.symbols) > len(alone.symbols)
