"""Audit on the wire (审计): entries of the ledger with their seals, and what is asked of them."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic import ValidationInfo as Info
from pydantic_core import PydanticCustomError

from app.api.v1.schemas.page import LAST_POSITION, MOST
from app.api.wire import Instant
from app.db.audit import Audited, AuditQuery
from app.domain.day import SHANGHAI

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]


class AuditQueryIn(BaseModel):
    """Which entries are asked for; all that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject_kind: Word | None = Field(default=None, description="对象的种类", examples=["case"])
    subject_id: UUID | None = Field(default=None, description="对象的 id，如办件 id")
    actor: Name | None = Field(default=None, description="行为人（令牌的 sub）")
    action: Word | None = Field(
        default=None, description="行为，如 accept；refused 为被拒绝的", examples=["refused"]
    )
    since: Instant | None = Field(default=None, description="入账时刻不早于（含）")
    until: Instant | None = Field(default=None, description="入账时刻早于（不含）")
    limit: int = Field(default=50, ge=1, le=MOST, description="每页最多几项")
    after: int = Field(
        default=0, ge=0, le=LAST_POSITION, description="已读到的位置（上一页的 next）"
    )

    @field_validator("until")
    @classmethod
    def _a_period(cls, until: datetime | None, info: Info) -> datetime | None:
        since = info.data.get("since")
        if since is not None and until is not None and until < since:
            raise PydanticCustomError("period_reversed", "a period does not end before it begins")
        return until

    def asked(self) -> AuditQuery:
        """What is asked of the ledger, without the page."""
        return AuditQuery(**self.model_dump(exclude={"limit", "after"}))


class AuditEntryOut(BaseModel):
    """一项留痕及其封印；facts 只含编号、日期与字段名，不含个人信息。"""

    position: int | None = Field(
        description="在链上的位置，从 1 起连续无缺；刚入账、尚未定序的为 null"
    )
    id: UUID
    recorded_at: datetime = Field(description="入账时刻")
    occurred_at: datetime = Field(description="发生时刻")
    actor: str = Field(description="行为人（令牌的 sub）")
    client: str = Field(description="经由的客户端")
    action: str = Field(description="行为；refused 为被拒绝的", examples=["accept"])
    subject_kind: str = Field(description="对象的种类", examples=["case"])
    subject_id: UUID | None = Field(description="对象的 id")
    number: int | None = Field(description="在该对象上的序号；被拒绝的没有序号")
    facts: dict[str, Any]  # Any: each action has facts of its own
    rows: tuple[str, ...] = Field(description="所依据的条目")
    override: dict[str, Any] | None = Field(description="例外批准")  # Any: as for the facts
    request_id: str
    hash: str = Field(description="本项的 SHA-256")
    chained_hash: str | None = Field(
        description="SHA-256(前一项的 chained_hash, hash)；尚未定序的为 null"
    )

    @classmethod
    def of(cls, found: Audited) -> Self:
        entry = found.entry
        return cls(
            position=found.position,
            id=entry.id,
            recorded_at=entry.at.astimezone(SHANGHAI),
            occurred_at=entry.occurred_at.astimezone(SHANGHAI),
            actor=entry.actor,
            client=entry.client,
            action=entry.action,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            number=entry.number,
            facts=dict(entry.facts),
            rows=entry.rows,
            override=None if entry.override is None else dict(entry.override),
            request_id=entry.request_id,
            hash=found.hash.hex(),
            chained_hash=found.chained_hash.hex() if found.chained_hash else None,
        )


class AuditOut(BaseModel):
    """一页留痕，按位置；尚未定序的在最后。"""

    items: list[AuditEntryOut]
    next: int | None = Field(
        description="下一页的 after；暂无更多为 null，可用末项 position 再来取"
    )

    @classmethod
    def of(cls, found: list[Audited], limit: int) -> Self:
        """Only a page full of placed entries has another one behind it."""
        full = len(found) == limit and found[-1].position is not None
        return cls(
            items=[AuditEntryOut.of(each) for each in found],
            next=found[-1].position if full else None,
        )
