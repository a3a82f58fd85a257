"""A frame on its way to tabs: whole, or what it is beside an earlier one."""

from collections.abc import Mapping
from typing import Any

from explorer.plots.encode import to_json
from explorer.ui.live.changes import SAME, changed


class Framed:
    """A frame as it was made for one or more tabs; equal to itself alone."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    def as_bytes(self, since: "Framed | None") -> bytes:
        """All of it, or what it is beside an earlier one."""
        if since is None:
            return to_json(self.content)
        changes = changed(since.content, self.content)
        return to_json({"changes": {} if changes is SAME else changes})
