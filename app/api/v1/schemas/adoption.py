"""Adoptions on the wire (采用): the regulation of a centre, since when, and what must be said."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.wire import Named, Text
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import SHANGHAI
from app.domain.organisation.adoption import Acknowledgement, Adoption
from app.domain.provision import Written
from app.domain.rulebook import Rulebook

Name = Annotated[Named, Field(max_length=100)]
Reason = Annotated[Text, Field(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementIn(Written):
    """确认知悉文本的状态而仍予采用：`by` 写职务或岗位，不写姓名。"""

    by: Name
    reason: Reason

    def said(self) -> Acknowledgement:
        """Raises PersonalValue."""
        refuse_personal_values(self)
        return Acknowledgement(by=self.by, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegulationIn(Written):
    """所采用的规章；`national` 为行政许可事项叠加国家法律层。"""

    regulation: Annotated[Text, Field(max_length=40)]
    national: bool = False
    acknowledgement: AcknowledgementIn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionIn(RegulationIn):
    """改采用另一规章，自 `since` 起；最早为次日。"""

    since: date


class AcknowledgementOut(BaseModel):
    """何人何故确认采用。"""

    model_config = ConfigDict(from_attributes=True)

    by: str
    reason: str


class AdoptionWarningOut(BaseModel):
    """采用时须知的一点，附条目。"""

    code: str = Field(examples=["effective_date_unknown"])
    message: str
    rows: tuple[str, ...] = Field(examples=[["aohan/48"]])
    article: str | None


class AdoptionOut(BaseModel):
    """一次采用，及其当日所据版本的提示。"""

    id: UUID
    regulation: str = Field(examples=["shapotou"])
    edition: str = Field(description="自该日起所据的版本")
    national: bool
    since: date
    applied_by_reference: bool = Field(description="规章规定参照执行的")
    acknowledgement: AcknowledgementOut | None
    entered_by: str
    entered_at: datetime
    warnings: tuple[AdoptionWarningOut, ...]

    @classmethod
    def of(cls, made: Adoption, book: Rulebook) -> Self:
        """The adoption with what its edition gives to consider on its first day."""
        validity = book.validity
        return cls(
            id=made.id,
            regulation=made.regulation,
            edition=book.edition,
            national=made.national,
            since=made.since,
            applied_by_reference=made.applied_by_reference,
            acknowledgement=made.acknowledgement
            and AcknowledgementOut.model_validate(made.acknowledgement),
            entered_by=made.entered_by,
            entered_at=made.entered_at.astimezone(SHANGHAI),
            warnings=tuple(
                AdoptionWarningOut(
                    code=caution.code,
                    message=caution.message,
                    rows=validity.rows if validity else (),
                    article=validity.article if validity else None,
                )
                for caution in book.cautions(made.since)
            ),
        )


class AdoptionsOut(BaseModel):
    """一页采用，按登记先后。"""

    items: tuple[AdoptionOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")
