"""A case on the wire (办件报文): what is handed in with each act, and how a case is shown."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field

from app.api.v1.schemas.rectification import SetAsideOut
from app.api.v1.schemas.ruling import Nothing, RulingOut
from app.api.wire import Text
from app.db.cases import Found
from app.domain.casework.acceptance import Channel, Form
from app.domain.casework.acts import (
    Acceptance,
    Completion,
    Correction,
    Deciding,
    NonAcceptance,
    Notice,
    Prolongation,
    Resumption,
    Sealing,
    Suspension,
)
from app.domain.casework.case import Act, Deed, Stage, Verdict
from app.domain.casework.case_clock import Standing
from app.domain.casework.case_facts import Exclusion, GreenChannel, ItemKind, TimeLimitValues
from app.domain.casework.favour import Favour, GreenGround
from app.domain.casework.limits import ExclusionKind
from app.domain.casework.override import Override
from app.domain.day import local_day
from app.domain.element import Element
from app.domain.provision import Written

MOST_CORRECTIONS: Final = 100
MOST_DAYS: Final = 1000
Reference = Annotated[Text, Field(max_length=100)]
Said = Annotated[Text, Field(max_length=1000)]
Missing = Annotated[Text, Field(max_length=200)]
Corrections = Annotated[tuple[Missing, ...], Field(min_length=1, max_length=MOST_CORRECTIONS)]
Contents = Annotated[tuple[Element, ...], Field(max_length=len(Element))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptIn(Written):
    """收件：`received_at` 不填即此刻；以收件之日的现行文本与事项时限为准。`window_id` 是收件窗口，
    事项只有一个窗口的可以不填。`green_ground` 是走绿色通道的理由，`green_project` 是所登记的项目，
    写编号或名称；`full_agency` 由中心全程代办，`entrustment` 是申请人委托书的文号。"""

    item_id: UUID
    materials_complete: bool
    channel: Channel
    received_at: datetime | None = None
    green_channel: GreenChannel | None = None
    reference: Reference | None = None
    outside_hall: bool = False
    window_id: UUID | None = None
    green_ground: GreenGround | None = None
    green_project: Reference | None = None
    full_agency: bool = False
    entrustment: Reference | None = None
    override: Override | None = None

    @property
    def favour(self) -> Favour | None:
        """绿色通道与全程代办；都不要求的没有。"""
        green = self.green_channel is not None
        if not green and not self.full_agency:
            return None
        return Favour(
            green=green,
            ground=self.green_ground,
            project=self.green_project,
            full_agency=self.full_agency,
            entrustment=self.entrustment,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActIn(Written):
    """每个办理行为：`occurred_at` 不填即此刻，不得晚于此刻；补录的另记登记时刻。"""

    occurred_at: datetime | None = None
    override: Override | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeIn(ActIn):
    """一次性告知：`corrections` 一次列全，`contains` 是告知书写明的其他要素，`materials` 是所要求的
    材料在办事指南中的名称。"""

    form: Form
    channel: Channel
    corrections: Corrections
    contains: Contents = ()
    materials: Corrections | None = None

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return Notice(
            form=self.form,
            channel=self.channel,
            corrections=self.corrections,
            contains=self.contains,
            materials=self.materials,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionIn(ActIn):
    """补正：材料已经齐全。"""

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return Correction()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceIn(ActIn):
    """受理：`form` 是受理凭证的形式；`window_id` 不填即收件的窗口。"""

    form: Form
    channel: Channel
    contains: Contents = ()
    window_id: UUID | None = None

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return Acceptance(
            form=self.form,
            channel=self.channel,
            contains=self.contains,
            window_id=self.window_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NonAcceptanceIn(ActIn):
    """不予受理：不属本机关职权的指明有权机关；逾期未补正的 `in_jurisdiction` 为 true。"""

    form: Form
    channel: Channel
    in_jurisdiction: bool
    reason: Said | None = None
    remedies: Said | None = None
    competent_authority: Said | None = None
    contains: Contents = ()

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return NonAcceptance(
            form=self.form,
            channel=self.channel,
            in_jurisdiction=self.in_jurisdiction,
            reason=self.reason,
            remedies=self.remedies,
            competent_authority=self.competent_authority,
            contains=self.contains,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionIn(ActIn):
    """特别程序开始：`from` 当日起不计时，不填即办理之日；须在指南中告知或书面告知的依规定。"""

    kind: ExclusionKind
    from_: date | None = None
    applicant_told_in_writing: bool = False

    def deed(self, found: Found, at: datetime) -> Deed:
        return Suspension(
            kind=self.kind,
            from_=self.from_ or local_day(at),
            announced_in_guide=self.kind in found.announced,
            applicant_told_in_writing=self.applicant_told_in_writing,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumptionIn(ActIn):
    """特别程序结束：`to` 是不计时的最后一日，不填即办理之日。"""

    to: date | None = None

    def deed(self, _found: Found, at: datetime) -> Deed:
        return Resumption(to=self.to or local_day(at))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionIn(ActIn):
    """延长：工作日数与批准人。"""

    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    approver_id: UUID

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return Prolongation(days=self.days, approver_id=self.approver_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionIn(ActIn):
    """决定：准予或不予；不予的写明理由、依据与救济途径。"""

    verdict: Verdict
    reason: Said | None = None
    basis: Said | None = None
    remedies: Said | None = None

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return Deciding(
            verdict=self.verdict, reason=self.reason, basis=self.basis, remedies=self.remedies
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealIn(ActIn):
    """盖章：加盖于审批结果。"""

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return Sealing()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionIn(ActIn):
    """办结出件：`window_id` 不填即收件的窗口。"""

    window_id: UUID | None = None

    def deed(self, _found: Found, _at: datetime) -> Deed:
        return Completion(window_id=self.window_id)


class LegalLimitOut(BaseModel):
    """法律法规另行规定的时限（工作日）。"""

    law: str
    article: str | None
    days: int


class CaseItemOut(BaseModel):
    """收件时的事项及其时限（工作日）。"""

    id: UUID
    name: str
    kind: ItemKind
    statutory_days: int | None
    promised_days: int | None
    legal_limit: LegalLimitOut | None = Field(
        description="法律法规另有规定、优先于本规章的时限；没有的为空"
    )


class ExtensionOut(BaseModel):
    """已批准的延长（工作日）。"""

    days: int
    approver_id: UUID


class CaseOut(BaseModel):
    """办件：按读取之日所处的环节与期限；`version` 是已有的办理次数。"""

    id: UUID
    centre_id: UUID
    number: str = Field(examples=["NANCHANG-2026-00000001"])
    item: CaseItemOut
    regulation: str
    edition: str
    edition_digest: str
    national: bool
    channel: Channel
    reference: str | None
    department_id: UUID | None
    window_id: UUID | None
    stage: Stage
    standing: Standing
    version: int
    allowed: tuple[Act, ...]
    received_at: datetime
    materials_complete_at: datetime | None
    notified_at: datetime | None
    notices: int
    corrections: tuple[str, ...]
    accepted_at: datetime | None
    accepted_on: date | None
    deemed_accepted: bool
    declined_at: datetime | None
    exclusions: tuple[Exclusion, ...]
    extension: ExtensionOut | None
    green_channel: GreenChannel | None
    decided_at: datetime | None
    verdict: Verdict | None
    sealed_at: datetime | None
    completed_at: datetime | None
    rectified: tuple[SetAsideOut, ...]
    counts_from_on: date | None
    limit_days: int | None
    due_on: date | None
    working_days_left: int | None
    provisional: bool


class ActOut(BaseModel):
    """办理之后的办件，以及规定对该行为逐条的认定。"""

    case: CaseOut
    decision: RulingOut[Nothing]


class CaseLineOut(BaseModel):
    """清单中的一件。"""

    id: UUID
    number: str
    item_name: str
    stage: Stage
    standing: Standing
    version: int
    received_at: datetime
    due_on: date | None
    working_days_left: int | None


class CasesOut(BaseModel):
    """按（到期日，id）排序的一页；没有到期日的在最后。"""

    items: tuple[CaseLineOut, ...]
    next: str | None
    count: int | None


class ClockOut(BaseModel):
    """办件时钟：以办件自身的记录提问“何时到期”所得的答复。"""

    case_id: UUID
    version: int
    stage: Stage
    standing: Standing
    as_of: datetime
    due_on: date | None
    rectified: tuple[SetAsideOut, ...]
    decision: RulingOut[TimeLimitValues]


class NoticeRefOut(BaseModel):
    """放假通知。"""

    title: str
    number: str | None
    issued_on: date | None


class CountedDayOut(BaseModel):
    """期限中的一日：是否计入、为第几日、为什么。"""

    on: date
    counted: bool
    number: int | None
    why: str
    name: str | None
    notice: NoticeRefOut | None
    reason: str | None


class ProofOut(BaseModel):
    """从起算日（不计入）到到期日，逐日说明。"""

    case_id: UUID
    version: int
    as_of: datetime
    starts_on: date | None
    limit_days: int | None
    due_on: date | None
    provisional: bool
    rectified: tuple[SetAsideOut, ...]
    days: tuple[CountedDayOut, ...]


class RecordedActOut(BaseModel):
    """留痕中的一步：何时发生、何时登记、谁办理、依据哪些条目；`rectified_by` 是更正它的那一步。"""

    number: int
    act: Act
    rectifies: int | None
    rectified_by: int | None
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    client: str
    facts: dict[str, Any]  # Any: each act has facts of its own
    rows: tuple[str, ...]
    override: dict[str, str] | None
    request_id: str
    hash: str


class RecordedActsOut(BaseModel):
    """办件的全部办理行为，按序号。"""

    items: tuple[RecordedActOut, ...]
    next: int | None
