"""Centres (政务服务中心): founded by the platform, named, and shown to whom they concern."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from app.api.deps import CallerDep, Now, RulebooksInForce, Today
from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import platform_requires, requires
from app.api.uow import OnPlatform, WorkRoute
from app.api.v1.adoptions import Entered, adopt, reached
from app.api.v1.schemas.centre import (
    CentreIn,
    CentreNameIn,
    CentreOut,
    CentresOut,
    FoundedOut,
    SandboxDayIn,
    SandboxDayOut,
    UnitTypeIn,
)
from app.api.v1.schemas.page import PageQuery, next_after
from app.api.versions import IfMatchVersion, check_version
from app.api.wire import Json
from app.db import adoptions, centres
from app.db.repositories import Repositories
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import local_day
from app.domain.organisation.centre import Centre
from app.domain.organisation.founding import UnitTypeStands, check_place
from app.domain.organisation.sandbox import check_sandbox_day

router = APIRouter(tags=["中心"], route_class=WorkRoute)

READS: Final = [requires("centres:read")]
ANSWERS: Final = responses(409)
CENTRE: Final = "/centres/{centre}"


@router.get("/centres", summary="可见的政务服务中心", dependencies=READS)
async def list_centres(
    kept: RepositoriesDep, caller: CallerDep, now: Now, query: Annotated[PageQuery, Query()]
) -> CentresOut:
    """令牌可见的全部中心及其今日所适用的规章，按 id 排序、逐页取。"""
    among = None if caller.platform else caller.centres
    found = await kept.centres.visible(among, after=query.after, limit=query.limit)
    return CentresOut(
        items=[CentreOut.model_validate(each.on(local_day(each.moment(now)))) for each in found],
        next=next_after(found, query.limit),
    )


@router.get("/centres/{centre}", summary="一个政务服务中心", dependencies=READS)
async def read_centre(centre: VisibleCentre, today: Today, response: Response) -> CentreOut:
    """其层级、行政区划、今日所适用的规章，以及是否叠加国家法律层。"""
    response.headers["ETag"] = f'"{centre.version}.{today}"'
    return CentreOut.model_validate(centre)


@router.post(
    "/centres",
    summary="设立中心",
    status_code=201,
    response_model=FoundedOut,
    dependencies=[platform_requires("centres:write")],
    responses=responses(404, 409),
)
async def found_centre(body: Json[CentreIn], work: OnPlatform, books: RulebooksInForce) -> Response:
    """设立一个中心，自当日起采用一部规章。仅限平台令牌。

    层级与区划代码的位数相符；上级中心高一级，其代码为本级的前几位。采用征求意见稿须附确认。
    """
    connection, on = work.uow.connection, local_day(work.now)
    made = body.centre(on)
    work.subject = ("centre", made.id)
    refuse_personal_values(body)
    parent = await centres.read(connection, made.parent_id) if made.parent_id else None
    check_place(made, parent)
    weighed = adopt(made, body.adoption, Entered(work.caller.subject, work.now, on), books)
    await centres.add(connection, made)
    await adoptions.add(connection, weighed.made)
    facts = {"code": made.code, "level": made.level, "region": made.region}
    await work.enter("founded", {**facts, **weighed.facts}, rows=weighed.rows)
    out = FoundedOut(centre=CentreOut.model_validate(made), adoption=weighed.out)
    headers = {"ETag": f'"1.{on}"', "Location": f"/v1/centres/{made.id}"}
    return await work.answer(out, headers=headers)


@router.post(
    CENTRE + "/name",
    summary="中心更名",
    status_code=201,
    response_model=CentreOut,
    dependencies=[requires("centres:write")],
    responses=responses(409, 412, 428),
)
async def rename_centre(
    body: Json[CentreNameIn], here: InCentre, kept: RepositoriesDep, if_match: IfMatchVersion = None
) -> Response:
    """中心的新名称；代码与区划不变。"""
    here.work.subject = ("centre", here.centre.id)
    refuse_personal_values(body)
    await centres.turn(here.connection, here.centre.id)
    before = await centres.read(here.connection, here.centre.id)
    check_version(before.version, if_match)
    await centres.rename(here.connection, before.id, body.name, was=before.version)
    await here.work.enter("renamed", {"fields": ["name"]})
    return await _changed(here, kept, before)


@router.post(
    CENTRE + "/unit-type",
    summary="写明中心的机构类型",
    status_code=201,
    response_model=CentreOut,
    dependencies=[requires("centres:write")],
    responses=responses(409, 412, 428),
)
async def set_unit_type(
    body: Json[UnitTypeIn], here: InCentre, kept: RepositoriesDep, if_match: IfMatchVersion = None
) -> Response:
    """设立时未写明的补上，写错的改正；与已登记的相同则 409。

    现在与以后所适用的规章据此重新审查其适用范围；是否参照执行，此后的办理照新的类型提示，已登记的采用不改。
    """
    here.work.subject = ("centre", here.centre.id)
    await centres.turn(here.connection, here.centre.id)
    before = await centres.read(here.connection, here.centre.id)
    check_version(before.version, if_match)
    if before.unit_type is body.unit_type:
        raise UnitTypeStands(body.unit_type)
    rows = reached(replace(before, unit_type=body.unit_type), here.on, here.books)
    await centres.set_unit_type(here.connection, before.id, body.unit_type, was=before.version)
    facts = {"unit_type": body.unit_type.value, "before": before.unit_type}
    await here.work.enter("unit_type_set", facts, rows=rows)
    return await _changed(here, kept, before)


@router.post(
    CENTRE + "/sandbox-day",
    summary="设定沙箱的日期",
    status_code=201,
    response_model=SandboxDayOut,
    dependencies=[requires("centres:write")],
    responses=ANSWERS,
)
async def set_sandbox_day(
    body: Json[SandboxDayIn], here: InCentre, kept: RepositoriesDep, now: Now
) -> Response:
    """此后在该沙箱内的一切办理与查询都以这一日计，时刻照常。只能往后设，至多三年；真实日期赶上后以真实日期计。

    不是沙箱的中心不能设定日期。自动补记视为受理等后台任务仍按真实日期进行，查询时则即时算出。
    """
    here.work.subject = ("centre", here.centre.id)
    await centres.turn(here.connection, here.centre.id)
    before = await centres.read(here.connection, here.centre.id)
    check_sandbox_day(body.on, before.sandbox_on, local_day(now))
    await centres.set_sandbox_day(here.connection, before.id, body.on)
    await here.work.enter("sandbox_day_set", {"on": body.on.isoformat()})
    here.work.afterwards(lambda: kept.centres.forget(before))
    out = SandboxDayOut(centre_id=before.id, on=body.on, version=before.version + 1)
    return await here.work.answer(out)


async def _changed(here: CentreWork, kept: Repositories, before: Centre) -> Response:
    """The answer to a change of the centre itself, which is looked up anew from here on."""
    here.work.afterwards(lambda: kept.centres.forget(before))
    after = (await centres.read(here.connection, before.id)).on(here.on)
    headers = {"ETag": f'"{after.version}.{here.on}"'}
    return await here.work.answer(CentreOut.model_validate(after), headers=headers)
