"""A measured figure beside its goal, and where it was taken."""

import os
import platform
from datetime import UTC, datetime
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table in the README."""

    what: str
    figure: str
    goal: str
    holds: bool

    def line(self) -> str:
        """As a row of a Markdown table."""
        verdict = "holds" if self.holds else "**missed**"
        return f"| {self.what} | {self.figure} | {self.goal} | {verdict} |"


def machine() -> str:
    """When and on what this was measured."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1] for line in file if line.startswith("model name")]
    cpu = names[0].strip() if names else platform.machine()
    cores = len(os.sched_getaffinity(0))
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {cores} cores, {cpu}, Python {platform.python_version()}"
