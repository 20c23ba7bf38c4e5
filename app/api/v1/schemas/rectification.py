"""A rectification on the wire (更正报文): which act was a mistake and why, and how it is shown."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from app.api.wire import Text
from app.domain.casework.case import Act
from app.domain.casework.rectification import Mistake
from app.domain.provision import Written

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Reason = Annotated[Text, Field(max_length=1000)]
Document = Annotated[Text, Field(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationIn(Written):
    """更正：`act` 是留痕清单中误登那一步的序号（number），`document` 是据以更正的文书。"""

    act: Number
    reason: Reason
    document: Document | None = None

    def mistake(self, said_by: str) -> Mistake:
        """What this person says was a mistake."""
        return Mistake(number=self.act, reason=self.reason, document=self.document, said_by=said_by)


class SetAsideOut(BaseModel):
    """被更正而视为没有发生的一步：第几步、何种行为、由第几步更正。"""

    number: int
    act: Act
    by: int
