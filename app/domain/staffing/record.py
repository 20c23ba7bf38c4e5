"""Staff record (人员记录): what is put on record of a posted person, and which side keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.day import ImpossibleFact
from app.domain.organisation.authority import GuardedAct
from app.domain.staffing.posting import Posting


class RecordKind(StrEnum):
    """Of what the record is: each belongs to one of the two sides that a person answers to."""

    DAILY = "daily"  # 日常管理
    BUSINESS = "business"  # 业务管理
    PERSONNEL = "personnel"  # 人事、工资、福利
    PERFORMANCE_PAY = "performance_pay"  # 绩效工资
    PARTY_RELATION = "party_relation"  # 组织关系转入


GUARD: Final[Mapping[RecordKind, GuardedAct]] = {
    RecordKind.DAILY: GuardedAct.RECORD_DAILY,
    RecordKind.BUSINESS: GuardedAct.RECORD_BUSINESS,
    RecordKind.PERSONNEL: GuardedAct.RECORD_PERSONNEL,
    RecordKind.PERFORMANCE_PAY: GuardedAct.RECORD_PERFORMANCE_PAY,
    RecordKind.PARTY_RELATION: GuardedAct.RECORD_PARTY_RELATION,
}
_AT_THE_POST: Final = frozenset({RecordKind.DAILY, RecordKind.BUSINESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRecord:
    """`day` is the day that it is of: of a transfer its own, of a pay any day of its month. `code`
    says in a word what it is; what is written beside it is kept sealed."""

    id: UUID
    posting_id: UUID
    kind: RecordKind
    code: str
    day: date


def check_day(record: StaffRecord, posting: Posting, on: date) -> None:
    """What has not happened yet is not on record, and the work at a post is of a day at the post.
    Raises ImpossibleFact."""
    if record.day > on:
        raise ImpossibleFact("day", "不能登记尚未到来的日期")
    if record.kind in _AT_THE_POST and not posting.runs_on(record.day):
        raise ImpossibleFact("day", "该日不在派驻期间")
