"""Assessor (考核主体): who assesses this person for this year?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.asked import Asked
from app.domain.calendar import Span
from app.domain.day import ImpossibleFact
from app.domain.decision import Answer, Caution, Finding
from app.domain.provision import Provision, Written


class Venue(StrEnum):
    """Where the person works."""

    HALL = "hall"  # 政务服务大厅
    TOWNSHIP = "township"  # 乡镇（街道）
    VILLAGE = "village"  # 村（社区）


@dataclass(frozen=True, slots=True, kw_only=True)
class Venues(Written):
    venues: tuple[Venue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessing(Written):
    """Who assesses the people it reaches: no venues, those of every venue; no `police`, all.

    With `months` only those are reached who have served so long by the end of the year, both end
    days counted, and with `at_year_end` are still at their post; `otherwise` assesses the rest.
    """

    name: str
    assessor: str
    sender_may_assess: bool
    eligible_for_centre: bool
    venues: tuple[Venue, ...] = ()
    police: bool | None = None
    months: int | None = None
    at_year_end: bool = False
    otherwise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    scope: Provision[Venues] | None = None
    by_reference: Provision[Venues] | None = None
    assessors: tuple[Provision[Assessing], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorFacts(Written):
    """`left_on` is the last day at the post; absent, the person is still there."""

    year: int | None = None
    posted_on: date | None = None
    left_on: date | None = None
    venue: Venue | None = None
    police: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorValues:
    """`eligible_for_centre`: the centre itself assesses. None while a needed fact is missing."""

    assessor: str | None
    sender_may_assess: bool | None
    eligible_for_centre: bool | None


def who_assesses(
    chapter: AssessorChapter, facts: AssessorFacts, asked: Asked
) -> Answer[AssessorValues]:
    """Who assesses this person for this year, and may the sending unit?

    Raises ImpossibleFact for a year that no calendar has.
    """
    if not chapter.assessors:
        return Answer((), None)
    if chapter.scope and facts.venue not in (None, *chapter.scope.terms.venues):
        return Answer((Finding.aside(chapter.scope, actual=facts.venue),), None)
    rule = chapter.assessors[0]
    if facts.venue is None and rule.terms.venues:
        return _unknown(rule, "facts.venue")
    rule = next(one for one in chapter.assessors if _reaches(one.terms, facts))
    terms = rule.terms
    eligible = True
    if terms.months is not None:
        if facts.year is None or facts.posted_on is None:
            stated = {"facts.year": facts.year, "facts.posted_on": facts.posted_on}
            return _unknown(rule, *(name for name, value in stated.items() if value is None))
        span = Span(months=terms.months)
        since = asked.calendar.after(facts.posted_on, span) - timedelta(days=1)
        eligible = _served(terms, since, _year_end(facts.year), facts.left_on)
    finding = Finding.under(
        rule, met=True, expected=terms.assessor if eligible else terms.otherwise
    )
    values = AssessorValues(
        assessor=terms.assessor if eligible else terms.otherwise,
        sender_may_assess=terms.sender_may_assess if eligible else True,
        eligible_for_centre=terms.eligible_for_centre and eligible,
    )
    return Answer((finding,), values, tuple(_by_reference(chapter, facts)))


def _unknown(rule: Provision[Assessing], *missing: str) -> Answer[AssessorValues]:
    values = AssessorValues(assessor=None, sender_may_assess=None, eligible_for_centre=None)
    return Answer((Finding.unknown(rule, *missing),), values)


def _reaches(terms: Assessing, facts: AssessorFacts) -> bool:
    return (not terms.venues or facts.venue in terms.venues) and (
        terms.police is None or terms.police is bool(facts.police)
    )


def _served(terms: Assessing, full_on: date, year_end: date, left_on: date | None) -> bool:
    """Whether the months were full on the last day served of the year; who left before it began
    served none of it."""
    if left_on is None or left_on >= year_end:
        return full_on <= year_end
    if terms.at_year_end or left_on.year < year_end.year:
        return False
    return full_on <= left_on


def _year_end(year: int) -> date:
    if not date.min.year <= year <= date.max.year:
        raise ImpossibleFact("facts.year", "年份应在 1 至 9999 之间")
    return date(year, 12, 31)


def _by_reference(chapter: AssessorChapter, facts: AssessorFacts) -> Iterator[Caution]:
    if chapter.by_reference and facts.venue in chapter.by_reference.terms.venues:
        article = chapter.by_reference.article
        yield Caution(code="applied_by_reference", message=f"依{article}参照执行。")
