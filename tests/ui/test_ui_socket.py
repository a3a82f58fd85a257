"""The messages of a tab: each nonsense gets a sentence, and the socket goes on."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from explorer.catalog import choosing
from explorer.engine.service import engine
from explorer.errors import ExplorerError
from explorer.ui.live import tab
from explorer.ui.live.asked import wanted
from explorer.ui.live.wishes import MOST_MESSAGE, Wish, read_wish
from explorer.ui.places import SOCKET
from explorer.ui.samples import SAMPLE
from tests.ui.conftest import QUIET
from tests.ui.live import OWN, PLAYGROUND, answer

pytestmark = QUIET


def test_a_made_up_run_learns_nothing(client: TestClient) -> None:
    told = answer(client, json.dumps({"run": "made-up"}))
    assert set(told) == {"error"}
    assert told["error"].startswith("There is no run 'made-up' here.")


def test_an_error_comes_in_the_tabs_language(client: TestClient) -> None:
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        socket.send_text(json.dumps({"run": "made-up", "language": "zh"}))
        assert socket.receive_json()["error"].startswith("这里没有运行“made-up”。")
        socket.send_text("[]")
        assert socket.receive_json()["error"].startswith("消息必须是 JSON 对象")


def test_what_was_said_of_a_message_goes_with_the_next_wish() -> None:
    class Heard:
        def __init__(self) -> None:
            self.messages: list[Any] = []

        async def send_text(self, text: str) -> None:
            self.messages.append(json.loads(text))

    async def told() -> list[Any]:
        heard = Heard()
        shown = tab.Tab(heard, engine())  # type: ignore[arg-type]
        await shown.follow(Wish())
        await shown.lack_no_more()
        await shown.complain(ExplorerError("This one is another's."))
        await shown.follow(Wish())
        await shown.lack_no_more()
        await shown.lack_no_more()
        return heard.messages

    assert asyncio.run(told()) == [{"error": "This one is another's."}, {"error": ""}]


def test_a_bug_that_ends_the_frames_is_written_down(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def shown(_tab: tab.Tab, _feed: object) -> None:
        raise KeyError("numbered")

    async def ended() -> tab.Tab:
        shown_in = tab.Tab(None, engine())  # type: ignore[arg-type]
        await shown_in.follow(Wish(run=SAMPLE))
        assert shown_in.sender is not None
        await asyncio.wait({shown_in.sender})
        await asyncio.sleep(0)
        return shown_in

    monkeypatch.setattr(tab.Tab, "show", shown)
    kept = asyncio.run(ended())  # as a socket keeps it: else Python would tell
    assert kept.sender is not None
    assert "KeyError: 'numbered'" in caplog.text


def test_a_panels_error_comes_in_the_tabs_language(client: TestClient) -> None:
    options = {"inside.capture": "made_up"}
    wish = {"run": SAMPLE, "language": "zh", "shown": "inside", "options": options}
    panel = answer(client, json.dumps(wish))["panels"]["inside"]
    assert panel["reading"].startswith(
        "未知的内部量（捕获的张量）“made_up”。已知的有："
    )


NONSENSE = [
    ("", "JSON object"),
    ("[]", "JSON object"),
    ("\x00", "JSON object"),
    ("x" * (MOST_MESSAGE + 10), "may have 4000 characters"),
    ('{"run": 5}', "run does not have the expected form"),
    ('{"run": "../../etc/passwd"}', "run does not have the expected form"),
    ('{"at": -7}', "at must be a whole number"),
    ('{"example": "NaN"}', "example must be a whole number"),
    ('{"options": {"loss.axis": []}}', "options of a message must be plain values"),
    ('{"language": "fr"}', "language must be one of en, zh"),
    ('{"ruin": "x"}', "Did you mean 'run'?"),
]


@pytest.mark.parametrize(("message", "said"), NONSENSE)
def test_nonsense_gets_a_sentence_and_the_socket_goes_on(
    client: TestClient, message: str, said: str
) -> None:
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        socket.send_text(message)
        assert said in socket.receive_json()["error"]
        socket.send_text(json.dumps({"run": "made-up"}))
        assert "There is no run" in socket.receive_json()["error"]


def test_an_unknown_capture_is_said_in_its_panel(client: TestClient) -> None:
    frame = answer(
        client, json.dumps(PLAYGROUND | {"options": {"inside.capture": "x"}})
    )
    assert "Unknown capture" in frame["panels"]["inside"]["reading"]
    assert frame["panels"]["loss"]["figure"]["data"]


def test_an_option_out_of_bounds_is_said_in_its_panel(client: TestClient) -> None:
    options = {
        "prediction.temperature": "NaN",
        "inside.head": 64,
        "loss.scale": "cubic",
        "backpropagation.made_up": 1,
    }
    panels = answer(client, json.dumps(PLAYGROUND | {"options": options}))["panels"]
    said = {name: panel["reading"] for name, panel in panels.items()}
    assert said["prediction"].startswith("temperature must be a number from 0 to 2")
    assert said["inside"].startswith("head must be a whole number from 0 to 63")
    assert said["loss"].startswith("scale must be one of log, linear")
    assert panels["backpropagation"]["figure"]["data"]
    assert not any(panels[name]["figure"] for name in ("prediction", "inside", "loss"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = st.sampled_from([*Wish.model_fields, "x"])


@given(values=st.dictionaries(NAMES, JSON, max_size=5))
@settings(max_examples=50)
def test_no_message_does_worse_than_a_sentence(values: dict[str, object]) -> None:
    with suppress(ExplorerError):
        wanted(choosing.make_config(), read_wish(json.dumps(values)))
