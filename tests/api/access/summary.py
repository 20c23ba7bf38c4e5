"""The line at the end of a run: how many cells of the matrix were tried, by all workers."""

from typing import Protocol

import pytest


class Count(Protocol):
    """The fixture `record_property`: what is counted reaches the process that reports."""

    def __call__(self, name: str, value: object) -> None: ...


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it, if any were."""
    reports = [each for reports in terminalreporter.stats.values() for each in reports]
    tried = sum(
        value
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == "cells" and isinstance(value, int)
    )
    if tried:
        terminalreporter.write_line(f"access: {tried} cells tried")
