"""Sound from WAV files: heard in bands, or refused in one sentence."""

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal
from scipy.io import wavfile

from explorer.data import content, files, mel, own_sound
from explorer.data.own_sound import OwnSoundSettings
from explorer.data.sounds import MOST_BYTES, kept, read_sound, read_wav, sound_of
from explorer.errors import ExplorerError
from tests.wav_files import RATE, tone, written

WHOLE = written(tone())


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_every_width_says_the_same(bits: int, sides: int) -> None:
    rate, samples = read_wav(written(tone(), bits, sides), "a.wav")
    assert (rate, samples.shape) == (RATE, (3 * RATE, sides))
    np.testing.assert_allclose(samples[:, -1], tone(), atol=2.0 ** (2 - min(bits, 24)))


@pytest.mark.parametrize("form", [np.float32, np.float64])
def test_floating_point(form: type) -> None:
    raw = BytesIO()
    wavfile.write(raw, RATE, tone().astype(form))
    samples = read_wav(raw.getvalue(), "a.wav")[1]
    np.testing.assert_allclose(samples[:, 0], tone(), atol=1e-6)


def test_bands_are_those_of_another_way_of_computing_them() -> None:
    """SciPy's spectrogram, and triangles drawn through their corners."""
    samples = np.random.default_rng(3).normal(0, 0.1, 4001).astype(np.float32)
    found = mel.frames(samples, RATE)
    length, hop = 256, 128
    places, _, power = signal.spectrogram(
        samples.astype(np.float64),
        RATE,
        window="hann",
        nperseg=length,
        noverlap=length - hop,
        detrend=False,
        scaling="spectrum",
    )
    power[1:-1] /= 2  # SciPy adds what lies at negative frequencies
    corners = mel.edges(RATE)
    for k in range(mel.BANDS):
        triangle = np.interp(places, corners[k : k + 3], [0, 1, 0], left=0, right=0)
        if triangle.sum() == 0:
            triangle[np.abs(places - corners[k + 1]).argmin()] = 1
        said = 10 * np.log10(triangle @ power)
        np.testing.assert_allclose(found.bands[:, k], said, atol=1e-6)
    assert found.hop == hop / RATE
    assert len(found.levels) == (4001 - length) // hop + 1
    together = 10 * np.log10((10 ** (found.bands / 10)).sum(1))
    np.testing.assert_allclose(found.levels, together)


def test_bands_end_where_a_rate_ends() -> None:
    assert mel.edges(8000)[[0, -1]] == pytest.approx([60, 4000])
    assert mel.edges(44100)[[0, -1]] == pytest.approx([60, 8000])


def test_a_band_between_two_places_takes_the_nearest() -> None:
    """Places lie 250 Hz apart, the lowest centres closer together."""
    bank = mel.filters(8000, 32)
    places, centres = np.fft.rfftfreq(32, 1 / 8000), mel.edges(8000)[1:-1]
    assert (bank.sum(1) > 0).all()
    alone = np.flatnonzero((bank == 1).sum(1) == 1)
    assert len(alone) > 2
    for band in alone:
        assert bank[band].argmax() == np.abs(places - centres[band]).argmin()


def test_a_tone_is_heard_in_its_band() -> None:
    for hertz in (200.0, 1000.0, 3000.0):
        sound = mel.frames(tone(hertz=hertz).astype(np.float32), RATE)
        loudest = sound.centres[sound.bands.mean(0).argmax()]
        assert abs(mel.mel(loudest) - mel.mel(hertz)) < 60  # bands are 83 apart
    twice = mel.frames(2 * tone().astype(np.float32), RATE).levels
    once = mel.frames(tone().astype(np.float32), RATE).levels
    np.testing.assert_allclose(twice - once, 20 * np.log10(2), atol=1e-3)
    silent = mel.frames(np.zeros(4000, np.float32), RATE)
    assert (silent.levels == mel.SILENCE).all()


def test_a_sound_is_read_and_kept() -> None:
    found = read_sound(WHOLE, "a.wav")
    assert found.sound is not None
    assert "3.0 seconds at 8,000 samples a second, heard as 186" in str(
        found.remarks[0]
    )
    assert found.too_few is None
    assert found.columns is None
    again = sound_of(found.examples)
    np.testing.assert_allclose(again.bands, found.sound.bands, atol=0.051)
    assert again.hop == found.sound.hop
    both = read_sound(written(tone(), 16, 2), "a.wav")
    assert both.examples == found.examples
    assert "heard as one, their mean" in str(both.remarks[1])
    loud = read_sound(written(np.sign(tone())), "a.wav")
    assert "may be clipped" in str(loud.remarks[-1])


def test_a_dataset_of_sound() -> None:
    digest = content.put_examples("sound", read_sound(WHOLE, "a.wav").examples)
    data = own_sound.make(OwnSoundSettings(digest=digest, window=16), 0)
    assert (data.task, data.inputs, data.outputs) == ("forecast", 1, 1)
    assert data.series is not None
    assert data.series.values.max() == pytest.approx(-11, abs=6)
    assert data.series.positions[1] == pytest.approx(0.016)
    assert abs(float(data.series.scaled[: data.series.split].mean())) < 1e-5
    assert {"repeat last", "mean"} <= set(data.baselines)
    band = own_sound.make(OwnSoundSettings(digest=digest, window=16, band=5), 0)
    assert band.series is not None
    np.testing.assert_array_equal(
        band.series.values,
        sound_of(content.get_examples("sound", digest)).bands[:, 4],
    )
    with pytest.raises(ExplorerError, match="Shorten the window"):
        own_sound.make(OwnSoundSettings(digest=digest, window=104), 0)
    frames = mel.frames(tone().astype(np.float32), RATE)
    frames.bands[:, 3] = mel.SILENCE
    flat = content.put_examples("sound", kept(frames))
    with pytest.raises(ExplorerError, match="that of band 4 stays the same"):
        own_sound.make(OwnSoundSettings(digest=flat, window=16, band=4), 0)


def test_a_wav_file_tells_what_it_is() -> None:
    for name in ("a.wav", "a.csv", "sound"):
        assert files.kind_of(WHOLE, name) == "sound"


def floats(values: np.ndarray) -> bytes:
    raw = BytesIO()
    wavfile.write(raw, RATE, values.astype(np.float32))
    return raw.getvalue()


def with_number(at: int, form: str, *numbers: int) -> bytes:
    """The file with other numbers in its head."""
    raw = bytearray(WHOLE)
    struct.pack_into(form, raw, at, *numbers)
    return bytes(raw)


NAN = tone()
NAN[77] = np.nan
HOSTILE = {
    "empty": (b"", "begins with RIFF"),
    "a text": (b"many words " * 99, "begins with RIFF"),
    "another RIFF": (b"RIFF\x24\0\0\0AVI LIST" + bytes(99), "begins with RIFF"),
    "a head alone": (WHOLE[:12], "breaks off|lasts"),
    "no samples": (WHOLE[:44], "breaks off|lasts"),
    "no data": (WHOLE[:30], "breaks off"),
    "no format": (WHOLE[:12] + WHOLE[36:], "breaks off"),
    "a hundred channels": (with_number(22, "<H", 100), "breaks off|has 100"),
    "no channels": (with_number(22, "<H", 0), "breaks off|has 0"),
    "a huge rate": (with_number(24, "<II", 2**31 - 1, 2**32 - 2), "has 2,147,483,647"),
    "no rate": (with_number(24, "<II", 0, 0), "has 0"),
    "ADPCM": (with_number(20, "<H", 2), "breaks off or holds something else"),
    "odd bits": (with_number(34, "<H", 77), "breaks off or"),
    "NaN": (floats(NAN), "number 78 of 'a.wav' is nan"),
    "infinite": (floats(np.where(np.isnan(NAN), np.inf, NAN)), "is inf"),
    "wild": (floats(1e30 * tone()), "finite numbers of about -1 to 1"),
    "too long": (written(np.zeros(61 * RATE), 8), "lasts 61.0"),
    "too large": (WHOLE + bytes(MOST_BYTES), "may take 12,000,000 bytes"),
    "too short": (written(tone(0.05)), "lasts 0.05"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refusals(name: str) -> None:
    raw, words = HOSTILE[name]
    with pytest.raises(ExplorerError, match=words) as refused:
        read_sound(raw, "a.wav")
    assert str(refused.value).isprintable()


def test_what_cannot_be_learned_from_is_shown_and_refused() -> None:
    short = read_sound(written(tone(1.0)), "a.wav")
    assert "at least 100 frames, but this has 61" in str(short.too_few)
    silent = read_sound(written(np.zeros(3 * RATE)), "a.wav")
    assert "stays within 1 dB" in str(silent.too_few)


@pytest.mark.parametrize("at", [4, 16, 40])
@pytest.mark.parametrize("number", [0, 7, 2**31 - 1, 2**32 - 1])
def test_lying_sizes_are_refused_or_read(at: int, number: int) -> None:
    try:
        found = read_sound(with_number(at, "<I", number), "a.wav")
    except ExplorerError as error:
        if not str(error).isprintable():
            pytest.fail(repr(str(error)))
    else:
        assert found.sound is not None
        assert len(found.sound.levels) <= 186


@given(st.data())
def test_any_damage_is_refused_or_read(draw: st.DataObject) -> None:
    raw = bytearray(WHOLE[:4044])
    for _ in range(draw.draw(st.integers(1, 6))):
        place = draw.draw(st.integers(4, 60))
        raw[place] = draw.draw(st.integers(0, 255))
    try:
        found = read_sound(bytes(raw), "a.wav")
    except ExplorerError as error:
        if not str(error).isprintable():
            pytest.fail(repr(str(error)))
    else:
        assert found.sound is not None


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_head(raw: bytes) -> None:
    try:
        read_sound(b"RIFF\xff\0\0\0WAVE" + raw, "a.wav")
    except ExplorerError as error:
        if not str(error).isprintable():
            pytest.fail(repr(str(error)))
