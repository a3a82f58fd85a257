"""The likeliest encoding of a table whose own is not sure.

Its numbers and times are read alike in nearly all of them: where a guess is wrong, only
names look wrong, and a person can say another. A text is never read by a guess.
"""

from collections.abc import Callable, Mapping

from explorer.data.decoding import DETECTED_BYTES, UTF_16, mostly_utf_8, sure_encoding


def _by_lead(encoding: str, *leads: tuple[int, int]) -> Callable[[str], bool]:
    """Whether a character's first byte is within these, where its usual ones are."""

    def usual(character: str) -> bool:
        try:
            lead = character.encode(encoding)[0]
        except UnicodeEncodeError:
            return False
        return any(low <= lead <= high for low, high in leads)

    return usual


def _is_cyrillic(character: str) -> bool:
    return "А" <= character <= "я" or character in "Ёё№°"


def _is_latin(character: str) -> bool:
    return character.isalpha() or character in "°µ²³€£±–"


USUAL: Mapping[str, Callable[[str], bool]] = {
    "shift_jis": _by_lead("shift_jis", (0x81, 0x83), (0x88, 0x97)),
    "gb18030": _by_lead("gb2312", (0xA1, 0xA3), (0xB0, 0xD7)),
    "big5": _by_lead("big5", (0xA1, 0xC6)),
    "euc_kr": _by_lead("euc_kr", (0xA1, 0xA3), (0xB0, 0xC8)),
    "cp1251": _is_cyrillic,
    "cp1252": _is_latin,
}
"""Which of the characters beyond ASCII are common in what an encoding is used for."""


def likeliest(raw: bytes) -> tuple[bytes, str]:
    """A file, and the encoding in which most letters are common ones; "" where it is
    sure, or where none fits. The few that are not in UTF-8 are put into it.

    >>> [likeliest("日付,気温".encode(name))[1] for name in ("shift_jis", "utf-8")]
    ['shift_jis', '']
    >>> likeliest("Größe".encode() + b" caf\\xe9")[0].decode()
    'Größe café'
    """
    if raw.startswith(UTF_16) or sure_encoding(raw) or b"\0" in raw:
        return raw, ""
    if mended := mostly_utf_8(raw):
        return mended, "utf-8"
    shares = {encoding: _share(raw, encoding) for encoding in USUAL}
    best = max(shares, key=lambda encoding: shares[encoding])
    return raw, best if shares[best] >= 0 else ""


def _share(raw: bytes, encoding: str) -> float:
    """Of what is beyond ASCII, how much is common; -1 where the bytes are no such."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    beyond = [c for c in text[:DETECTED_BYTES] if c > "\x7f"]
    return sum(map(USUAL[encoding], beyond)) / max(1, len(beyond))
