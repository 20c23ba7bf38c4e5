"""Fees (收费): the standards that an item publishes, and every charge held against them."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.api.deps import Today
from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.public import PublicCentre, published
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.fee import (
    ChargeIn,
    ChargeOut,
    ChargesOut,
    ChargesQuery,
    EndIn,
    FeeIn,
    FeeOut,
    FeesOut,
    FeesQuery,
    PublicFeeOut,
    PublicFeesOut,
    PublicFeesQuery,
    ReversalIn,
    charge_out,
    fee_out,
    whole,
)
from app.api.v1.schemas.page import next_after
from app.api.versions import ChangedMeanwhile, IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import charges, fees
from app.db.charges import Charge
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact, check_planned
from app.domain.decision import Decision
from app.domain.errors import NotFound
from app.domain.items.fee import (
    Charged,
    ChargeReversed,
    Fee,
    FeeNotNamed,
    may_be_charged,
    may_be_published,
)
from app.domain.organisation.authority import GuardedAct
from app.domain.special_day import Revocation

router = APIRouter(tags=["收费与公开"], route_class=WorkRoute)

FEES: Final = "/centres/{centre}/items/{item_id}/fees"
CHARGES: Final = "/centres/{centre}/charges"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("items:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)


@router.get(FEES, summary="事项的收费标准", dependencies=READS)
async def list_fees(
    item_id: UUID,
    centre: VisibleCentre,
    kept: RepositoriesDep,
    query: Annotated[FeesQuery, Query()],
) -> FeesOut:
    """历次公布的标准与“不收费”的声明；写明 `on` 的只列该日有效的。"""
    await kept.items.get(centre.id, item_id)
    async with kept.engine.connect() as connection:
        found = await fees.listed(
            connection, (centre.id, item_id), on=query.on, after=query.after, limit=query.limit
        )
    items = tuple(FeeOut.model_validate(fee_out(each)) for each in found)
    return FeesOut(items=items, next=next_after(found, query.limit))


@router.get(FEES + "/{fee_id}", summary="一项收费标准", dependencies=READS)
async def read_fee(
    item_id: UUID, fee_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> FeeOut:
    """其依据、金额、缴交方式、收款方与起止之日。"""
    async with kept.engine.connect() as connection:
        fee = await fees.get(connection, centre.id, item_id, fee_id)
    response.headers["ETag"] = etag_of(fee.version)
    return FeeOut.model_validate(fee_out(fee))


@router.post(
    FEES,
    summary="公布收费标准",
    status_code=201,
    response_model=FeeOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def publish_fee(item_id: UUID, body: Json[FeeIn], here: InCentre) -> Response:
    """自起始日起公开；规章要求写明的依据、项目、标准、缴交方式缺项的不予公布。"""
    since, until = body.since or here.on, body.until
    new = Fee(id=uuid7(), item_id=item_id, terms=body.terms(), since=since, until=until)
    check_planned(since, until)
    here.work.subject = ("fee", new.id)
    await fees.lock_item(here.connection, here.centre.id, item_id)
    decision = here.judge("publish_fee", may_be_published(here.book.fees, new.terms))
    whole(new.terms)
    await fees.publish(here.connection, here.centre.id, new, here.entered)
    facts = {
        "item_id": str(item_id),
        "none": new.terms.none,
        "since": since.isoformat(),
        "until": until and until.isoformat(),
    }
    await here.work.enter("published", facts, rows=decision.rows)
    return await here.answer(fee_out(new), new, f"items/{item_id}/fees")


@router.post(
    FEES + "/{fee_id}/end",
    summary="终止收费标准",
    status_code=201,
    response_model=FeeOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def end_fee(
    item_id: UUID,
    fee_id: UUID,
    body: Json[EndIn],
    here: InCentre,
    if_match: IfMatchVersion = None,
) -> Response:
    """写明最后一日与理由，公布时定有最后一日的可以提前一次；该标准仍留存，已收的不受影响。"""
    refuse_personal_values(body)
    here.work.subject = ("fee", fee_id)
    fee = await fees.get(here.connection, here.centre.id, item_id, fee_id)
    check_version(fee.version, if_match)
    ended = fee.ended(body.until, body.reason)
    if not await fees.end(here.connection, here.centre.id, ended):
        raise ChangedMeanwhile(ended.version)
    facts = {"item_id": str(item_id), "until": body.until.isoformat()}
    await here.work.enter("ended", facts)
    return await here.answer(fee_out(ended), ended, f"items/{item_id}/fees")


@router.get(CHARGES, summary="收费登记", dependencies=READS)
async def list_charges(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[ChargesQuery, Query()]
) -> ChargesOut:
    """逐笔收费，已冲正的一并列出；可按事项或办件筛选。"""
    async with kept.engine.connect() as connection:
        found = await charges.listed(
            connection,
            centre.id,
            item_id=query.item_id,
            case_id=query.case_id,
            after=query.after,
            limit=query.limit,
        )
    items = tuple(ChargeOut.model_validate(charge_out(each)) for each in found)
    return ChargesOut(items=items, next=next_after(found, query.limit))


@router.get(CHARGES + "/{charge_id}", summary="一笔收费", dependencies=READS)
async def read_charge(
    charge_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> ChargeOut:
    """其事项、办件、标准、金额与收款方；冲正的写明何人、何时、为何。"""
    async with kept.engine.connect() as connection:
        charge = await charges.get(connection, centre.id, charge_id)
    response.headers["ETag"] = etag_of(charge.version)
    return ChargeOut.model_validate(charge_out(charge))


@router.post(
    CHARGES,
    summary="登记收费",
    status_code=201,
    response_model=ChargeOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def record_charge(body: Json[ChargeIn], here: InCentre) -> Response:
    """一笔收费：与收费之日有效的标准核对项目、金额与收款方，规章不允许的不予登记。"""
    charged, new_id = body.charged(here.on), uuid7()
    here.work.subject = ("charge", new_id)
    await here.entitled(GuardedAct.COLLECT_FEE)
    await _check_case(here, charged)
    decision = await _judged(here, charged)
    new = Charge(new_id, charged)
    await charges.enter(here.connection, here.centre.id, new, here.entered)
    facts = {
        "item_id": str(charged.item_id),
        "case_id": charged.case_id and str(charged.case_id),
        "fee_id": str(charged.fee_id),
        "amount": f"{charged.amount:.2f}",
        "payee": charged.payee.kind.value,
        "charged_on": charged.charged_on.isoformat(),
    }
    await here.work.enter("recorded", facts, rows=decision.rows)
    return await here.answer(charge_out(new), new, "charges")


@router.post(
    CHARGES + "/{charge_id}/reversal",
    summary="冲正收费",
    status_code=201,
    response_model=ChargeOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def reverse_charge(
    charge_id: UUID, body: Json[ReversalIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """误收的一笔予以冲正：原登记仍留存，应收的另行登记。"""
    refuse_personal_values(body)
    here.work.subject = ("charge", charge_id)
    charge = await charges.get(here.connection, here.centre.id, charge_id)
    check_version(charge.version, if_match)
    if charge.reversed:
        raise ChargeReversed
    by, at = here.entered
    reversal = Revocation(by=by, at=at, reason=body.reason)
    after = charge._replace(version=charge.version + 1, reversed=reversal)
    if not await charges.reverse(here.connection, here.centre.id, after):
        raise ChangedMeanwhile(after.version)
    await here.work.enter("reversed", {"amount": f"{charge.charged.amount:.2f}"})
    return await here.answer(charge_out(after), after, "charges")


@router.get("/public/centres/{centre}/fees", summary="公开的收费标准", response_model=PublicFeesOut)
async def list_public_fees(
    centre: PublicCentre,
    kept: RepositoriesDep,
    today: Today,
    request: Request,
    query: Annotated[PublicFeesQuery, Query()],
) -> Response:
    """公众免登录、免费查阅：各事项当日有效的收费依据、标准、缴交方式与收款方，或不收费。"""
    on = query.on or today
    async with kept.engine.connect() as connection:
        found = await fees.public(
            connection,
            centre.id,
            on=on,
            item_id=query.item_id,
            after=query.after,
            limit=query.limit,
        )
    items = tuple(map(PublicFeeOut.of, found))
    out = PublicFeesOut(on=on, items=items, next=next_after(found, query.limit))
    return published(request, out)


async def _judged(here: CentreWork, charged: Charged) -> Decision:
    """Raises what stands against the charge; where the text is silent, the fee has to be there."""
    await fees.lock_item(here.connection, here.centre.id, charged.item_id)
    of_item = (here.centre.id, charged.item_id)
    standing = await fees.listed(here.connection, of_item, on=charged.charged_on)
    decision = here.judge("record_charge", may_be_charged(here.book.fees, charged, standing))
    if charged.fee_id is None:
        raise FeeNotNamed
    if charged.fee_id not in {fee.id for fee in standing if not fee.terms.none}:
        raise NotFound("当日有效的收费标准", charged.fee_id)
    return decision


async def _check_case(here: CentreWork, charged: Charged) -> None:
    if charged.case_id is None:
        return
    of = await charges.item_of_case(here.connection, here.centre.id, charged.case_id)
    if of != charged.item_id:
        raise ImpossibleFact("case_id", "该办件办理的不是这一事项")
