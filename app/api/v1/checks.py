"""Checks (检查): entered with what was found, followed up, and reported while they are open."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.api.deps import CalendarsInForce, RulebooksInForce, Today
from app.api.in_centre import InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.check import (
    CheckIn,
    CheckOut,
    CheckReportOut,
    ChecksOut,
    FollowUpIn,
    OpenFindingOut,
)
from app.api.v1.schemas.page import PageQuery, next_after
from app.api.wire import Day, Json
from app.db import centres, checks
from app.domain.errors import NotFound
from app.domain.organisation.check import (
    CheckFollowedUp,
    NotCheckedFromHere,
    check_day,
    open_findings,
)

router = APIRouter(tags=["组织机构"], route_class=WorkRoute)

CHECKS: Final = "/centres/{centre}/checks"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("organisation:write")]
OnDay = Annotated[Day | None, Query(description="截至哪一日；默认今日")]


@dataclass(frozen=True, slots=True)
class Law:
    """The day, and the texts and calendars that are loaded."""

    today: Today
    books: RulebooksInForce
    calendars: CalendarsInForce


@router.get(CHECKS, summary="检查", dependencies=READS)
async def list_checks(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[PageQuery, Query()]
) -> ChecksOut:
    """本中心登记的检查、发现的问题与整改，按登记先后。"""
    async with kept.engine.connect() as connection:
        found = await checks.listed(connection, centre.id, after=query.after, limit=query.limit)
    items = tuple(CheckOut.model_validate(each) for each in found)
    return ChecksOut(items=items, next=next_after(found, query.limit))


@router.get(
    "/centres/{centre}/check-report",
    summary="尚未整改的问题",
    dependencies=READS,
    responses=responses(409),
)
async def read_check_report(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    law: Annotated[Law, Depends()],
    on: OnDay = None,
) -> CheckReportOut:
    """截至某日尚未整改的问题，及其已历的工作日数。"""
    day = on or law.today
    async with kept.engine.connect() as connection:
        found = await checks.open_on(connection, centre.id, day)
    book = law.books.in_force(centre.on(day).regulation, day)
    calendar = law.calendars.of(book.calendar)
    still_open = open_findings(found, day, calendar)
    return CheckReportOut(
        on=day,
        provisional=calendar.provisional(day),
        open_findings=len(still_open),
        items=tuple(map(OpenFindingOut.of, still_open)),
    )


@router.post(
    CHECKS,
    summary="登记检查",
    status_code=201,
    response_model=CheckOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def enter_check(body: Json[CheckIn], here: InCentre) -> Response:
    """对本中心或直接下级中心的一次检查，及发现的问题。"""
    made = body.check(here.centre.id, by=here.work.caller.subject, today=here.on)
    here.work.subject = ("check", made.id)
    check_day(made.on, here.calendar)
    if made.at_centre_id != here.centre.id:
        place = await centres.below(here.connection, here.centre.id, made.at_centre_id)
        if not place:
            raise NotCheckedFromHere
    await checks.add(here.connection, made)
    facts = {
        "on": made.on.isoformat(),
        "at_centre_id": str(made.at_centre_id),
        "findings": len(made.findings),
    }
    await here.work.enter("entered", facts)
    return await here.work.answer(CheckOut.model_validate(made))


@router.post(
    CHECKS + "/{check_id}/findings/{number}/follow-up",
    summary="记录整改",
    status_code=201,
    response_model=CheckOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def follow_up_finding(
    check_id: UUID, number: int, body: Json[FollowUpIn], here: InCentre
) -> Response:
    """某一问题已经整改；该问题随之了结。"""
    here.work.subject = ("check", check_id)
    before = await checks.get(here.connection, here.centre.id, check_id)
    finding = next((each for each in before.findings if each.number == number), None)
    if finding is None:
        raise NotFound("问题", number)
    if finding.closed_on is not None:
        raise CheckFollowedUp(finding.closed_on)
    day = body.day(before.on, here.on)
    if not await checks.follow_up(here.connection, before, number, body.done, day):
        raise CheckFollowedUp(day)  # somebody was faster
    await here.work.enter("followed_up", {"number": number, "on": day.isoformat()})
    after = await checks.get(here.connection, here.centre.id, check_id)
    return await here.work.answer(CheckOut.model_validate(after))
