"""Months and counts: their first and last moments, and what they come to together."""

from datetime import date
from uuid import UUID

import pytest

from app.domain.organisation.window import WindowKind
from app.domain.oversight.statistics import (
    Cell,
    Counts,
    Month,
    by_department,
    by_window_kind,
    total,
)

CENTRE, ONE, OTHER = (UUID(int=number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("written", "last"),
    [("2025-10", 31), ("2025-02", 28), ("2024-02", 29), ("2025-12", 31), ("2025-04", 30)],
)
def test_a_month_is_from_its_first_day_to_its_last(written: str, last: int) -> None:
    month = Month.of(written)
    assert (month.first.day, month.last) == (1, month.first.replace(day=last))
    assert month.next == date.fromordinal(month.last.toordinal() + 1)


def test_a_month_begins_at_midnight_in_shanghai() -> None:
    month = Month.of("2025-10")
    assert month.since.isoformat() == "2025-10-01T00:00:00+08:00"
    assert month.until.isoformat() == "2025-11-01T00:00:00+08:00"


def cell(department: UUID | None, kind: WindowKind | None, **counts: int) -> Cell:
    return Cell(centre_id=CENTRE, department_id=department, kind=kind, counts=Counts(**counts))


def test_the_parts_come_to_the_whole() -> None:
    cells = [
        cell(ONE, WindowKind.OWN, received=2, granted=1),
        cell(ONE, WindowKind.SUB_HALL, received=3),
        cell(OTHER, WindowKind.SUB_HALL, received=4, overdue=1),
        cell(None, None, received=5),
    ]
    assert total(cells) == Counts(received=14, granted=1, overdue=1)
    assert by_department(cells) == {
        ONE: Counts(received=5, granted=1),
        OTHER: Counts(received=4, overdue=1),
        None: Counts(received=5),
    }
    kinds = by_window_kind(cells)
    assert kinds[WindowKind.SUB_HALL] == Counts(received=7, overdue=1)
    for parts in (by_department(cells), kinds):
        assert sum(parts.values(), Counts()) == total(cells)
    assert total([]) == Counts()
