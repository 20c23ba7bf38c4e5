"""Setting (中心设置): what the texts leave to a centre, declared with its unit; nothing has a
default."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.words import Word

Value = int | str


class Unit(Word):
    """What the value of a setting is."""

    TIMES = "times", "次"
    WORKING_DAYS = "working_days", "工作日"
    MONTHS = "months", "个月"
    HOURS = "hours", "小时"
    MINUTES = "minutes", "分钟"
    PERCENT = "percent", "百分之"
    POINTS = "points", "分"
    CHOICE = "choice", "选项"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`rows` ask for it; `least` and `most` are included; `choices` where it is one."""

    key: str
    title: str
    unit: Unit
    rows: tuple[str, ...]
    least: int = 1
    most: int = 1000
    choices: tuple[str, ...] = ()

    def asked_by(self, regulation: str) -> bool:
        """Whether a row of that regulation leaves it to the centre."""
        return any(row.startswith(f"{regulation}/") for row in self.rows)


WARNING, STRICT = "warning", "strict"
CATALOGUE: Final = {
    setting.key: setting
    for setting in (
        Setting(
            key="admonitions_min",
            title="多次批评教育的次数",
            unit=Unit.TIMES,
            rows=("erdos-hitech/19.1.s1",),
            least=2,
        ),
        Setting(
            key="approval_head_mode",
            title="部门没有审批办主任时：warning 受理并提示，strict 不予受理",
            unit=Unit.CHOICE,
            rows=("shapotou/3.s2",),
            choices=(WARNING, STRICT),
        ),
        Setting(
            key="complaint_transfer_days",
            title="投诉及时移交的期限",
            unit=Unit.WORKING_DAYS,
            rows=("erdos-hitech/6.s2",),
        ),
        Setting(
            key="complaint_feedback_days",
            title="投诉及时反馈的期限",
            unit=Unit.WORKING_DAYS,
            rows=("erdos-hitech/6.s3", "shapotou/22"),
        ),
        Setting(
            key="forwarded_contact_days",
            title="上报事项尽快联系的期限",
            unit=Unit.WORKING_DAYS,
            rows=("erdos-hitech/14.4",),
        ),
        Setting(
            key="training_months",
            title="定期培训的间隔",
            unit=Unit.MONTHS,
            rows=("erdos-hitech/20", "shapotou/18", "nanchang/10"),
        ),
        Setting(
            key="rotation_notice_days",
            title="调换提前报送的期限",
            unit=Unit.WORKING_DAYS,
            rows=("shapotou/7",),
        ),
        Setting(
            key="rotation_report_days",
            title="调换后及时报送的期限",
            unit=Unit.WORKING_DAYS,
            rows=("shapotou/7", "aohan/20.s4"),
        ),
        Setting(
            key="leave_return_days",
            title="返岗及时销假的期限",
            unit=Unit.WORKING_DAYS,
            rows=("shapotou/12.2",),
        ),
        Setting(
            key="appointment_reply_days",
            title="预约及时答复的期限",
            unit=Unit.WORKING_DAYS,
            rows=("shapotou/12.7",),
        ),
        Setting(
            key="due_soon_days",
            title="临期预警的提前量",
            unit=Unit.WORKING_DAYS,
            rows=("shapotou/21",),
        ),
        Setting(
            key="bulletin_months",
            title="定期通报的间隔",
            unit=Unit.MONTHS,
            rows=("shapotou/21.s1",),
        ),
        Setting(
            key="item_submission_days",
            title="事项变动及时报送的期限",
            unit=Unit.WORKING_DAYS,
            rows=("aohan/7",),
        ),
        Setting(
            key="return_suggestion_days",
            title="建议退回后及时处理的期限",
            unit=Unit.WORKING_DAYS,
            rows=("aohan/25",),
        ),
        Setting(
            key="form_update_days",
            title="表格及时更新的期限",
            unit=Unit.WORKING_DAYS,
            rows=("aohan/33",),
        ),
        Setting(
            key="enquiry_feedback_days",
            title="咨询疑难及时反馈的期限",
            unit=Unit.WORKING_DAYS,
            rows=("tianya/11.4",),
        ),
        Setting(
            key="late_entry_minutes",
            title="各环节实时录入所容许的滞后",
            unit=Unit.MINUTES,
            rows=("nanchang/29",),
        ),
        Setting(
            key="assured_goals_percent",
            title="绩效考核中保证目标所占的比重",
            unit=Unit.PERCENT,
            rows=("nanchang/37",),
            least=0,
            most=100,
        ),
        Setting(
            key="pass_mark",
            title="绩效考核的达标分数",
            unit=Unit.POINTS,
            rows=("nanchang/42",),
        ),
        Setting(
            key="incident_report_hours",
            title="事故及时报告的期限",
            unit=Unit.HOURS,
            rows=("nanchang/46",),
        ),
    )
}
"""What a centre may set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingVersion:
    """The value from a day on; None: not set any more."""

    centre_id: UUID
    id: UUID
    key: str
    value: Value | None
    since: date
    entered_by: str
    entered_at: datetime


class SettingUnknown(DomainError):
    """Nobody asks for a setting of this name."""

    slug: ClassVar[str] = "setting_unknown"
    title: ClassVar[str] = "没有这项设置"

    def __init__(self) -> None:
        super().__init__(f"key：可填的设置为{'、'.join(CATALOGUE)}。")


class SettingWrong(DomainError):
    """A value that the setting cannot have."""

    slug: ClassVar[str] = "setting_wrong"
    title: ClassVar[str] = "设置的取值不合要求"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}：{why}。")
        self.field = field


class SettingTooSoon(DomainError):
    """What was decided before is not decided anew by a later setting."""

    slug: ClassVar[str] = "setting_too_soon"
    title: ClassVar[str] = "设置不溯及既往"

    def __init__(self, today: date) -> None:
        super().__init__(f"since：不得早于当日（{today}）。")


def check(key: str, value: Value | None, unit: Unit) -> Setting:
    """Raises SettingUnknown and SettingWrong. None takes the setting back."""
    setting = CATALOGUE.get(key)
    if setting is None:
        raise SettingUnknown
    if unit is not setting.unit:
        raise SettingWrong("unit", f"该设置的单位是{setting.unit.chinese}（{setting.unit}）")
    if value is None:
        return setting
    if setting.choices:
        if value not in setting.choices:
            raise SettingWrong("value", f"须为{'、'.join(setting.choices)}之一")
    elif not isinstance(value, int) or not setting.least <= value <= setting.most:
        raise SettingWrong("value", f"须为{setting.least}至{setting.most}的整数")
    return setting


def in_force(versions: Iterable[SettingVersion], on: date) -> dict[str, SettingVersion]:
    """The version of each key that holds on that day: the one that begins last, and of those of
    one day the one that was entered last."""
    begun = [each for each in versions if each.since <= on]
    return {each.key: each for each in sorted(begun, key=lambda each: (each.since, each.id))}
