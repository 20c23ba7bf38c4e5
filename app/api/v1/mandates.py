"""Mandates (行政委托书): granted by a department, filed, published; may the window decide?"""

from dataclasses import fields, replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.api.deps import RulebooksInForce, Today
from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.public import PublicCentre, published
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.postings import entered
from app.api.v1.schemas.mandate import (
    CoverageQuery,
    CoverageValues,
    FilingIn,
    MandateIn,
    MandateOut,
    MandatesOut,
    MandatesQuery,
    PaperIn,
    PublicMandatesOut,
    RevocationIn,
    public,
)
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.ruling import RulingOut, ruling_out
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Day, Json
from app.db import departments, mandates, windows
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.judging import judged
from app.domain.organisation.authority import GuardedAct
from app.domain.organisation.department import DepartmentNotAtCentre
from app.domain.organisation.document import Document
from app.domain.organisation.mandate import (
    Mandate,
    Wanted,
    check_filing,
    check_revocation,
    check_written,
    counting_on,
    covers,
)

router = APIRouter(tags=["人员"], route_class=WorkRoute)

MANDATES: Final = "/centres/{centre}/mandates"
MANDATE: Final = MANDATES + "/{mandate_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("people:write")]
_CHANGED: Final = responses(409, 412, 428)
_MOST: Final = 10_000


@router.get(MANDATES, summary="行政委托书", dependencies=READS)
async def list_mandates(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[MandatesQuery, Query()]
) -> MandatesOut:
    """按部门或事项筛选；按登记先后、逐页取。"""
    of = {"department_id": query.department_id, "item_id": query.item_id}
    async with kept.engine.connect() as connection:
        found = await mandates.listed(
            connection, centre.id, of=of, after=query.after, limit=query.limit
        )
    return MandatesOut(
        items=[MandateOut.model_validate(each) for each in found],
        next=next_after(found, query.limit),
    )


@router.post(
    MANDATES,
    summary="登记行政委托书",
    status_code=201,
    response_model=MandateOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def grant_mandate(body: Json[MandateIn], here: InCentre) -> Response:
    """部门书面授权其窗口：事项、权限与期间；规定须备案的，自备案之日起才算。"""
    new = Mandate(
        id=uuid7(),
        department_id=body.department_id,
        window_id=body.window_id,
        item_ids=tuple(dict.fromkeys(body.item_ids)),
        powers=tuple(dict.fromkeys(body.powers)),
        since=body.since,
        until=body.until,
        signed_on=body.signed_on,
        document=_paper(body.document),
    )
    here.work.subject = ("mandate", new.id)
    check_written(new)
    await _check_place(here, new)
    await mandates.check_items(here.connection, here.centre.id, new.item_ids, new.department_id)
    await mandates.add(here.connection, here.centre.id, new, entered(here))
    facts = {
        "department_id": str(new.department_id),
        "item_ids": [str(each) for each in new.item_ids],
        "powers": [power.value for power in new.powers],
        "since": new.since.isoformat(),
        "until": new.until and new.until.isoformat(),
        "signed_on": new.signed_on.isoformat(),
        "edition": here.book.edition,
    }
    await here.work.enter("granted", facts)
    return await _answered(here, new)


@router.get(
    MANDATES + "/coverage",
    summary="窗口有无授权",
    dependencies=READS,
    response_model=RulingOut[CoverageValues],
)
async def read_mandate_coverage(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    books: RulebooksInForce,
    today: Today,
    query: Annotated[CoverageQuery, Query()],
) -> object:
    """窗口当日可否对该事项行使该权限；末日当天仍可。不论可否均为 200。"""
    on = query.on or today
    book = books.in_force(centre.on(on).regulation, on)
    async with kept.engine.connect() as connection:
        await mandates.check_items(connection, centre.id, [query.item_id])
        found = await mandates.of_item(connection, centre.id, query.item_id)
    wanted = Wanted(item_id=query.item_id, power=query.power, on=on, window_id=query.window_id)
    findings = covers(book.mandates, found, wanted)
    values = {"mandate_ids": [each.id for each in found]}
    return ruling_out(judged("mandate", book, on, findings, values))


@router.get(MANDATE, summary="一份行政委托书", dependencies=READS)
async def read_mandate(
    centre: VisibleCentre, mandate_id: UUID, kept: RepositoriesDep, response: Response
) -> MandateOut:
    """其事项、权限、起止日，备案与撤销。"""
    async with kept.engine.connect() as connection:
        found = await mandates.get(connection, centre.id, mandate_id)
    response.headers["ETag"] = etag_of(found.version)
    return MandateOut.model_validate(found)


@router.post(
    MANDATE + "/filing",
    summary="委托书备案",
    status_code=201,
    response_model=MandateOut,
    dependencies=WRITES,
    responses=_CHANGED,
)
async def file_mandate(
    mandate_id: UUID, body: Json[FilingIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """由规定所指的机关备案；备案日不早于签署日、不晚于今天。"""
    refuse_personal_values(body)
    found = await _taken(here, mandate_id, if_match)
    ruled = await here.entitled(GuardedAct.FILE_MANDATE, department_id=found.department_id)
    check_filing(found, body.filed_on, here.on)
    day, number = body.filed_on, body.number
    filed = replace(found, filed_on=day, filing_number=number, version=found.version + 1)
    await mandates.file(here.connection, here.centre.id, filed)
    facts = {"filed_on": day.isoformat(), "number": number}
    rows = [row for finding in ruled.findings for row in finding.rows]
    await here.work.enter("filed", facts, rows=rows)
    return await _answered(here, filed)


@router.post(
    MANDATE + "/revocation",
    summary="撤销委托书",
    status_code=201,
    response_model=MandateOut,
    dependencies=WRITES,
    responses=_CHANGED,
)
async def revoke_mandate(
    mandate_id: UUID, body: Json[RevocationIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """自所写之日起不再有效，不溯及既往；登记仍留存。"""
    refuse_personal_values(body)
    found = await _taken(here, mandate_id, if_match)
    check_revocation(found, body.since, here.on)
    since, reason = body.since, body.reason
    revoked = replace(found, revoked_from=since, revoked_because=reason, version=found.version + 1)
    await mandates.revoke(here.connection, here.centre.id, revoked)
    await here.work.enter("revoked", {"since": since.isoformat()})
    return await _answered(here, revoked)


@router.get(
    "/public/centres/{centre}/mandates",
    summary="公示的行政委托书",
    response_model=PublicMandatesOut,
)
async def list_public_mandates(
    request: Request,
    centre: PublicCentre,
    kept: RepositoriesDep,
    books: RulebooksInForce,
    today: Today,
    on: Annotated[Day | None, Query(description="法律日，默认今天")] = None,
) -> Response:
    """当日生效中的委托书：窗口可就哪些事项行使哪些权限。规定须备案的，只列已备案的；登记为不予公开的
    不在其列；免登录。"""
    day = on or today
    chapter = books.in_force(centre.on(day).regulation, day).mandates
    async with kept.engine.connect() as connection:
        found = await mandates.public(connection, centre.id, limit=_MOST)
    return published(request, public(counting_on(chapter, found, day), day))


def _paper(said: PaperIn) -> Document:
    """Raises PersonalValue, ImpossibleFact."""
    refuse_personal_values(said)
    if len({said.address is None, said.sha256 is None, said.size is None}) > 1:
        raise ImpossibleFact("document", "副本的地址、SHA-256 与字节数要写都写")
    return Document(**{field.name: getattr(said, field.name) for field in fields(said)})


async def _check_place(here: CentreWork, new: Mandate) -> None:
    """The department is there when it begins, and the window one that may act for it. Raises
    NotFound, DepartmentNotAtCentre, ImpossibleFact."""
    department = await departments.get(here.connection, here.centre.id, new.department_id)
    if not department.stands(new.since):
        raise DepartmentNotAtCentre(new.since)
    if new.window_id is not None:
        window = await windows.get(here.connection, here.centre.id, new.window_id, here.on)
        window.check_seats(new.department_id)


async def _taken(here: CentreWork, mandate_id: UUID, if_match: str | None) -> Mandate:
    """The mandate for this change alone. Raises NotFound, and what `check_version` raises."""
    here.work.subject = ("mandate", mandate_id)
    found = await mandates.taken(here.connection, here.centre.id, mandate_id)
    check_version(found.version, if_match)
    return found


async def _answered(here: CentreWork, now: Mandate) -> Response:
    return await here.answer(MandateOut.model_validate(now), now, "mandates")
