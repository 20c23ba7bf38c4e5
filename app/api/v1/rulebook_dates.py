"""Effective dates (施行日期): entered, listed and revoked for texts that print none."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.api.deps import RulebooksInForce
from app.api.in_force import hold, in_turn
from app.api.openapi import responses
from app.api.place import RepositoriesDep
from app.api.security import platform_requires, requires
from app.api.uow import OnPlatform, Work, WorkRoute
from app.api.v1.schemas.effective_date import (
    EffectiveDateEnteredOut,
    EffectiveDateIn,
    EffectiveDateOut,
    EffectiveDatesOut,
    EffectiveDatesQuery,
    effective_date_out,
)
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.special_day import RevocationIn
from app.api.wire import Json
from app.db import effective_dates, reference
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.effective_date import EffectiveDate, EffectiveDateRevoked, check
from app.domain.special_day import Revocation

router = APIRouter(tags=["规章"], route_class=WorkRoute)

DATES: Final = "/rulebooks/{regulation}/effective-dates"
READS: Final = [requires("rulebooks")]
WRITES: Final = [platform_requires("rulebooks:write")]
ENTERED: Final = responses(409)
Regulation = Annotated[
    str, Path(description="规章的键", examples=["aohan"], min_length=1, max_length=64)
]


@router.get(DATES, summary="施行日期的登记", dependencies=READS)
async def list_effective_dates(
    regulation: Regulation,
    books: RulebooksInForce,
    kept: RepositoriesDep,
    query: Annotated[EffectiveDatesQuery, Query()],
) -> EffectiveDatesOut:
    """文本未载明、另行登记的施行日期，按登记先后。"""
    books.editions(regulation)
    async with kept.engine.connect() as connection:
        found = await effective_dates.listed(
            connection,
            regulation,
            revoked_too=query.include_revoked,
            after=query.after,
            limit=query.limit,
        )
    items = tuple(EffectiveDateOut.model_validate(effective_date_out(day)) for day in found)
    return EffectiveDatesOut(items=items, next=next_after(found, query.limit))


@router.post(
    DATES,
    summary="登记施行日期",
    status_code=201,
    response_model=EffectiveDateEnteredOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def enter_effective_date(
    regulation: Regulation, body: Json[EffectiveDateIn], work: OnPlatform
) -> Response:
    """为未载明日期的文本登记印发、批准或发布之日；该日之前的问答自此为不适用，注明所依条款。

    仅限平台令牌。文本自己载明日期的不予登记；同一版本只有一项有效登记。
    """
    document = body.document.notice()
    day = EffectiveDate(
        id=uuid7(),
        regulation=regulation,
        edition=body.edition,
        effective_from=body.effective_from,
        document=document,
        entered_by=work.caller.subject,
        entered_at=work.now,
    )
    work.subject = ("effective_date", day.id)
    held = await in_turn(work.request.app.state, work.uow.connection)
    book = held.rulebooks.edition(regulation, body.edition)
    check(book, body.effective_from, work.now.date())
    await effective_dates.enter(work.uow.connection, day)
    rows = book.validity.rows if book.validity else ()
    return await _made(work, held, day, ("entered", _fact(day), rows))


@router.post(
    DATES + "/{effective_date_id}/revocation",
    summary="撤销施行日期",
    status_code=201,
    response_model=EffectiveDateEnteredOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def revoke_effective_date(
    regulation: Regulation, effective_date_id: UUID, body: Json[RevocationIn], work: OnPlatform
) -> Response:
    """登记仍留存，不再适用；该版本的施行日期复为未载明。"""
    refuse_personal_values(body)
    work.subject = ("effective_date", effective_date_id)
    held = await in_turn(work.request.app.state, work.uow.connection)
    day = await effective_dates.get(work.uow.connection, regulation, effective_date_id)
    if day.revoked:
        raise EffectiveDateRevoked(day.effective_from)
    revocation = Revocation(by=work.caller.subject, at=work.now, reason=body.reason)
    await effective_dates.revoke(work.uow.connection, day, revocation)
    facts = {"regulation": regulation, "edition": day.edition, "reason": body.reason}
    return await _made(work, held, replace(day, revoked=revocation), ("revoked", facts, ()))


async def _made(
    work: Work,
    held: reference.Held,
    day: EffectiveDate,
    entered: tuple[str, Mapping[str, Any], tuple[str, ...]],  # Any: facts of each action's own
) -> Response:
    """Put what stands now in force, enter it, and answer."""
    after = await reference.now_in(work.uow.connection, held)
    await reference.put_in_force(work.uow.connection, after.version)
    work.afterwards(lambda: hold(work.request.app.state, after))
    action, facts, rows = entered
    await work.enter(action, facts, rows=rows)
    out = effective_date_out(day) | {"version": after.rulebooks.version}
    return await work.answer(out)


def _fact(day: EffectiveDate) -> Mapping[str, Any]:  # Any: JSON
    """The entry as the ledger keeps it, with its document."""
    issued_on = day.document.issued_on
    return {
        "regulation": day.regulation,
        "edition": day.edition,
        "effective_from": day.effective_from.isoformat(),
        "document": {
            "title": day.document.title,
            "number": day.document.number,
            "issued_on": issued_on and issued_on.isoformat(),
        },
    }
