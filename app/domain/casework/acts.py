"""Acts (办理行为): what is done to a case, what each act needs to be told, and what it changes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, ClassVar, Final
from unicodedata import normalize
from uuid import UUID

from app.domain.casework.acceptance import Channel, Form
from app.domain.casework.case import Act, Case, Deed, Under, Verdict
from app.domain.casework.case_facts import Exclusion, Extension, GreenChannel, Item
from app.domain.casework.favour import Favour
from app.domain.casework.limits import ExclusionKind
from app.domain.day import local_day
from app.domain.errors import DomainError
from app.domain.provision import Written

Changes = Mapping[str, Any]  # Any: each field of a case has its own type


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Deed):
    """收件: the application is taken in, under the text and with the limits of that day."""

    act: ClassVar[Act] = Act.RECEIVE
    item_id: UUID
    item: Item
    materials_complete: bool
    channel: Channel
    regulation: str
    edition: str
    digest: str
    national: bool
    calendar: str
    green_channel: GreenChannel | None = None
    outside_hall: bool = False
    department_id: UUID | None = None
    window_id: UUID | None = None
    favour: Favour | None = None

    def opens(self, papers: "Papers", at: datetime) -> Case:
        """The case that this receipt begins."""
        return Case(
            id=papers.id,
            centre_id=papers.centre_id,
            number=papers.number,
            item_id=self.item_id,
            item_name=papers.item_name,
            item=self.item,
            under=Under(
                regulation=self.regulation,
                edition=self.edition,
                digest=self.digest,
                national=self.national,
                calendar=self.calendar,
            ),
            channel=self.channel,
            reference=papers.reference,
            green_channel=self.green_channel,
            received_at=at,
            materials_complete_at=at if self.materials_complete else None,
            department_id=self.department_id,
            window_id=self.window_id,
        )

    def changes(self, case: Case, at: datetime) -> Changes:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What a case is called: it decides nothing, and the ledger does not repeat it."""

    id: UUID
    centre_id: UUID
    number: str
    item_name: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Deed):
    """一次性告知: everything that is missing, told at once.

    `contains` names what the paper says beside the corrections (`legal_basis`, `forms_sample` …),
    `materials` those that are demanded, by their names in the guide.
    """

    act: ClassVar[Act] = Act.NOTIFY
    form: Form
    channel: Channel
    corrections: tuple[str, ...]
    contains: tuple[str, ...] = ()
    materials: tuple[str, ...] | None = None

    def changes(self, case: Case, at: datetime) -> Changes:
        asked = tuple(dict.fromkeys((*case.corrections, *self.corrections)))
        return {
            "notified_at": case.notified_at or at,
            "notices": case.notices + 1,
            "corrections": asked,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Deed):
    """补正: the materials are complete."""

    act: ClassVar[Act] = Act.CORRECT

    def changes(self, case: Case, at: datetime) -> Changes:
        return {"materials_complete_at": at}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemedAcceptance(Deed):
    """视为受理: nobody answered in time. Time alone does it; the ledger is told later."""

    act: ClassVar[Act] = Act.DEEM_ACCEPTED
    last_day_to_answer: date

    def changes(self, case: Case, at: datetime) -> Changes:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(Deed):
    """受理: with the acceptance paper in that form, at that window."""

    act: ClassVar[Act] = Act.ACCEPT
    form: Form
    channel: Channel
    contains: tuple[str, ...] = ()
    window_id: UUID | None = None

    def changes(self, case: Case, at: datetime) -> Changes:
        return {"accepted_at": at}


@dataclass(frozen=True, slots=True, kw_only=True)
class NonAcceptance(Deed):
    """不予受理: with its reason, the remedies and, out of jurisdiction, the right authority."""

    act: ClassVar[Act] = Act.DECLINE
    form: Form
    channel: Channel
    in_jurisdiction: bool
    reason: str | None = None
    remedies: str | None = None
    competent_authority: str | None = None
    contains: tuple[str, ...] = ()

    def changes(self, case: Case, at: datetime) -> Changes:
        return {"declined_at": at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension(Deed):
    """特别程序开始: from the day `from_`, which does not count, until the case is resumed."""

    act: ClassVar[Act] = Act.SUSPEND
    kind: ExclusionKind
    from_: date
    announced_in_guide: bool
    applicant_told_in_writing: bool = False

    def changes(self, case: Case, at: datetime) -> Changes:
        if not local_day(case.received_at) <= self.from_ <= local_day(at):
            raise OutOfOrder("from", "须在收件之日与办理之日之间")
        begun = Exclusion(
            kind=self.kind,
            from_=self.from_,
            announced_in_guide=self.announced_in_guide,
            applicant_told_in_writing=self.applicant_told_in_writing,
        )
        return {"exclusions": (*case.exclusions, begun)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption(Deed):
    """特别程序结束: `to` is the last day that does not count."""

    act: ClassVar[Act] = Act.RESUME
    to: date

    def changes(self, case: Case, at: datetime) -> Changes:
        *earlier, running = case.exclusions
        if not (running.from_ or self.to) <= self.to <= local_day(at):
            raise OutOfOrder("to", "须在特别程序开始之日与办理之日之间")
        return {"exclusions": (*earlier, replace(running, to=self.to))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolongation(Deed):
    """延长: by so many working days, approved by a person of the centre."""

    act: ClassVar[Act] = Act.EXTEND
    days: int
    approver_id: UUID

    def changes(self, case: Case, at: datetime) -> Changes:
        already = case.extension.days or 0 if case.extension else 0
        return {"extension": Extension(days=already + self.days, approved_by=str(self.approver_id))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding(Deed):
    """决定: granted or denied; what is denied names its reason, its basis and the remedies."""

    act: ClassVar[Act] = Act.DECIDE
    verdict: Verdict
    reason: str | None = None
    basis: str | None = None
    remedies: str | None = None

    def changes(self, case: Case, at: datetime) -> Changes:
        return {"decided_at": at, "verdict": self.verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing(Deed):
    """盖章: the seal is put on the result, not on the paper of acceptance (敖汉旗 第三十一条)."""

    act: ClassVar[Act] = Act.SEAL

    def changes(self, case: Case, at: datetime) -> Changes:
        return {"sealed_at": at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Deed):
    """办结出件: the result leaves that window."""

    act: ClassVar[Act] = Act.COMPLETE
    window_id: UUID | None = None

    def changes(self, case: Case, at: datetime) -> Changes:
        return {"completed_at": at}


DEEDS: Final[Mapping[Act, type[Deed]]] = {
    deed.act: deed
    for deed in (
        Receipt,
        Notice,
        Correction,
        DeemedAcceptance,
        Acceptance,
        NonAcceptance,
        Suspension,
        Resumption,
        Prolongation,
        Deciding,
        Sealing,
        Completion,
    )
}


class OutOfOrder(DomainError):
    """A moment or a day that cannot be: in the future, or before what it follows."""

    slug = "out_of_order"
    title = "时间先后不可能成立"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}：{why}。")
        self.field = field


class PersonalValue(DomainError):
    """A free text holds what looks like somebody's number; the ledger keeps no such value."""

    slug = "personal_value"
    title = "文字中不得写入个人号码"

    def __init__(self, field: str) -> None:
        super().__init__(f"{field}：含有疑似身份证号或手机号，请改用材料或文书名称。")
        self.field = field


# As people write them: in one piece, or in groups of digits with a blank or a hyphen between.
_NUMBERS: Final = re.compile(
    r"""(?<![0-9A-Za-z])(?:
        \d{6}[\ -]?\d{8}[\ -]?\d{3}[\dXx] | [1-9]\d{14}
        | (?:\+?86[\ -]?)?1[3-9]\d(?:[\ -]?\d{4}){2}
    )(?![0-9A-Za-z])""",
    re.VERBOSE,
)


def refuse_personal_values(written: Written) -> None:
    """Raises PersonalValue where a free text holds an identity or mobile number, in digits of
    whatever width."""
    for field, text in _texts(written):
        if _NUMBERS.search(normalize("NFKC", text)):
            raise PersonalValue(field)


def _texts(written: Any) -> Iterator[tuple[str, str]]:  # Any: whichever dataclass of this file
    for field in fields(written):
        value = getattr(written, field.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                yield field.name, text
