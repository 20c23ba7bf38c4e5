"""Routes that only tests have: bodies to read, rights to check, errors to raise."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from app.api.deps import CallerDep, Now, RequestId, Today
from app.api.once import OnceDep
from app.api.security import Caller, requires
from app.api.wire import Day, Json, WireRoute
from app.domain.errors import DomainError

router = APIRouter(prefix="/probe", route_class=WireRoute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    __pydantic_config__: ClassVar = {"extra": "forbid"}
    name: str
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Every kind of leaf that a fact has, as a plain dataclass of the domain."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    on: date
    at: datetime | None = None
    count: int | None = None
    told: bool | None = None
    score: Decimal | None = None
    kind: Literal["instant", "promised"] | None = None
    conditions: dict[str, Literal["met", "unmet"]] | None = None
    first: Step | None = None
    steps: tuple[Step, ...] = ()
    rest: Any = None


@router.post("/facts")
async def take_facts(facts: Json[Facts], caller: CallerDep) -> dict[str, str]:
    return {"facts": repr(facts), "by": caller.subject}


@router.post("/facts:batch")
async def take_many_facts(facts: Json[list[Facts]], caller: CallerDep) -> dict[str, int]:
    return {"count": len(facts)}


@router.get("/days")
async def take_day(on: Day) -> dict[str, str]:
    return {"on": on.isoformat()}


@router.get("/now")
async def tell_now(now: Now, today: Today, request_id: RequestId) -> dict[str, str]:
    return {"now": now.isoformat(), "today": today.isoformat(), "request_id": request_id}


@router.get("/centres/{centre}")
async def see_centre(
    centre: UUID, caller: Annotated[Caller, requires("cases:read")]
) -> dict[str, str]:
    return {"client": caller.client}


@router.post("/centres/{centre}/acts")
async def act_once(centre: UUID, once: OnceDep, facts: Json[Facts]) -> dict[str, str]:
    return {"key": once.key, "operation": once.operation, "fingerprint": once.fingerprint.hex()}


class CaseChangedMeanwhile(DomainError):
    slug = "probe_changed_meanwhile"
    title = "办件已被他人修改"


def _driver_error(state: str) -> DBAPIError:
    refused = asyncpg.PostgresError()
    refused.sqlstate = state
    return OperationalError("UPDATE cases SET name = '张三'", {}, refused)


ERRORS: Final[dict[str, Callable[[], Exception]]] = {
    "unexpected": lambda: RuntimeError("身份证 11010519491231002X 张三"),
    "domain": lambda: CaseChangedMeanwhile("办件已被他人修改，身份证11010519491231002X"),
    "pool": lambda: PoolExhausted("QueuePool limit reached"),
    "lock": lambda: _driver_error("55P03"),
    "deadlock": lambda: _driver_error("40P01"),
    "down": lambda: ConnectionRefusedError(111, "refused"),
    "syntax": lambda: _driver_error("42601"),
}


@router.get("/fails/{how}")
async def fail(how: str) -> None:
    raise ERRORS[how]()


@router.get("/streams")
async def read_body_late(request: Request) -> dict[str, int]:
    return {"length": len(await request.body())}
