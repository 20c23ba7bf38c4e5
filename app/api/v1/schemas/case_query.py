"""What is asked of lists of cases and of their acts (清单的条件): filters and pages."""

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from app.api.wire import Day
from app.db.case_list import Band, Cursor
from app.domain.casework.case import Stage


class CasesQuery(BaseModel):
    """清单的条件与分页。"""

    model_config = {"extra": "forbid", "frozen": True}

    band: Band | None = Field(default=None, description="期限状况")
    within: int | None = Field(
        default=None, ge=1, le=60, description="几个工作日以内为临期；band=due_soon 时必填"
    )
    stage: Stage | None = Field(default=None, description="所处环节")
    due_from: Day | None = Field(default=None, description="到期日不早于")
    due_to: Day | None = Field(default=None, description="到期日不晚于")
    limit: int = Field(default=50, ge=1, le=200, description="每页最多几项")
    after: str | None = Field(
        default=None,
        pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?_[0-9a-f-]{36}$",
        description="上一页的 next；首页不填",
    )

    @field_validator("after")
    @classmethod
    def _a_cursor(cls, after: str | None) -> str | None:
        try:
            Cursor.read(after or "_" + "0" * 32)
        except ValueError:
            raise PydanticCustomError("cursor_invalid", "this is no cursor of this list") from None
        return after

    count: str | None = Field(
        default=None, pattern="^exact$", description="exact 时另给总数（逐件计数，较慢）"
    )


class ActsQuery(BaseModel):
    """留痕的分页。"""

    model_config = {"extra": "forbid", "frozen": True}

    limit: int = Field(default=50, ge=1, le=200, description="每页最多几项")
    after: int = Field(default=0, ge=0, le=2**31 - 1, description="上一页的 next")
