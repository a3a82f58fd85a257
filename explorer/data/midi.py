"""Standard MIDI files: bytes to voices of notes, read by mido.

A voice is one channel of one track. Times are in beats, a beat being a quarter note.
https://midi.org/standard-midi-files-specification
"""

import re
import struct
from collections import defaultdict, deque
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from mido import MidiFile, MidiTrack
from mido.midifiles.meta import KeySignatureError

from explorer.data.decoding import named, short
from explorer.errors import N_, ExplorerError

MAGIC = b"MThd"
MOST_BYTES = 250_000
"""A tune of an hour takes less; each event is an object of its own while it is read."""

MOST_BEATS = 20_000
"""Nearly three hours of the usual tempo."""

MOST_NAME = 40
DRUMS = 9
"""The channel, from 0, whose pitches are drums."""

LONG_NUMBER = re.compile(rb"[\x80-\xff]{1000}")
"""A number goes on while bytes have their high bit: the standard has four at most, and
reading a longer one takes time with the square of its length."""

BROKEN = (OSError, EOFError, ValueError, LookupError, TypeError, OverflowError)
"""What mido raises of a file that breaks its own rules."""


class Sounded(NamedTuple):
    """One note of a voice, in beats from the beginning."""

    start: float
    end: float
    midi: int  # pitch: 60 is middle C


class Voice(NamedTuple):
    """The notes of one channel of one track, by their start."""

    name: str
    """Number of the track, of the channel where a track has several, and its name."""
    notes: tuple[Sounded, ...]


class Measure(NamedTuple):
    """From where on a bar has so many beats."""

    start: float
    beats: float


class Midi(NamedTuple):
    """What was read of a file."""

    voices: tuple[Voice, ...]
    measures: tuple[Measure, ...]  # by their start
    drums: int
    """Notes of the drums' channel, which are in no voice."""


def read_midi(raw: bytes, filename: str) -> Midi:
    """All voices that have notes.

    Raises:
        ExplorerError: if it is no whole MIDI file, is too large or long, or has no
            notes with a pitch.
    """
    file = _opened(raw, filename)
    tracks = [_Track(track, file.ticks_per_beat, filename) for track in file.tracks]
    voices = tuple(
        voice for k, track in enumerate(tracks, 1) for voice in track.voices(k)
    )
    drums = sum(track.drums for track in tracks)
    if not voices:
        raise ExplorerError(
            N_(
                "A tune is read from notes with a pitch, but '%(file)s' has none in "
                "%(tracks)d tracks; drums (%(drums)d notes) have none. Give another."
            ),
            file=named(filename),
            tracks=len(tracks),
            drums=drums,
        )
    measures = sorted(measure for track in tracks for measure in track.measures)
    return Midi(voices, tuple(measures), drums)


def _opened(raw: bytes, filename: str) -> MidiFile:
    if len(raw) > MOST_BYTES:
        raise ExplorerError(
            N_(
                "A MIDI file may take %(most)s bytes, but '%(file)s' takes %(came)s. "
                "Give one with fewer notes."
            ),
            most=f"{MOST_BYTES:,}",
            file=named(filename),
            came=f"{len(raw):,}",
        )
    if not raw.startswith(MAGIC):
        raise ExplorerError(
            N_(
                "A MIDI file begins with MThd, but '%(file)s' does not. Give a .mid "
                "file, or read it as what it is."
            ),
            file=named(filename),
        )
    if LONG_NUMBER.search(raw):
        raise _broken(filename, "overlong number")
    try:
        file = MidiFile(file=BytesIO(raw), clip=True)
    except (*BROKEN, struct.error, KeySignatureError) as error:
        raise _broken(filename, str(error) or "end of file") from None
    if file.ticks_per_beat <= 0:
        raise ExplorerError(
            N_(
                "Notes are read in beats, but '%(file)s' counts %(came)d ticks in a "
                "beat; a negative count means frames of a film. Save it again with "
                "ticks per quarter note."
            ),
            file=named(filename),
            came=file.ticks_per_beat,
        )
    return file


def _broken(filename: str, reason: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "A MIDI file is read as its standard says, but '%(file)s' breaks off or "
            "breaks its rules (%(reason)s). Export it again from a music program."
        ),
        file=named(filename),
        reason=short(reason, 60),
    )


class _Track:
    """One track, read from its beginning to its end."""

    def __init__(self, track: MidiTrack, ticks_per_beat: int, filename: str) -> None:
        self.name = ""
        self.drums = 0
        self.measures: list[Measure] = []
        self._by_channel: dict[int, list[Sounded]] = defaultdict(list)
        sounding: dict[tuple[int, int], deque[float]] = defaultdict(deque)
        ticks, now = 0, 0.0
        for message in track:
            ticks += message.time
            if ticks > MOST_BEATS * ticks_per_beat:
                raise _too_long(filename)
            now = ticks / ticks_per_beat
            if message.type == "track_name" and not self.name:
                self.name = short(_decoded(message.name), MOST_NAME)
            elif message.type == "time_signature":
                beats = message.numerator * 4 / message.denominator
                self.measures.append(Measure(now, beats))
            elif message.type in ("note_on", "note_off"):
                key = message.channel, message.note
                if message.type == "note_on" and message.velocity:
                    sounding[key].append(now)
                elif sounding[key]:
                    self._ended(*key, sounding[key].popleft(), now)
        for key, starts in sounding.items():
            for start in starts:
                self._ended(*key, start, now)

    def _ended(self, channel: int, pitch: int, start: float, end: float) -> None:
        if channel == DRUMS:
            self.drums += 1
        else:
            self._by_channel[channel].append(Sounded(start, end, pitch))

    def voices(self, number: int) -> Iterator[Voice]:
        """Its channels that have notes; `number` is the track's, from 1."""
        for channel, notes in sorted(self._by_channel.items()):
            several = len(self._by_channel) > 1
            place = f"{number}.{channel + 1}" if several else str(number)
            yield Voice(f"{place} {self.name}".strip(), tuple(sorted(notes)))


def _too_long(filename: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "A tune may last %(most)s beats, but '%(file)s' goes on. Give a part of it."
        ),
        most=f"{MOST_BEATS:,}",
        file=named(filename),
    )


def _decoded(name: str) -> str:
    """A track's name in UTF-8, where it is; the standard says nothing of letters."""
    raw = name.encode("latin1", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return name
