"""Legal override (法律另有规定): a law sets an item's limit in place of a rule; both are cited."""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import Precedence, TimeLimitChapter
from app.domain.day import ImpossibleFact, check_last_day, check_planned
from app.domain.errors import DomainError
from app.domain.items.item import ItemNotActive, ItemStage, ServiceItem
from app.domain.organisation.department import EndedBefore
from app.domain.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalOverride:
    """What a law sets for an item where the row `rule` would be asked, in working days.

    It holds for what is received from `since` until `until`, both included. A case takes what holds
    on the day of its receipt with it to its end; what was received before is not touched. One that
    never held ends the day before it begins.
    """

    id: UUID
    item_id: UUID
    rule: str
    law: str
    limit_days: int
    since: date
    article: str | None = None
    document_number: str | None = None
    until: date | None = None
    ended_because: str | None = None
    version: int = 1

    def ended(self, until: date, because: str) -> Self:
        """The entry with an earlier last day. Raises EndedBefore, ImpossibleFact."""
        if self.until is not None and self.ended_because is not None:
            raise EndedBefore("该项法律另有规定", self.until)
        check_last_day(self.since, until, self.until)
        return replace(self, until=until, ended_because=because, version=self.version + 1)


class NoLegalPrecedence(DomainError):
    """The text has no provision that lets a law displace one of its rules."""

    slug: ClassVar[str] = "no_legal_precedence"
    title: ClassVar[str] = "本规章没有法律另有规定从其规定的条款"

    def __init__(self, regulation: str, on: date) -> None:
        super().__init__(
            f"本中心{on}所适用的规章（{regulation}）没有法律、法规另有规定从其规定的条款，"
            "其时限不由登记的法律替换；法定时限请写入事项的 statutory_days。"
        )


class RuleNotDisplaceable(DomainError):
    """The rule is none of those that give way to a law."""

    slug: ClassVar[str] = "rule_not_displaceable"
    title: ClassVar[str] = "该条不在可由法律替换之列"

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__(f"rule：可由法律另行规定时限的是{'、'.join(rules)}，所写的不在其列。")


class InstantItemWithoutLimit(DomainError):
    """What is done on the spot has no limit that a law could displace."""

    slug: ClassVar[str] = "instant_item_without_limit"
    title: ClassVar[str] = "即办件没有可由法律替换的时限"

    def __init__(self) -> None:
        super().__init__(
            "即办件当场办结，没有承诺时限可供替换；须限时办理的，请先把事项变更为承诺件。"
        )


class LegalOverrideStands(DomainError):
    """Another entry holds for the same item and rule on some of these days."""

    slug: ClassVar[str] = "legal_override_stands"
    title: ClassVar[str] = "该事项在此期间已有法律另有规定"

    def __init__(self, other: LegalOverride) -> None:
        until = f"至{other.until}" if other.until else "起，未定最后一日"
        super().__init__(
            f"与已登记的 {other.id}（{other.rule}，{other.since}{until}）有重叠之日；"
            "请先终止（end）该项，或另定起止之日。"
        )


def check_written(new: LegalOverride) -> None:
    """Raises ImpossibleFact where no law is named or the last day comes before the first."""
    if not new.law.strip():
        raise ImpossibleFact("law", "请写明法律、法规的名称")
    check_planned(new.since, new.until)


def displaced(
    chapter: TimeLimitChapter, regulation: str, new: LegalOverride
) -> Provision[Precedence]:
    """The provision by which the rule gives way, in the text that is in force on the first day.
    Raises NoLegalPrecedence, RuleNotDisplaceable."""
    provision = chapter.precedence
    if provision is None:
        raise NoLegalPrecedence(regulation, new.since)
    if new.rule not in provision.terms.rules:
        raise RuleNotDisplaceable(provision.terms.rules)
    return provision


def check_limited(item: ServiceItem, since: date) -> None:
    """Whether the item has a limit that a law can displace from that day. Raises ItemNotActive of
    one that is withdrawn, InstantItemWithoutLimit (南昌市 第二十二条: but what is done on the
    spot)."""
    if item.stage is ItemStage.WITHDRAWN:
        raise ItemNotActive(item, since)
    if item.kind is ItemKind.INSTANT:
        raise InstantItemWithoutLimit


def rows_of(chapter: TimeLimitChapter, rule: str) -> tuple[str, ...]:
    """What an entry cites: the provision on precedence, where the text has it, and the rule."""
    return (*(chapter.precedence.rows if chapter.precedence else ()), rule)
