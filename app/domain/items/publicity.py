"""Publicity (公开): what must be open, what may be withheld and on which ground."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from app.domain.day import check_last_day
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.provision import Bare, Provision, Written
from app.domain.special_day import Revocation
from app.domain.words import Word


class Ground(Word):
    """Why something is not made public (不予公开的理由)."""

    STATE_SECRET = "state_secret", "国家秘密"
    TRADE_SECRET = "trade_secret", "商业秘密"
    PERSONAL_PRIVACY = "personal_privacy", "个人隐私"
    OTHER = "other", "其他"


class OpenKind(StrEnum):
    """What everybody may read, and what a withholding can be about."""

    ITEM = "item"  # 事项
    GUIDE = "guide"  # 办事指南
    FORM = "form"  # 申请书格式文本
    FEE = "fee"  # 收费标准
    MANDATE = "mandate"  # 行政委托书
    PLEDGE = "pledge"  # 服务承诺
    DECISION = "decision"  # 准予决定（办件）


class PledgeElement(Word):
    """What a service pledge says."""

    CONTENT = "content", "内容"
    PROCEDURE = "procedure", "程序"
    STANDARD = "standard", "标准"
    BASIS = "basis", "依据"
    SUPERVISION = "supervision", "监督方法"


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeElements(Written):
    """The elements as they are written; an explicit 无 says something, spaces do not."""

    content: str | None = None
    procedure: str | None = None
    standard: str | None = None
    basis: str | None = None
    supervision: str | None = None

    def states(self, element: PledgeElement) -> bool:
        """Whether the element is there."""
        value: str | None = getattr(self, element)
        return bool(value and value.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A service pledge (服务承诺) that was made public; a later one of the same name takes its
    place."""

    id: UUID
    name: str
    elements: PledgeElements
    since: date
    until: date | None = None
    ended_because: str | None = None
    version: int = 1

    def ended(self, until: date, because: str) -> Self:
        """The pledge with its last day, earlier than the one planned. Raises PledgeEnded,
        ImpossibleFact."""
        if self.until is not None and self.ended_because is not None:
            raise PledgeEnded(self.until)
        check_last_day(self.since, until, self.until)
        return replace(self, until=until, ended_because=because, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """Something that is not shown to everybody, why, and who lifted it."""

    id: UUID
    kind: OpenKind
    resource_id: UUID
    ground: Ground | None
    reason: str
    version: int = 1
    lifted: Revocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt(Written):
    """The only grounds on which something is kept from the public."""

    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeRequired(Written):
    """What a pledge has to say before it is made public."""

    elements: tuple[PledgeElement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicityChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    withholding: Provision[Exempt] | None = None
    decisions: Provision[Bare] | None = None
    pledge: Provision[PledgeRequired] | None = None


class PledgeStands(DomainError):
    """A pledge of that name begins on that day already."""

    slug: ClassVar[str] = "pledge_stands"
    title: ClassVar[str] = "该日已有同名的服务承诺"

    def __init__(self, since: date) -> None:
        super().__init__(f"自{since}起已有同名的服务承诺；请换一个起始日，或先撤回误登的一份。")


class PledgeEnded(DomainError):
    """The pledge has its last day already."""

    slug: ClassVar[str] = "pledge_ended"
    title: ClassVar[str] = "该服务承诺已经终止"

    def __init__(self, until: date) -> None:
        super().__init__(f"该服务承诺的最后一日为{until}；需要恢复的请重新公布。")


class WithholdingStands(DomainError):
    """The thing is withheld already."""

    slug: ClassVar[str] = "withholding_stands"
    title: ClassVar[str] = "该对象已登记不予公开"

    def __init__(self) -> None:
        super().__init__("该对象已有有效的不予公开登记；理由有变的请先解除，再重新登记。")


class WithholdingLifted(DomainError):
    """The withholding was lifted before."""

    slug: ClassVar[str] = "withholding_lifted"
    title: ClassVar[str] = "该不予公开登记已经解除"

    def __init__(self) -> None:
        super().__init__("该登记已经解除，对象已恢复公开；需要再次不予公开的请重新登记。")


class ListNotKept(DomainError):
    """No text of the centre's regulation wants this list, and so there is none."""

    slug: ClassVar[str] = "list_not_kept"
    title: ClassVar[str] = "本中心不公布该清单"

    def __init__(self, regulation: str) -> None:
        super().__init__(f"本中心所适用的规章（{regulation}）没有公布准予决定的规定，不设该清单。")


def may_be_withheld(chapter: PublicityChapter, ground: Ground | None) -> Iterator[Finding]:
    """May something be kept from the public on that ground, or without one?"""
    if rule := chapter.withholding:
        grounds = rule.terms.grounds
        yield Finding.under(rule, met=ground in grounds, expected=tuple(grounds), actual=ground)


def may_be_pledged(chapter: PublicityChapter, elements: PledgeElements) -> Iterator[Finding]:
    """Does the pledge say all that the text wants made public?"""
    if rule := chapter.pledge:
        wanted = rule.terms.elements
        lacking = tuple(one for one in wanted if not elements.states(one))
        yield Finding.under(
            rule, met=not lacking, expected=tuple(wanted), actual=lacking, missing=lacking
        )
