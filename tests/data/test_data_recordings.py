"""Recordings with their texts: heard, written down, or refused in one sentence."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import content, files, own_recordings, recordings, spoken, zipped
from explorer.data.alignments import least_steps
from explorer.data.mel import BANDS, frames
from explorer.data.own_recordings import OwnRecordingsSettings
from explorer.data.recordings import read_recordings
from explorer.data.spoken import DEPTH, heard_of
from explorer.errors import ExplorerError
from explorer.tasks import IGNORED
from tests import recordings as made
from tests.wav_files import RATE, tone, written

TEXTS = ["abba cd", "hgf", *made.texts(18)]
WHOLE = made.recordings(TEXTS)
ONE = written(made.said("ab"))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


def with_files(changes: Mapping[str, bytes | None]) -> bytes:
    """Three recordings, and what is changed of them."""
    whole: dict[str, bytes | None] = {f"{k}.wav": ONE for k in range(3)}
    whole["t.csv"] = made.table([(f"{k}.wav", "ab") for k in range(3)]).encode()
    whole |= changes
    return made.packed({name: raw for name, raw in whole.items() if raw is not None})


def with_table(text: str) -> bytes:
    return with_files({"t.csv": text.encode()})


def test_recordings_are_read_and_kept() -> None:
    found = read_recordings(WHOLE, "a.zip")
    assert found.too_few is None
    assert found.shown[0] == ("0.wav", "abba cd")
    assert found.columns == (("file", "text"), "file", "text")
    assert "20 recordings of" in str(found.remarks[0])
    assert found.counts["␣"] == 1
    assert found.sound is not None
    first = frames(made.said("abba cd").astype(np.float32), RATE)
    below = (first.bands.max() - first.bands).clip(0, DEPTH)
    heard = heard_of(found.examples)
    loud = below < 50  # the rest is lost in 16 bits
    np.testing.assert_allclose(heard[0][loud], below[loud], atol=0.6)
    assert loud.mean() > 0.05
    np.testing.assert_array_equal(found.sound.bands, -heard[0])
    kept = content.get_examples(
        "recordings", content.put_examples("recordings", found.examples)
    )
    assert kept["texts"] == [each.lower() for each in TEXTS]
    np.testing.assert_array_equal(spoken.first_sound(kept).bands, found.sound.bands)


def test_who_speaks_softly_is_heard_alike() -> None:
    """Half as loud is 6 dB less everywhere, and the same below its loudest."""
    loud, soft = (
        read_recordings(
            with_files({"0.wav": written(made.said("ab", loud=level), 24)}), "a.zip"
        )
        for level in (0.8, 0.4)
    )
    one, two = (heard_of(found.examples)[0] for found in (loud, soft))
    assert np.abs(one - two)[one < 70].max() <= 1
    assert np.ptp(one) > 60


def test_a_dataset_of_recordings() -> None:
    digest = content.put_examples(
        "recordings", read_recordings(WHOLE, "a.zip").examples
    )
    data = own_recordings.make(OwnRecordingsSettings(digest=digest), 0)
    assert (data.task, data.inputs) == ("transcribe", BANDS)
    assert data.labels == ("␣", *"abcdefgh")
    assert (data.outputs, len(data.train.x), len(data.validation.x)) == (10, 16, 4)
    read = sorted(
        "".join(data.labels[k] for k in row if k != IGNORED)
        for part in (data.train, data.validation)
        for row in part.y
    )
    assert read == sorted(text.replace(" ", "␣") for text in TEXTS)
    assert set(data.baselines) == {"uniform", "no look"}
    assert data.baselines["no look"] < data.baselines["uniform"]
    again = own_recordings.make(OwnRecordingsSettings(digest=digest), 0)
    np.testing.assert_array_equal(again.train.x, data.train.x)
    other = own_recordings.make(OwnRecordingsSettings(digest=digest), 1)
    assert not np.array_equal(other.validation.y, data.validation.y)


def test_what_is_given_is_what_was_heard() -> None:
    """Undone, each step is the mean of two frames, and silence stands behind them."""
    found = read_recordings(WHOLE, "a.zip").examples
    digest = content.put_examples("recordings", found)
    data = own_recordings.make(OwnRecordingsSettings(digest=digest), 0)
    heard, texts = heard_of(found), found["texts"]
    assert data.steps == -(-max(map(len, heard)) // 2)
    for x, y in zip(*data.validation, strict=True):
        text = "".join(data.labels[k] for k in y if k != IGNORED).replace("␣", " ")
        frames_of = -heard[texts.index(text)].astype(float)
        steps = -(-len(frames_of) // 2)
        given = data.scaler.undo(x)
        for t in range(steps):
            mean = frames_of[2 * t : 2 * t + 2].mean(0)
            np.testing.assert_allclose(given[t], mean, atol=1e-4)
        np.testing.assert_allclose(given[steps:], -DEPTH, atol=1e-4)
    learned = set()
    for y in data.train.y:
        learned.add("".join(data.labels[k] for k in y if k != IGNORED))
    steps = [
        own_recordings.joined(-each.astype(float), 2)
        for each, text in zip(heard, texts, strict=True)
        if text.replace(" ", "␣") in learned
    ]
    assert data.scaler.mean == pytest.approx(np.concatenate(steps).mean(), abs=0.05)


def test_a_text_must_fit_into_its_steps() -> None:
    text = "ab" * 9
    samples = made.said(text)[: round(RATE * 0.75)]  # 46 frames, 23 steps of two
    rows = [(f"{k}.wav", text if k == 0 else "ab") for k in range(12)]
    parts = {f"{k}.wav": written(made.said("ab", seed=k)) for k in range(12)}
    parts |= {"0.wav": written(samples), "t.csv": made.table(rows).encode()}
    found = read_recordings(made.packed(parts), "a.zip")
    digest = content.put_examples("recordings", found.examples)
    assert own_recordings.make(OwnRecordingsSettings(digest=digest), 0).steps == 23
    with pytest.raises(ExplorerError, match="takes 18 and its recording has 15"):
        own_recordings.make(OwnRecordingsSettings(digest=digest, together=3), 0)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_last_step_may_be_of_fewer_frames(count: int) -> None:
    heard = np.arange(7 * BANDS).reshape(7, BANDS)
    means = own_recordings.joined(heard, count)
    assert len(means) == -(-7 // count)
    np.testing.assert_allclose(means[-1], heard[(len(means) - 1) * count :].mean(0))


TABLES: Mapping[str, bytes] = {
    "without an ending": with_table(made.table([("0", "ab"), ("2", "hc")])),
    "a path of another machine": with_table(
        made.table([("C:\\x\\0.wav", "ab"), ("./2.WAV", "hc")])
    ),
    "tabs": with_table(made.table([("0.wav", "ab"), ("2.wav", "hc")], "\t")),
    "texts first": with_table(
        made.table([("ab", "0.wav"), ("hc", "2.wav")], head="sentence,path")
    ),
    "a name that is not known": with_table(
        made.table([("0.wav", "ab"), ("2.wav", "hc")], head="clip,words")
    ),
    "without names": with_table("0.wav,ab\n2.wav,hc"),
    "upper case and spaces": with_table(
        made.table([("0.wav", " AB "), ("2.wav", "Hc")])
    ),
    "in folders": made.packed(
        {
            "x/0.wav": ONE,
            "x/2.wav": ONE,
            "x/t.tsv": made.table([("0.wav", "ab"), ("x/2.wav", "hc")], "\t").encode(),
            "__MACOSX/x/._0.wav": b"hidden",
            "x/.DS_Store": b"hidden",
            "notes.txt": b"nothing",
            "x/cover.png": b"a picture",
        }
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_the_same(name: str) -> None:
    found = read_recordings(TABLES[name], "a.zip")
    assert found.examples["texts"] == ["ab", "hc"]
    assert len(found.examples["heard"]) == 2
    assert str(found.too_few).startswith("Learning and being judged take at least 10")


def test_one_recording_many_times_is_one() -> None:
    same = dict.fromkeys((f"{k}.wav" for k in range(12)), ONE)
    rows = made.table([(name, "ab") for name in same])
    found = read_recordings(made.packed({**same, "t.csv": rows.encode()}), "a.zip")
    assert "at least 10 different recordings, but this has 1" in str(found.too_few)


def test_columns_can_be_said() -> None:
    rows = [("0.wav", "ab", "a longer remark"), ("1.wav", "hc", "another remark")]
    raw = with_table(made.table(rows, head="file,text,remark"))
    assert read_recordings(raw, "a.zip", asked="text").examples["texts"] == ["ab", "hc"]
    with pytest.raises(ExplorerError, match="both are 'file'"):
        read_recordings(raw, "a.zip", asked="1")
    with pytest.raises(ExplorerError, match="Unknown column 'what'"):
        read_recordings(raw, "a.zip", given="what")


def unmarked(names: Mapping[str, str], encoding: str, rows: str) -> bytes:
    """A zip of recordings whose names do not say in which encoding they are."""
    packed = {name: name.encode(encoding) + b".wav" for name in names}
    instead = {
        name: f"{k}".rjust(len(packed[name]), "X") for k, name in enumerate(names)
    }
    raw = made.packed(
        {**{instead[name]: ONE for name in names}, "t.csv": rows.encode()}
    )
    for name in names:
        raw = raw.replace(instead[name].encode(), packed[name])
    return raw


UNMARKED = {
    "utf-8": ["你好", "再见"],
    "gb18030": ["你好", "再见"],
    "cp437": ["élan", "été", "Straße"],
    "cp850": ["élan", "Ávila", "maçã"],
    "cp1252": ["élan", "été", "œuf"],
    "cp852": ["łódź", "żuk"],
    "cp866": ["мама", "дом"],
    "shift_jis": ["ソ連", "表"],
    "euc_kr": ["하나", "둘"],
}
"""Names as systems pack them, by the encoding that they do not mark."""


@pytest.mark.parametrize("encoding", UNMARKED)
def test_names_that_say_no_encoding(encoding: str) -> None:
    """The table tells in which one they are."""
    said = dict.fromkeys(UNMARKED[encoding], "ab")
    rows = "file,text\n" + "".join(f"{name}.wav,ab\n" for name in said)
    found = read_recordings(unmarked(said, encoding, rows), "a.zip")
    assert len(found.examples["heard"]) == len(said)
    assert [file for file, _text in found.shown] == [f"{name}.wav" for name in said]


def test_two_names_that_read_alike_trouble_nobody_unless_one_is_meant() -> None:
    """Korean encodings have some characters twice, in one piece they are the same."""
    names = dict.fromkeys(["하나", "更", "\uf901"], "ab")
    raw = unmarked(names, "euc_kr", "file,text\n하나.wav,ab\n")
    found = read_recordings(raw, "a.zip")
    assert [file for file, _text in found.shown] == ["하나.wav"]
    assert str(found.remarks[-1]).endswith("does not name (2).")
    raw = unmarked(names, "euc_kr", "file,text\n하나.wav,ab\n更.wav,ab\n")
    with pytest.raises(ExplorerError, match=r"for '更\.wav' 'a\.zip' has 2"):
        read_recordings(raw, "a.zip")


def test_a_name_that_is_spelled_beside_is_meant() -> None:
    """The extra field that older programs write says it in UTF-8."""
    name, way = "été.wav".encode("cp850"), "été.wav".encode()
    rows = "file,text\nété.wav,ab\n"
    for checked, known in ((zlib.crc32(name), True), (1, False)):
        spelled = struct.pack("<BL", 1, checked) + way
        entry = zipfile.ZipInfo("XXX.wav")
        entry.extra = struct.pack("<2H", 0x7075, len(spelled)) + spelled
        raw = BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            archive.writestr(entry, ONE)
            archive.writestr("t.csv", rows)
        files = zipped.unzipped(raw.getvalue().replace(b"XXX.wav", name), "a.zip")
        assert (files.readings[files.sounds[0]] == ("été.wav",)) is known


def many(count: int) -> bytes:
    return with_table(made.table([(f"{k}.wav", "a") for k in range(count)]))


LONG = made.packed(
    {"0.wav": written(tone(9.0)), "t.csv": made.table([("0.wav", "a")]).encode()}
)
HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "empty": (b"", "could not be opened as one"),
    "a text": (b"many words " * 99, "could not be opened as one"),
    "cut off": (WHOLE[:-200], "could not be opened as one"),
    "no table": (with_files({"t.csv": None}), "has 0. Leave one in"),
    "two tables": (with_files({"u.tsv": b"a\tb"}), "has 2. Leave one in"),
    "one column": (with_table("file\n0.wav\n1.wav"), "need two columns"),
    "a recording is missing": (
        with_table("file,text\n0.wav,a\n7.wav,b"),
        "for '7.wav' 'a.zip' has 0",
    ),
    "two of that name": (
        with_files(
            {"x/7.wav": ONE, "y/7.wav": ONE, "t.csv": b"file,text\n7,a\n1.wav,b"}
        ),
        "for '7' 'a.zip' has 2",
    ),
    "a first row that is misspelt": (
        with_table("9.wav,a\n1.wav,b"),
        "for '9.wav' 'a.zip' has 0",
    ),
    "two first rows that name nothing": (
        with_table("9,a\n8,b\n1.wav,c"),
        "for '9' 'a.zip' has 0",
    ),
    "a deep path": (
        with_files({"a/" * 2000 + "2.wav": ONE}),
        "at most 200 characters, but 'a/a.* has 4005",
    ),
    "named twice": (
        with_table("file,text\n0.wav,a\n0.wav,b"),
        "names '0.wav' 2 times",
    ),
    "too many": (many(1001), "1,000 recordings can be kept"),
    "two names in one": (
        with_files({"0.wav": None, "0.wavX1.wav": ONE}).replace(b"vX1", b"v\0001"),
        "name of its own and is packed as usual, but '0.wav'",
    ),
    "no sound": (with_files({"1.wav": b"RIFF"}), "'1.wav' does not"),
    "too long": (LONG, "may last 8 seconds, but '0.wav' lasts 9.0"),
    "silent": (with_files({"0.wav": written(np.zeros(RATE))}), "stays within 1 dB"),
    "another rate": (
        with_files({"1.wav": written(made.said("ab", 11025), rate=11025)}),
        "'1.wav' has another rate than '0.wav'",
    ),
    "a long text": (with_table(f"file,text\n0,{'ab' * 60}\n1,b"), "has 120. Cut both"),
    "a text too fast": (
        with_table(f"file,text\n0,{'aab' * 9}\n1,b"),
        "lasts 0.58 where 1.14 are needed",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refusals(name: str) -> None:
    raw, words = HOSTILE[name]
    with pytest.raises(ExplorerError, match=words) as refused:
        read_recordings(raw, "a.zip")
    assert str(refused.value).isprintable()


def test_a_path_that_is_spelled_whole_is_meant() -> None:
    files = {"x/0.wav": ONE, "A.wav": ONE, "a.wav": ONE}
    rows = b"file,text\n./0.wav,a\nA.wav,b\nx\\0.wav,c\na,d\n"
    found = read_recordings(with_files({**files, "t.csv": rows}), "a.zip").examples
    assert found["texts"] == ["a", "b", "c", "d"]


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is packed well is not inflated beyond what all files may take."""
    raw = with_files({"0.wav": bytes(3_000_000)})
    monkeypatch.setattr(zipped, "MOST_OF_ONE", 2_000_000)
    with pytest.raises(ExplorerError, match=r"2,000,000 bytes, but '0.wav' in"):
        read_recordings(raw, "a.zip")
    monkeypatch.setattr(zipped, "MOST_INFLATED", 1_000_000)
    with pytest.raises(ExplorerError, match="may take 1,000,000 bytes together"):
        read_recordings(raw, "a.zip")
    monkeypatch.setattr(zipped, "MOST_LISTED", 3)
    with pytest.raises(ExplorerError, match=r"at most 3 files, but .* lists 4"):
        read_recordings(raw, "a.zip")
    monkeypatch.setattr(zipped, "MOST_BYTES", 1000)
    with pytest.raises(ExplorerError, match=r"may take 1,000 bytes, but .* takes"):
        read_recordings(raw, "a.zip")
    monkeypatch.setattr(spoken, "MOST_FRAMES", 50)
    monkeypatch.setattr(zipped, "MOST_BYTES", 10**6)
    monkeypatch.setattr(zipped, "MOST_LISTED", 9)
    with pytest.raises(ExplorerError, match="together may last 1 seconds"):
        read_recordings(with_files({}), "a.zip")
    monkeypatch.setattr(recordings, "MOST_CHARACTERS", 1)
    monkeypatch.setattr(spoken, "MOST_FRAMES", 5000)
    with pytest.raises(ExplorerError, match="at most 1 different characters"):
        read_recordings(with_files({}), "a.zip")


def test_a_zip_with_a_password_is_refused() -> None:
    raw = bytearray(with_files({}))
    for head, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = raw.find(head)
        while place >= 0:
            raw[place + at] |= 1
            place = raw.find(head, place + 1)
    with pytest.raises(ExplorerError, match="packed without a password"):
        read_recordings(bytes(raw), "a.zip")


def test_other_ways_of_packing_are_refused() -> None:
    raw = made.packed({"0.wav": ONE, "t.csv": b"file,text\n0,a"}, zipfile.ZIP_LZMA)
    with pytest.raises(ExplorerError, match="packed as usual"):
        read_recordings(raw, "a.zip")


def test_a_zip_tells_what_it_is() -> None:
    assert files.kind_of(WHOLE, "a.zip") == "recordings"
    assert files.kind_of(made.packed({}), "a.zip") == "recordings"
    with pytest.raises(ExplorerError, match="no image or workbook"):
        files.kind_of(WHOLE, "a.xlsx")


@given(st.text("ab ", min_size=1, max_size=12))
def test_least_steps_are_the_shortest_way_to_say_it(text: str) -> None:
    """A blank only where two equal ones follow each other."""
    way: list[Any] = []
    for letter in text:
        way += [None, letter] if way and way[-1] == letter else [letter]
    assert least_steps(text) == len(way)


@given(st.data())
def test_any_damage_is_refused_or_read(draw: st.DataObject) -> None:
    raw = bytearray(with_files({}))
    for _ in range(draw.draw(st.integers(1, 6))):
        raw[draw.draw(st.integers(4, len(raw) - 1))] = draw.draw(st.integers(0, 255))
    try:
        found = read_recordings(bytes(raw), "a.zip")
    except ExplorerError as error:
        if not str(error).isprintable():
            pytest.fail(repr(str(error)))
    else:
        assert len(found.examples["texts"]) <= 3
