"""One question to the live socket, and its answer."""

import json
from typing import Any

from starlette.testclient import TestClient

from explorer.plots.panel import names_on
from explorer.ui.places import SOCKET
from explorer.ui.samples import SAMPLE

PLAYGROUND = {"run": SAMPLE, "shown": ",".join(names_on("playground"))}
OWN = {"origin": "http://testserver", "host": "testserver"}


def answer(client: TestClient, message: str) -> dict[str, Any]:
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        socket.send_text(message)
        received = socket.receive()
    raw = received.get("bytes") or received["text"]
    found: dict[str, Any] = json.loads(raw)
    return found
