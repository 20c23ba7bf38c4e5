"""Service item (政务服务事项): what people apply for, and the limits that its guide promises."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Final
from uuid import UUID

from app.domain.casework.approval_step import ApprovalStep
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.day import ImpossibleFact
from app.domain.errors import DomainError
from app.domain.organisation.credit_code import check_credit_code
from app.domain.words import Word

# GB/T 39046-2020 附录A.1: 00–10 and 20 are given; 11–19 and 21–99 belong to the provinces.
_TYPE: Final = re.compile(r"[0-9]{2}")
# 统一社会信用代码 18, 行使层级 1 (附录A.2), 基本编码 12. A province that has not gone over to this
# form keeps its own, which is not taken apart.
_IMPLEMENTATION: Final = re.compile(r"([0-9A-HJ-NPQRTUWXY]{18})([1-7])([0-9]{12})")
_IMPLEMENTATION_LENGTH: Final = 31
_LOCAL: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_BASIC: Final = re.compile(r"[0-9A-Za-z]{10}|[0-9A-Za-z]{12}")


class ItemStage(Word):
    """How far an item is."""

    DRAFT = "draft", "拟进"
    ACTIVE = "active", "在办"
    WITHDRAWN = "withdrawn", "已退出"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceItem:
    """Days are working days; `exclusions_in_guide` are the special procedures that the guide names.

    The national layer applies where the centre has it and the item is a licence (行政许可).
    `active_since` is unknown of an item that was there before items were entered one by one; a
    withdrawn item is applied for until the day before `withdrawn_on`. `flow` are the steps (流程)
    that are in force, `approval_steps` those of them that approve, where they are stated.
    """

    id: UUID
    name: str
    kind: ItemKind
    statutory_days: int | None
    promised_days: int | None
    licence: bool
    exclusions_in_guide: tuple[ExclusionKind, ...]
    stage: ItemStage = ItemStage.ACTIVE
    active_since: date | None = None
    withdrawn_on: date | None = None
    version: int = 1
    item_class: str | None = None
    type_code: str | None = None
    basic_code: str | None = None
    implementation_code: str | None = None
    department_id: UUID | None = None
    office_id: UUID | None = None
    flow: tuple[str, ...] = ()
    approval_steps: tuple[ApprovalStep, ...] = ()

    def open_on(self, on: date) -> bool:
        """Whether it can be applied for on that legal day."""
        if self.stage is ItemStage.DRAFT:
            return False
        begun = self.active_since is None or self.active_since <= on
        return begun and (self.withdrawn_on is None or on < self.withdrawn_on)

    @property
    def reduction_percent(self) -> Decimal | None:
        """How much shorter than the statutory limit the promise is, negative where it is longer:
        half-up to two places, None where there is nothing to compare."""
        if self.kind is ItemKind.INSTANT or self.promised_days is None or not self.statutory_days:
            return None
        return percent(self.statutory_days - self.promised_days, of=self.statutory_days)


def percent(part: int, *, of: int) -> Decimal:
    """Half-up to two places."""
    share = Decimal(part) * 100 / Decimal(of)
    return share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


class ItemNotActive(DomainError):
    """An application for an item that is not yet, or no longer, served."""

    slug: ClassVar[str] = "item_not_active"
    title: ClassVar[str] = "事项未在办"

    def __init__(self, item: ServiceItem, on: date) -> None:
        super().__init__(f"{on.isoformat()}不能受理本事项的申请：{_why_not(item)}")


def _why_not(item: ServiceItem) -> str:
    match item.stage:
        case ItemStage.DRAFT:
            return "事项尚在拟进，启用（activation）或进入审批完成之后方可收件。"
        case ItemStage.ACTIVE:
            since = item.active_since.isoformat() if item.active_since else "（不详）"
            return f"事项自{since}起启用。"
        case ItemStage.WITHDRAWN:
            day = item.withdrawn_on.isoformat() if item.withdrawn_on else "（不详）"
            return f"事项已于{day}退出，重新进入之后方可收件。"


def check_item(item: ServiceItem) -> None:
    """Whether the codes and limits fit together. Raises ImpossibleFact, CreditCodeWrong.

    The implementation code (实施编码) of 31 characters holds the credit code of the department, the
    exercise level and the basic code (基本编码), which is the item's own where that is given.
    """
    if item.type_code is not None and not _TYPE.fullmatch(item.type_code):
        raise ImpossibleFact("type_code", "事项类型是两位数字（GB/T 39046-2020 附录A.1）")
    if item.basic_code is not None and not _BASIC.fullmatch(item.basic_code):
        raise ImpossibleFact("basic_code", "基本编码为十位或十二位字母、数字")
    _check_implementation(item)
    if item.kind is ItemKind.INSTANT and item.promised_days:
        raise ImpossibleFact("promised_days", "即办件当场办结，没有承诺时限")
    if item.office_id is not None and item.department_id is None:
        raise ImpossibleFact("office_id", "审批办属于部门，请一并写明 department_id")


def _check_implementation(item: ServiceItem) -> None:
    code = item.implementation_code
    if code is None:
        return
    if not _LOCAL.fullmatch(code):
        raise ImpossibleFact("implementation_code", "实施编码为至多六十四位字母、数字与连字符")
    if len(code) != _IMPLEMENTATION_LENGTH or "-" in code:
        return
    parts = _IMPLEMENTATION.fullmatch(code)
    if parts is None:
        raise ImpossibleFact(
            "implementation_code",
            "三十一位的实施编码由统一社会信用代码十八位、行使层级一位（1–7）、基本编码十二位组成",
        )
    check_credit_code(parts[1])
    if item.basic_code is not None and item.basic_code != parts[3]:
        raise ImpossibleFact("implementation_code", "实施编码的末十二位与基本编码不一致")


class CodeTaken(DomainError):
    """A second item under one implementation code."""

    slug: ClassVar[str] = "item_code_taken"
    title: ClassVar[str] = "实施编码已有事项使用"

    def __init__(self) -> None:
        super().__init__("该实施编码已由本中心另一事项使用；请核对编码，或先让该事项退出。")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuery:
    """Which items are listed; None: all."""

    stage: ItemStage | None = None
    item_class: str | None = None
    department_id: UUID | None = None
