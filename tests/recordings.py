"""Zips of recordings for tests: each character is a tone of its own, one after the
other."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from tests.wav_files import RATE, written

LETTERS = "abcdefgh"
EACH = 0.15
"""Seconds of a character, a silence included."""


def said(
    text: str, rate: int = RATE, loud: float = 0.4, seed: int = 0
) -> NDArray[np.float64]:
    """The samples of a text of `LETTERS` and spaces, with a little noise."""
    at = np.arange(round(EACH * rate)) / rate
    swell = np.clip(np.sin(np.pi * at / (0.8 * EACH)), 0, None)
    pieces = [
        swell * np.sin(2 * np.pi * hertz(letter) * at)
        if letter != " "
        else np.zeros_like(at)
        for letter in text
    ]
    whole = np.concatenate([np.zeros_like(at), *pieces, np.zeros_like(at)])
    noise = np.random.default_rng(seed).normal(0, 1e-3, len(whole))
    return loud * (whole + noise)


def hertz(letter: str) -> float:
    """The pitch of a letter."""
    return 300.0 * 1.35 ** LETTERS.index(letter)


def texts(count: int, seed: int = 0, longest: int = 5) -> list[str]:
    """Words of `LETTERS`."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(2, longest + 1, count)
    return ["".join(rng.choice(list(LETTERS), n)) for n in lengths]


def table(
    rows: Sequence[Sequence[str]], sign: str = ",", head: str = "file,text"
) -> str:
    """Rows below their names."""
    return "\n".join([head.replace(",", sign), *(sign.join(row) for row in rows)])


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def recordings(spoken: Sequence[str]) -> bytes:
    """A zip of these texts and how they sound."""
    names = [f"{k}.wav" for k in range(len(spoken))]
    sounds = {
        name: written(said(text, seed=k))
        for k, (name, text) in enumerate(zip(names, spoken, strict=True))
    }
    rows = list(zip(names, spoken, strict=True))
    return packed({**sounds, "texts.csv": table(rows).encode()})
