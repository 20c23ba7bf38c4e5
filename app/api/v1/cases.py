"""Cases (办件): taken in, moved by their acts, read, listed by due day, and proved day by day."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic_core import to_json

from app.api.openapi import responses
from app.api.security import requires
from app.api.v1.case_desk import CASE, CASES, DeskHere
from app.api.v1.case_state import IdempotencyKey, etag
from app.api.v1.schemas.case import (
    ActOut,
    CaseOut,
    CasesOut,
    ClockOut,
    ProofOut,
    ReceiptIn,
    RecordedActsOut,
)
from app.api.v1.schemas.case_query import ActsQuery, CasesQuery
from app.api.v1.schemas.case_view import (
    case_out,
    day_out,
    line_out,
    recorded_out,
    rectified_out,
)
from app.api.v1.schemas.ruling import ruling_out
from app.api.v1.straight import StraightRoute
from app.api.wire import Json
from app.db import ledger
from app.db.case_list import Band, CaseQuery, Cursor, counted, listed
from app.domain.casework.case_clock import (
    clock,
    proof_of,
)
from app.domain.errors import DomainError
from app.domain.law_of_case import counted_from_receipt
from app.domain.rulings import decide, question_named

router = APIRouter(tags=["办件"], route_class=StraightRoute)

READS: Final = [requires("cases:read")]
WRITES: Final = [requires("cases:write")]
TAKEN_IN: Final = responses(409)


class SettingMissing(DomainError):
    """The question needs a number that neither the text nor the caller gives."""

    slug = "setting_missing"
    title = "缺少所需的数值"

    def __init__(self, name: str) -> None:
        super().__init__(f"缺少 {name}：规定没有给出临期的天数，请在请求中写明。")


# The framework tries the routes in this order: the two that are asked most come first.
@router.get(CASE, summary="一个办件", response_model=CaseOut, dependencies=READS)
async def read_case(case_id: UUID, desk: DeskHere) -> Response:
    """此刻的办件：逾期未答复即视为受理的，读取时即如此显示，不待补记。"""
    case, law = await desk.read(case_id)
    return _answer(case_out(case, law, desk.now), etag(case, desk.now))


@router.post(
    CASES,
    summary="收件",
    status_code=201,
    response_model=ActOut,
    dependencies=WRITES,
    responses=TAKEN_IN,
)
async def receive_case(body: Json[ReceiptIn], desk: DeskHere, key: IdempotencyKey) -> Response:
    """收下申请：承诺时限、绿色通道当即按规定审查；办件注明所依的规章版本，自此按该版本计算。"""
    return await desk.receive(body, key)


@router.get(
    CASES, summary="办件清单", response_model=CasesOut, dependencies=READS, responses=responses(409)
)
async def list_cases(desk: DeskHere, query: Annotated[CasesQuery, Query()]) -> Response:
    """按（到期日，id）排序逐页取；`band` 按今日的期限状况筛选，临期是办理中的一部分。"""
    after = Cursor.read(query.after) if query.after else None
    asked = _asked(desk, query)
    engine, centre_id = desk.kept.engine, desk.centre.id
    found = await listed(engine, centre_id, asked, after=after, limit=query.limit)
    lines = [line_out(case, desk.law(case), desk.now) for case, _ in found]
    full = len(found) == query.limit
    total = await counted(engine, centre_id, asked) if query.count else None
    return _answer(
        {
            "items": lines,
            "next": str(Cursor(found[-1][1], found[-1][0].id)) if full else None,
            "count": total,
        }
    )


def _asked(desk: DeskHere, query: CasesQuery) -> CaseQuery:
    today = desk.now.date()
    soon_until: date | None = None
    books = desk.state.rulebooks
    if query.band is Band.DUE_SOON:
        if query.within is None:
            raise SettingMissing("within")
        book = books.in_force(desk.centre.on(today).regulation, today)
        calendar = desk.state.calendars.of(book.calendar)
        soon_until = calendar.add_working_days(today, query.within)
    return CaseQuery(
        today=today,
        from_receipt=counted_from_receipt(books),
        band=query.band,
        soon_until=soon_until,
        stage=query.stage,
        due_from=query.due_from,
        due_to=query.due_to,
    )


@router.get(
    CASE + "/clock",
    summary="办件时钟",
    response_model=ClockOut,
    dependencies=READS,
    responses=responses(409),
)
async def read_clock(case_id: UUID, desk: DeskHere) -> Response:
    """何时到期、依据哪些条目、是否逾期：与以相同事实提出的裁量问答一致。"""
    case, law = await desk.read(case_id)
    answer = clock(case, law, desk.now)
    book = desk.state.rulebooks.edition(law.regulation, law.edition)
    decision = decide(question_named("time-limit"), book, answer, desk.now.date())
    said = dict.fromkeys((*law.cautions, *decision.cautions))
    seen = case_out(case, law, desk.now)
    out = {
        "case_id": case.id,
        "version": case.version,
        "stage": seen["stage"],
        "standing": seen["standing"],
        "as_of": desk.now,
        "due_on": seen["due_on"],
        "rectified": seen["rectified"],
        "decision": ruling_out(replace(decision, cautions=tuple(said))),
    }
    return _answer(out, etag(case, desk.now))


@router.get(
    CASE + "/clock/proof",
    summary="期限逐日说明",
    response_model=ProofOut,
    dependencies=READS,
    responses=responses(409),
)
async def read_clock_proof(case_id: UUID, desk: DeskHere) -> Response:
    """从起算日（当日不计）到到期日的每一天：是否计入、为第几日、依据哪份放假通知，或因何不计。"""
    case, law = await desk.read(case_id)
    values = clock(case, law, desk.now).values
    days = proof_of(case, law, desk.now)
    out = {
        "case_id": case.id,
        "version": case.version,
        "as_of": desk.now,
        "starts_on": values.starts_on if values else None,
        "limit_days": values.limit_days if values else None,
        "due_on": values.due_on if values else None,
        "provisional": bool(values and values.provisional),
        "rectified": rectified_out(case),
        "days": [day_out(day) for day in days],
    }
    return _answer(out, etag(case, desk.now))


@router.get(
    CASE + "/acts", summary="办件的留痕", response_model=RecordedActsOut, dependencies=READS
)
async def list_acts(
    case_id: UUID, desk: DeskHere, query: Annotated[ActsQuery, Query()]
) -> Response:
    """每一步何时发生、何时登记、谁办理、依据哪些条目；被拒绝的行为不在其中。"""
    case, _ = await desk.read(case_id)
    found = await ledger.acts(
        desk.kept.engine, desk.centre.id, case_id, after=query.after, limit=query.limit
    )
    full = len(found) == query.limit
    return _answer(
        {
            "items": [recorded_out(entry, case.rectified) for entry in found],
            "next": found[-1].number if full else None,
        }
    )


def _answer(out: object, tag: str | None = None) -> Response:
    headers = {"ETag": tag} if tag else {}
    return Response(to_json(out), media_type="application/json", headers=headers)
