"""Organisation (组织机构): what the regulation asks a centre to have, and what of it is wanting."""

from typing import Annotated, Final

from fastapi import APIRouter, Query

from app.api.deps import RulebooksInForce, Today
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.gap import GapOut, GapsOut
from app.api.wire import Day
from app.db import appointments, departments, gaps, policies
from app.domain.organisation.gap import (
    approval_offices_wanting,
    offices_wanting,
    policies_wanting,
)

router = APIRouter(tags=["组织机构"], route_class=WorkRoute)

READS: Final = [requires("centres:read")]
OnDay = Annotated[Day | None, Query(description="查哪一日的；默认今日")]


@router.get("/centres/{centre}/gaps", summary="组织机构的缺口", dependencies=READS)
async def list_gaps(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    books: RulebooksInForce,
    today: Today,
    on: OnDay = None,
) -> GapsOut:
    """规章要求而该日没有的：应任命而无人在任的职务，应设而未设的审批处，应有而无施行中版本的制度。

    逐处引条款；已过期的制度、已离任的职务附其最后一日。
    """
    day = on or today
    book = books.in_force(centre.on(day).regulation, day)
    async with kept.engine.connect() as connection:
        place = await gaps.manned(connection, centre, day)
        appointed = await appointments.all_of(connection, centre.id)
        offices = await departments.all_offices(connection, centre.id)
        issued = await policies.of_a_kind(connection, centre.id)
    wanting = (
        *approval_offices_wanting(book.departments, place, offices),
        *offices_wanting(book.appointments, place, appointed),
        *policies_wanting(book.policies, place, issued),
    )
    return GapsOut(
        on=day,
        regulation=book.regulation,
        edition=book.edition,
        items=tuple(map(GapOut.of, wanting)),
    )
