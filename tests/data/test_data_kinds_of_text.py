"""Every kind of text with its right words."""

import pytest

from explorer.data import files, own_text
from explorer.data.content import put_text
from explorer.data.own_text import OwnTextSettings
from explorer.data.tokens import words
from explorer.errors import ExplorerError
from tests.data.kinds import PLAIN, POINT


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.tsv", PLAIN, "series"),
        ("a.txt", PLAIN.replace(",", ";"), "series"),
        ("a.txt", PLAIN.replace(",", "\t"), "series"),
        ("a.txt", "\n".join(POINT), "series"),
        ("a.txt", "The fox, the cat,\nand the owl, at last.\n" * 20, "text"),
        ("a.txt", "3.14159265358979" * 20, "text"),
        ("a.txt", "1:1 In the beginning\n1:2 was the word\n" * 20, "text"),
        ("a.txt", "12:45 - Anna: hello\n12:46 - Ben: hi, you\n" * 20, "text"),
        ("a.txt", "ROMEO: But soft\nJULIET: Ay me\n" * 20, "text"),
        ("a.txt", "x~1\ny^2\n" * 20, "text"),
        ("a.conll", "Anna\tB-PER\nSmith\tI-PER\nsleeps\tO\n\n" * 20, "text"),
    ],
)
def test_a_table_or_a_text(name: str, text: str, kind: str) -> None:
    assert files.kind_of(text.encode(), name) == kind


HINDI = "नदी पुरानी चक्की के पास बहती थी। "


def test_words_keep_their_marks() -> None:
    assert words(HINDI) == [*HINDI.split()[:-1], "थी", "।"]
    apart = "cafe\u0301 nai\u0308ve " * 20
    text = files.read_text(apart.encode(), "a.txt")
    assert set(words(text)) == {"café", "naïve"}
    assert set(words(apart)) == {"cafe\u0301", "nai\u0308ve"}


@pytest.mark.parametrize("text", ["สวัสดีครับ ผมชื่อสมชาย", "ខ្ញុំស្រឡាញ់", "吾輩は猫である"])
def test_scripts_without_spaces_have_no_words(text: str) -> None:
    with pytest.raises(ExplorerError, match="in a script without them"):
        words(text)


def test_three_line_ends_are_one() -> None:
    text = "The fox and the cat.\n" * 20
    assert files.read_text(text.replace("\n", "\r\r\n").encode(), "a.txt") == text


def test_curly_quotes_of_windows() -> None:
    text = "The miller’s “old” mill — it ran. Don’t. " * 20
    assert files.read_text(text.encode("cp1252"), "a.txt") == text


@pytest.mark.parametrize("tokens", ["character", "word"])
def test_one_symbol(tokens: str, tmp_path: object) -> None:
    text = "a" * 300 if tokens == "character" else "fox " * 300
    settings = OwnTextSettings(digest=put_text(text), tokens=tokens)
    with pytest.raises(ExplorerError, match="two different symbols"):
        own_text.make(settings, 0)
    with pytest.raises(ExplorerError, match="is made of 'a' alone"):
        files.read_text(b"a" * 300, "a.txt")


@pytest.fixture(autouse=True)
def _store(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
