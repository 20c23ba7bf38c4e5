"""The coverage ledger on the wire (落实台账): every row with its place."""

from typing import Self

from pydantic import BaseModel, Field

from app.domain.coverage import Covered, Status
from app.domain.register import Kind


class CoveredRowOut(BaseModel):
    """一个条目：软件如何落实、由哪些操作、以哪些测试为证，或尚缺什么。"""

    row: str = Field(examples=["nanchang/8.s1"])
    article: str = Field(examples=["第八条"])
    kind: Kind
    capability: str
    summary: str
    status: Status
    served_by: tuple[str, ...] = Field(
        description="操作（operationId）", examples=[["rule_on_rotation"]]
    )
    tested_by: tuple[str, ...] = Field(description="标记了该条目的测试")
    reason: str = Field(description="由何执行；待建的尚缺什么；由人负责的为何")

    @classmethod
    def of(cls, found: Covered) -> Self:
        return cls(
            row=found.row.id,
            article=found.row.article,
            kind=found.row.kind,
            capability=found.row.capability,
            summary=found.row.summary,
            status=found.status or Status.PLANNED,
            served_by=found.served_by,
            tested_by=found.tested_by,
            reason=found.reason,
        )


class CoverageOut(BaseModel):
    """一部规章的全部条目，按文本顺序。"""

    rows: tuple[CoveredRowOut, ...]
