"""Statistics on the wire (办件统计): the counts of a month, together and apart."""

from collections.abc import Iterable
from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.domain.organisation.window import WindowKind
from app.domain.oversight.statistics import (
    Cell,
    Counts,
    Month,
    by_department,
    by_window_kind,
    total,
)

_MONTH = Field(
    pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", description="年月", examples=["2025-10"]
)


class StatisticsQuery(BaseModel):
    """哪一月。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    month: str = _MONTH


class StatisticsPageQuery(PageQuery):
    """哪一月，逐页取。"""

    month: str = _MONTH


class CountsOut(BaseModel):
    """件数：前五项为该月内发生的，`overdue` 为该月到期、今日已逾期仍未办结的。"""

    model_config = ConfigDict(from_attributes=True)

    received: int = Field(description="收件；作废的不计")
    accepted: int = Field(description="出具受理凭证的；视为受理的不计")
    granted: int = Field(description="决定准予")
    denied: int = Field(description="决定不予")
    completed: int = Field(description="办结：规定以盖章为准的计盖章，其余计出件")
    overdue: int = Field(description="该月到期、今日已逾期仍未办结的")


class DepartmentCountsOut(BaseModel):
    """一个部门的件数；事项不属于部门的，`department_id` 为 null。"""

    department_id: UUID | None
    counts: CountsOut


class WindowKindCountsOut(BaseModel):
    """一类窗口收件的件数；收件时未记窗口的，`kind` 为 null。"""

    kind: WindowKind | None
    counts: CountsOut


class StatisticsOut(BaseModel):
    """一个中心一月的办件统计，分厅与专业大厅的在内。"""

    month: str
    as_of: date
    total: CountsOut
    by_department: tuple[DepartmentCountsOut, ...]
    by_window_kind: tuple[WindowKindCountsOut, ...]

    @classmethod
    def of(cls, month: Month, as_of: date, cells: Iterable[Cell]) -> Self:
        cells = tuple(cells)
        return cls(
            month=f"{month.first:%Y-%m}",
            as_of=as_of,
            total=counts_out(total(cells)),
            by_department=tuple(
                DepartmentCountsOut(department_id=id_, counts=counts_out(counts))
                for id_, counts in by_department(cells).items()
            ),
            by_window_kind=tuple(
                WindowKindCountsOut(kind=kind, counts=counts_out(counts))
                for kind, counts in by_window_kind(cells).items()
            ),
        )


class CentreStatisticsOut(BaseModel):
    """一个中心的合计。"""

    centre_id: UUID
    code: str
    name: str
    counts: CountsOut


class AllStatisticsOut(BaseModel):
    """各中心的合计，按中心的 id；试用（沙盒）中心不计。"""

    month: str
    as_of: date
    items: tuple[CentreStatisticsOut, ...]
    next: UUID | None


def counts_out(counts: Counts) -> CountsOut:
    """The counts as they are shown."""
    return CountsOut.model_validate(counts)
