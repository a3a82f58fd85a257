"""WAV files for tests, written by the standard library."""

import wave
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

RATE = 8000


def tone(
    seconds: float = 3.0, rate: int = RATE, hertz: float = 440.0
) -> NDArray[np.float64]:
    """A tone that swells twice a second, half of a full swing at most."""
    at = np.arange(round(seconds * rate)) / rate
    return 0.5 * np.sin(2 * np.pi * hertz * at) * (0.55 + 0.45 * np.sin(4 * np.pi * at))


def written(
    samples: NDArray[np.float64], bits: int = 16, sides: int = 1, rate: int = RATE
) -> bytes:
    """The file of these samples (m,) between -1 and 1, the same on all sides."""
    whole = np.round(samples * (2 ** (bits - 1) - 1)).astype("<i4")
    if bits == 8:
        whole = whole + 128
    packed = whole.view(np.uint8).reshape(-1, 4)[:, : bits // 8]
    raw = BytesIO()
    with wave.open(raw, "wb") as file:
        file.setnchannels(sides)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(np.repeat(packed[:, None], sides, 1).tobytes())
    return raw.getvalue()
