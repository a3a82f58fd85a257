"""The figures that training reached, printed at the end for the table in the README."""

from collections.abc import Callable

import pytest

FIGURE = "figure"
"""Under this name a figure comes back from the process that ran its test."""

Report = Callable[[str], None]


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Report a figure in one line."""
    return lambda line: record_property(FIGURE, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """All figures, of tests that failed too."""
    ended = [
        each
        for outcome in ("passed", "failed")
        for each in terminalreporter.getreports(outcome)
        if each.when == "call"
    ]
    lines = [v for each in ended for name, v in each.user_properties if name == FIGURE]
    if lines:
        terminalreporter.section("what training reached")
        for line in lines:
            terminalreporter.write_line(line)
