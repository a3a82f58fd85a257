"""Tunes from MIDI files: read note by note, or refused in one sentence."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import Message, MetaMessage, MidiTrack

from explorer.data import content, files, own_notes
from explorer.data.melodies import BAR, heard
from explorer.data.midi import MOST_BEATS, MOST_BYTES, Measure, Sounded, read_midi
from explorer.data.own_notes import OwnNotesSettings
from explorer.data.tunes import bar_ends, line_of, read_notes, written
from explorer.errors import ExplorerError
from tests.midi_files import TICKS, track, tune
from tests.midi_files import written as midi

WHOLE = midi(track(tune(), "Flute"))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


def test_a_tune_is_read_note_by_note() -> None:
    found = read_notes(WHOLE, "a.mid")
    words = found.examples["words"]
    assert words[:6] == ["c''4", "b'4", "a'4", "g'4", BAR, "f'4"]
    assert len(words) == 64 + 16
    assert found.columns == (("1 Flute",), "", "1 Flute")
    assert found.tune == heard(words)
    notes = [(note.start, note.beats, note.midi) for note in heard(words).notes]
    assert notes == tune()
    assert "64 notes as 80 words of 9 kinds" in str(found.remarks[0])
    assert found.too_few is None


def test_lengths_rests_ties_and_bars() -> None:
    notes = [Sounded(0, 0.5, 60), Sounded(1.0, 2.25, 62), Sounded(3.75, 5.0, 64)]
    line = line_of(notes, [Measure(0, 3)])
    words = list(written(line))
    assert " ".join(words) == "c'8 r8 d'4 ~ d'16 r8. | r8. e'4 ~ e'16 r4 |"
    sung = heard(words)
    assert [(n.start, n.beats, n.midi) for n in sung.notes] == [
        (0, 0.5, 60),
        (1.0, 1.25, 62),
        (3.75, 1.25, 64),
    ]
    assert sung.bars == (3.0, 6.0)


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(1, 80), st.integers(0, 127)),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([3.0, 4.0, 3.5, 0.5]),
)
def test_words_say_what_the_grid_says(
    struck: list[tuple[int, int, int]], beats: float
) -> None:
    """Whatever the notes: written and heard again, they are the same line."""
    notes = [Sounded(a / 4, (a + n) / 4, pitch) for a, n, pitch in struck]
    line = line_of(sorted(notes), [Measure(0, beats)])
    sung = heard(list(written(line)))
    again = [(n.start * 4, (n.start + n.beats) * 4, n.midi) for n in sung.notes]
    joined = [list(note) for note in line.notes]
    assert again == [tuple(note) for note in joined]
    assert [bar * 4 for bar in sung.bars] == list(line.bars)
    starts = {note.start for note in notes}
    assert len(line.notes) == len(starts) == len(notes) - line.below
    top = {start: max(n.midi for n in notes if n.start == start) for start in starts}
    assert [note[2] for note in line.notes] == [top[s] for s in sorted(starts)]


def test_bars_follow_the_signature() -> None:
    assert bar_ends([], 9) == [0, 16]
    assert bar_ends([Measure(0, 3), Measure(6, 2)], 40) == [0, 12, 24, 32, 40]
    assert bar_ends([Measure(0, 0.0), Measure(0, 99.0)], 20) == [0, 16, 32]
    found = read_notes(
        midi(track(tune(), numerator=3, denominator=4)), "a.mid"
    ).examples["words"]
    assert found[3] == BAR


def test_an_eighth_is_half_a_beat_and_measures_stand_in_order() -> None:
    """6/8 has three quarters; the signature of a later track may come first."""
    late, early = track(tune(8)), track(tune(8), numerator=6, denominator=8)
    late.insert(
        2, MetaMessage("time_signature", numerator=2, denominator=2, time=TICKS)
    )
    measures = read_midi(midi(late, early), "a.mid").measures
    assert [measure.beats for measure in measures] == [3.0, 4.0]
    assert [measure.start for measure in measures] == sorted(
        measure.start for measure in measures
    )


def test_a_note_ends_what_was_struck_first() -> None:
    """The same key twice, the ends in order; a stroke without force is an end."""
    struck = MidiTrack()
    for kind, force, time in (
        ("note_on", 64, 0),
        ("note_on", 64, TICKS),
        ("note_on", 0, TICKS),
        ("note_off", 64, TICKS),
    ):
        struck.append(Message(kind, note=60, velocity=force, time=time))
    (voice,) = read_midi(midi(struck), "a.mid").voices
    assert voice.notes == (Sounded(0, 2, 60), Sounded(1, 3, 60))


def test_a_note_without_an_end_sounds_to_the_end_of_its_track() -> None:
    held = track([(0.0, 1.0, 60), (1.0, 3.0, 62)])
    held.insert(0, Message("note_on", note=72, velocity=64, time=0))
    (voice,) = read_midi(midi(held), "a.mid").voices
    assert voice.notes == (Sounded(0, 1, 60), Sounded(0, 4, 72), Sounded(1, 4, 62))


def test_a_tune_has_an_end() -> None:
    """Its last stroke counts; what it does not reach is no matter."""
    far = [(float(MOST_BEATS - 1), 1.0, 60)]
    assert read_midi(midi(track(far)), "a.mid").voices[0].notes[0].end == MOST_BEATS
    far = [(float(MOST_BEATS - 1), 1.25, 60)]
    with pytest.raises(ExplorerError, match=r"may last [\d,]+ beats, but 'a\.mid'"):
        read_midi(midi(track(far)), "a.mid")


def test_voices_are_channels_of_tracks_and_drums_are_none() -> None:
    two = track(tune(), "Both")
    two += [
        Message("note_on", channel=3, note=40, time=0),
        Message("note_off", channel=3, note=40, time=TICKS),
    ]
    chords = [(at, 1.0, p) for at, _, pitch in tune(48) for p in (pitch, pitch - 12)]
    raw = midi(track(tune(9), "", 9), two, track(chords, "Choir"))
    midi_file = read_midi(raw, "a.mid")
    assert [v.name for v in midi_file.voices] == ["2.1 Both", "2.4 Both", "3 Choir"]
    assert midi_file.drums == 9
    found = read_notes(raw, "a.mid")
    assert found.columns is not None
    assert found.columns.asked == "2.1 Both"
    assert "9 of their notes are left out" in str(found.remarks[-1])
    for name in ("3 Choir", "3"):
        choir = read_notes(raw, "a.mid", asked=name)
        assert "the highest stays, 48 are left out" in str(choir.remarks[1])
    low = read_notes(raw, "a.mid", asked="2.4")
    assert "at least 40 notes, but this voice has 1" in str(low.too_few)
    with pytest.raises(ExplorerError, match=r"'4' is none. There are: 2.1 Both, 2.4"):
        read_notes(raw, "a.mid", asked="4")


def test_notes_off_the_grid_are_moved_and_said() -> None:
    played = [(at + 0.1 * (k % 2), 0.9, p) for k, (at, _, p) in enumerate(tune())]
    found = read_notes(midi(track(played)), "a.mid")
    assert "32 notes were moved to the nearest sixteenth" in str(found.remarks[-1])
    assert found.tune is not None
    assert [note.start for note in found.tune.notes] == [at for at, *_ in tune()]


def test_a_dataset_of_notes() -> None:
    digest = content.put_examples("notes", read_notes(WHOLE, "a.mid").examples)
    data = own_notes.make(OwnNotesSettings(digest=digest, window=8, copies=0), 0)
    assert data.task == "next_token"
    assert data.play is heard
    assert data.text is not None
    words = [data.symbols[k] for k in data.text.tokens]
    assert words == read_notes(WHOLE, "a.mid").examples["words"]
    assert words[data.text.split - 1] == BAR
    assert data.text.split == 65
    more = own_notes.make(OwnNotesSettings(digest=digest, window=8, copies=2), 0)
    assert more.text is not None
    assert more.text.split == 3 * 65
    np.testing.assert_array_equal(
        [more.symbols[k] for k in more.text.tokens[-15:]], words[-15:]
    )
    with pytest.raises(ExplorerError, match="Shorten the window"):
        own_notes.make(OwnNotesSettings(digest=digest), 0)


def test_a_midi_file_tells_what_it_is() -> None:
    for name in ("a.mid", "a.csv", "notes"):
        assert files.kind_of(WHOLE, name) == "notes"
    with pytest.raises(ExplorerError, match="must be plain text"):
        files.read_text(WHOLE, "a.mid")


def delta(raw: bytes, length: int) -> bytes:
    """The file with another length of its first track."""
    at = raw.index(b"MTrk") + 4
    return raw[:at] + struct.pack(">L", length) + raw[at + 4 :]


def head(kind: int, tracks: int, ticks: int) -> bytes:
    return b"MThd" + struct.pack(">Lhhh", 6, kind, tracks, ticks)


BODY = WHOLE[14:]
LATE = [MetaMessage("text", text="x", time=2**27) for _ in range(200)]
HOSTILE = {
    "empty": (b"", "begins with MThd"),
    "a text": (b"A text of many words. " * 20, "begins with MThd"),
    "nothing but a head": (head(1, 0, 480), "none in 0 tracks"),
    "negative tracks": (head(1, -1, 480) + BODY, "none in 0 tracks"),
    "cut off": (WHOLE[:200], "breaks off"),
    "cut off in its head": (WHOLE[:9], "breaks off"),
    "more tracks than it has": (head(1, 32767, 480) + BODY, "breaks off"),
    "a track that is too short": (delta(WHOLE, 41), "breaks off"),
    "a track that is too long": (delta(WHOLE, 2**32 - 1), "breaks off"),
    "another head": (head(7, 1, 480) + b"RIFF" * 99, "breaks off"),
    "no ticks": (head(1, 1, 0) + BODY, "counts 0 ticks"),
    "frames of a film": (head(1, 1, -6360) + BODY, "counts -6360 ticks"),
    "events without end": (WHOLE + b"\0" * MOST_BYTES, "may take 250,000 bytes"),
    "an endless number": (head(1, 1, 480) + b"MTrk\0\1\0\0" + b"\xff" * 5000, "breaks"),
    "a late note": (midi(MidiTrack([*LATE, *track(tune())])), "may last 20,000 beats"),
    "drums alone": (midi(track(tune(), "", 9)), r"drums \(64 notes\) have none"),
    "no notes": (midi(MidiTrack()), "none in 1 tracks"),
    "a meta event that lies": (
        head(1, 1, 480)
        + b"MTrk"
        + struct.pack(">L", 9)
        + b"\0\xff\x03\xff\xff\x7fab\0",
        "breaks off",
    ),
    "a broken key": (
        head(1, 1, 480) + b"MTrk" + struct.pack(">L", 6) + b"\0\xff\x59\x02\x70\x70",
        "breaks",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refusals(name: str) -> None:
    raw, words = HOSTILE[name]
    with pytest.raises(ExplorerError, match=words) as refused:
        read_notes(raw, "a.mid")
    assert str(refused.value).isprintable()


@given(st.data())
def test_any_damage_is_refused_or_read(draw: st.DataObject) -> None:
    raw = bytearray(WHOLE[:400])
    for _ in range(draw.draw(st.integers(1, 8))):
        place = draw.draw(st.integers(4, len(raw) - 1))
        raw[place] = draw.draw(st.integers(0, 255))
    try:
        found = read_notes(bytes(raw), "a.mid")
    except ExplorerError as error:
        if not str(error).isprintable():
            pytest.fail(repr(str(error)))
    else:
        assert found.examples["words"]


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_head(raw: bytes) -> None:
    try:
        read_notes(head(1, 1, 96) + b"MTrk" + struct.pack(">L", len(raw)) + raw, "a")
    except ExplorerError as error:
        if not str(error).isprintable():
            pytest.fail(repr(str(error)))
