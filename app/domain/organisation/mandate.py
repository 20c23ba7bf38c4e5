"""Mandate (行政委托书、授权书): a department lets its window decide, in writing and for a time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.domain.day import ImpossibleFact
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.organisation.document import Document
from app.domain.provision import Provision, Written


class Power(StrEnum):
    """What the window may do for its department."""

    ACCEPT = "accept"  # 受理
    DECIDE = "decide"  # 决定
    SEAL = "seal"  # 用章


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRequired(Written):
    """For which powers the window needs it in writing; with `filed` none counts before the day on
    which it is filed (备案)."""

    powers: tuple[Power, ...]
    filed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    required: Provision[MandateRequired] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """`since` and `until` are its first and last day; from `revoked_from` on it is of no effect.
    Without `window_id` it is for every window of the department."""

    id: UUID
    department_id: UUID
    item_ids: Collection[UUID]
    powers: Collection[Power]
    since: date
    signed_on: date
    document: Document
    window_id: UUID | None = None
    until: date | None = None
    filed_on: date | None = None
    filing_number: str | None = None
    revoked_from: date | None = None
    revoked_because: str | None = None
    version: int = 1

    def effective(self, terms: MandateRequired) -> "Period | None":
        """The days on which it counts; None where there is none, or none yet."""
        if terms.filed and self.filed_on is None:
            return None
        waited_for = (self.filed_on,) if terms.filed and self.filed_on else ()
        begins = max(self.since, self.signed_on, *waited_for)
        last = self.revoked_from and self.revoked_from - timedelta(days=1)
        ends = min((day for day in (self.until, last) if day is not None), default=None)
        return None if ends is not None and ends < begins else Period(begins, ends)


@dataclass(frozen=True, slots=True)
class Period:
    """From a first to a last day; without the last it goes on."""

    since: date
    until: date | None

    def __contains__(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def written(self) -> "Interval":
        """As ISO 8601 writes an interval."""
        return Interval(
            f"{self.since.isoformat()}/{self.until.isoformat() if self.until else '..'}"
        )


class Interval(str):
    """A period as it is written on the wire; a sentence says it in words."""

    __slots__ = ()

    @property
    def chinese(self) -> str:
        since, until = self.split("/")
        return f"{since}起" if until == ".." else f"{since}至{until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the window wants to do: use a power on an item, on a day, perhaps at that window."""

    item_id: UUID
    power: Power
    on: date
    window_id: UUID | None = None


class MandateFiled(DomainError):
    """A mandate is filed once."""

    slug = "mandate_filed"
    title = "委托书已备案"

    def __init__(self, on: date) -> None:
        super().__init__(f"该委托书已于{on.isoformat()}备案；内容有变的，另行登记新的委托书。")


class MandateRevoked(DomainError):
    """A mandate is revoked once, and nothing happens to it afterwards."""

    slug = "mandate_revoked"
    title = "委托书已撤销"

    def __init__(self, from_: date) -> None:
        super().__init__(f"该委托书自{from_.isoformat()}起撤销；需要的，另行登记新的委托书。")


def covers(
    chapter: MandateChapter, mandates: Iterable[Mandate], wanted: Wanted
) -> Iterator[Finding]:
    """Is there a mandate in force that day for the item and the power? Its last day counts.

    `actual` are the days on which those for the item and the power count at all.
    """
    rule = chapter.required
    if rule is None or wanted.power not in rule.terms.powers:
        return
    periods = [
        period
        for mandate in mandates
        if _is_for(mandate, wanted) and (period := mandate.effective(rule.terms))
    ]
    met = any(wanted.on in period for period in periods)
    yield Finding.under(
        rule,
        met=met,
        expected=wanted.on,
        actual=tuple(sorted(period.written for period in periods)),
    )


def counting_on(chapter: MandateChapter, mandates: Iterable[Mandate], on: date) -> list[Mandate]:
    """Those in force that day, as the text has it; where it is silent, a filing is not waited
    for."""
    terms = chapter.required.terms if chapter.required else MandateRequired(powers=())
    return [
        mandate for mandate in mandates if (period := mandate.effective(terms)) and on in period
    ]


def check_written(mandate: Mandate) -> None:
    """Raises ImpossibleFact where its days cannot be."""
    if mandate.until is not None and mandate.until < mandate.since:
        raise ImpossibleFact("until", "末日不能早于首日")


def check_filing(mandate: Mandate, filed_on: date, on: date) -> None:
    """A filing is between the signature and today. Raises MandateRevoked, MandateFiled,
    ImpossibleFact."""
    if mandate.revoked_from is not None:
        raise MandateRevoked(mandate.revoked_from)
    if mandate.filed_on is not None:
        raise MandateFiled(mandate.filed_on)
    if not mandate.signed_on <= filed_on <= on:
        raise ImpossibleFact("filed_on", "备案日不能早于签署日，也不能晚于今天")


def check_revocation(mandate: Mandate, from_: date, on: date) -> None:
    """A revocation does not reach back: what was decided under the mandate stands; nor does it
    come after the last day. Raises MandateRevoked, ImpossibleFact."""
    if mandate.revoked_from is not None:
        raise MandateRevoked(mandate.revoked_from)
    if from_ < on:
        raise ImpossibleFact("since", "撤销不溯及既往，最早自今天起")
    if mandate.until is not None and from_ > mandate.until:
        raise ImpossibleFact("since", f"委托书的末日为{mandate.until}，次日起本已无效")


def _is_for(mandate: Mandate, wanted: Wanted) -> bool:
    return (
        wanted.item_id in mandate.item_ids
        and wanted.power in mandate.powers
        and (
            mandate.window_id is None
            or wanted.window_id is None
            or mandate.window_id == wanted.window_id
        )
    )
