"""Gaps on the wire (缺口): what the regulation asks for and the centre has not, cited."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.domain.organisation.gap import Gap, GapKind


class GapOut(BaseModel):
    """一处缺口，附条目与条文。"""

    kind: GapKind = Field(description="office 任命，approval_office 审批处，policy 制度")
    name: str = Field(description="职务的代码，或制度的名称", examples=["liaison"])
    department_id: UUID | None = Field(description="缺口所在的部门；本中心自己的为 null")
    ended_on: date | None = Field(description="曾有而已终止的，其最后一日")
    summary: str
    rows: tuple[str, ...] = Field(examples=[["erdos-hitech/9"]])
    article: str

    @classmethod
    def of(cls, gap: Gap) -> Self:
        return cls(
            kind=gap.kind,
            name=gap.name,
            department_id=gap.department_id,
            ended_on=gap.ended_on,
            summary=gap.cited.summary,
            rows=gap.cited.rows,
            article=gap.cited.article,
        )


class GapsOut(BaseModel):
    """某日的缺口，按条款先后。"""

    on: date
    regulation: str
    edition: str
    items: tuple[GapOut, ...]
