"""Centres on the wire (政务服务中心): the centre, and its items."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.adoption import AdoptionOut, Name, RegulationIn
from app.api.wire import Text
from app.db.ids import uuid7
from app.domain.organisation.centre import Centre, CentreType, Level
from app.domain.provision import Written

UNIT_TYPES: Final = (
    "county_hall 政务服务大厅，township_centre 乡镇（大社区）便民服务中心，"
    "village_station 村便民服务站，community_station 社区（居）便民服务站，"
    "specialised_hall 专业服务大厅"
)


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
    unit_type: CentreType | None = Field(description=UNIT_TYPES)
    parent_id: UUID | None = Field(description="直接上级中心")
    version: int
    sandbox_on: date | None = Field(description="沙箱的日期，早于当日的以当日计；不是沙箱的为 null")


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreIn(Written):
    """设立中心，并采用一部规章：区划代码县级6位、乡镇9位、村12位。

    `sandbox` 为 true 的是沙箱：其日期可以往后设，供接入方试用期限；设立之后不能改变。"""

    code: Annotated[Text, Field(pattern="^[a-z0-9-]{3,40}$")]
    name: Name
    level: Level
    region: Annotated[Text, Field(pattern="^[0-9]{6,12}$")]
    adoption: RegulationIn
    unit_type: CentreType | None = None
    parent_id: UUID | None = None
    sandbox: bool = False

    def centre(self, on: date) -> Centre:
        """The centre that is founded on that day."""
        return Centre(
            id=uuid7(),
            code=self.code,
            name=self.name,
            level=self.level,
            region=self.region,
            regulation=self.adoption.regulation,
            national=self.adoption.national,
            unit_type=self.unit_type,
            parent_id=self.parent_id,
            sandbox_on=on if self.sandbox else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreNameIn(Written):
    """中心的新名称。"""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTypeIn(Written):
    """中心的机构类型：设立时未写明的补上，写错的改正。"""

    unit_type: CentreType


class FoundedOut(BaseModel):
    """设立的中心及其首次采用。"""

    centre: CentreOut
    adoption: AdoptionOut


class CentresOut(BaseModel):
    """一页中心，按 id 排序。"""

    items: list[CentreOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxDayIn(Written):
    """沙箱此后的日期，只能往后。"""

    on: date


class SandboxDayOut(BaseModel):
    """沙箱的日期。"""

    centre_id: UUID
    on: date
    version: int
