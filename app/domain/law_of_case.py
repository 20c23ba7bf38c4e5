"""The law of a case (办件适用的文本): the chapters of the edition that it was received under."""

from datetime import date
from typing import Final

from app.domain.calendar import WorkingCalendar
from app.domain.casework.case import Under
from app.domain.casework.case_clock import CaseLaw
from app.domain.items.item import ServiceItem
from app.domain.organisation.centre import Centre
from app.domain.rulebook import Rulebooks

NATIONAL: Final = "national"


def under(centre: Centre, item: ServiceItem, books: Rulebooks, on: date) -> Under:
    """The text that an application for this item, received that day, comes under. Raises
    NotFound."""
    book = books.in_force(centre.regulation, on)
    return Under(
        regulation=book.regulation,
        edition=book.edition,
        digest=book.digest,
        national=centre.national and item.licence,
        calendar=book.calendar,
    )


def law_of(
    named: Under, books: Rulebooks, calendar: WorkingCalendar, *, received_on: date, on: date
) -> CaseLaw:
    """The chapters of that very edition, asked on a day; the national layer is that of the day of
    receipt. Raises NotFound."""
    book = books.edition(named.regulation, named.edition)
    national = books.in_force(NATIONAL, received_on) if named.national else None
    return CaseLaw(
        regulation=book.regulation,
        edition=book.edition,
        time_limit=book.time_limit,
        acceptance=book.acceptance,
        seal=book.seal,
        calendar=calendar,
        national_time_limit=national.time_limit if national else None,
        national_acceptance=national.acceptance if national else None,
        cautions=book.cautions(on),
    )
