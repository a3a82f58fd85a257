"""What a tab is sent: panels, words and tables of the moment it looks at, and what is
lacking."""

import csv
import io
import json
import string
from base64 import b64decode
from collections import OrderedDict
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from explorer.catalog import choosing
from explorer.catalog.specs import usual_data
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.engine.service import engine
from explorer.engine.tidying import asking_workers
from explorer.errors import N_, unknown
from explorer.plots.panel import names_on
from explorer.runs.records import Checkpoint, Validation
from explorer.ui.language import translator
from explorer.ui.live import tab
from explorer.ui.live.asked import panels_of, wanted
from explorer.ui.live.changes import changed
from explorer.ui.live.elsewhere import earlier
from explorer.ui.live.frames import frame, spoken, thinned
from explorer.ui.live.panels import Pictures
from explorer.ui.live.wishes import Wish
from explorer.ui.places import SOCKET
from explorer.ui.samples import SAMPLE
from tests.ui.changes import merged, without_nothing
from tests.ui.conftest import QUIET
from tests.ui.live import OWN, PLAYGROUND, answer
from tests.ui.test_ui_runs import recorded

pytestmark = QUIET


def test_the_sample_is_shown_at_once(client: TestClient) -> None:
    frame = answer(client, json.dumps(PLAYGROUND))
    assert frame["status"] == "finished"
    assert frame["state"] == "Finished"
    config = engine().store.get(SAMPLE).config
    there = panels_of(config, names_on("playground"))
    assert set(frame["panels"]) == {panel.name for panel in there}
    assert all(panel["figure"]["data"] for panel in frame["panels"].values())


def test_who_keeps_frames_is_told_what_changed(client: TestClient) -> None:
    wish, early = PLAYGROUND | {"keeps": True}, ghosts()[1]
    asked = [wish, wish, wish | {"language": "zh", "at": early}, PLAYGROUND]
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        told = []
        for each in asked:
            socket.send_text(json.dumps(each))
            told.append(json.loads(socket.receive_bytes()))
    assert told[0] == told[3]
    assert told[1] == {"changes": {}}
    then = merged(told[0], told[2]["changes"])
    assert without_nothing(then) == without_nothing(
        answer(client, json.dumps(asked[2] | {"keeps": False}))
    )


def test_a_screen_reader_hears_model_step_and_loss(client: TestClient) -> None:
    frame = answer(client, json.dumps(PLAYGROUND))
    assert frame["spoken"].startswith("Finished, step 600: validation loss 0.0")
    # `assets/live/panel.js` puts it before what each picture says in words.
    assert frame["moment"].startswith("LSTM at step 600, validation loss 0.0")
    assert frame["moment"].endswith(". ")
    chinese = answer(client, json.dumps(PLAYGROUND | {"language": "zh"}))
    assert chinese["moment"].endswith("。")


def test_of_pictures_that_stay_nothing_is_told(client: TestClient) -> None:
    """Of a step that brought no new view only the curves are told anew."""
    store, wish = engine().store, Wish.read(PLAYGROUND)
    run, curves = store.get(SAMPLE), store.curves(SAMPLE)
    needed = wanted(run.config, wish)
    found = engine().looks.at(SAMPLE, run.step, needed)
    views, pictures = dict(zip(needed, found, strict=True)), Pictures()

    def at(step: int) -> dict[str, Any]:
        seen = Snapshot(replace(run, step=step), curves.until(step), (), (), ())
        made: dict[str, Any] = frame(seen, wish, views, pictures=pictures)
        return made

    now = at(600)
    assert len(now["panels"]) > 2
    assert set(changed(at(590), now)["panels"]) == {"loss"}


def test_what_is_spoken_changes_at_each_tenth_of_the_way() -> None:
    heard = []
    for step in range(1, 600):
        run = SimpleNamespace(
            status="training",
            step=step,
            config=SimpleNamespace(training=SimpleNamespace(steps=600)),
        )
        measured = [Validation(k, 1 / k, 0.0) for k in range(1, step + 1, 5)]
        heard.append(spoken(Snapshot(run, None, measured, (), ()), str))  # type: ignore[arg-type]
    assert len(set(heard)) == 10
    assert heard[-1] == "Training, step 536: validation loss 0.00187"


def test_frames_come_in_the_tabs_language(client: TestClient) -> None:
    frame = answer(client, json.dumps(PLAYGROUND | {"language": "zh"}))
    texts = [frame["state"], frame["numbers"]]
    for panel in frame["panels"].values():
        texts += [panel["reading"], panel["alternative"]]
        layout = panel["figure"]["layout"]
        texts += [layout[a]["title"]["text"] for a in ("xaxis", "yaxis")]
        texts += [note["text"] for note in layout.get("annotations", [])]
    letters = set(string.ascii_letters)
    for text in texts:
        words = text.replace("<span", "").replace("</span>", "")
        plain = "".join(c for c in words.split(">")[-1] if c in letters)
        assert len(plain) <= 4, text


def test_the_slider_of_an_old_run_has_what_is_left_and_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recorded(choosing.make_config("sine", "lstm", {"training.steps": 40}), "", 40)
    store = engine().store
    first = json.dumps(PLAYGROUND | {"run": run.id, "at": 0})
    before = answer(client, first)["panels"]
    whole = answer(client, json.dumps(PLAYGROUND | {"run": run.id}))
    assert whole["thinned"] == ""
    seeded = asking_workers(store, engine()._asker)
    assert store.thinning.thin(run.id, 80_000, seeded)
    assert len(store.checkpoint(run.id, 0).state) < 1000
    engine().hub.heard(run.id, None, ())
    monkeypatch.setattr(engine().looks, "_views", OrderedDict())  # of before
    assert answer(client, first)["panels"] == before
    left = store.checkpoint_steps(run.id)
    for at in (-1, *left):
        frame = answer(client, json.dumps(PLAYGROUND | {"run": run.id, "at": at}))
        assert frame["checkpoints"] == left
        assert 2 <= len(left) < len(whole["checkpoints"])
        assert "begins with a fresh optimizer" in frame["thinned"]
        assert all(panel["figure"]["data"] for panel in frame["panels"].values())
    chinese = answer(client, json.dumps({"run": run.id, "language": "zh"}))
    assert chinese["thinned"].endswith("。")


def test_only_what_had_a_memory_is_said_to_have_lost_it() -> None:
    english = translator("en")
    for model, settings, fresh in (
        ("lstm", {}, True),
        ("lstm", {"training.optimizer": "sgd"}, True),
        ("lstm", {"training.optimizer": "sgd", "training.momentum": 0.0}, False),
        ("hmm", {}, False),
    ):
        config = choosing.make_config(usual_data(model), model, settings)
        run = SimpleNamespace(config=config, thinned=True)
        assert thinned(run, english).endswith("fresh optimizer.") == fresh  # type: ignore[arg-type]


def told_and_drawn(
    client: TestClient, expected: str = "", **wish: Any
) -> tuple[list[str], dict[str, Any]]:
    """The complaints that come before a frame, and its panels.

    One that does not begin as expected fails at once: no frame might follow it.
    """
    errors: list[str] = []
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        socket.send_text(json.dumps({"run": SAMPLE} | wish))
        while True:
            received = socket.receive()
            if received.get("bytes"):
                panels: dict[str, Any] = json.loads(received["bytes"])["panels"]
                return errors, panels
            errors.append(json.loads(received["text"])["error"])
            assert expected, errors
            assert errors[-1].startswith(expected), errors


def ghosts() -> list[int]:
    """The earlier moments of the sample that its health is drawn at."""
    store = engine().store
    steps = store.checkpoint_steps(SAMPLE)
    return earlier([s for s in steps if s < store.get(SAMPLE).step], 8)


def test_a_run_that_is_not_there_costs_only_its_own_part(client: TestClient) -> None:
    shown = "gradients,health,raster"
    _none, whole = told_and_drawn(client, shown=shown)
    expected = "No other run is drawn beside this one: There is no run"
    errors, panels = told_and_drawn(client, expected, shown=shown, beside="made-up")
    assert len(errors) == 1
    assert set(panels) == set(shown.split(","))
    for name in shown.split(","):
        assert panels[name]["figure"] == whole[name]["figure"]
        assert len(whole[name]["figure"]["data"]) > 1


def test_a_moment_that_is_kept_no_more_costs_only_itself(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, moments = engine().store, ghosts()
    gone, kept = moments[2:4], store.checkpoint

    def thinned(run: str, step: int) -> Checkpoint:
        return kept(run, -1 if step in gone else step)

    monkeypatch.setattr(store, "checkpoint", thinned)
    with monkeypatch.context() as patch:
        # Views that were looked at before need no checkpoint.
        patch.setattr(engine().looks, "_views", OrderedDict())
        expected = "Not every earlier moment is drawn: Only some steps"
        errors, panels = told_and_drawn(client, expected, shown="health,raster")
    assert len(errors) == 1
    steps_drawn = panels["health"]["figure"]["data"][0]["x"]
    assert (
        len(np.frombuffer(b64decode(steps_drawn["bdata"]), "<i4")) == len(moments) - 1
    )
    assert panels["raster"]["figure"]["data"]


def test_what_is_lacking_is_said_once_per_wish(client: TestClient) -> None:
    wish = {"run": SAMPLE, "shown": "gradients", "beside": "made-up"}
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        for _again in range(2):
            socket.send_text(json.dumps(wish))
            assert "There is no run" in socket.receive_json()["error"]
            assert socket.receive().get("bytes")
        feed = engine().hub._feeds[SAMPLE]
        client.portal.call(feed.change, replace(feed.snapshot))
        assert socket.receive().get("bytes")


@pytest.mark.parametrize("what", ["looks.at_async", "looks.elsewhere", "hub.subscribe"])
def test_what_was_wrong_is_taken_back_when_its_cause_is_gone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    room, verb = what.split(".")
    owner = getattr(engine(), room)
    works, tries = getattr(owner, verb), iter(range(3))

    async def away(*given: Any) -> Any:
        if next(tries, None) is not None:
            raise unknown(N_("view"), "absent", ["known"])
        return await works(*given)

    monkeypatch.setattr(tab, "AGAIN_AFTER", 0.01)
    monkeypatch.setattr(owner, verb, away)
    errors = list[str]()
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        socket.send_text(json.dumps({"run": SAMPLE, "shown": "health"}))
        while "" not in errors:
            received = socket.receive()
            if text := received.get("text"):
                errors.append(json.loads(text)["error"])
    assert len(errors) == 2
    assert "absent" in errors[0]


def test_a_frame_that_was_overtaken_is_not_sent(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, looks = engine(), 0
    look = owner.looks.at_async

    async def overtaken(*asked: Any) -> Any:
        nonlocal looks
        looks += 1
        if looks == 1:
            feed = owner.hub._feeds[SAMPLE]
            feed.change(replace(feed.snapshot))
        return await look(*asked)

    monkeypatch.setattr(owner.looks, "at_async", overtaken)
    told_and_drawn(client, shown="health")
    assert looks == 2


def test_a_tab_that_turns_to_another_run_watches_the_first_no_more(
    client: TestClient,
) -> None:
    owner = engine()
    other = owner.prepare(owner.store.get(SAMPLE).config)
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        for run in (SAMPLE, other.id):
            socket.send_text(json.dumps({"run": run}))
            assert json.loads(socket.receive()["bytes"])["run"] == run
            assert list(owner.hub._feeds) == [run]


def test_a_table_has_every_number_of_its_view(client: TestClient) -> None:
    wish = {"run": SAMPLE, "shown": ""}
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        socket.send_text(json.dumps(wish))
        assert socket.receive().get("bytes")
        socket.send_text(json.dumps(wish | {"csv": "made_up"}))
        assert "Unknown view 'made_up'." in socket.receive_json()["error"]
        socket.send_text(json.dumps(wish | {"csv": "raster"}))
        sent = socket.receive_json()["download"]
    step = engine().store.get(SAMPLE).step
    assert sent["name"] == f"raster-{step}.csv"
    asked = Wanted("raster", json.dumps({"example": -1, "text": ""}))
    (view,) = engine().looks.at(SAMPLE, step, (asked,))
    lines = list(csv.DictReader(io.StringIO(sent["content"])))
    assert len(lines) == sum(a.size for a in view.arrays.values())
    for line in lines[::97]:
        place = tuple(int(line[f"index_{k}"]) for k in (0, 1) if line[f"index_{k}"])
        value = view.arrays[line["array"]][place]
        assert float(line["value"]) == pytest.approx(float(value), rel=1e-6)


def test_other_moments_are_looked_at_together(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, at_work, most = engine(), 0, 0
    look = owner.looks.elsewhere

    async def counted(*need: Any) -> Any:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        found = await look(*need)
        at_work -= 1
        return found

    monkeypatch.setattr(owner.looks, "elsewhere", counted)
    errors, _panels = told_and_drawn(client, shown="health")
    assert errors == []
    assert most == len(ghosts()) > 3
