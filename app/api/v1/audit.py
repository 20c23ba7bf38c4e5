"""Audit (审计): the ledger of a centre, and that of the platform, for who may look into it."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import platform_requires, requires
from app.api.v1.schemas.audit import AuditOut, AuditQueryIn
from app.db.audit import listed
from app.domain.oversight.ledger import PLATFORM

router = APIRouter(tags=["审计"], dependencies=[requires("audit:read")])

Asked = Annotated[AuditQueryIn, Query()]


@router.get("/centres/{centre}/audit", summary="中心的审计", operation_id="list_audit")
async def list_audit(centre: VisibleCentre, kept: RepositoriesDep, query: Asked) -> AuditOut:
    """每次办理、每次拒绝各为一项，按入链位置，可按对象、行为人、行为与时间筛选。

    刚入账、尚未定序的（通常不到一秒）排在最后，本页放得下才列出，没有位置；以末项的 position
    续取，它们定序后即在其中，不会漏掉。
    """
    found = await listed(
        kept.engine, centre.id, query.asked(), after=query.after, limit=query.limit
    )
    return AuditOut.of(found, query.limit)


@router.get(
    "/audit",
    summary="平台的审计",
    operation_id="list_platform_audit",
    dependencies=[platform_requires("audit:read")],
)
async def list_platform_audit(kept: RepositoriesDep, query: Asked) -> AuditOut:
    """不属于任何中心的留痕，如日历的变动；仅限平台令牌。条件与分页同中心的审计。"""
    found = await listed(kept.engine, PLATFORM, query.asked(), after=query.after, limit=query.limit)
    return AuditOut.of(found, query.limit)
