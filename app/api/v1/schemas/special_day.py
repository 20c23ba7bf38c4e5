"""Special days on the wire (特别日): what is entered with which document, and what it moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.api.v1.schemas.calendar import DayOut, NoticeOut
from app.api.v1.schemas.page import PageQuery
from app.api.wire import Text
from app.db.ids import uuid7
from app.db.recomputation import Tally, days_out
from app.domain.calendar import DayCount, Notice
from app.domain.casework.acts import refuse_personal_values
from app.domain.casework.recomputation import Moved
from app.domain.day import SHANGHAI, ImpossibleFact
from app.domain.provision import Written
from app.domain.special_day import SpecialDay, SpecialKind

MOST_DAYS: Final = 60
Name = Annotated[Text, Field(max_length=100)]
Title = Annotated[Text, Field(max_length=300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayIn(Written):
    """一日：`works` 与 `kind` 相符，只有调休上班为 true；放假使该年地方放假日齐全的，写明
    `completes_year`，此后不再提示该年未载入。"""

    on: date
    works: bool
    kind: SpecialKind
    name: Name
    completes_year: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIn(Written):
    """依据的文件；确实未见文号的，写明 `number_unknown`。"""

    title: Title
    number: Name | None = None
    number_unknown: bool = False
    issued_on: date | None = None

    def notice(self) -> Notice:
        """The document as a calendar names it. Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        if (self.number is None) is not self.number_unknown:
            raise ImpossibleFact(
                "document.number", "写明文号；确实未见文号的，写 number_unknown: true，二者居一"
            )
        return Notice(title=self.title, number=self.number, issued_on=self.issued_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDaysIn(Written):
    """同一份文件所定的若干日。"""

    days: Annotated[tuple[DayIn, ...], Field(min_length=1, max_length=MOST_DAYS)]
    document: DocumentIn

    def entered(self, jurisdiction: str, *, by: str, at: datetime) -> tuple[SpecialDay, ...]:
        """The days as entries of this place. Raises ImpossibleFact, PersonalValue."""
        document = self.document.notice()
        return tuple(self._entered(document, jurisdiction, by, at))

    def _entered(
        self, document: Notice, jurisdiction: str, by: str, at: datetime
    ) -> Iterator[SpecialDay]:
        for day in self.days:
            refuse_personal_values(day)
            yield SpecialDay(
                id=uuid7(),
                jurisdiction=jurisdiction,
                on=day.on,
                works=day.works,
                kind=day.kind,
                name=day.name,
                document=document,
                entered_by=by,
                entered_at=at,
                completes_year=day.completes_year,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationIn(Written):
    """撤销的理由。"""

    reason: Title


class SpecialDaysQuery(PageQuery):
    """登记的清单。"""

    include_revoked: bool = Field(default=False, description="是否也列出已撤销的")


class RevocationOut(BaseModel):
    """撤销：何人、何时、为何；登记仍留存，不再计入。"""

    by: str
    at: datetime
    reason: str


class SpecialDayOut(BaseModel):
    """一项登记。"""

    id: UUID
    jurisdiction: str = Field(description="CN或六位行政区划代码", examples=["360100"])
    on: date
    works: bool
    kind: SpecialKind = Field(
        description="closure 临时停办，festival 地方放假，makeup 地方调休上班"
    )
    name: str = Field(examples=["台风停办"])
    completes_year: bool
    document: NoticeOut
    entered_by: str
    entered_at: datetime
    revoked: RevocationOut | None

    @classmethod
    def of(cls, day: SpecialDay) -> Self:
        return cls.model_validate(_plain(day))


class SpecialDaysOut(BaseModel):
    """一页登记，按登记先后。"""

    items: tuple[SpecialDayOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class ChangedDayOut(SpecialDayOut):
    """一项登记，以及该日此前的性质：原已按全国通知放假的，由此可见。"""

    before: DayOut


class ListedDaysOut(BaseModel):
    """办件据以列出的日期。"""

    counts_from_on: date | None
    due_on: date | None
    silent_after_on: date | None = Field(description="至此日未答复即视为受理")


class MovedCaseOut(BaseModel):
    """期限变动的一件。"""

    centre_id: UUID
    case_id: UUID
    number: str
    version: int = Field(description="重算之后的版本")
    before: ListedDaysOut
    after: ListedDaysOut


class MovedCasesOut(BaseModel):
    """对未办结办件的重算；各件均留痕并发出事件。"""

    examined: int = Field(description="期限经过这些日子、已逐件查看的办件数")
    moved: int = Field(description="期限变动的办件数")
    unjudged: int = Field(description="无法计算、留待人工的办件数")
    complete: bool = Field(description="false：其余由后台任务在数秒后接着重算")
    first: tuple[MovedCaseOut, ...] = Field(description="前 100 件")


class CalendarChangedOut(BaseModel):
    """登记或撤销的结果；`dry_run` 的只作演示，什么也未写入。"""

    dry_run: bool
    change_id: UUID = Field(description="本次变动；办件留痕以此指明缘由")
    jurisdiction: str
    version: str = Field(description="变动之后日历数据的摘要")
    items: tuple[ChangedDayOut, ...]
    cases: MovedCasesOut


def changed_day_out(day: SpecialDay, before: DayCount) -> dict[str, Any]:
    """The entry with what the day was. Any: typed by ChangedDayOut."""
    return {**_plain(day), "before": _day_out(before)}


def moved_out(tally: Tally) -> dict[str, Any]:
    """How far the recomputation went. Any: typed by MovedCasesOut."""
    return {
        "examined": tally.examined,
        "moved": tally.moved,
        "unjudged": tally.unjudged,
        "complete": tally.complete,
        "first": [_moved_out(moved) for moved in tally.first],
    }


def _moved_out(moved: Moved) -> dict[str, Any]:  # Any: typed by MovedCaseOut
    return {
        "centre_id": moved.case.centre_id,
        "case_id": moved.case.id,
        "number": moved.case.number,
        "version": moved.case.version,
        "before": days_out(moved.deed.before),
        "after": days_out(moved.deed.after),
    }


def _plain(day: SpecialDay) -> dict[str, Any]:  # Any: typed by SpecialDayOut
    revoked = day.revoked
    return {
        "id": day.id,
        "jurisdiction": day.jurisdiction,
        "on": day.on,
        "works": day.works,
        "kind": day.kind,
        "name": day.name,
        "completes_year": day.completes_year,
        "document": _notice_out(day.document),
        "entered_by": day.entered_by,
        "entered_at": day.entered_at.astimezone(SHANGHAI),
        "revoked": revoked
        and {
            "by": revoked.by,
            "at": revoked.at.astimezone(SHANGHAI),
            "reason": revoked.reason,
        },
    }


def _day_out(day: DayCount) -> dict[str, Any]:  # Any: typed by DayOut
    return {
        "on": day.on,
        "working_day": day.counted,
        "why": day.why,
        "name": day.name,
        "notice": day.notice and _notice_out(day.notice),
    }


def _notice_out(notice: Notice) -> dict[str, Any]:  # Any: typed by NoticeOut
    return {"title": notice.title, "number": notice.number, "issued_on": notice.issued_on}
