"""People on the wire (工作人员): masked for whoever may read the centre, in full for a purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.api.wire import Text
from app.db.persons import KeptPerson
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.organisation.centre import Role
from app.domain.personal import PersonalData, PersonalField, id_number, masked, phone
from app.domain.provision import Written
from app.domain.staffing.record import RecordKind

_NOBODY: Final = "*"
Subject = Annotated[Text, Field(max_length=255, pattern=r"^\S+$")]
Name = Annotated[Text, Field(max_length=100)]
Number = Annotated[Text, Field(max_length=40)]
Reason = Annotated[Text, Field(max_length=300)]
Personal = Mapping[PersonalField, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonIn(Written):
    """一名工作人员；`subject` 是其令牌的主体（sub），不得是证件号或手机号。"""

    subject: Subject
    name: Name
    role: Role
    id_number: Number | None = None
    phone: Number | None = None

    def personal(self, on: date) -> Personal:
        """What is to be sealed, as it is kept. Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(replace(self, id_number=None, phone=None))
        given = {
            PersonalField.NAME: self.name,
            PersonalField.ID_NUMBER: self.id_number,
            PersonalField.PHONE: self.phone,
        }
        return _kept({field: value for field, value in given.items() if value is not None}, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionIn(Written):
    """更正：只写要改的；`removed` 为不再留存的项（姓名不能没有）。"""

    reason: Reason
    subject: Subject | None = None
    name: Name | None = None
    role: Role | None = None
    id_number: Number | None = None
    phone: Number | None = None
    removed: Annotated[tuple[PersonalField, ...], Field(max_length=2)] = ()

    def personal(self, on: date) -> Personal:
        """What is to be sealed anew, None where it is taken away. Raises ImpossibleFact,
        PersonalValue."""
        refuse_personal_values(replace(self, id_number=None, phone=None))
        given = {
            PersonalField.NAME: self.name,
            PersonalField.ID_NUMBER: self.id_number,
            PersonalField.PHONE: self.phone,
        }
        new = {field: value for field, value in given.items() if value is not None}
        if not self.fields():
            raise ImpossibleFact("name", "至少写明一项要更正或去掉的")
        if PersonalField.NAME in self.removed or new.keys() & set(self.removed):
            raise ImpossibleFact("removed", "姓名不能没有，同一项不能既改又去")
        return _kept(new, on) | dict.fromkeys(self.removed)

    def fields(self) -> list[str]:
        """The names of what changes, for the ledger."""
        given = ("subject", "name", "role", "id_number", "phone")
        changed = [name for name in given if getattr(self, name) is not None]
        return changed + [field.value for field in self.removed]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureIn(Written):
    """删除个人信息的理由。"""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureIn(Written):
    """查看未脱敏的个人信息：为何，哪几项；`records` 连同人员记录的内容。"""

    purpose: Reason
    fields: Annotated[tuple[PersonalField, ...], Field(min_length=1, max_length=3)]
    records: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIn(Written):
    """按证件号码或电话查找，二者居一。"""

    purpose: Reason
    id_number: Number | None = None
    phone: Number | None = None

    def sought(self, on: date) -> tuple[PersonalField, str]:
        """The field and the value as it is kept. Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(replace(self, id_number=None, phone=None))
        if self.id_number is not None and self.phone is None:
            return PersonalField.ID_NUMBER, id_number(self.id_number, on)
        if self.phone is not None and self.id_number is None:
            return PersonalField.PHONE, phone(self.phone)
        raise ImpossibleFact("id_number", "证件号码与电话二者居一")


def _kept(given: Mapping[PersonalField, str], on: date) -> dict[PersonalField, str | None]:
    return {field: _as_kept(field, value, on) for field, value in given.items()}


def _as_kept(field: PersonalField, value: str, on: date) -> str:
    match field:
        case PersonalField.NAME:
            if not value.strip():
                raise ImpossibleFact("name", "姓名不能是空白")
            return value.strip()
        case PersonalField.ID_NUMBER:
            return id_number(value, on)
        case PersonalField.PHONE:
            return phone(value)


class PersonOut(BaseModel):
    """一名工作人员；姓名已脱敏，已删除的为 *。"""

    id: UUID
    name: str = Field(description="姓名，仅留首字", examples=["张*"])
    role: Role = Field(
        description="clerk 窗口工作人员，chief_representative 首席代表，"
        "window_head 窗口负责人，centre 中心管理人员"
    )
    erased: bool = Field(description="个人信息已按请求删除")

    @classmethod
    def of(cls, kept: KeptPerson, data: PersonalData) -> Self:
        """Masked, whatever the data are."""
        return cls.model_validate(_plain(kept, masked(data)))


class PersonsOut(BaseModel):
    """一页工作人员，按 id 排序。"""

    items: list[PersonOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class FoundPersonsOut(BaseModel):
    """查找所得，已脱敏；没有则为空。"""

    items: list[PersonOut]


class PersonDetailOut(PersonOut):
    """一名工作人员，各项均已脱敏；未登记的为 null。"""

    id_number: str | None = Field(
        description="证件号码，留前三后四", examples=["110***********002X"]
    )
    phone: str | None = Field(description="联系电话，留前三后四", examples=["138****5678"])
    version: int


class NoteOut(BaseModel):
    """一条人员记录及其内容。"""

    id: UUID
    posting_id: UUID
    kind: RecordKind
    code: str
    day: date
    note: str | None


class DisclosureOut(BaseModel):
    """所请求的各项，未脱敏；未请求的与未登记的为 null。本次查看已记入审计。"""

    id: UUID
    subject: str
    name: str | None
    id_number: str | None
    phone: str | None
    records: list[NoteOut] | None = Field(description="最近的人员记录，最多 200 条")


def _plain(kept: KeptPerson, data: PersonalData) -> dict[str, object]:
    return {
        "id": kept.id,
        "name": data.name or _NOBODY,
        "role": kept.role,
        "erased": kept.erased_at is not None,
        "id_number": data.id_number,
        "phone": data.phone,
        "version": kept.version,
    }
