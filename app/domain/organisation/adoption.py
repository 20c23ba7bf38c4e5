"""Adoption (采用): what a centre must say before a regulation governs it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final
from uuid import UUID

from app.domain.day import SHANGHAI, local_day
from app.domain.decision import Caution, Finding
from app.domain.errors import DomainError
from app.domain.organisation.centre import CentreType, Level
from app.domain.provision import Bare, Provision, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached(Written):
    """The places that a text reaches."""

    unit_types: tuple[CentreType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Written):
    """The places that follow a text without being named by it (参照执行)."""

    unit_types: tuple[CentreType, ...] = ()
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    acknowledged: Provision[Bare] | None = None
    reach: Provision[Reached] | None = None
    by_reference: Provision[Followed] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement(Written):
    """That somebody answers for it, by office and not by name, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """From `since` on this regulation governs the centre, until another adoption begins."""

    centre_id: UUID
    id: UUID
    regulation: str
    national: bool
    since: date
    applied_by_reference: bool
    entered_by: str
    entered_at: datetime
    acknowledgement: Acknowledgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """What is known of the centre that adopts a regulation."""

    level: Level
    unit_type: CentreType | None
    acknowledged: bool


class AdoptionStands(DomainError):
    """Another adoption begins on the same day."""

    slug: ClassVar[str] = "adoption_stands"
    title: ClassVar[str] = "该日已有采用"

    def __init__(self, since: date) -> None:
        super().__init__(f"本中心已有自{since}起的采用；请另择一日。")


class AdoptionTooSoon(DomainError):
    """An adoption begins on a later day, so that nobody's day changes its law at noon."""

    slug: ClassVar[str] = "adoption_too_soon"
    title: ClassVar[str] = "采用须自次日或以后开始"

    def __init__(self, earliest: date) -> None:
        super().__init__(f"since：最早自{earliest}起；当日受理的办件仍依原规章。")
        self.earliest = earliest


class RegulationUnknown(DomainError):
    """No centre can adopt it: it is not loaded, or it is the national layer."""

    slug: ClassVar[str] = "regulation_unknown"
    title: ClassVar[str] = "没有可采用的该规章"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"regulation：可采用的规章为{'、'.join(known)}。")


_LAST_MINUTE: Final = time(23, 59)


def check_since(since: date, now: datetime) -> None:
    """Raises AdoptionTooSoon. In the last minute of a day tomorrow is too soon as well: a process
    remembers a centre for half a minute."""
    last_minute = now.astimezone(SHANGHAI).time() >= _LAST_MINUTE
    earliest = local_day(now) + timedelta(days=2 if last_minute else 1)
    if since < earliest:
        raise AdoptionTooSoon(earliest)


def may_be_adopted(chapter: AdoptionChapter, adopting: Adopting) -> Iterator[Finding]:
    """May the regulation govern this centre, and what has to be said to it?"""
    if rule := chapter.acknowledged:
        yield Finding.under(rule, met=adopting.acknowledged)
    if reach := chapter.reach:
        if adopting.unit_type is None:
            yield Finding.unknown(reach, "unit_type")
        elif adopting.unit_type in reach.terms.unit_types:
            yield Finding.under(reach, met=True, actual=adopting.unit_type)
        else:
            yield Finding.aside(reach, actual=adopting.unit_type)
    if (reference := chapter.by_reference) and follows(reference.terms, adopting):
        yield Finding.under(reference, met=True, actual=adopting.unit_type or adopting.level)


def beside(chapter: AdoptionChapter, level: Level, unit: CentreType | None) -> tuple[Caution, ...]:
    """What must be said beside any answer of the regulation at such a place (参照执行)."""
    rule = chapter.by_reference
    adopting = Adopting(level=level, unit_type=unit, acknowledged=True)
    if rule is None or not follows(rule.terms, adopting):
        return ()
    return (Caution(code="applied_by_reference", message=f"{rule.article}：{rule.summary}。"),)


def follows(terms: Followed, adopting: Adopting) -> bool:
    """Whether the place follows the text only by reference."""
    return adopting.level in terms.levels or adopting.unit_type in terms.unit_types
