"""Rectification (更正): a mistaken act on a case is set aside by a second person's counter-act."""

from functools import partial
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response

from app.api.openapi import responses
from app.api.security import authenticated, requires
from app.api.v1.case_desk import CASE, Desk, DeskHere, OnCase, Work
from app.api.v1.case_state import IdempotencyKey, IfMatch
from app.api.v1.schemas.case import ActOut
from app.api.v1.schemas.rectification import RectificationIn
from app.api.v1.straight import StraightRoute
from app.api.wire import Json
from app.db.case_record import record
from app.db.cases import Found
from app.domain.casework.case import Act
from app.domain.casework.rectification import rectify
from app.domain.errors import DomainError

router = APIRouter(tags=["办件"], route_class=StraightRoute, responses=responses(409, 412, 428))

DECIDES: Final = [requires("cases:decide")]


@router.post(
    CASE + "/rectification",
    summary="更正",
    status_code=201,
    response_model=ActOut,
    dependencies=DECIDES,
)
async def rectify_case(
    case_id: UUID,
    body: Json[RectificationIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """误登的一步由另一人更正：两步都留痕，环节与期限按其余各步重算；收件被更正的，办件作废。"""
    return await desk.carry_out(OnCase(case_id, key, if_match), partial(_weighed, desk, body))


async def _weighed(desk: Desk, said: RectificationIn, found: Found) -> Work:
    case = found.case
    entered = await record(desk.kept.engine, case)
    caller = await authenticated(desk.request)
    law, version = desk.law(case), desk.version()
    try:
        taken = rectify(case, said.mistake(caller.subject), entered, law, desk.now)
    except DomainError as refused:
        await desk.enter_refusal(case.id, Act.RECTIFY, refused)
        raise
    return Work(taken, law, None, version)
