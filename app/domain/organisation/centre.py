"""Centre (政务服务中心): a hall or station, the regulation that governs it, and its people."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Level(StrEnum):
    """层级."""

    COUNTY = "county"  # 县（区）级
    TOWNSHIP = "township"  # 乡镇（街道）级
    VILLAGE = "village"  # 村（社区）级


class Role(StrEnum):
    """What a person of a centre may stand for."""

    CLERK = "clerk"  # 窗口工作人员
    CHIEF_REPRESENTATIVE = "chief_representative"  # 首席代表
    WINDOW_HEAD = "window_head"  # 窗口负责人
    CENTRE = "centre"  # 中心管理人员


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """`region` is the 行政区划代码; with `national` the 行政许可法 lies below the regulation."""

    id: UUID
    code: str
    name: str
    level: Level
    region: str
    regulation: str
    national: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`subject` is what the issuer of tokens calls this person."""

    id: UUID
    subject: str
    name: str
    role: Role
