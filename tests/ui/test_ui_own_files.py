"""Tunes and sounds on the page Data, which come as files alone."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from explorer.catalog.choosing import make_config
from explorer.config.kinds import Kind
from explorer.data import content
from explorer.data.brought import Brought
from explorer.engine.own_data import delete
from explorer.engine.service import engine
from explorer.inspection.facts import facts_of
from explorer.plots.panel import panels
from explorer.ui.data import examples
from explorer.ui.live.controls import panel_controls
from tests.midi_files import track, tune
from tests.midi_files import written as midi
from tests.recordings import recordings, texts
from tests.ui.conftest import QUIET, asked, choice, page
from tests.ui.test_ui_data import charts, of, said
from tests.wav_files import tone
from tests.wav_files import written as wav

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


def test_a_tune_comes_as_a_file() -> None:
    owner = "browser-tune"
    raw = midi(track(tune(20), "Low"), track(tune(96), "High"))
    test = page("data", owner)
    test.file_uploader[0].upload("song.mid", raw, "audio/midi").run()
    assert not test.error
    assert test.segmented_control(key="kind.notes").value == "notes"
    assert "96 notes from c4 to c5 over 96 beats" in said(test)
    voice = choice(test, "Voice")
    assert (voice.value, voice.options) == ("2 High", ["1 Low", "2 High"])
    voice.set_value("1 Low").run()
    assert "at least 40 notes, but this voice has 20" in test.error[0].value
    choice(test, "Voice").set_value("2 High").run()
    test.button(key="keep").click().run()
    assert not test.error
    (held,) = engine().store.contents.of(owner)
    assert (held.kind, held.label) == ("notes", "song.mid")
    assert asked(test, "data") == "own_notes"
    assert asked(test, "data.window") == "16"
    assert asked(test, "data.digest") == held.digest
    delete(of(owner), held.digest)
    assert not content.there(held.digest)


def test_a_long_tune_is_read_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    aside, asked = examples.examples_aside, []

    def noted(kind: Kind, *given: Any) -> Iterator[float | Brought]:
        asked.append(kind)
        return aside(kind, *given)

    monkeypatch.setattr(examples, "examples_aside", noted)
    for count, told in ((96, []), (3000, ["notes"])):
        test = page("data", "browser-long-tune")
        raw = midi(track(tune(count), "High"))
        test.file_uploader[0].upload("song.mid", raw, "audio/midi").run()
        assert not test.error
        assert f"{count:,} notes" in said(test)
        assert asked == told


def test_a_sound_comes_as_a_file() -> None:
    owner = "browser-sound"
    test = page("data", owner)
    test.file_uploader[0].upload("song.wav", wav(tone(1.0)), "audio/wav").run()
    assert "at least 100 frames, but this has 61" in test.error[0].value
    test.file_uploader[0].upload("song.wav", wav(tone(9.0)), "audio/wav").run()
    assert not test.error
    assert test.segmented_control(key="kind.sound").value == "sound"
    assert "heard as 561 frames of 24 bands" in said(test)
    before = charts(test)
    test.button(key="keep").click().run()
    assert not test.error
    (held,) = engine().store.contents.of(owner)
    assert (held.kind, held.label) == ("sound", "song.wav")
    assert (asked(test, "data"), asked(test, "data.digest")) == (
        "own_sound",
        held.digest,
    )
    assert charts(test) > before
    delete(of(owner), held.digest)
    assert not content.there(held.digest)


def test_recordings_come_as_a_zip() -> None:
    owner = "browser-recordings"
    test = page("data", owner)
    test.file_uploader[0].upload("few.zip", recordings(["ab"]), "application/zip").run()
    assert "at least 10 different recordings, but this has 1" in test.error[0].value
    raw = recordings(["abba cd", *texts(12)])
    test.file_uploader[0].upload("words.zip", raw, "application/zip").run()
    assert not test.error
    assert test.segmented_control(key="kind.recordings").value == "recordings"
    assert "13 recordings of" in said(test)
    assert "abba cd" in test.code[0].value
    before = charts(test)
    assert before >= 2
    test.button(key="keep").click().run()
    assert not test.error
    (held,) = engine().store.contents.of(owner)
    assert (held.kind, held.label) == ("recordings", "words.zip")
    assert (asked(test, "data"), asked(test, "data.digest")) == (
        "own_recordings",
        held.digest,
    )
    assert "This is the first recording: abba cd" in said(test)
    delete(of(owner), held.digest)
    assert not content.there(held.digest)


def test_a_broken_tune_is_refused() -> None:
    test = page("data", "browser-broken")
    test.file_uploader[0].upload("song.mid", b"MThd" + bytes(9), "audio/midi").run()
    assert "breaks off" in test.error[0].value
    assert not test.exception


def test_a_leak_is_warned_of_before_and_after_it_is_kept() -> None:
    owner = "browser-leak"
    values = [f"{math.sin(k * k):.4f}" for k in range(200)]
    rows = (f"{k},{v},{k % 7},{v}" for k, v in enumerate(values))
    raw = "\n".join(["day,sales,weekday,copy", *rows]).encode()
    test = page("data", owner)
    test.file_uploader[0].upload("sales.csv", raw, "text/csv").run()
    choice(test, "Column").set_value("sales").run()
    choice(test, "Time column").set_value("day").run()
    both = ["weekday", "copy"]
    test.multiselect[0].set_value(both).run()
    assert not test.warning
    test.multiselect[1].set_value(both).run()
    (warning,) = test.warning
    assert "A leak: 'copy' is said to be known in advance" in warning.value
    assert "weekday (known in advance), copy (known in advance)" in said(test)
    order = [getattr(each, "key", None) or each.type for each in test.main]
    assert order.index("warning") < order.index("keep")
    test.button(key="keep").click().run()
    assert not test.exception
    assert [w.value for w in test.warning if "A leak" in w.value]
    (held,) = engine().store.contents.of(owner)
    assert asked(test, "data.digest") == held.digest
    delete(of(owner), held.digest)


def test_columns_can_be_foretold_together() -> None:
    """The page draws them all, and the panels of a run let one choose among them."""
    owner = "browser-together"
    rows = (f"{k},{math.sin(k):.4f},{math.cos(k):.4f},{k % 7}" for k in range(400))
    raw = "\n".join(["day,sales,mood,weekday", *rows]).encode()
    test = page("data", owner)
    test.file_uploader[0].upload("sales.csv", raw, "text/csv").run()
    choice(test, "Column").set_value("sales").run()
    choice(test, "Time column").set_value("day").run()
    test.multiselect[0].set_value(["mood", "weekday"]).run()
    test.multiselect[1].set_value(["weekday"]).run()
    test.button(key="keep").click().run()
    (held,) = engine().store.contents.of(owner)
    choice(test, "Other columns").set_value("foretold").run()
    assert not test.exception
    assert not test.error
    chosen = {"digest": held.digest, "beside": "foretold"}
    settings = {f"data.{name}": value for name, value in chosen.items()}
    config = make_config("own_series", "gru", settings)
    panel = panels()["prediction"]
    controls = panel_controls(panel, facts_of(config), str)
    (control,) = (c for c in controls if c["name"] == "prediction.series")
    assert control["options"] == [("0", "sales"), ("1", "mood")]
    delete(of(owner), held.digest)
