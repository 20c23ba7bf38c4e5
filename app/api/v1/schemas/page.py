"""Pages (分页): what may be asked of a list, in the same words for every list."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MOST = 200
LAST_POSITION = 2**53 - 1  # the greatest whole number that every reader of JSON understands


class PageQuery(BaseModel):
    """A list in the order of ids."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=50, ge=1, le=MOST, description="每页最多几项")
    after: UUID | None = Field(default=None, description="上一页的 next；首页不填")


class EventsQuery(BaseModel):
    """A list in the order of positions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=50, ge=1, le=MOST, description="每页最多几项")
    after: int = Field(
        default=0, ge=0, le=LAST_POSITION, description="已读到的位置（上一页的 next）"
    )


class Identified(Protocol):
    """What can be listed by its id."""

    @property
    def id(self) -> UUID: ...


def next_after(found: Sequence[Identified], limit: int) -> UUID | None:
    """The cursor of the next page; there is none behind a page that is not full."""
    return found[-1].id if len(found) == limit else None
