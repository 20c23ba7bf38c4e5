"""The law of a case (办件适用的文本): the chapters of the edition that it was received under."""

from datetime import date
from functools import lru_cache
from typing import Final

from app.domain.calendar import WorkingCalendar
from app.domain.casework.case import Under
from app.domain.casework.case_clock import CaseLaw
from app.domain.casework.limits import Anchor, CompletionEvent, TimeLimitChapter
from app.domain.items.item import ServiceItem
from app.domain.organisation.adoption import beside
from app.domain.organisation.centre import Centre
from app.domain.rulebook import Rulebooks

NATIONAL: Final = "national"
REMEMBERED: Final = 256  # editions on days of receipt


def under(centre: Centre, item: ServiceItem, books: Rulebooks, on: date) -> Under:
    """The text that an application for this item, received that day, comes under. Raises
    NotFound."""
    centre = centre.on(on)
    book = books.in_force(centre.regulation, on)
    return Under(
        regulation=book.regulation,
        edition=book.edition,
        digest=book.digest,
        national=centre.national and item.licence,
        calendar=book.calendar,
    )


def limits_of(
    centre: Centre, item: ServiceItem, books: Rulebooks, on: date
) -> tuple[TimeLimitChapter, ...]:
    """What binds the limits of the item that day: the text, and below it the national layer where
    the centre has it and the item is a licence. Raises NotFound."""
    named = under(centre, item, books, on)
    of = (named.regulation, NATIONAL) if named.national else (named.regulation,)
    return tuple(books.in_force(each, on).time_limit for each in of)


@lru_cache(maxsize=REMEMBERED)
def law_of(
    named: Under,
    books: Rulebooks,
    calendar: WorkingCalendar,
    *,
    received_on: date,
    on: date,
    at: Centre | None = None,
) -> CaseLaw:
    """The chapters of that very edition, asked on a day; the national layer is that of the day of
    receipt. With the centre that it is asked `at`, what must be said there. The same law for the
    same question, so that more can be remembered of it. Raises NotFound."""
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
        cautions=(
            *book.cautions(on),
            *(beside(book.adoption, at.level, at.unit_type) if at else ()),
        ),
    )


def counted_from_receipt(books: Rulebooks) -> tuple[str, ...]:
    """The regulations under which the clock of a complete application starts with its receipt."""
    counting = ((book.regulation, book.time_limit.counting) for book in books.books)
    return tuple(of for of, rule in counting if rule and rule.terms.anchor is Anchor.RECEIPT)


def completed_by_seal(books: Rulebooks) -> tuple[str, ...]:
    """The regulations under which the seal completes a case (敖汉旗 第三十一条)."""
    ends = ((book.regulation, book.time_limit.completion) for book in books.books)
    return tuple(of for of, rule in ends if rule and rule.terms.event is CompletionEvent.SEAL)
