"""Facts of a case (办件事实) as far as its clock needs them, and the values that the clock gives
back."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.casework.limits import ExclusionKind
from app.domain.provision import Written


class ItemKind(StrEnum):
    """办件类型."""

    INSTANT = "instant"  # 即办件
    PROMISED = "promised"  # 承诺件


class Status(StrEnum):
    """Where the clock stands; being late is a status, never a refusal."""

    NOT_STARTED = "not_started"  # 未起算
    RUNNING = "running"  # 办理中
    DUE_TODAY = "due_today"  # 今日到期
    OVERDUE = "overdue"  # 逾期未办结
    COMPLETED_ON_TIME = "completed_on_time"  # 按时办结
    COMPLETED_LATE = "completed_late"  # 逾期办结


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalLimit(Written):
    """A limit that a law of its own sets (法律法规另有规定), in working days."""

    law: str | None = None
    article: str | None = None
    days: int | None = None

    def __str__(self) -> str:
        return f"{self.law or ''}{self.article or ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Written):
    """The item's limits, in working days. `legal_limit` displaces the promise where the text says
    that laws take precedence."""

    kind: ItemKind | None = None
    statutory_days: int | None = None
    promised_days: int | None = None
    legal_limit: LegalLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenChannel(Written):
    """The case goes through the green channel (绿色通道), with a limit of its own or the longest
    lawful one."""

    limit_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Written):
    """A special procedure: `from` and `to` are both days that do not count."""

    kind: ExclusionKind | None = None
    from_: date | None = None
    to: date | None = None
    announced_in_guide: bool | None = None
    applicant_told_in_writing: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Written):
    """An extension (延长) by so many working days, with the one who approved it."""

    days: int | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimitFacts(Written):
    """The facts of a case as far as its clock needs them."""

    item: Item | None = None
    received_at: datetime | None = None
    materials_complete_at: datetime | None = None
    notified_at: datetime | None = None
    accepted_at: datetime | None = None
    green_channel: GreenChannel | None = None
    exclusions: tuple[Exclusion, ...] | None = None
    extension: Extension | None = None
    decided_at: datetime | None = None
    sealed_at: datetime | None = None
    delivered_at: datetime | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimitValues:
    """`starts_on` is the anchor day, itself not counted; `working_days_left` is 0 on the due day,
    negative when late."""

    starts_on: date | None
    accepted_on: date | None
    deemed_accepted: bool
    limit_days: int | None
    due_on: date | None
    completed_on: date | None
    status: Status
    working_days_left: int | None
    archive_due_on: date | None
    provisional: bool
