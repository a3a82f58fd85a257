"""A server that begins: it answers before it has imported what pages need."""

import asyncio
import json
import signal
import subprocess
import sys
from typing import Any

import pytest

from explorer.ui import beginning
from explorer.ui.beginning import AT_ONCE, Beginning

SLOW = {"torch", "distributed", "sqlalchemy", "optuna", "pandas"}


def test_the_app_imports_little_before_it_answers() -> None:
    ask = "import json, sys, streamlit_app; print(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-c", ask]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    assert "explorer.ui.beginning" in modules
    assert not modules & {*SLOW, "explorer.engine", "explorer.catalog"}


def test_health_is_told_at_once_and_the_rest_when_all_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ask() -> list[list[str]]:
        monkeypatch.setattr(Beginning, "begun", asyncio.Event(), raising=False)
        told: list[str] = []
        seen: list[list[str]] = []

        async def streamlit(scope: Any, receive: Any, send: Any) -> None:
            told.append(scope["path"])

        async def ours(scope: Any, receive: Any, send: Any) -> None:
            told.append(f"{scope['path']} by ours")

        server = Beginning(streamlit)
        server.ours = ours

        async def call(path: str) -> None:
            scope = {"type": "http", "path": path, "headers": [], "query_string": b""}
            await server(scope, None, None)  # type: ignore[arg-type]

        page = asyncio.create_task(call("/_stcore/host-config"))
        for _ in range(5):
            await asyncio.sleep(0)
        for path in AT_ONCE:
            await call(f"/{path}")
        seen.append(list(told))
        server.begun.set()
        await page
        return [*seen, told]

    at_once = [f"/{path}" for path in AT_ONCE]
    later = "/_stcore/host-config by ours"
    assert asyncio.run(ask()) == [at_once, [*at_once, later]]


def test_a_bug_in_what_is_imported_ends_the_server(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[int] = []

    def imported() -> Any:
        raise ZeroDivisionError("a bug")

    async def live_until_ended() -> None:
        async with beginning.lifespan(None):
            while not ended:
                await asyncio.sleep(0.01)

    prompt: list[str] = []
    monkeypatch.setattr(beginning, "send_at_once", lambda: prompt.append("now"))
    monkeypatch.setattr(beginning, "_imported", imported)
    monkeypatch.setattr(signal, "raise_signal", ended.append)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(asyncio.wait_for(live_until_ended(), 60))
    assert ended == [signal.SIGTERM]
    assert prompt == ["now"]
    assert "could not begin" in caplog.text
