"""Report (测速结果): the figures as a Markdown table, with what they were taken on."""

import os
import platform
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Final

LIBRARIES: Final = ("fastapi", "uvicorn", "pydantic", "sqlalchemy", "asyncpg")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured quantity: the median of its rounds, and what was hoped for."""

    name: str
    rounds: Sequence[float]
    unit: str
    goal: str = ""
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    def row(self) -> str:
        low, high = min(self.rounds), max(self.rounds)
        spread = f"{_shown(low)} – {_shown(high)}" if len(self.rounds) > 1 else ""
        cells = (self.name, _shown(self.median), self.unit, spread, self.goal, self.note)
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, kw_only=True)
class Section:
    """Figures that were taken together, in rounds that took turns."""

    title: str
    figures: Sequence[Figure] = ()
    remarks: Sequence[str] = ()


@dataclass(kw_only=True)
class Report:
    """One run of the bench."""

    began: datetime
    postgresql: str
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])
    sections: list[Section] = field(default_factory=list)

    def markdown(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"# Bench, {self.began:%Y-%m-%d %H:%M}"
        yield ""
        yield f"- {os.cpu_count()} CPUs ({platform.machine()}), {platform.system()}"
        yield f"- Python {platform.python_version()}, PostgreSQL {self.postgresql}"
        yield f"- {', '.join(f'{name} {version(name)}' for name in LIBRARIES)}"
        yield f"- load average before: {self.load_before:.2f}"
        yield "- service, PostgreSQL, pgbench and load driver share these CPUs"
        yield "- medians of rounds that took turns; a ratio is taken round by round"
        for section in self.sections:
            yield ""
            yield f"## {section.title}"
            if section.figures:
                yield ""
                yield "| | median | | lowest – highest | goal | |"
                yield "|---|---:|---|---|---|---|"
                yield from (figure.row() for figure in section.figures)
            for remark in section.remarks:
                yield ""
                yield remark


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round, for only what was taken side by side is compared."""
    return [one / other for one, other in zip(above, below, strict=True)]


def matrix(costs: Mapping[str, Mapping[str, float]]) -> str:
    """Questions down, regulations across."""
    across = list(next(iter(costs.values())))
    lines = [f"| µs | {' | '.join(across)} |", f"|---|{'---:|' * len(across)}"]
    lines += [
        f"| {name} | {' | '.join(f'{row[each]:.0f}' for each in across)} |"
        for name, row in costs.items()
    ]
    return "\n".join(lines)


def _shown(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
