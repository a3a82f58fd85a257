"""WAV files: bytes to the frames that filters hear, read by SciPy.

Mono or stereo, whole numbers of 8, 16, 24 or 32 bits or floating point; stereo is heard
as the mean of both sides.
"""

import struct
import threading
import warnings
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from explorer.data.brought import Brought
from explorer.data.content import Examples
from explorer.data.decoding import named, short
from explorer.data.mel import FRAME_SECONDS, Frames, frames
from explorer.errors import N_, ExplorerError, Words

MAGIC, FORM = b"RIFF", b"WAVE"
MOST_BYTES = 12_000_000
"""A minute of stereo at 48,000 samples a second with 16 bits."""

MOST_SECONDS = 60
RATES = (4_000, 192_000)
"""Samples in a second, fewest and most."""

SIDES = 2
FEWEST = 100
"""Frames: fewer leave nothing to be judged by."""

SAME = 1.0
"""Decibels: a sound whose level stays within this is as good as constant."""

_quiet = threading.Lock()
"""Warnings are turned off for all threads at once."""


def read_sound(
    raw: bytes, filename: str, encoding: str = "", given: str = "", asked: str = ""
) -> Brought:
    """The frames of a sound; `encoding`, `given` and `asked` say nothing of it.

    Raises:
        ExplorerError: if it is no such file, or too large, long, short or silent.
    """
    rate, samples = read_wav(raw, filename)
    sides = samples.shape[1]
    sound = frames(samples.mean(1, dtype=np.float32), rate)
    return Brought(
        "sound",
        filename,
        kept(sound),
        (),
        {},
        tuple(_remarks(rate, sides, samples, sound)),
        too_few=_too_little(sound),
        sound=sound,
    )


def kept(sound: Frames) -> Examples:
    """What is kept of a sound, to a tenth of a decibel."""
    return {
        "levels": sound.levels.round(1).tolist(),
        "bands": sound.bands.round(1).tolist(),
        "centres": sound.centres.round(1).tolist(),
        "hop": sound.hop,
    }


def sound_of(examples: Examples) -> Frames:
    """What `kept` made of a sound."""
    levels, bands, centres = (
        np.array(examples[name], np.float64) for name in ("levels", "bands", "centres")
    )
    return Frames(levels, bands, centres, float(examples["hop"]))


def is_wav(raw: bytes) -> bool:
    """Whether a file says that it is sound."""
    return raw.startswith(MAGIC) and raw[8:12] == FORM


def read_wav(raw: bytes, filename: str) -> tuple[int, NDArray[np.float32]]:
    """Samples in a second, and samples (m, sides) between -1 and 1.

    Raises:
        ExplorerError: as `read_sound`.
    """
    _check(
        len(raw) <= MOST_BYTES,
        N_("A WAV file may take %(most)s bytes, but '%(file)s' takes %(came)s."),
        filename,
        most=f"{MOST_BYTES:,}",
        came=f"{len(raw):,}",
    )
    if not is_wav(raw):
        raise ExplorerError(
            N_(
                "A WAV file begins with RIFF and WAVE, but '%(file)s' does not. Save "
                "the sound as WAV, or read the file as what it is."
            ),
            file=named(filename),
        )
    rate, values = _opened(raw, filename)
    samples = values[:, None] if values.ndim == 1 else values
    _check_kind(samples, rate, filename)
    return rate, _scaled(samples, filename)


def _check_kind(samples: NDArray[np.generic], rate: int, filename: str) -> None:
    """See that a sound (m, sides) has as many sides, samples a second and seconds as it
    may.

    Raises:
        ExplorerError: if it has not.
    """
    _check(
        samples.shape[1] <= SIDES,
        N_("Sound has one channel or two, but '%(file)s' has %(came)d."),
        filename,
        came=samples.shape[1],
    )
    _check(
        RATES[0] <= rate <= RATES[1],
        N_(
            "Sound has %(low)s to %(high)s samples in a second, but '%(file)s' has "
            "%(came)s."
        ),
        filename,
        low=f"{RATES[0]:,}",
        high=f"{RATES[1]:,}",
        came=f"{rate:,}",
    )
    seconds = len(samples) / rate
    _check(
        seconds <= MOST_SECONDS,
        N_("A sound may last %(most)d seconds, but '%(file)s' lasts %(came)s."),
        filename,
        most=MOST_SECONDS,
        came=f"{seconds:,.1f}",
    )
    _check(
        seconds >= 2 * FRAME_SECONDS,
        N_("A sound lasts %(least)s seconds at least, but '%(file)s' lasts %(came)s."),
        filename,
        least=f"{2 * FRAME_SECONDS:g}",
        came=f"{seconds:.3g}",
    )


def _opened(raw: bytes, filename: str) -> tuple[int, NDArray[np.generic]]:
    from scipy.io import wavfile  # takes long to import, and few bring sounds

    try:
        with _quiet, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of chunks that are no sound
            rate, values = wavfile.read(BytesIO(raw))  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, LookupError, ArithmeticError, EOFError) as error:
        raise _broken(filename, str(error)) from None
    except (OSError, MemoryError, UnboundLocalError, struct.error) as error:
        raise _broken(filename, str(error)) from None
    return int(rate), np.asarray(values)


def _broken(filename: str, reason: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "Sound is read from WAV with plain samples, but '%(file)s' breaks off or "
            "holds something else (%(reason)s). Save it again as WAV (PCM)."
        ),
        file=named(filename),
        reason=short(reason, 60) or "-",
    )


def _scaled(samples: NDArray[np.generic], filename: str) -> NDArray[np.float32]:
    """Between -1 and 1, whatever the samples were counted in."""
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - np.float32(128)) / np.float32(128)
    if samples.dtype.kind == "i":
        most = 2.0 ** (8 * samples.dtype.itemsize - 1)
        return samples.astype(np.float32) / np.float32(most)
    values = samples.astype(np.float32)
    wild = ~np.isfinite(values) | (np.abs(values) > 1000)
    if wild.any():
        raise ExplorerError(
            N_(
                "Samples are finite numbers of about -1 to 1, but number %(place)d of "
                "'%(file)s' is %(came)s. Save it again as WAV (PCM)."
            ),
            place=int(wild.any(1).argmax()) + 1,
            file=named(filename),
            came=f"{values[wild][0]:g}",
        )
    return values


def _check(holds: bool, message: str, filename: str, **values: object) -> None:
    if not holds:
        raise ExplorerError(
            N_("%(rule)s Give another."),
            rule=Words(message, {"file": named(filename), **values}),
        )


def _remarks(
    rate: int, sides: int, samples: NDArray[np.float32], sound: Frames
) -> Iterator[Words]:
    message = N_(
        "%(seconds)s seconds at %(rate)s samples a second, heard as %(frames)s frames "
        "of %(bands)d bands."
    )
    numbers = {
        "seconds": f"{len(samples) / rate:.1f}",
        "rate": f"{rate:,}",
        "frames": f"{len(sound.levels):,}",
        "bands": sound.bands.shape[1],
    }
    yield Words(message, numbers)
    if sides > 1:
        yield Words(N_("Both channels are heard as one, their mean."))
    if (np.abs(samples) > 0.999).mean() > 1e-3:
        yield Words(N_("Some of it is as loud as a file can say: it may be clipped."))


def _too_little(sound: Frames) -> ExplorerError | None:
    if len(sound.levels) < FEWEST:
        return ExplorerError(
            N_(
                "Learning a sound and being judged take at least %(least)d frames, but "
                "this has %(came)d. Give one of %(seconds).1f seconds or more."
            ),
            least=FEWEST,
            came=len(sound.levels),
            seconds=(FEWEST + 1) * sound.hop,
        )
    if np.ptp(sound.levels) < SAME:
        return ExplorerError(
            N_(
                "A sound must change to be foreseen, but this one stays within "
                "%(most)g dB. Give another."
            ),
            most=SAME,
        )
    return None
