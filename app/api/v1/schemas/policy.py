"""Policies on the wire (制度): what is issued, by whom, in which versions, and what is wanting."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.wire import Day, Named, Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import SHANGHAI, ImpossibleFact, local_day
from app.domain.organisation.document import Document
from app.domain.organisation.policy import Policy, PolicyVersion
from app.domain.provision import Written

Title = Annotated[Named, Field(max_length=200)]
Address = Annotated[Text, Field(max_length=1000, pattern=r"^https?://\S+$")]
Sha256 = Annotated[Text, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIn(Written):
    """文件：只记出处，不存内容；`sha256` 与 `size`（字节）供核对。"""

    title: Title
    number: Title | None = None
    issued_on: date | None = None
    address: Address | None = None
    sha256: Sha256 | None = None
    size: Annotated[int, Field(ge=0)] | None = None

    def document(self) -> Document:
        """Raises PersonalValue."""
        refuse_personal_values(_Worded(title=self.title, number=self.number))
        return Document(
            title=self.title,
            number=self.number,
            issued_on=self.issued_on,
            address=self.address,
            sha256=self.sha256,
            size=self.size,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worded(Written):
    """What of a document a person wrote freely."""

    title: str
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersionIn(Written):
    """制度的一个版本：`issued_on` 印发，`since` 施行，`until` 为原定的最后一日。"""

    issued_on: date
    since: date
    until: date | None = None
    document: DocumentIn | None = None

    def version(self, number: int, *, by: str, at: datetime) -> PolicyVersion:
        """Raises ImpossibleFact, PersonalValue."""
        if self.until is not None and self.until < self.since:
            raise ImpossibleFact("until", f"不得早于施行之日 {self.since}")
        if self.issued_on > (today := local_day(at)):
            raise ImpossibleFact("issued_on", f"不得晚于今日 {today}，待印发之后再登记")
        return PolicyVersion(
            number=number,
            issued_on=self.issued_on,
            since=self.since,
            until=self.until,
            document=self.document.document() if self.document else None,
            entered_by=by,
            entered_at=at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyIn(Written):
    """登记制度及其首个版本；`kind` 写规章所要求的制度名称，其他制度不填；部门自己的写明部门。"""

    title: Title
    version: PolicyVersionIn
    kind: Title | None = None
    department_id: UUID | None = None

    def policy(self, centre_id: UUID, *, by: str, at: datetime) -> Policy:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        return Policy(
            centre_id=centre_id,
            id=uuid7(),
            kind=self.kind,
            title=self.title,
            department_id=self.department_id,
            versions=(self.version.version(1, by=by, at=at),),
        )


class PoliciesQuery(PageQuery):
    """制度的清单。"""

    on: Day | None = Field(default=None, description="按哪一日判断施行中的版本；默认今日")
    department_id: UUID | None = Field(default=None, description="只列该部门的")


class DocumentOut(BaseModel):
    """一份文件的出处。"""

    model_config = ConfigDict(from_attributes=True)

    title: str
    number: str | None
    issued_on: date | None
    address: str | None
    sha256: str | None
    size: int | None


class PolicyVersionOut(BaseModel):
    """制度的一个版本，自 `since` 至 `until`（含）施行。"""

    number: int
    issued_on: date
    since: date
    until: date | None = Field(description="原定的最后一日，或下一版本施行的前一日，取较早者")
    document: DocumentOut | None
    entered_by: str
    entered_at: datetime

    @classmethod
    def of(cls, version: PolicyVersion, until: date | None) -> Self:
        return cls(
            number=version.number,
            issued_on=version.issued_on,
            since=version.since,
            until=until,
            document=version.document and DocumentOut.model_validate(version.document),
            entered_by=version.entered_by,
            entered_at=version.entered_at.astimezone(SHANGHAI),
        )


class PolicyOut(BaseModel):
    """一项制度，及所查之日施行中的版本。"""

    id: UUID
    kind: str | None = Field(description="规章所要求的制度名称；其他制度为 null")
    title: str
    department_id: UUID | None
    version: int
    on: date
    in_force: PolicyVersionOut | None = Field(description="该日施行中的版本；没有为 null")
    versions: tuple[PolicyVersionOut, ...]

    @classmethod
    def of(cls, policy: Policy, on: date) -> Self:
        versions = tuple(PolicyVersionOut.of(*period) for period in policy.periods())
        now = policy.in_force(on)
        return cls(
            id=policy.id,
            kind=policy.kind,
            title=policy.title,
            department_id=policy.department_id,
            version=policy.version,
            on=on,
            in_force=versions[policy.versions.index(now)] if now else None,
            versions=versions,
        )


class PoliciesOut(BaseModel):
    """一页制度，按 id 排序。"""

    items: tuple[PolicyOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")
