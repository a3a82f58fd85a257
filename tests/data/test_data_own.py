from pathlib import Path

import numpy as np
import pytest

from explorer.data import content, own_series, own_text
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.own_text import OwnTextSettings
from explorer.errors import ExplorerError

WALK = np.cumsum(np.random.default_rng(0).normal(size=300))
TEXT = "The fox and the cat. 狐狸和猫。 " * 20


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    return tmp_path / "content"


def test_series_come_back_as_they_were() -> None:
    digest = content.put_series(WALK, "温度 (°C)")
    values, label, times, others = content.get_series(digest)
    np.testing.assert_array_equal(values, WALK)
    assert label == "温度 (°C)"
    assert times is None
    assert others == ()


def test_text_comes_back_as_it_was() -> None:
    assert content.get_text(content.put_text("a\r\n" + TEXT)) == "a\r\n" + TEXT


def test_equal_content_is_kept_once(store: Path) -> None:
    assert content.put_series(WALK, "a") == content.put_series(WALK.copy(), "a")
    assert content.put_text(TEXT) == content.put_text(TEXT)
    assert len(list(store.iterdir())) == 3  # values, their label, the text


def test_other_content_has_another_digest() -> None:
    digests = {
        content.put_series(WALK, "a"),
        content.put_series(WALK, "b"),
        content.put_series(WALK + 1, "a"),
        content.put_text(TEXT),
    }
    assert len(digests) == 4
    assert all(content.DIGEST.fullmatch(digest) for digest in digests)


def test_without_the_variable_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPLORER_DATA")
    assert content.folder().name == "content"
    assert "sequence-explorer" in str(content.folder())


@pytest.mark.parametrize("digest", ["a" * 64, "../../etc/passwd", "", "A" * 64])
def test_unknown_content(digest: str) -> None:
    with pytest.raises(
        ExplorerError, match=r"\(series\) .* not stored here\. Give the"
    ):
        content.get_series(digest)
    with pytest.raises(ExplorerError, match=r"\(text\) .* is not stored here"):
        content.get_text(digest)


def test_no_content_chosen() -> None:
    for module, settings in (
        (own_series, OwnSeriesSettings()),
        (own_text, OwnTextSettings()),
    ):
        with pytest.raises(ExplorerError, match=r"none was\. Upload a file"):
            module.make(settings, 0)


def test_damaged_content_is_not_taken_for_the_real_one(store: Path) -> None:
    series, text = content.put_series(WALK, "a"), content.put_text(TEXT)
    for path in store.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ExplorerError, match="Give the file again"):
        content.get_series(series)
    with pytest.raises(ExplorerError, match="Give the file again"):
        content.get_text(text)


def test_no_half_written_file_is_left(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(content.os, "replace", full_disk)
    with pytest.raises(ExplorerError, match="is not: disk full"):
        content.put_text(TEXT)
    assert list(store.iterdir()) == []


def test_size_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_SERIES_VALUES", 299)
    monkeypatch.setattr(content, "MAX_TEXT_BYTES", 11)
    with pytest.raises(ExplorerError, match="may have 299 values, but these have 300"):
        content.put_series(WALK, "a")
    with pytest.raises(ExplorerError, match="may take 11 bytes, but this one takes 12"):
        content.put_text("狐狸和猫")


def test_digest_has_a_form() -> None:
    with pytest.raises(ExplorerError, match="digest does not have the expected form"):
        OwnSeriesSettings.read({"digest": "../secret"})


def own(values: np.ndarray, **settings: object) -> own_series.Data:
    digest = content.put_series(values, "Level (m)")
    return own_series.make(OwnSeriesSettings(digest=digest, **settings), 0)


def test_own_series() -> None:
    data = own(WALK, window=23)
    split = data.series.split
    assert split == 240
    assert data.train.x.shape == (240 - 23, 23, 1)
    assert data.train.x.dtype == np.float32
    assert data.series.label == "Level (m)"
    assert data.scaler.mean == pytest.approx(np.mean(WALK[:split]))
    assert data.scaler.scale == pytest.approx(np.std(WALK[:split]))
    np.testing.assert_allclose(data.scaler.undo(data.series.scaled), WALK, atol=1e-5)
    assert data.floor is None


def test_held_out_values_do_not_touch_training() -> None:
    other = WALK.copy()
    other[240:] *= 13
    a, b = own(WALK), own(other)
    assert a.scaler == b.scaler
    np.testing.assert_array_equal(a.train.x, b.train.x)
    np.testing.assert_array_equal(a.train.y, b.train.y)
    assert not np.array_equal(a.validation.y, b.validation.y)


def test_own_series_that_cannot_be_trained_on() -> None:
    with pytest.raises(ExplorerError, match="Shorten the window"):
        own(WALK, window=256)
    with pytest.raises(ExplorerError, match="first 240 values are all 5"):
        own(np.append(np.full(240, 5.0), WALK[:60]))
    with pytest.raises(ExplorerError, match="scaled units away"):
        own(np.append(WALK[:299], 1e90))


def test_own_text() -> None:
    digest = content.put_text(TEXT)
    characters = own_text.make(OwnTextSettings(digest=digest), 0)
    assert "".join(characters.symbols[i] for i in characters.text.tokens) == TEXT
    by_word = own_text.make(OwnTextSettings(digest=digest, tokens="word", window=8), 0)
    assert set(by_word.symbols) == {"and", "cat", "fox", "the", ".", "。", "狐狸和猫"}


SENTENCES = {"sentences": [[["张", "三"], ["B-PER", "I-PER"]]]}


def test_examples_travel_and_are_thrown_away(store: Path) -> None:
    digest = content.put_examples("tags", SENTENCES)
    assert content.get_examples("tags", digest) == SENTENCES
    kind, raw = content.packed(digest)
    content.throw_away(digest)
    assert content.lacks(digest)
    assert list(store.iterdir()) == []
    assert content.unpack(kind, raw) == digest
    assert content.there(digest)
    with pytest.raises(ExplorerError, match=r"could not be read\. Give the file again"):
        content.unpack("tags", b"[]")
    (path,) = store.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ExplorerError, match="Give the file again"):
        content.get_examples("tags", digest)
