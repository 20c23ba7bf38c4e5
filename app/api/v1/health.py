"""Health (存活与就绪): is the process alive, and can it do its work."""

from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.domain.errors import DomainError

Check = Callable[[], Awaitable[None]]

router = APIRouter(tags=["运维"])


class NotReady(DomainError):
    """Something that every request needs is not there yet."""

    slug = "not_ready"
    title = "服务尚未就绪"


class HealthOut(BaseModel):
    """The service is as asked: anything else is a problem."""

    status: Literal["ok"]


@router.get("/livez", summary="存活检查")
async def live() -> HealthOut:
    """进程在运行；不查数据库，无需令牌。"""
    return HealthOut(status="ok")


@router.get("/readyz", summary="就绪检查")
async def ready(request: Request) -> HealthOut:
    """数据库可用且库结构为本版本所需，否则 503；无需令牌。"""
    checks: tuple[Check, ...] = request.app.state.readiness
    for check in checks:
        await check()
    return HealthOut(status="ok")
