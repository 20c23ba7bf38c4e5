"""Legal day (法定日): the local date in Asia/Shanghai on which an instant falls."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

from app.domain.errors import DomainError

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1992


def local_day(instant: datetime) -> date:
    """The day in Asia/Shanghai: 2025-10-14T16:30Z is the 15th. Raises ImpossibleFact at the ends of
    the calendar."""
    try:
        return instant.astimezone(SHANGHAI).date()
    except OverflowError:
        raise ImpossibleFact("instant", "时刻超出可以计算的范围") from None


def check_planned(since: date, until: date | None) -> None:
    """Whether a period may be planned to end then; None goes on. Raises ImpossibleFact."""
    if until is not None and until < since:
        raise ImpossibleFact("until", f"起始日为{since}，最后一日不得早于它")


def check_last_day(since: date, until: date, planned: date | None = None) -> None:
    """Whether a period may end then: on the day before its first, it never held; earlier than
    planned, where its end was. Raises ImpossibleFact."""
    if planned is not None and until >= planned:
        raise ImpossibleFact("until", f"最后一日本为{planned}，终止须早于此日")
    if (since - until).days > 1:
        raise ImpossibleFact("until", f"起始日为{since}，最后一日不得早于其前一日")


class ImpossibleFact(DomainError):
    """A fact whose value cannot be: a negative number of days, an end before its beginning."""

    slug = "impossible_fact"
    title = "事实的取值不可能成立"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}：{why}。")
        self.field = field
        self.why = why
