"""Acts on cases (办理行为): each is a sub-resource of its case, written once, on a known state."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response

from app.api.openapi import responses
from app.api.security import requires
from app.api.v1.case_desk import CASE, Acting, DeskHere
from app.api.v1.case_state import IdempotencyKey, IfMatch
from app.api.v1.schemas.case import (
    AcceptanceIn,
    ActOut,
    CompletionIn,
    CorrectionIn,
    DecisionIn,
    ExtensionIn,
    NonAcceptanceIn,
    NoticeIn,
    ResumptionIn,
    SealIn,
    SuspensionIn,
)
from app.api.v1.straight import StraightRoute
from app.api.wire import Json

router = APIRouter(tags=["办件"], route_class=StraightRoute, responses=responses(409, 412, 428))

WRITES: Final = [requires("cases:write")]
DECIDES: Final = [requires("cases:decide")]


@router.post(
    CASE + "/notice",
    summary="一次性告知",
    status_code=201,
    response_model=ActOut,
    dependencies=WRITES,
)
async def give_notice(
    case_id: UUID,
    body: Json[NoticeIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """一次列全需要补正的内容；形式、内容、时间与次数按规定审查。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/correction",
    summary="补正齐全",
    status_code=201,
    response_model=ActOut,
    dependencies=WRITES,
)
async def correct_case(
    case_id: UUID,
    body: Json[CorrectionIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """申请人补齐材料，办件回到待受理。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/acceptance",
    summary="受理",
    status_code=201,
    response_model=ActOut,
    dependencies=WRITES,
)
async def accept_case(
    case_id: UUID,
    body: Json[AcceptanceIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """出具受理凭证；已视为受理的，受理日仍为收件日。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/non-acceptance",
    summary="不予受理",
    status_code=201,
    response_model=ActOut,
    dependencies=WRITES,
)
async def decline_case(
    case_id: UUID,
    body: Json[NonAcceptanceIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """不属本机关职权，或逾期未补正；须有理由、救济途径与有权机关。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/suspension",
    summary="进入特别程序",
    status_code=201,
    response_model=ActOut,
    dependencies=WRITES,
)
async def suspend_case(
    case_id: UUID,
    body: Json[SuspensionIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """听证、检验等八类程序期间不计时，限于规定所许。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/resumption",
    summary="特别程序结束",
    status_code=201,
    response_model=ActOut,
    dependencies=WRITES,
)
async def resume_case(
    case_id: UUID,
    body: Json[ResumptionIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """恢复计时，`to` 为不计时的最后一日。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/extension", summary="延长", status_code=201, response_model=ActOut, dependencies=WRITES
)
async def extend_case(
    case_id: UUID,
    body: Json[ExtensionIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """限于规定所许的天数与次数，须经批准。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/decision", summary="决定", status_code=201, response_model=ActOut, dependencies=DECIDES
)
async def decide_case(
    case_id: UUID,
    body: Json[DecisionIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """准予或不予。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/seal", summary="盖章", status_code=201, response_model=ActOut, dependencies=DECIDES
)
async def seal_case(
    case_id: UUID,
    body: Json[SealIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """在审批结果上加盖专用章；有的规定以此为办结之时。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))


@router.post(
    CASE + "/completion",
    summary="办结出件",
    status_code=201,
    response_model=ActOut,
    dependencies=DECIDES,
)
async def complete_case(
    case_id: UUID,
    body: Json[CompletionIn],
    desk: DeskHere,
    key: IdempotencyKey,
    if_match: IfMatch = None,
) -> Response:
    """结果出件；规定须盖章的，未盖章不得出件。"""
    return await desk.act(Acting(case_id, key, if_match, body, body.deed))
