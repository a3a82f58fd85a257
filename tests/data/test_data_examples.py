"""Files of labels and of pairs: read, or refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import content, files, own_labels, own_pairs
from explorer.data.brought import Brought
from explorer.data.held_out import by_chance, counts_of, keeping_shares
from explorer.data.labels import read_labels
from explorer.data.own_labels import OwnLabelsSettings
from explorer.data.own_pairs import OwnPairsSettings
from explorer.data.sources import read_pairs
from explorer.errors import ExplorerError

REVIEWS = [
    *(f"The soup number {k} was very good indeed" for k in range(40)),
    *(f"The bread number {k} was quite bad again" for k in range(10)),
]
MOODS = ["good"] * 40 + ["bad"] * 10
PAIRED = [(f"the number {k} is here", f"die Zahl {k} ist hier") for k in range(20)]


def table(rows: list[tuple[str, ...]], by: str = ",", top: str = "") -> bytes:
    lines = [by.join(f'"{cell}"' if by in cell else cell for cell in r) for r in rows]
    return "\n".join([top, *lines] if top else lines).encode()


LABELLED = table(list(zip(REVIEWS, MOODS, strict=True)), top="text,label")
TRANSLATED = table(PAIRED, "\t")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


def windows(count: int = 24, steps: int = 8) -> list[tuple[str, ...]]:
    return [
        (str(1 + k % 2), *(f"{k + 0.5 * t}" for t in range(steps)))
        for k in range(count)
    ]


GUESSED = {
    "a.csv": (LABELLED, "labels"),
    "b.csv": (table(list(zip(MOODS, REVIEWS, strict=True))), "labels"),
    "c.tsv": (TRANSLATED, "pairs"),
    "d.txt": (TRANSLATED, "pairs"),
    "e.csv": (table(PAIRED, top="source,target"), "pairs"),
    "f.csv": (table(windows(), top="label," + ",".join("abcdefgh")), "labels"),
    "g.csv": (b"day,level\n" + b"2024-01-05,3\n" * 20, "series"),
    "h.csv": (
        "".join(f"2024年1月{k + 1}日,{k % 2}\n" for k in range(20)).encode(),
        "series",
    ),
    "i.txt": (b"He came, she saw, they won.\n" * 20, "text"),
    "j.csv": (b"shop,item,sold\n" + b"north,bread,3\n" * 20, "series"),
}


@pytest.mark.parametrize("name", GUESSED)
def test_a_kind_is_guessed(name: str) -> None:
    raw, kind = GUESSED[name]
    assert files.kind_of(raw, name) == kind


def test_labels() -> None:
    found = read_labels(LABELLED, "a.csv")
    assert found.columns == (("text", "label"), "text", "label")
    assert found.counts == {"good": 40, "bad": 10}
    assert found.shown[0] == (REVIEWS[0], "good")
    said = " ".join(map(str, found.remarks))
    assert "50 texts, 2 labels." in said
    assert "'good' comes 40 times, 'bad' 10 times" in said
    turned = read_labels(table(list(zip(MOODS, REVIEWS, strict=True))), "b.csv")
    assert turned.examples == found.examples
    assert turned.columns == (("1", "2"), "2", "1")


def test_a_dataset_of_labels() -> None:
    found = read_labels(LABELLED, "a.csv")
    digest = content.put_examples("labels", found.examples)
    data = own_labels.make(OwnLabelsSettings(digest=digest), 3)
    assert data.labels == ("bad", "good")
    assert data.joiner == " "
    np.testing.assert_array_equal(np.bincount(data.validation.y), [2, 8])
    np.testing.assert_array_equal(np.bincount(data.train.y), [8, 32])
    assert data.baselines["naive Bayes on words"] < data.baselines["class prior"]
    assert data.baselines["class prior"] < data.baselines["chance"]
    assert (data.train.x[:, -1] != 0).all()


def test_words_of_texts_that_are_held_out_are_not_known() -> None:
    """Every text says a number twice, which is often enough."""
    texts = [f"{100 + k} and {100 + k} again" for k in range(30)]
    examples = {"texts": texts, "labels": ["odd", "even"] * 15}
    digest = content.put_examples("labels", examples)
    data = own_labels.make(OwnLabelsSettings(digest=digest), 0)
    numbers = [symbol for symbol in data.symbols if symbol.isdigit()]
    assert len(numbers) == len(data.train.x) == 24


def test_short_texts_are_filled_up_in_front() -> None:
    texts = [" ".join(["so"] * (1 + k % 4) + ["it", f"{k}"]) for k in range(30)]
    examples = {"texts": texts, "labels": ["odd", "even"] * 15}
    digest = content.put_examples("labels", examples)
    data = own_labels.make(OwnLabelsSettings(digest=digest), 0)
    so, it, unknown = (data.symbols.index(each) for each in ("so", "it", "<unk>"))
    for part in (data.train, data.validation):
        for row in part.x.tolist():
            count = row.count(so)
            assert row == [0] * (4 - count) + [so] * count + [it, unknown]


def test_windows_of_numbers() -> None:
    found = read_labels(table(windows()), "a.tsv")
    assert found.columns is not None
    assert found.columns.asked == "1"
    assert "24 windows of 8 numbers, 2 labels." in str(found.remarks[-1])
    digest = content.put_examples("labels", found.examples)
    data = own_labels.make(OwnLabelsSettings(digest=digest), 0)
    assert data.train.x.shape == (20, 8, 1)
    assert data.train.x.mean() == pytest.approx(0, abs=1e-6)
    assert data.symbols == ()


def test_chinese_texts_are_read_by_character() -> None:
    rows = [(f"第{k}碗汤很好喝", "好") for k in "一二三四五六"]
    rows += [(f"第{k}块面包太硬", "坏") for k in "一二三四五六"]
    raw = table(rows, top="文本,标签").decode().encode("gb18030")
    assert files.kind_of(raw, "a.csv") == "labels"
    found = read_labels(raw, "a.csv")
    assert found.counts == {"好": 6, "坏": 6}
    digest = content.put_examples("labels", found.examples)
    data = own_labels.make(OwnLabelsSettings(digest=digest), 0)
    assert data.joiner == ""
    assert "汤" in data.symbols


def test_pairs() -> None:
    found = read_pairs(TRANSLATED, "a.tsv")
    assert found.columns == (("1", "2"), "1", "2")
    assert found.shown[0] == PAIRED[0]
    assert "20 pairs, 20 different sources" in str(found.remarks[-1])
    turned = read_pairs(TRANSLATED, "a.tsv", given="2", asked="1")
    assert turned.shown[0] == PAIRED[0][::-1]
    with pytest.raises(ExplorerError, match="two columns, but both are '1'"):
        read_pairs(TRANSLATED, "a.tsv", given="1", asked="1")


def test_a_dataset_of_pairs() -> None:
    rows = [*PAIRED, *PAIRED, ("one " * 40, "zu lang")]
    digest = content.put_examples(
        "pairs", read_pairs(table(rows, "\t"), "a.tsv").examples
    )
    data = own_pairs.make(OwnPairsSettings(digest=digest), 0)
    assert data.task == "translate"
    assert (data.source, data.joiner) == (5, " ")
    assert (len(data.train.x), len(data.validation.x)) == (32, 4)
    held = {tuple(row[: data.source]) for row in data.validation.x.tolist()}
    learned = {tuple(row[: data.source]) for row in data.train.x.tolist()}
    unknown = data.symbols.index("<unk>")
    assert held <= {(*row[:2], unknown, *row[3:]) for row in learned}
    cut = own_pairs.make(OwnPairsSettings(digest=digest, tokens="character"), 0)
    assert cut.joiner == ""
    five = own_pairs.make(OwnPairsSettings(digest=digest, longest=5), 0)
    np.testing.assert_array_equal(five.train.x, data.train.x)
    with pytest.raises(ExplorerError, match="10 different sources that are short"):
        own_pairs.make(OwnPairsSettings(digest=digest, longest=4), 0)


def test_targets_without_spaces_are_written_by_character() -> None:
    words = zip(["cat", "dog", "bird", "fish"], "猫狗鸟鱼", strict=True)
    pairs = [(f"the {one} sees the red house", f"{zh}看见红房子") for one, zh in words]
    rows = [(f"{k} {one}", f"{k}{zh}") for k in range(4) for one, zh in pairs]
    found = read_pairs(table(rows, "\t"), "a.tsv")
    digest = content.put_examples("pairs", found.examples)
    data = own_pairs.make(OwnPairsSettings(digest=digest), 0)
    assert data.joiner == ""
    assert {"猫", "看", "子"} <= set(data.symbols)
    with pytest.raises(ExplorerError, match="with spaces between its words"):
        own_pairs.make(OwnPairsSettings(digest=digest, tokens="word"), 0)


HOSTILE = {
    "one class": (b"text,label\n" + b"a b c,x\n" * 20, "is 2 to|are 2 to 50"),
    "one column": (b"only words here\nand here\n", "need two columns at least"),
    "ragged": (b"text,label\na,x\nb,y,z\nc,x\n", "line 3 of 'a.csv' has 3 and most"),
    "no such column": (b"text,label\na,x\nb,y\n", "Unknown column 'z'"),
    "json": (b'[{"text": "a", "label": "b"}]', "is JSON. Save it as CSV"),
    "empty": (b" \n", "is empty. Give another"),
    "huge cell": (b"text,label\n" + b"a" * 200_000 + b",x\nb,y\n", "A cell may have"),
    "open quote": (b'text,label\n"a,x\n' + b"b,y\n" * 50_000, "A cell may have"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refusals(name: str) -> None:
    raw, words = HOSTILE[name]
    asked = "z" if "column'" in words or "column 'z'" in words else ""
    with pytest.raises(ExplorerError, match=words):
        read_labels(raw, "a.csv", asked=asked)


def test_odd_files_are_read() -> None:
    quoted = b'text,label\n"a, b\nand ""c""",x\n,y\nd e f,y\n'
    found = read_labels(b"\xef\xbb\xbf" + quoted.replace(b"\n", b"\r\n"), "a.csv")
    assert found.examples["texts"] == ['a, b\nand "c"', "d e f"]
    assert "rows with an empty cell (1)" in str(found.remarks[0])
    tabs = b'He said "no\tEr sagte nein\nShe said yes"\tSie sagte ja\n"\tx y\n'
    found = read_pairs(tabs, "a.tsv")
    assert found.examples["pairs"][0] == ['He said "no', "Er sagte nein"]
    western = "Café au lait\tgut\nThé noir\tschlecht\n".encode("cp1252") * 9
    assert "Café au lait" in read_labels(western, "a.tsv").examples["texts"]


def test_too_few_examples_are_shown_and_refused() -> None:
    found = read_pairs(b"a b\tc d\ne f\tg h\n" * 9, "a.tsv")
    assert len(found.shown) == 3
    assert "at least 10 different sources, but this has 2" in str(found.too_few)


@given(
    st.dictionaries(st.text("abc", max_size=2), st.integers(1, 90), min_size=1),
    st.floats(0.05, 0.5),
)
def test_labels_keep_their_shares(sizes: dict[str, int], share: float) -> None:
    counts = counts_of(sizes, share)
    assert sum(counts.values()) <= 64
    assert all(0 <= counts[label] < sizes[label] for label in sizes)
    if sum(sizes.values()) * share <= 60:
        assert all(
            abs(counts[label] - share * size) <= 1 for label, size in sizes.items()
        )


@given(st.lists(st.integers(0, 30), min_size=40, max_size=80), st.integers(0, 9))
def test_the_same_example_is_on_one_side(keys: list[int], seed: int) -> None:
    if len(set(keys)) < 10:
        return
    learned, held = by_chance(keys, 0.2, seed)
    assert not {keys[k] for k in learned} & {keys[k] for k in held}
    assert {keys[k] for k in learned} | {keys[k] for k in held} == set(keys)
    assert len(held) == len({keys[k] for k in held})


def test_a_label_of_one_example_is_learned() -> None:
    keys = list(range(30))
    learned, _ = keeping_shares(keys, ["a"] * 29 + ["b"], 0.5, 0)
    assert 29 in learned


@given(st.text('ab,\t;|"\n\r 1é狐', max_size=120))
def test_any_text(text: str) -> None:
    for read in (read_labels, read_pairs):
        try:
            found: Brought = read(text.encode(), "a.csv")
        except ExplorerError as error:
            if not str(error).isprintable():
                pytest.fail(repr(str(error)))
        else:
            assert all(isinstance(each, tuple) for each in found.shown)


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.mid", "MIDI"), ("a.MIDI", "MIDI"), ("a.wav", "WAV"), ("a.zip", "zip")],
)
def test_a_damaged_file_is_called_what_its_name_says(name: str, words: str) -> None:
    raw = np.random.default_rng(0).bytes(5000)
    kind = files.kind_of(raw, name)
    with pytest.raises(ExplorerError, match=words) as caught:
        files.READ[kind](raw, name)
    assert "plain text" not in str(caught.value)
    assert files.kind_of(b"do re mi " * 200, name) == "text"
