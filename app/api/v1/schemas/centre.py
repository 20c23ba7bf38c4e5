"""Centres on the wire (政务服务中心): the centre, its items and people, whose names are masked."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.organisation.centre import Level, Person, Role

_MASK = "*"


class CentreOut(BaseModel):
    """一个政务服务中心。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str = Field(description="代码，可代替 id 用于地址", examples=["nanchang"])
    name: str
    level: Level = Field(description="county 县（区），township 乡镇（街道），village 村（社区）")
    region: str = Field(description="行政区划代码", examples=["360100"])
    regulation: str = Field(description="所适用规章的键", examples=["nanchang"])
    national: bool = Field(description="行政许可事项是否叠加国家法律层")


class CentresOut(BaseModel):
    """一页中心，按 id 排序。"""

    items: list[CentreOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class ItemOut(BaseModel):
    """一个政务服务事项及其时限（工作日）。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    kind: ItemKind = Field(description="instant 即办件，promised 承诺件")
    statutory_days: int | None = Field(description="法定时限（工作日）")
    promised_days: int | None = Field(description="承诺时限（工作日）")
    licence: bool = Field(description="是否行政许可事项")
    exclusions_in_guide: list[ExclusionKind] = Field(description="办事指南已公布的特别程序")


class ItemsOut(BaseModel):
    """一页事项，按 id 排序。"""

    items: list[ItemOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class PersonOut(BaseModel):
    """一名工作人员；姓名已脱敏。"""

    id: UUID
    name: str = Field(description="姓名，仅留首字", examples=["张*"])
    role: Role = Field(
        description="clerk 窗口工作人员，chief_representative 首席代表，"
        "window_head 窗口负责人，centre 中心管理人员"
    )

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(id=person.id, name=masked(person.name), role=person.role)


class PersonsOut(BaseModel):
    """一页工作人员，按 id 排序。"""

    items: list[PersonOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


def masked(name: str) -> str:
    """The first character and one star for each that follows; a single one is not shown."""
    return name[:1] + _MASK * (len(name) - 1) if len(name) > 1 else _MASK
