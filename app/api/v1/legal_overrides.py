"""Legal overrides (法律另有规定): a law that displaces a rule for an item, by day of receipt."""

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.item_desk import ReadingHere, keep
from app.api.v1.schemas.fee import EndIn
from app.api.v1.schemas.legal_override import (
    LegalOverrideIn,
    LegalOverrideOut,
    LegalOverridesOut,
    LegalOverridesQuery,
)
from app.api.v1.schemas.page import next_after
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import items, legal_overrides
from app.domain.casework.acts import refuse_personal_values
from app.domain.items.item import ServiceItem
from app.domain.items.legal_override import LegalOverride, check_limited, displaced, rows_of

router = APIRouter(tags=["事项与指南"], route_class=WorkRoute)

OVERRIDES: Final = "/centres/{centre}/items/{item_id}/legal-overrides"
OVERRIDE: Final = OVERRIDES + "/{override_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("items:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)


@router.get(OVERRIDES, summary="事项的法律另有规定", dependencies=READS)
async def list_legal_overrides(
    item_id: UUID, at: ReadingHere, query: Annotated[LegalOverridesQuery, Query()]
) -> LegalOverridesOut:
    """历次登记的法律另有规定；写明 `on` 的只列该日收件适用的。"""
    async with at.kept.engine.connect() as connection:
        await items.get(connection, at.centre.id, item_id)
        found = await legal_overrides.listed(
            connection, (at.centre.id, item_id), on=query.on, after=query.after, limit=query.limit
        )
    return LegalOverridesOut(
        items=tuple(map(LegalOverrideOut.model_validate, found)),
        next=next_after(found, query.limit),
    )


@router.get(OVERRIDE, summary="一项法律另有规定", dependencies=READS)
async def read_legal_override(
    item_id: UUID, override_id: UUID, at: ReadingHere, response: Response
) -> LegalOverrideOut:
    """所依的法律、所替换的条目、时限与起止之日。"""
    async with at.kept.engine.connect() as connection:
        found = await legal_overrides.get(connection, at.centre.id, item_id, override_id)
    response.headers["ETag"] = etag_of(found.version)
    return LegalOverrideOut.model_validate(found)


@router.post(
    OVERRIDES,
    summary="登记法律另有规定",
    status_code=201,
    response_model=LegalOverrideOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def enter_legal_override(
    item_id: UUID, body: Json[LegalOverrideIn], here: InCentre
) -> Response:
    """起止之日内收件的，时限依所写的法律，决定与时钟同时引用该法律与规章的条目。

    按收件之日适用：办件收件时所取的时限随办件到底，此前已收件的不受影响。起始日所适用的规章须有法律另有规定从其规定的条款；
    同一事项、同一条目在任何一日至多一项。即办件没有可替换的时限。
    """
    new = body.override(item_id)
    here.work.subject = ("legal_override", new.id)
    item = await items.lock(here.connection, here.centre.id, item_id)
    book = here.books.in_force(here.centre.on(new.since).regulation, new.since)
    displaced(book.time_limit, book.regulation, new)
    check_limited(item, new.since)
    await legal_overrides.enter(here.connection, here.centre.id, new, here.entered)
    return await _told(here, item, "entered", new)


@router.post(
    OVERRIDE + "/end",
    summary="终止法律另有规定",
    status_code=201,
    response_model=LegalOverrideOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def end_legal_override(
    item_id: UUID,
    override_id: UUID,
    body: Json[EndIn],
    here: InCentre,
    if_match: IfMatchVersion = None,
) -> Response:
    """写明早于原定的最后一日与理由：次日起收件的不再适用，已收件的仍依其收件时所取的时限。"""
    refuse_personal_values(body)
    here.work.subject = ("legal_override", override_id)
    item = await items.lock(here.connection, here.centre.id, item_id)
    override = await legal_overrides.get(here.connection, here.centre.id, item_id, override_id)
    check_version(override.version, if_match)
    ended = override.ended(body.until, body.reason)
    await legal_overrides.end(here.connection, here.centre.id, ended)
    return await _told(here, item, "ended", ended)


async def _told(
    here: CentreWork, item: ServiceItem, action: str, override: LegalOverride
) -> Response:
    """Enter what was done; the item is another one from here on, so that nobody who remembers it
    takes a case in by what held before."""
    await keep(here, replace(item, version=item.version + 1))
    book = here.books.in_force(here.centre.on(override.since).regulation, override.since)
    facts = {
        "item_id": str(item.id),
        "item_version": item.version + 1,
        "rule": override.rule,
        "limit_days": override.limit_days,
        "since": override.since.isoformat(),
        "until": override.until and override.until.isoformat(),
        "version": override.version,
    }
    await here.work.enter(action, facts, rows=rows_of(book.time_limit, override.rule))
    out = LegalOverrideOut.model_validate(override)
    return await here.answer(out, override, f"items/{item.id}/legal-overrides")
