"""Centre (政务服务中心): a hall or station, the regulation that governs it, and its people."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from app.domain.day import SHANGHAI, local_day
from app.domain.words import Word


class Level(Word):
    """层级."""

    COUNTY = "county", "县（区）级"
    TOWNSHIP = "township", "乡镇（街道）级"
    VILLAGE = "village", "村（社区）级"


class CentreType(Word):
    """What kind of place it is, for the texts that tell them apart (机构类型)."""

    COUNTY_HALL = "county_hall", "政务服务大厅"  # 也作政务服务中心
    TOWNSHIP_CENTRE = "township_centre", "乡镇（大社区）便民服务中心"
    VILLAGE_STATION = "village_station", "村便民服务站"
    COMMUNITY_STATION = "community_station", "社区（居）便民服务站"
    SPECIALISED_HALL = "specialised_hall", "专业服务大厅"


class Role(StrEnum):
    """What a person of a centre may stand for."""

    CLERK = "clerk"  # 窗口工作人员
    CHIEF_REPRESENTATIVE = "chief_representative"  # 首席代表
    WINDOW_HEAD = "window_head"  # 窗口负责人
    CENTRE = "centre"  # 中心管理人员


@dataclass(frozen=True, slots=True)
class Adopted:
    """The regulation that governs a centre from that day on."""

    since: date
    regulation: str
    national: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """`region` is the 行政区划代码; with `national` the 行政许可法 lies below the regulation.

    `adopted` is which regulation governs it from which day on, from the beginning of time; it is
    empty where that never changes. `regulation` and `national` are those of the day asked `on`.
    `sandbox_on` is the day that was set last for a centre which is a sandbox, None for all others.
    """

    id: UUID
    code: str
    name: str
    level: Level
    region: str
    regulation: str
    national: bool
    unit_type: CentreType | None = None
    parent_id: UUID | None = None
    version: int = 1
    adopted: tuple[Adopted, ...] = ()
    sandbox_on: date | None = None

    def moment(self, now: datetime) -> datetime:
        """Now, as it is here: in a sandbox the same time of day on the day that was set for it, as
        long as that day is still to come."""
        if self.sandbox_on is None or self.sandbox_on <= local_day(now):
            return now
        here = now.astimezone(SHANGHAI)
        return datetime.combine(self.sandbox_on, here.timetz())

    def on(self, day: date) -> Self:
        """The centre as it is governed on that day."""
        begun = [each for each in self.adopted if each.since <= day]
        if not begun:
            return self
        return replace(self, regulation=begun[-1].regulation, national=begun[-1].national)

    def governed_from(self, day: date) -> tuple[Adopted, ...]:
        """What governs it on that day, and what is to govern it later."""
        then = self.on(day)
        later = (each for each in self.adopted if each.since > day)
        return (Adopted(day, then.regulation, then.national), *later)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who that is for an act: `subject` is what the issuer of tokens calls this person, whose name
    is kept elsewhere, sealed."""

    id: UUID
    subject: str
    role: Role
