"""A voice of a MIDI file as one tune in words of pitch and length, as `melodies` has
them.

Starts and ends go to the nearest sixteenth note. Where several notes begin at one
moment the highest stays, as the ear hears a melody, and a note ends where the next one
begins. What no single word can say is several words with a tie between them.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from explorer.data.brought import Brought, Columns
from explorer.data.decoding import short
from explorer.data.melodies import BAR, TIE, heard, spelled
from explorer.data.midi import Measure, Midi, Sounded, Voice, read_midi
from explorer.errors import N_, ExplorerError, Words

GRID = 4
"""Places in a beat: sixteenth notes."""

LENGTHS = {
    24: "1.",
    16: "1",
    12: "2.",
    8: "2",
    6: "4.",
    4: "4",
    3: "8.",
    2: "8",
    1: "16",
}
"""What can be written as one word, by its sixteenths, the longest first."""

USUAL_BEATS = 4.0
"""Of a bar, where a file says nothing."""

FEWEST_BEATS, MOST_BAR_BEATS = 0.5, 32.0
"""Of a bar: others are no measure that anybody counts."""

NEAR = 0.2
"""Of a sixteenth: what is moved by more is said."""

FEWEST = 40
"""Notes: fewer leave nothing to be judged by."""


class Line(NamedTuple):
    """A melody on the grid: places are sixteenths from its beginning."""

    notes: tuple[tuple[int, int, int], ...]  # begin, end, pitch
    bars: tuple[int, ...]  # where a bar ends
    below: int
    """Notes that are left out, since a higher one begins with them."""
    moved: int
    """Notes that were moved to the grid by more than `NEAR`."""


def read_notes(
    raw: bytes, filename: str, encoding: str = "", given: str = "", asked: str = ""
) -> Brought:
    """One voice of a MIDI file.

    Args:
        encoding, given: say nothing of it.
        asked: the voice, by name or number; "" for the one with most moments at which
            a note begins.

    Raises:
        ExplorerError: if it is no such file, or there is no such voice.
    """
    midi = read_midi(raw, filename)
    voice = _voice(midi.voices, asked)
    line = line_of(voice.notes, midi.measures)
    words = tuple(written(line))
    return Brought(
        "notes",
        filename,
        {"words": list(words)},
        (),
        {},
        tuple(_remarks(midi, voice, line, words)),
        Columns(tuple(v.name for v in midi.voices), "", voice.name),
        _too_few(len(line.notes)),
        tune=heard(words),
    )


def _voice(voices: Sequence[Voice], asked: str) -> Voice:
    if not asked:
        return max(voices, key=lambda v: len({note.start for note in v.notes}))
    for voice in voices:
        if asked in (voice.name, voice.name.split(" ", 1)[0]):
            return voice
    raise ExplorerError(
        N_(
            "A voice is one that the file has, but '%(came)s' is none. There are: "
            "%(known)s."
        ),
        came=short(asked),
        known=", ".join(voice.name for voice in voices[:20]),
    )


def line_of(notes: Sequence[Sounded], measures: Sequence[Measure]) -> Line:
    """The melody of some notes, from the bar of the first on."""
    top: dict[int, Sounded] = {}
    for note in notes:
        place = round(note.start * GRID)
        if place not in top or note.midi > top[place].midi:
            top[place] = note
    places = sorted(top)
    last = max(max(round(top[p].end * GRID), p + 1) for p in places)
    bars = bar_ends(measures, last)
    first = max((bar for bar in bars if bar <= places[0]), default=0)
    line = []
    for place, later in zip(places, [*places[1:], last], strict=True):
        end = min(max(round(top[place].end * GRID), place + 1), later)
        line.append((place - first, end - first, top[place].midi))
    off = (abs(top[p].start * GRID - p) > NEAR for p in places)
    ends = tuple(bar - first for bar in bars if bar > first)
    return Line(tuple(line), ends, len(notes) - len(places), sum(off))


def bar_ends(measures: Sequence[Measure], last: int) -> list[int]:
    """Where bars end, in sixteenths, up to the first one at or behind `last`."""
    ends, at, beats, later = [0], 0.0, USUAL_BEATS, deque(measures)
    while ends[-1] < last:
        while later and later[0].start <= at + 1e-6:
            given = later.popleft().beats
            beats = given if FEWEST_BEATS <= given <= MOST_BAR_BEATS else USUAL_BEATS
        at += beats
        ends.append(round(at * GRID))
    return ends


def written(line: Line) -> Iterator[str]:
    """The words of a line, up to the end of its last bar: notes, rests, ties and bars.

    >>> line = Line(((0, 5, 60), (8, 18, 62)), (8, 16, 24), 0, 0)
    >>> " ".join(written(line))
    "c'4 ~ c'16 r8. | d'2 ~ | d'8 r4. |"
    """
    now, bars = 0, deque(line.bars)
    steps: list[tuple[int, int | None]] = []
    for begin, end, pitch in line.notes:
        steps += [(begin, None), (end, pitch)]
    for stop, midi in [*steps, (line.bars[-1], None)]:
        while now < stop:
            room = min(stop, bars[0]) - now
            length = next(length for length in LENGTHS if length <= room)
            now += length
            yield f"{spelled(midi)}{LENGTHS[length]}"
            if midi is not None and now < stop:
                yield TIE
            if bars[0] == now:
                bars.popleft()
                yield BAR


def _remarks(
    midi: Midi, voice: Voice, line: Line, words: Sequence[str]
) -> Iterator[Words]:
    numbers = {
        "voice": voice.name,
        "notes": f"{len(line.notes):,}",
        "words": f"{len(words):,}",
        "kinds": len(set(words)),
    }
    message = N_(
        "Voice %(voice)s: %(notes)s notes as %(words)s words of %(kinds)d kinds."
    )
    yield Words(message, numbers)
    if line.below:
        message = N_(
            "A tune has one note at a time: of those that begin together the highest "
            "stays, %(count)s are left out."
        )
        yield Words(message, {"count": f"{line.below:,}"})
    if line.moved:
        message = N_("%(count)s notes were moved to the nearest sixteenth.")
        yield Words(message, {"count": f"{line.moved:,}"})
    if midi.drums:
        message = N_("Drums have no pitch: %(count)s of their notes are left out.")
        yield Words(message, {"count": f"{midi.drums:,}"})


def _too_few(notes: int) -> ExplorerError | None:
    if notes >= FEWEST:
        return None
    return ExplorerError(
        N_(
            "Learning a tune and being judged take at least %(least)d notes, but this "
            "voice has %(came)d. Choose another voice, or give a longer tune."
        ),
        least=FEWEST,
        came=notes,
    )
