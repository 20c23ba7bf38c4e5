"""Publicity (公开): pledges, what is withheld, granted decisions, and what has to be open."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.deps import Now, RegisterInForce, RulebooksInForce, Today
from app.api.in_centre import InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.public import PublicCentre, published
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.coverage import places
from app.api.v1.schemas.fee import EndIn
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.publicity import (
    DecisionPublishedOut,
    DecisionsPublishedOut,
    DecisionsQuery,
    DutyOut,
    LiftingIn,
    PledgeIn,
    PledgeOut,
    PledgesOut,
    PledgesQuery,
    PublicityOut,
    PublicPledgeOut,
    PublicPledgesOut,
    PublicPledgesQuery,
    WithholdingIn,
    WithholdingOut,
    WithholdingsOut,
    WithholdingsQuery,
    pledge_out,
    withholding_out,
)
from app.api.versions import ChangedMeanwhile, IfMatchVersion, check_version, etag_of
from app.api.wire import Day, Json
from app.db import fees, pledges, public_decisions, withholdings
from app.db.ids import uuid7
from app.db.public_decisions import Cursor, DecisionQuery
from app.db.repositories import Repositories
from app.domain.casework.acts import refuse_personal_values
from app.domain.casework.case_clock import end_of
from app.domain.day import SHANGHAI, check_planned, local_day
from app.domain.items.publicity import (
    ListNotKept,
    Pledge,
    Withholding,
    WithholdingLifted,
    may_be_pledged,
    may_be_withheld,
)
from app.domain.provision import Provision
from app.domain.register import Kind
from app.domain.rulebook import Rulebook
from app.domain.special_day import Revocation


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of the duties looks into."""

    kept: RepositoriesDep
    books: RulebooksInForce
    register: RegisterInForce
    today: Today


router = APIRouter(tags=["收费与公开"], route_class=WorkRoute)

PLEDGES: Final = "/centres/{centre}/pledges"
WITHHOLDINGS: Final = "/centres/{centre}/withholdings"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("items:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)
MOST_MISSING: Final = 100
_FIRST_DAY: Final = date(1949, 10, 1)  # no case is older


@router.get(PLEDGES, summary="服务承诺", dependencies=READS)
async def list_pledges(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[PledgesQuery, Query()]
) -> PledgesOut:
    """历次公布的服务承诺；写明 `on` 的只列该日有效的。"""
    async with kept.engine.connect() as connection:
        found = await pledges.listed(
            connection, centre.id, on=query.on, after=query.after, limit=query.limit
        )
    items = tuple(PledgeOut.model_validate(pledge_out(each)) for each in found)
    return PledgesOut(items=items, next=next_after(found, query.limit))


@router.get(PLEDGES + "/{pledge_id}", summary="一份服务承诺", dependencies=READS)
async def read_pledge(
    pledge_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> PledgeOut:
    """其各要素与起止之日。"""
    async with kept.engine.connect() as connection:
        pledge = await pledges.get(connection, centre.id, pledge_id)
    response.headers["ETag"] = etag_of(pledge.version)
    return PledgeOut.model_validate(pledge_out(pledge))


@router.post(
    PLEDGES,
    summary="公布服务承诺",
    status_code=201,
    response_model=PledgeOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def publish_pledge(body: Json[PledgeIn], here: InCentre) -> Response:
    """自起始日起公开；规章要求载明的要素缺项的不予公布。"""
    refuse_personal_values(body)
    elements = body.elements.elements()
    since, until = body.since or here.on, body.until
    new = Pledge(id=uuid7(), name=body.name, elements=elements, since=since, until=until)
    check_planned(since, until)
    here.work.subject = ("pledge", new.id)
    decision = here.judge("publish_pledge", may_be_pledged(here.book.publicity, elements))
    await pledges.publish(here.connection, here.centre.id, new, here.entered)
    facts = {"since": since.isoformat(), "until": until and until.isoformat()}
    await here.work.enter("published", facts, rows=decision.rows)
    return await here.answer(pledge_out(new), new, "pledges")


@router.post(
    PLEDGES + "/{pledge_id}/end",
    summary="终止服务承诺",
    status_code=201,
    response_model=PledgeOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def end_pledge(
    pledge_id: UUID, body: Json[EndIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """写明最后一日与理由，公布时定有最后一日的可以提前一次；该承诺仍留存备查。"""
    refuse_personal_values(body)
    here.work.subject = ("pledge", pledge_id)
    pledge = await pledges.get(here.connection, here.centre.id, pledge_id)
    check_version(pledge.version, if_match)
    ended = pledge.ended(body.until, body.reason)
    if not await pledges.end(here.connection, here.centre.id, ended):
        raise ChangedMeanwhile(ended.version)
    await here.work.enter("ended", {"until": body.until.isoformat()})
    return await here.answer(pledge_out(ended), ended, "pledges")


@router.get(WITHHOLDINGS, summary="不予公开的登记", dependencies=READS)
async def list_withholdings(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[WithholdingsQuery, Query()]
) -> WithholdingsOut:
    """哪些对象不在公开清单之列，理由为何；按登记先后。"""
    async with kept.engine.connect() as connection:
        found = await withholdings.listed(
            connection,
            centre.id,
            lifted_too=query.include_lifted,
            after=query.after,
            limit=query.limit,
        )
    items = tuple(WithholdingOut.model_validate(withholding_out(each)) for each in found)
    return WithholdingsOut(items=items, next=next_after(found, query.limit))


@router.get(WITHHOLDINGS + "/{withholding_id}", summary="一项不予公开的登记", dependencies=READS)
async def read_withholding(
    withholding_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> WithholdingOut:
    """其对象、理由，及何人何时解除。"""
    async with kept.engine.connect() as connection:
        found = await withholdings.get(connection, centre.id, withholding_id)
    response.headers["ETag"] = etag_of(found.version)
    return WithholdingOut.model_validate(withholding_out(found))


@router.post(
    WITHHOLDINGS,
    summary="登记不予公开",
    status_code=201,
    response_model=WithholdingOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def withhold(body: Json[WithholdingIn], here: InCentre) -> Response:
    """对象自此不在任何公开清单之列；规章限定理由的，无理由或理由不在其列的不予登记。"""
    refuse_personal_values(body)
    new = Withholding(
        id=uuid7(),
        kind=body.kind,
        resource_id=body.resource_id,
        ground=body.ground,
        reason=body.reason,
    )
    here.work.subject = ("withholding", new.id)
    await withholdings.require(here.connection, here.centre.id, body.kind, body.resource_id)
    decision = here.judge("withhold", may_be_withheld(here.book.publicity, body.ground))
    await withholdings.enter(here.connection, here.centre.id, new, here.entered)
    facts = {
        "kind": body.kind.value,
        "resource_id": str(body.resource_id),
        "ground": body.ground and body.ground.value,
    }
    await here.work.enter("entered", facts, rows=decision.rows)
    return await here.answer(withholding_out(new), new, "withholdings")


@router.post(
    WITHHOLDINGS + "/{withholding_id}/lifting",
    summary="解除不予公开",
    status_code=201,
    response_model=WithholdingOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def lift_withholding(
    withholding_id: UUID, body: Json[LiftingIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """对象恢复公开；登记仍留存。"""
    refuse_personal_values(body)
    here.work.subject = ("withholding", withholding_id)
    found = await withholdings.get(here.connection, here.centre.id, withholding_id)
    check_version(found.version, if_match)
    if found.lifted:
        raise WithholdingLifted
    by, at = here.entered
    lifting = Revocation(by=by, at=at, reason=body.reason)
    after = replace(found, version=found.version + 1, lifted=lifting)
    if not await withholdings.lift(here.connection, here.centre.id, after):
        raise ChangedMeanwhile(after.version)
    facts = {"kind": found.kind.value, "resource_id": str(found.resource_id)}
    await here.work.enter("lifted", facts)
    return await here.answer(withholding_out(after), after, "withholdings")


@router.get("/centres/{centre}/publicity", summary="应当公开的清单", dependencies=READS)
async def read_publicity(
    centre: VisibleCentre,
    asked: Annotated[Reading, Depends()],
    request: Request,
    on: Annotated[Day | None, Query(description="哪一日的情况，默认今日")] = None,
) -> PublicityOut:
    """所适用的规章要求公开什么、由哪些操作公开、还缺什么。"""
    day = on or asked.today
    book = asked.books.in_force(centre.regulation, day)
    editions = asked.books.editions(centre.regulation)
    cited = {row for provision in _about_publicity(book) for row in provision.rows}
    missing = await _missing(asked.kept, centre.id, book, day)
    items = tuple(
        DutyOut.of(found, missing.get(found.row.id))
        for found in places(request.app, editions, asked.register)
        if found.row.id in cited or (found.row.kind is Kind.PUBLISH and not found.row.children)
    )
    return PublicityOut(regulation=book.regulation, edition=book.edition, on=day, items=items)


@router.get(
    "/public/centres/{centre}/pledges",
    summary="公开的服务承诺",
    response_model=PublicPledgesOut,
)
async def list_public_pledges(
    centre: PublicCentre,
    kept: RepositoriesDep,
    today: Today,
    request: Request,
    query: Annotated[PublicPledgesQuery, Query()],
) -> Response:
    """公众免登录、免费查阅：承诺的内容、程序、标准、依据与监督方法。"""
    on = query.on or today
    async with kept.engine.connect() as connection:
        found = await pledges.public(
            connection, centre.id, on=on, after=query.after, limit=query.limit
        )
    items = tuple(PublicPledgeOut.model_validate(pledge_out(each)) for each in found)
    out = PublicPledgesOut(on=on, items=items, next=next_after(found, query.limit))
    return published(request, out)


@router.get(
    "/public/centres/{centre}/decisions",
    summary="公开的准予决定",
    response_model=DecisionsPublishedOut,
)
async def list_public_decisions(
    centre: PublicCentre,
    asked: Annotated[Reading, Depends()],
    now: Now,
    request: Request,
    query: Annotated[DecisionsQuery, Query()],
) -> Response:
    """公众免登录、免费查阅准予的决定，由近及远；不予许可的不在其列，不含证件号与电话。

    规章没有此项规定的中心不设该清单（404，写明缘由）。
    """
    book = asked.books.in_force(centre.regulation, asked.today)
    if book.publicity.decisions is None:
        raise ListNotKept(book.regulation)
    wanted = DecisionQuery(
        since=_begin_of(max(query.since or _FIRST_DAY, _FIRST_DAY)),
        until=now if query.until is None else _until(query.until, now),
        item_id=query.item_id,
        after=Cursor.read(query.after) if query.after else None,
    )
    async with asked.kept.engine.connect() as connection:
        found = await public_decisions.listed(connection, centre.id, wanted, limit=query.limit)
    last = found[-1] if len(found) == query.limit else None
    out = DecisionsPublishedOut(
        items=tuple(map(DecisionPublishedOut.of, found)),
        next=str(Cursor(last.decided_at, last.id)) if last else None,
    )
    return published(request, out)


def _about_publicity(book: Rulebook) -> Iterator[Provision[Any]]:  # Any: terms of every kind
    own = (book.publicity.withholding, book.publicity.decisions, book.publicity.pledge)
    yield from (rule for rule in (*own, book.fees.fields) if rule)


async def _missing(
    kept: Repositories, centre_id: UUID, book: Rulebook, on: date
) -> dict[str, tuple[str, ...]]:
    """What is not open yet, by row, as far as it is looked after here."""
    found: dict[str, tuple[str, ...]] = {}
    async with kept.engine.connect() as connection:
        if rule := book.publicity.pledge:
            holds = await pledges.any_holds(connection, centre_id, on)
            found |= dict.fromkeys(rule.rows, () if holds else ("pledge",))
        if priced := book.fees.fields:
            silent = await fees.items_without(
                connection, centre_id, on=on, after=None, limit=MOST_MISSING
            )
            found |= dict.fromkeys(priced.rows, tuple(map(str, silent)))
    if listed := book.publicity.decisions:
        found |= dict.fromkeys(listed.rows, ())
    return found


def _until(last: date, now: datetime) -> datetime:
    """The end of that day, or now where it is not over."""
    return now if last >= local_day(now) else end_of(last)


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)
