"""Centres (政务服务中心): which ones the caller sees, and the people of each."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.deps import CallerDep
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.v1.schemas.centre import CentreOut, CentresOut, PersonOut, PersonsOut
from app.api.v1.schemas.page import PageQuery, next_after

router = APIRouter(tags=["中心"], dependencies=[requires("centres:read")])

_DIGITS = 16


@router.get("/centres", summary="可见的政务服务中心", operation_id="list_centres")
async def list_centres(
    kept: RepositoriesDep, caller: CallerDep, query: Annotated[PageQuery, Query()]
) -> CentresOut:
    """令牌可见的全部中心，按 id 排序、逐页取。"""
    among = None if caller.platform else caller.centres
    found = await kept.centres.visible(among, after=query.after, limit=query.limit)
    return CentresOut(
        items=[CentreOut.model_validate(each) for each in found],
        next=next_after(found, query.limit),
    )


@router.get("/centres/{centre}", summary="一个政务服务中心", operation_id="read_centre")
async def read_centre(centre: VisibleCentre, response: Response) -> CentreOut:
    """其层级、行政区划、所适用的规章，以及是否叠加国家法律层。"""
    out = CentreOut.model_validate(centre)
    digest = hashlib.sha256(out.model_dump_json().encode()).hexdigest()
    response.headers["ETag"] = f'"{digest[:_DIGITS]}"'
    return out


@router.get("/centres/{centre}/persons", summary="中心的工作人员", operation_id="list_persons")
async def list_persons(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[PageQuery, Query()]
) -> PersonsOut:
    """工作人员及其身份，姓名已脱敏；按 id 排序、逐页取。"""
    found = await kept.persons.list(centre.id, after=query.after, limit=query.limit)
    return PersonsOut(
        items=[PersonOut.of(each) for each in found], next=next_after(found, query.limit)
    )
