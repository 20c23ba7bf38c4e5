"""Settings on the wire (中心设置): what a regulation leaves to the centre, with unit and value."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app.api.wire import Text
from app.db.ids import uuid7
from app.domain.day import SHANGHAI
from app.domain.organisation.setting import Setting, SettingVersion, Unit, Value
from app.domain.provision import Written


class _OneOfThree:
    """The annotation of a value that may be several things: what is none of them is one mistake."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.custom_error_schema(
            handler(source),
            custom_error_type="setting_value",
            custom_error_message="须为不超过 2147483647 的整数、文本或 null。",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingIn(Written):
    """一项设置，自 `since` 起；`unit` 须与该设置的单位一致，`value` 为 null 即不再设置。"""

    key: Annotated[Text, Field(max_length=60)]
    value: Annotated[Value | None, _OneOfThree()]
    unit: Unit
    since: date | None = None

    def version(self, centre_id: UUID, *, by: str, at: datetime, today: date) -> SettingVersion:
        """The value as it is entered."""
        return SettingVersion(
            centre_id=centre_id,
            id=uuid7(),
            key=self.key,
            value=self.value,
            since=self.since or today,
            entered_by=by,
            entered_at=at,
        )


class SettingVersionOut(BaseModel):
    """一项设置自某日起的取值。"""

    id: UUID
    key: str
    value: int | str | None
    unit: Unit
    since: date
    entered_by: str
    entered_at: datetime

    @classmethod
    def of(cls, version: SettingVersion, setting: Setting) -> Self:
        return cls(
            id=version.id,
            key=version.key,
            value=version.value,
            unit=setting.unit,
            since=version.since,
            entered_by=version.entered_by,
            entered_at=version.entered_at.astimezone(SHANGHAI),
        )


class SettingOut(BaseModel):
    """一项可以设置的内容，及其在所查之日的取值；未设置的为 null，没有默认值。"""

    key: str = Field(examples=["admonitions_min"])
    title: str = Field(examples=["多次批评教育的次数"])
    unit: Unit = Field(
        description="times 次，working_days 工作日，months 个月，hours 小时，minutes 分钟，"
        "percent 百分之，points 分，choice 选项"
    )
    choices: tuple[str, ...]
    least: int | None = Field(description="最小值（含）；选项为 null")
    most: int | None = Field(description="最大值（含）；选项为 null")
    rows: tuple[str, ...] = Field(description="把它留给中心的条目")
    asked: bool = Field(description="本中心所采用的规章是否留有此项")
    value: int | str | None
    since: date | None = Field(description="现值自此日起")

    @classmethod
    def of(cls, setting: Setting, regulation: str, version: SettingVersion | None) -> Self:
        number = not setting.choices
        return cls(
            key=setting.key,
            title=setting.title,
            unit=setting.unit,
            choices=setting.choices,
            least=setting.least if number else None,
            most=setting.most if number else None,
            rows=setting.rows,
            asked=setting.asked_by(regulation),
            value=version.value if version else None,
            since=version.since if version else None,
        )


class SettingsOut(BaseModel):
    """全部可以设置的内容，以及此前此后各版取值。"""

    on: date
    items: tuple[SettingOut, ...]
    versions: tuple[SettingVersionOut, ...] = Field(description="各版取值，按键与起日")
