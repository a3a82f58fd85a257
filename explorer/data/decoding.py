"""From the bytes of a file to text: which encoding it is in, and why it is none.

UTF-8, and UTF-16 with its byte order mark, are known for sure. What is neither may be
GB18030, the standard of older Chinese files, and is taken for it where a detector is
sure; else a person says which of `ENCODINGS` it is.
"""

import codecs
import re
import unicodedata
from collections.abc import Mapping

from explorer.errors import N_, ExplorerError, Words

ENCODINGS: Mapping[str, str] = {
    "": N_("detected by itself"),
    "utf-8": "UTF-8",
    "gb18030": "GB18030 (GBK, GB2312)",
    "big5": "Big5",
    "cp1252": "Windows-1252 (Latin)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "shift_jis": "Shift JIS",
    "euc_kr": "EUC-KR",
    "utf-16": "UTF-16",
}
"""What a person may say that a file is in, by the name that Python gives it."""

RIVALS = ["gb18030", "big5", "cp1252", "shift_jis", "euc_kr", "cp1251"]
"""What a file may be in that is not in UTF-8."""

QUOTES = re.compile(rb"[\x80\x84\x85\x91-\x97\x99\x9b]")
"""Bytes of curly quotes, dashes and the like, the same in all of Windows' encodings of
letters; no other high byte stands in an English text."""

WESTERN = bytes(
    b
    for b in range(0xA0, 0x100)
    if len({bytes([b]).decode(name) for name in ("cp1250", "cp1252", "cp1254")}) == 1
)
"""Bytes of letters and signs that are the same in western and middle Europe."""

DETECTED_BYTES = 100_000
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(raw: bytes, filename: str, at_most: int, encoding: str = "") -> str:
    """The text of a file, with line ends as "\\n".

    Args:
        raw: the file.
        filename: for messages.
        at_most: bytes that it may take.
        encoding: of `ENCODINGS`.

    Raises:
        ExplorerError: if it is empty, too large, binary, or in an encoding that is
            another or unsure.
    """
    assert encoding in ENCODINGS, encoding
    _refuse_empty(raw.removeprefix(codecs.BOM_UTF8), filename)
    if len(raw) > at_most:
        raise ExplorerError(
            N_(
                "A file may take %(most)s bytes, but '%(file)s' takes %(came)s. Give a "
                "part of it."
            ),
            most=f"{at_most:,}",
            file=named(filename),
            came=f"{len(raw):,}",
        )
    encoding = encoding or ("utf-16" if raw.startswith(UTF_16) else "")
    if not encoding and (order := _order(raw)):
        raw, encoding = order + raw, "utf-16"
    if encoding != "utf-16":
        raw = raw.rstrip(b"\0")  # a logger that stopped left its block unfilled
        _refuse_binary(raw, filename)
    text = _in(encoding, raw, filename) if encoding else _detected(raw, filename)
    _refuse_empty(text, filename)
    return re.sub("\r+\n|[\r\u2028\u2029]", "\n", text)


UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
"""Hyphens that may be, blanks of no width and marks of order and direction: nobody sees
them in a text, and none is a symbol of it."""


def in_one_piece(text: str) -> str:
    """A text without what nobody sees in it, its letters in one piece with their
    accents."""
    return unicodedata.normalize("NFC", text.rstrip("\x1a").translate(UNSEEN))


def encoding_remark(encoding: str) -> Words:
    """What is said of an encoding that was guessed."""
    words = N_(
        "Letters are read as %(encoding)s, which is not sure; say another encoding "
        "where they look wrong."
    )
    return Words(words, {"encoding": Words(ENCODINGS[encoding])})


def _order(raw: bytes) -> bytes:
    r"""The byte order mark that UTF-16 lacks, told by where it is zero; else nothing.

    >>> _order("1,2".encode("utf-16-le")), _order("1,2".encode("utf-16-be"))
    (b'\xff\xfe', b'\xfe\xff')
    >>> _order(b"1,2"), _order(b"P\0\0\1")
    (b'', b'')
    """
    first, second = raw[:DETECTED_BYTES:2], raw[1:DETECTED_BYTES:2]
    for mark, whole, zero in zip(UTF_16, (first, second), (second, first), strict=True):
        if len(raw) % 2 == 0 and zero.count(0) > 0.6 * len(zero) and 0 not in whole:
            return mark
    return b""


def _refuse_empty(content: bytes | str, filename: str) -> None:
    if not content.strip():
        raise ExplorerError(
            N_("A file must hold data, but '%(file)s' is empty. Give another."),
            file=named(filename),
        )


def _refuse_binary(raw: bytes, filename: str) -> None:
    if (place := raw.find(b"\0")) >= 0:
        raise ExplorerError(
            N_(
                "A file must be plain text, but '%(file)s' is binary: byte %(place)d "
                "is NUL. Give a .csv or .txt file, no image or workbook."
            ),
            file=named(filename),
            place=place,
        )


def _in(encoding: str, raw: bytes, filename: str) -> str:
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise ExplorerError(
            N_(
                "A file must be in the encoding that is said of it, but byte %(place)d "
                "of '%(file)s' is not %(encoding)s. Choose another encoding."
            ),
            place=error.start,
            file=named(filename),
            encoding=ENCODINGS[encoding],
        ) from None
    return text.replace("\0", "")


def sure_encoding(raw: bytes) -> str:
    """What bytes that are neither UTF-16 nor binary are in; "" where that is unsure."""
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if raw.startswith(codecs.BOM_UTF8):
            return ""
    else:
        return "utf-8-sig"
    if _has_quotes_alone(raw) or _is_western(raw):
        return "cp1252"
    if _is_japanese(raw):
        return "shift_jis"
    return "gb18030" if _is_gb18030(raw) else ""


def mostly_utf_8(raw: bytes) -> bytes:
    """A file of which most letters are UTF-8, with the others made so, as of Windows;
    nothing where they are fewer."""
    text = raw.decode("utf-8", "surrogateescape")
    odd = sum("\udc80" <= c <= "\udcff" for c in text)
    if sum(c > "\x7f" for c in text) < 3 * odd:
        return b""
    parts = re.split("([\udc80-\udcff]+)", text)
    parts[1::2] = [
        part.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        for part in parts[1::2]
    ]
    return "".join(parts).encode()


def _detected(raw: bytes, filename: str) -> str:
    if found := sure_encoding(raw):
        return raw.decode(found, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ExplorerError(
            N_(
                "A file must be text in UTF-8 or GB18030, but byte %(place)d of "
                "'%(file)s' is not UTF-8, and it is unsure what else. Say its "
                "encoding, or save it again as UTF-8."
            ),
            place=error.start,
            file=named(filename),
        ) from None


def _has_quotes_alone(raw: bytes) -> bool:
    r"""Whether all that is beyond ASCII are the quotes and dashes of Windows.

    >>> _has_quotes_alone(b"the fox\x92s tail"), _has_quotes_alone(b"caf\xe9")
    (True, False)
    """
    rest = QUOTES.sub(b"", raw)
    return rest.isascii() and len(raw) - len(rest) < len(raw) / 4


def _is_western(raw: bytes) -> bool:
    r"""Whether letters beyond ASCII stand between twice as many of it, never three in a
    row: each character of an Eastern text takes two high bytes.

    >>> _is_western(b"Gr\xf6\xdfe (\xb0C)"), _is_western("日期".encode("gb18030"))
    (True, False)
    """
    high = QUOTES.sub(b"", raw.replace(b"\x80", b"")).translate(None, bytes(range(128)))
    if set(high) - set(WESTERN) or re.search(rb"[\xa0-\xff]{3}", raw):
        return False
    words = re.findall(rb"[A-Za-z\xc0-\xff]*[\xc0-\xff][A-Za-z\xc0-\xff]*", raw)
    letters = sum(map(len, words))
    beyond = sum(byte >= 0xC0 for word in words for byte in word)
    return bool(letters >= 2 * beyond)


def _is_japanese(raw: bytes) -> bool:
    """Whether a tenth of what is beyond ASCII are kana in Shift JIS: their bytes begin
    no character that is common elsewhere."""
    try:
        beyond = [c for c in raw.decode("shift_jis") if c > "\x7f"]
    except UnicodeDecodeError:
        return False
    return 10 * sum("\u3040" <= c <= "\u30ff" for c in beyond) >= max(1, len(beyond))


def _is_gb18030(raw: bytes) -> bool:
    """Whether bytes that are no UTF-8 are GB18030 and the detector prefers no other."""
    from charset_normalizer import from_bytes

    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    if _is_common_chinese(text):
        return True
    best = from_bytes(raw[:DETECTED_BYTES], cp_isolation=RIVALS).best()
    return best is not None and best.encoding == "gb18030"


def _is_common_chinese(text: str) -> bool:
    """Whether most of what is beyond ASCII is of GB2312's first level, the 3,755
    characters that nearly all of a Chinese text is written with, or its punctuation.

    Korean letters have the same bytes as the first half of that level, in order of
    sound, so that some characters must be of its second half.
    """
    rows = [_row(c) for c in text[:DETECTED_BYTES] if c > "\x7f"]
    if len(rows) < 8:
        return False
    common = sum(0xA1 <= row <= 0xA3 or 0xB0 <= row <= 0xD7 for row in rows)
    late = sum(0xC9 <= row <= 0xD7 for row in rows)
    return common >= 0.9 * len(rows) and late >= 0.1 * len(rows)


def _row(character: str) -> int:
    """Where GB2312 has a character; 0 where it has not."""
    try:
        return character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 0


def short(text: str, at_most: int = 40) -> str:
    """Text for a message: one line, printable, not long."""
    plain = re.sub(r"\s+", " ", text[: 20 * at_most])
    plain = "".join(c for c in plain if c.isprintable())
    return plain if len(plain) <= at_most else plain[: at_most - 3] + "..."


def named(filename: str) -> str:
    """A file's name for a message."""
    return short(filename, 60)
