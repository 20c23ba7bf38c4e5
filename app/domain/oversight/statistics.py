"""Statistics of a month (办件统计): how many cases came, were answered, and are late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Self, TypeVar
from uuid import UUID

from app.domain.day import SHANGHAI
from app.domain.organisation.window import WindowKind

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Month:
    """A month of legal days."""

    first: date

    @classmethod
    def of(cls, written: str) -> Self:
        """From `2025-10`."""
        return cls(date.fromisoformat(f"{written}-01"))

    @property
    def next(self) -> date:
        """The first day of the month after it."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def last(self) -> date:
        return self.next - timedelta(days=1)

    @property
    def since(self) -> datetime:
        """Its first moment in Asia/Shanghai."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.next, time(), SHANGHAI)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers of cases; what happened in the month, and what is due in it and late today."""

    received: int = 0
    accepted: int = 0
    granted: int = 0
    denied: int = 0
    completed: int = 0
    overdue: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The counts of one department at windows of one kind in a centre."""

    centre_id: UUID
    department_id: UUID | None
    kind: WindowKind | None
    counts: Counts


def total(cells: Iterable[Cell]) -> Counts:
    """All together."""
    return sum((cell.counts for cell in cells), Counts())


def by_department(cells: Iterable[Cell]) -> Mapping[UUID | None, Counts]:
    """By department; None for items that belong to none."""
    return _summed((cell.department_id, cell.counts) for cell in cells)


def by_window_kind(cells: Iterable[Cell]) -> Mapping[WindowKind | None, Counts]:
    """By kind of the window that took the case in; None where none is on record."""
    return _summed((cell.kind, cell.counts) for cell in cells)


def _summed(pairs: Iterable[tuple[K, Counts]]) -> dict[K, Counts]:
    found: dict[K, Counts] = {}
    for key, counts in pairs:
        found[key] = found.get(key, Counts()) + counts
    return dict(sorted(found.items(), key=lambda each: str(each[0])))
