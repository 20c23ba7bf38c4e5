"""Effective date (施行日期): the day of a text that prints none, entered with a document."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.calendar import Notice
from app.domain.day import ImpossibleFact
from app.domain.errors import DomainError
from app.domain.rulebook import Rulebook, Rulebooks
from app.domain.special_day import Revocation


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveDate:
    """From which day an edition applies, by which document: what the text itself does not say."""

    id: UUID
    regulation: str
    edition: str
    effective_from: date
    document: Notice
    entered_by: str
    entered_at: datetime
    revoked: Revocation | None = None


class DatePrinted(DomainError):
    """The text says itself from which day it applies: nothing is entered beside it."""

    slug: ClassVar[str] = "effective_date_printed"
    title: ClassVar[str] = "文本已载明施行日期"

    def __init__(self, book: Rulebook) -> None:
        super().__init__(
            f"{book.regulation} {book.edition} 的文本已载明施行日期或年份，不另行登记；"
            "文本有误的请另出版本。"
        )


class EffectiveDateStands(DomainError):
    """The edition has a day already: it is revoked first, then entered anew."""

    slug: ClassVar[str] = "effective_date_stands"
    title: ClassVar[str] = "该版本已登记施行日期"

    def __init__(self, regulation: str, edition: str) -> None:
        super().__init__(f"{regulation} {edition} 已登记施行日期；有误的请先撤销，再重新登记。")


class EffectiveDateRevoked(DomainError):
    """The entry was revoked before; a revocation is not taken back but entered anew."""

    slug: ClassVar[str] = "effective_date_revoked"
    title: ClassVar[str] = "该施行日期已经撤销"

    def __init__(self, effective_from: date) -> None:
        super().__init__(f"{effective_from}的这项登记已经撤销；需要恢复的请重新登记。")


def check(book: Rulebook, effective_from: date, today: date) -> None:
    """Whether a day can be entered for this edition: a text that holds as of its issue was issued
    by today. Raises DatePrinted, ImpossibleFact."""
    printed = book.validity and book.validity.terms
    if not printed or printed.effective_from or printed.from_year:
        raise DatePrinted(book)
    if effective_from > today:
        raise ImpossibleFact("effective_from", "印发、批准或发布之日不得晚于今日")
    until = printed.effective_until
    if until is not None and until < effective_from:
        raise ImpossibleFact("effective_from", f"文本载明的失效日为{until}")


def dated(books: Rulebooks, dates: Iterable[EffectiveDate]) -> Rulebooks:
    """The rulebooks with these days beside their texts, and with no others.

    The version is that of the files where there are none, and another one for other days.
    """
    files = books.files or books.version
    standing = {(day.regulation, day.edition): day for day in dates if day.revoked is None}
    known = {key: day.effective_from for key, day in standing.items()}
    return replace(
        books,
        books=tuple(
            replace(book, entered_from=known.get((book.regulation, book.edition)))
            for book in books.books
        ),
        version=_digest(files, standing.values()) if standing else files,
        files=files,
    )


def _digest(files: str, standing: Iterable[EffectiveDate]) -> str:
    """Over all that an answer says of these days, whatever order they were read in."""
    said = sorted((str(day.id), day.effective_from.isoformat()) for day in standing)
    return hashlib.sha256(json.dumps([files, said]).encode()).hexdigest()
