"""Special days (特别日): closures, festivals and make-up days are entered, listed and revoked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.api.in_force import hold, in_turn
from app.api.openapi import responses
from app.api.place import RepositoriesDep
from app.api.security import platform_requires, requires
from app.api.uow import OnPlatform, Work, WorkRoute
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.special_day import (
    CalendarChangedOut,
    RevocationIn,
    SpecialDayOut,
    SpecialDaysIn,
    SpecialDaysOut,
    SpecialDaysQuery,
    changed_day_out,
    moved_out,
)
from app.api.wire import Json
from app.calendars.load import place
from app.calendars.special import laid_over
from app.db import calendar_changes, reference, special_days
from app.db.case_rows import Writing
from app.db.ids import uuid7
from app.db.recomputation import Change, Reckoning, move_all
from app.domain.casework.acts import refuse_personal_values
from app.domain.special_day import (
    Revocation,
    SpecialDay,
    SpecialDayRevoked,
    check,
    places_above,
)

router = APIRouter(tags=["工作日历"], route_class=WorkRoute)

SPECIAL_DAYS: Final = "/calendars/{jurisdiction}/special-days"
READS: Final = [requires("calendars")]
WRITES: Final = [platform_requires("calendars:write")]
Jurisdiction = Annotated[
    str, Path(description="CN，或二、四、六位行政区划代码；所辖各级一并适用", examples=["360100"])
]
# Any: an OpenAPI document is free JSON.
ANSWERS: Final[Mapping[int | str, dict[str, Any]]] = {
    **responses(409),
    200: {"model": CalendarChangedOut, "description": "演示（dry_run）：什么也未写入"},
}
DryRun = Annotated[bool, Query(description="true 时只演示：给出重算前后的期限，什么也不写入")]


@router.get(SPECIAL_DAYS, summary="特别日的登记", dependencies=READS)
async def list_special_days(
    jurisdiction: Jurisdiction, kept: RepositoriesDep, query: Annotated[SpecialDaysQuery, Query()]
) -> SpecialDaysOut:
    """在该地适用的登记：本地的与其上各级的，按登记先后。"""
    async with kept.engine.connect() as connection:
        found = await special_days.listed(
            connection,
            places_above(place(jurisdiction)),
            revoked_too=query.include_revoked,
            after=query.after,
            limit=query.limit,
        )
    return SpecialDaysOut(
        items=tuple(SpecialDayOut.of(day) for day in found), next=next_after(found, query.limit)
    )


@router.post(
    SPECIAL_DAYS,
    summary="登记特别日",
    status_code=201,
    response_model=CalendarChangedOut,
    dependencies=WRITES,
    responses=dict(ANSWERS),
)
async def enter_special_days(
    jurisdiction: Jurisdiction,
    body: Json[SpecialDaysIn],
    work: OnPlatform,
    dry_run: DryRun = False,
) -> Response:
    """临时停办、地方放假或调休上班，附文件；期限经过这些日子的未办结办件当即重算，逐件留痕。

    仅限平台令牌。同一地区同一日只有一项有效登记；下级的登记先于上级的，登记先于已载入的放假安排。
    """
    changing = await _begun(work, place(jurisdiction), dry_run=dry_run)
    days = body.entered(changing.place, by=work.caller.subject, at=work.now)
    calendar = changing.held.calendars.of(changing.place)
    check(days, changing.standing, calendar, work.now.date())
    if not dry_run:
        await special_days.add(work.uow.connection, days)
    return await changing.made(
        "special_days_entered", days, (*changing.standing, *days), {"days": list(map(_fact, days))}
    )


@router.post(
    SPECIAL_DAYS + "/{special_day_id}/revocation",
    summary="撤销特别日",
    status_code=201,
    response_model=CalendarChangedOut,
    dependencies=WRITES,
    responses=dict(ANSWERS),
)
async def revoke_special_day(
    jurisdiction: Jurisdiction,
    special_day_id: UUID,
    body: Json[RevocationIn],
    work: OnPlatform,
    dry_run: DryRun = False,
) -> Response:
    """登记仍留存，不再计入；未办结办件当即重算。已按原登记记入留痕的视为受理不因此撤回。"""
    refuse_personal_values(body)
    changing = await _begun(work, place(jurisdiction), dry_run=dry_run)
    day = await special_days.get(work.uow.connection, changing.place, special_day_id)
    if day.revoked:
        raise SpecialDayRevoked(day.on)
    revocation = Revocation(by=work.caller.subject, at=work.now, reason=body.reason)
    if not dry_run:
        await special_days.revoke(work.uow.connection, day, revocation)
    rest = tuple(other for other in changing.standing if other.id != day.id)
    return await changing.made(
        "special_day_revoked",
        (replace(day, revoked=revocation),),
        rest,
        {"days": [_fact(day)], "reason": body.reason},
    )


@dataclass(frozen=True, slots=True)
class Changing:
    """A change of the calendar on its way: nobody else changes what is in force meanwhile."""

    work: Work
    id: UUID
    place: str
    standing: tuple[SpecialDay, ...]
    held: reference.Held  # what was in force when the turn came

    async def made(
        self,
        action: str,
        days: Sequence[SpecialDay],
        standing: Sequence[SpecialDay],
        facts: Mapping[str, Any],  # Any: JSON of the action's own shape
    ) -> Response:
        """Put what stands now in force, move the cases that pass these days, and answer."""
        work, state = self.work, self.work.request.app.state
        after = await asyncio.to_thread(laid_over, self.held.calendars, standing)
        found = reference.Held(self.held.rulebooks, after)
        change = Change(id=self.id, jurisdiction=self.place, first_day=min(day.on for day in days))
        by = Reckoning(
            books=found.rulebooks,
            calendars=after,
            writing=_writing(work, found.version),
        )
        if not work.rehearsed:
            await reference.put_in_force(work.uow.connection, by.writing.reference_version)
            await calendar_changes.enter(work.uow.connection, change, by)
            work.afterwards(lambda: hold(state, found))
        tally = await move_all(work.uow, change, by, rehearse=work.rehearsed)
        if not work.rehearsed:
            own = {"jurisdiction": self.place, "cases_moved": tally.moved, **facts}
            await work.enter(action, own)
        calendar = self.held.calendars.of(self.place)
        out = {
            "dry_run": work.rehearsed,
            "change_id": self.id,
            "jurisdiction": self.place,
            "version": after.version,
            "items": [changed_day_out(day, calendar.describe(day.on)) for day in days],
            "cases": moved_out(tally),
        }
        return await work.answer(out, status=200 if work.rehearsed else 201)


async def _begun(work: Work, at: str, *, dry_run: bool) -> Changing:
    """Take one's turn to change what is in force. Raises Busy where this process has not that."""
    change_id, connection, state = uuid7(), work.uow.connection, work.request.app.state
    work.subject = ("calendar", change_id)
    if dry_run:
        work.rehearse()
    held = await in_turn(state, connection)
    standing = await special_days.standing(connection)
    return Changing(work, change_id, at, standing, held)


def _writing(work: Work, version: str) -> Writing:
    return Writing(
        actor=work.caller.subject,
        client=work.caller.client,
        request_id=work.request_id,
        recorded_at=work.now,
        reference_version=version,
    )


def _fact(day: SpecialDay) -> Mapping[str, Any]:  # Any: JSON
    """The day as the ledger keeps it, with its document."""
    issued_on = day.document.issued_on
    return {
        "id": str(day.id),
        "on": day.on.isoformat(),
        "works": day.works,
        "kind": day.kind.value,
        "name": day.name,
        "completes_year": day.completes_year,
        "document": {
            "title": day.document.title,
            "number": day.document.number,
            "issued_on": issued_on and issued_on.isoformat(),
        },
    }
