"""The figures that training reached, printed at the end for the table in the README."""

from collections.abc import Callable

import pytest

_figures: list[str] = []

Report = Callable[[str], None]


@pytest.fixture
def report() -> Report:
    """Report a figure in one line."""
    return _figures.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """All figures."""
    if _figures:
        terminalreporter.section("what training reached")
        for line in _figures:
            terminalreporter.write_line(line)
