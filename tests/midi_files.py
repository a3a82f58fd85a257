"""MIDI files for tests, written by mido."""

from collections.abc import Sequence
from io import BytesIO

from mido import Message, MetaMessage, MidiFile, MidiTrack

TICKS = 480
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)

Struck = tuple[float, float, int]
"""Start and length in beats, MIDI pitch."""


def tune(count: int = 64) -> list[Struck]:
    """Quarters, up and down a scale."""
    return [
        (float(k), 1.0, SCALE[k % 8 if k // 8 % 2 else 7 - k % 8]) for k in range(count)
    ]


def track(
    notes: Sequence[Struck], name: str = "", channel: int = 0, **signature: int
) -> MidiTrack:
    """One track of these notes."""
    events = [(at, "note_on", pitch) for at, _, pitch in notes]
    events += [(at + beats, "note_off", pitch) for at, beats, pitch in notes]
    made, now = MidiTrack(), 0
    if name:
        made.append(MetaMessage("track_name", name=name))
    if signature:
        made.append(MetaMessage("time_signature", **signature))
    for at, kind, pitch in sorted(events):
        tick = round(at * TICKS)
        made.append(Message(kind, channel=channel, note=pitch, time=tick - now))
        now = tick
    return made


def written(*tracks: MidiTrack, ticks: int = TICKS, kind: int = 1) -> bytes:
    """The file of these tracks."""
    raw = BytesIO()
    MidiFile(type=kind, ticks_per_beat=ticks, tracks=[*tracks]).save(file=raw)
    return raw.getvalue()
