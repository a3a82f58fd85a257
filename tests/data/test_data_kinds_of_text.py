"""Every kind of text with its right words."""

import pytest

from explorer.data import files, own_text
from explorer.data.content import put_text
from explorer.data.own_text import OwnTextSettings
from explorer.data.tokens import words
from explorer.errors import ExplorerError
from tests.data.kinds import HOURS, PLAIN, POINT


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
        ("a.txt", "1/2/22, 12:46 - Ben: hello\n1/2/22, 9:05 - Ann: hi\n" * 20, "text"),
        ("a.txt", "Gen\t1\t2\tand the word was there\n" * 20, "text"),
        ("a.txt", "Gen|1|2|and the word was there\n" * 20, "text"),
        ("a.txt", "7,A sentence of five words.\n" * 20, "text"),
        ("a.txt", "\n".join(f"{time:%H:%M:%S}" for time in HOURS), "text"),
        ("a.txt", "0.5 1.25\n1.0 2.5\n" * 20, "series"),
        ("a.txt", "1\n00:00:01,000 --> 00:00:02,900\nThe fox.\n\n" * 20, "text"),
        ("a.conll", "Anna\tB-PER\nSmith\tI-PER\nsleeps\tO\n\n" * 20, "tags"),
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


UNSEEN = {
    "marks of order": "\ufeffThe fox\ufeff ran. ",
    "hyphens that may be": "The f\u00adox r\u00adan. ",
    "blanks of no width": "The\u200b fox\u2060 ran. ",
    "marks of direction": "\u200fThe fox ran.\u200e ",
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_nobody_sees_is_no_symbol(name: str) -> None:
    text = files.read_text((UNSEEN[name] * 20).encode(), "a.txt")
    assert text == "The fox ran. " * 20


def test_a_new_page_is_a_new_line_and_an_old_end_of_file_none() -> None:
    raw = ("The fox ran.\f" * 10 + "The cat sat.\v" * 10 + "\x1a").encode()
    text = files.read_text(raw, "a.txt")
    assert text == "The fox ran.\n" * 10 + "The cat sat.\n" * 10
    family = "\U0001f469\u200d\U0001f467 "
    assert files.read_text((family * 60).encode(), "a.txt") == family * 60


def test_a_text_of_two_encodings_names_the_byte_of_the_second() -> None:
    raw = "Das Café, süß. ".encode() * 20 + b"na\xefve"
    assert files.kind_of(raw, "a.txt") == "text"
    with pytest.raises(ExplorerError, match=r"byte 362 of 'a.txt' is not"):
        files.read_text(raw, "a.txt")


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
