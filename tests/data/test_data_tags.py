"""Files of tokens and tags: read in each of their forms, or refused in one sentence."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import content, files, own_tags
from explorer.data.brought import Brought
from explorer.data.conll import read_tags
from explorer.data.conll_lines import rows_of
from explorer.data.entities import (
    Entity,
    are_entities,
    compared,
    entities,
    goes_on,
    scheme_of,
)
from explorer.data.own_tags import OwnTagsSettings, cut
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import ExplorerError
from explorer.tasks import IGNORED

FOUR = (
    "-DOCSTART- -X- -X- O\n\n"
    "Anna NNP I-NP I-PER\nsees VBZ I-VP O\n\nOslo NNP I-NP I-LOC\n"
)
UNIVERSAL = (
    "# sent_id = 1\n"
    "# text = Al bar\n"
    "1-2\tAl\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\tA\ta\tADP\t_\t_\t3\tcase\t_\t_\n"
    "2\tel\tel\tDET\t_\t_\t3\tdet\t_\t_\n"
    "2.1\tnada\tnada\tX\t_\t_\t_\t_\t_\t_\n"
    "3\tNew York\tbar\tNOUN\t_\t_\t0\troot\t_\t_\n"
)
NAMES = (
    "#ner\nAnna\tB-PER\nLi\tI-PER\nsaw\tO\n\n张\tB-PER\n三\tI-PER\n在\tO\n北京\tB-LOC\n"
)


def read(text: str | bytes, name: str = "a.conll", **said: str) -> Brought:
    raw = text if isinstance(text, bytes) else text.encode()
    return read_tags(raw, name, **said)


def sentences(found: Brought) -> list[list[list[str]]]:
    return [[list(part) for part in both] for both in found.examples["sentences"]]


FORMS = {
    "tabs": (NAMES, [["Anna", "Li", "saw"], ["张", "三", "在", "北京"]]),
    "blanks": (
        NAMES.replace("\t", "  "),
        [["Anna", "Li", "saw"], ["张", "三", "在", "北京"]],
    ),
    "crlf": (
        NAMES.replace("\n", "\r\n"),
        [["Anna", "Li", "saw"], ["张", "三", "在", "北京"]],
    ),
    "bom": ("\ufeff" + NAMES, [["Anna", "Li", "saw"], ["张", "三", "在", "北京"]]),
    "four columns": (FOUR, [["Anna", "sees"], ["Oslo"]]),
    "universal": (UNIVERSAL, [["A", "el", "New York"]]),
    "names": ("token\tpos\tner\nAnna\tN\tB-PER\nsees\tV\tO\n", [["Anna", "sees"]]),
    "a comment by chance as wide": ("# 1\nAnna B-PER\nsees O\n", [["Anna", "sees"]]),
    "a token that is #": ("# O\nAnna B-PER\nsees O\n", [["#", "Anna", "sees"]]),
    "no end": ("Anna B-PER\nsees O", [["Anna", "sees"]]),
    "blank lines of blanks": ("Anna B-PER\n \t\nsees O\n\n\n\n", [["Anna"], ["sees"]]),
    "the same line again": ("a O\na O\nb B-X\n", [["a", "a", "b"]]),
}


def test_a_hash_between_tabs_is_a_token() -> None:
    raw = "\n\n".join(f"# {k}\n#fox{k}\tO\nb\tB-X" for k in range(12)).encode()
    found = read_tags(raw, "a.conll").examples["sentences"]
    assert found[0] == [["#fox0", "b"], ["O", "B-X"]]


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    text, tokens = FORMS[form]
    assert files.kind_of(text.encode(), "a.txt") == "tags"
    assert [said[0] for said in sentences(read(text))] == tokens


def test_columns() -> None:
    assert read(FOUR).columns == (("1", "2", "3", "4"), "1", "4")
    assert read(FOUR, given="2", asked="3").counts == {"I-NP": 2, "I-VP": 1}
    assert read(UNIVERSAL).counts == {"ADP": 1, "DET": 1, "NOUN": 1}
    assert read(UNIVERSAL, asked="DEPREL").counts == {"case": 1, "det": 1, "root": 1}
    for none in ("9", "0", "²", "9" * 6000):
        with pytest.raises(ExplorerError, match=f"Unknown column '{none[:20]}"):
            read(FOUR, asked=none)


@pytest.mark.parametrize("encoding", ["gb18030", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = {"gb18030": "张三", "cp1252": "Zoë", "utf-16": "Ünal"}[
        encoding
    ] + " B-PER\nin O\n"
    found = read((text * 20).encode(encoding), encoding=encoding)
    assert sentences(found)[0][0][0] == text.split()[0]


REFUSED = {
    "Anna\nBen\nCem\n": r"the lines of 'a\.conll' have one field",
    "Anna B-PER\nBen O\nCem O O\n": r"line 3 of 'a\.conll' has 3 and most have 2: 'Cem",
    "Anna\tB-PER\nBen\t\nCem\tO\n": "line 2 of 'a.conll' says 'Ben' and ''",
    "Anna O\nBen O\n": "column '2' of 'a.conll' has 1 in 1 sentences",
    "\n".join(
        f"a T{k}" for k in range(101)
    ): "are 2 to 100 different ones, .* has 101 in",
    "a " * 101 + "\n": r"may have 100 fields, but those of 'a\.conll' have 101\.",
    "x" * 201 + " O\nb B-X\n": "need 1 to 200 characters each, but line 1",
    " \n\n": "is empty. Give another",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refusals(text: str) -> None:
    with pytest.raises(ExplorerError, match=REFUSED[text]):
        read(text)


def test_too_many_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.data.conll.MOST_TOKENS", 2)
    with pytest.raises(ExplorerError, match=r"Tags of 2 tokens .* has 3\. Give a part"):
        read("a O\nb B-X\nc O\n")


def test_far_too_many_lines_are_not_taken_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("explorer.data.conll.MOST_TOKENS", 2)
    monkeypatch.setattr("explorer.data.conll.rows_of", None)
    with pytest.raises(ExplorerError, match=r"Tags of 2 tokens .* has 5\. Give a part"):
        read("a O\n\n" * 5)


def test_of_empty_lines_one_is_kept() -> None:
    found = rows_of("\n" * 9 + "a O\n" + "\n" * 99 + "b O\n")
    assert found.rows == [(10, ["a", "O"]), (11, []), (110, ["b", "O"]), (111, [])]


def test_a_line_of_blanks_is_gone_through_once() -> None:
    """From each blank anew it would take minutes."""
    assert files.kind_of(b" " * 150_000 + b"x", "a.txt") == "text"


@given(st.text(alphabet="a#-O B\t\nI张\r\x00", max_size=80))
def test_any_text(text: str) -> None:
    try:
        found = read(text)
    except ExplorerError as error:
        if not str(error).isprintable():
            pytest.fail(repr(str(error)))
        return
    assert all(len(a) == len(b) > 0 for a, b in sentences(found))


SCHEMES = {
    "IOB2": ["B-PER", "I-PER", "B-PER", "O", "B-LOC"],
    "IOB1": ["I-PER", "I-PER", "B-PER", "O", "I-LOC"],
    "IOBES": ["B-PER", "E-PER", "S-PER", "O", "S-LOC"],
    "BILOU": ["B-PER", "L-PER", "U-PER", "O", "U-LOC"],
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_entities_are_the_same_in_every_scheme(scheme: str) -> None:
    tags = SCHEMES[scheme]
    assert scheme_of([tags]) == scheme
    assert entities(tags) == [
        Entity("PER", 0, 1),
        Entity("PER", 2, 2),
        Entity("LOC", 4, 4),
    ]


SEQEVAL = [
    (["O", "O", "B-MISC", "I-MISC", "O"], ["O", "B-MISC", "I-MISC", "I-MISC", "O"], 0),
    (["B-PER", "I-PER", "O"], ["B-PER", "I-PER", "O"], 1),
    (["B-PER", "I-PER", "B-PER"], ["B-PER", "I-PER", "I-PER"], 0),
    (["I-PER", "I-LOC", "O", "I-LOC"], ["I-PER", "B-LOC", "O", "O"], 0.8),
    (["B-X", "E-X", "S-Y", "O"], ["B-X", "I-X", "S-Y", "O"], 1),
    (["B-X", "E-X", "E-X", "S-Y"], ["B-X", "E-X", "O", "O"], 0.5),
    (["S-X", "I-X", "O", "B-Y"], ["S-X", "O", "I-X", "I-Y"], 2 / 3),
    (["B", "I", "O", "B"], ["B", "O", "O", "B"], 0.5),
]
"""Truth, answer, and what seqeval 1.2.2 says of them by `f1_score`."""


@pytest.mark.parametrize(("truth", "said", "f1"), SEQEVAL)
def test_entity_f1_is_that_of_seqeval(
    truth: list[str], said: list[str], f1: float
) -> None:
    assert compared([truth], [said]).f1 == pytest.approx(f1)


def test_tags_of_parts_of_speech_are_no_entities() -> None:
    assert not are_entities({"NOUN", "VERB", "O"})
    assert not are_entities({"B", "NOUN"})
    assert np.isnan(compared([["O"]], [["O"]]).f1)


@given(st.lists(st.sampled_from(["O", "B-X", "I-X", "E-X", "S-Y", "I-Y"]), max_size=20))
def test_pieces_are_the_sentence_and_part_no_entity(tags: list[str]) -> None:
    pieces = cut(tags, tags, 4)
    assert [tag for _, said in pieces for tag in said] == tags
    assert all(0 < len(said) <= 4 for _, said in pieces)
    longest = max((e.end - e.begin + 1 for e in entities(tags)), default=0)
    if longest <= 4:
        for (_, a), (_, b) in pairwise(pieces):
            assert not goes_on(a[-1], b[0])


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    lines = [f"Anna B-PER\nLi I-PER\nsaw O\nit{k % 30} O\n" for k in range(60)]
    return content.put_examples("tags", read("\n".join(lines)).examples)


def test_a_dataset_of_tags(kept: str) -> None:
    data = own_tags.make(OwnTagsSettings(digest=kept), 0)
    assert data.labels == ("O", "B-PER", "I-PER")
    assert data.names_entities
    assert data.measures[-1] == "entity_f1"
    assert data.train.x.shape == (48, 4)  # 24 of 30 sentences, each of them twice
    held = {tuple(row) for row in data.validation.x}
    words = {data.symbols[row[-1]] for row in data.train.x}
    assert len(held) == 1  # what only held-out sentences say is unknown
    assert "<unk>" not in words
    assert data.baselines["each word alone"] < data.baselines["how often each"]
    other = own_tags.make(OwnTagsSettings(digest=kept), 1)
    assert not np.array_equal(data.train.x, other.train.x)


def test_sentences_are_filled_up_in_front(kept: str) -> None:
    data = own_tags.make(OwnTagsSettings(digest=kept, window=8), 0)
    assert (data.train.y != IGNORED).all()
    text = "a O\nb B-X\n\n" + "".join(f"c{k} O\n\n" for k in range(12))
    digest = content.put_examples("tags", read(text).examples)
    short = own_tags.make(OwnTagsSettings(digest=digest), 0)
    assert short.steps == 2
    filled = short.train.x == 0
    np.testing.assert_array_equal(filled, short.train.y == IGNORED)
    assert not filled[:, -1].any()


def test_pieces_of_long_sentences_are_judged_up_to_the_usual_number() -> None:
    lines = "".join(f"x{k} O\n" + "y B-X\n" * 19 + "\n" for k in range(400))
    digest = content.put_examples("tags", read(lines).examples)
    data = own_tags.make(OwnTagsSettings(digest=digest, window=8), 0)
    assert len(data.validation.x) == MAX_VALIDATION_WINDOWS
    assert data.train.x.shape == (3 * (400 - MAX_VALIDATION_WINDOWS), 8)


def test_a_short_file_is_read_and_then_refused() -> None:
    found = read("Anna\tB-PER\nSmith\tI-PER\nsleeps\tO\n\nBerlin\tB-LOC\n")
    assert found.counts == {"B-PER": 1, "I-PER": 1, "O": 1, "B-LOC": 1}
    assert "2 sentences of 4 tokens" in str(found.remarks[0])
    assert "IOB2, which name 2 entities" in str(found.remarks[0])
    assert str(found.too_few) == (
        "Learning and being judged take at least 10 different sentences, but this has "
        "2. Give more."
    )
