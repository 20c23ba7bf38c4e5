"""Policies (制度): registered with their versions, and read as they were on a day."""

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.deps import Today
from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.policy import (
    PoliciesOut,
    PoliciesQuery,
    PolicyIn,
    PolicyOut,
    PolicyVersionIn,
)
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Day, Json
from app.db import departments, policies
from app.domain.organisation.authority import GuardedAct
from app.domain.organisation.policy import Policy, check_kind, check_next

router = APIRouter(tags=["组织机构"], route_class=WorkRoute)

POLICIES: Final = "/centres/{centre}/policies"
POLICY: Final = POLICIES + "/{policy_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("organisation:write")]
OnDay = Annotated[Day | None, Query(description="按哪一日判断施行中的版本；默认今日")]


@router.get(POLICIES, summary="制度台账", dependencies=READS)
async def list_policies(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    today: Today,
    query: Annotated[PoliciesQuery, Query()],
) -> PoliciesOut:
    """已登记的制度、各版本及所查之日施行中的版本，按 id 排序。"""
    async with kept.engine.connect() as connection:
        found = await policies.listed(
            connection,
            centre.id,
            department_id=query.department_id,
            after=query.after,
            limit=query.limit,
        )
    items = tuple(PolicyOut.of(each, query.on or today) for each in found)
    return PoliciesOut(items=items, next=next_after(found, query.limit))


@router.get(POLICY, summary="一项制度", dependencies=READS)
async def read_policy(
    policy_id: UUID,
    centre: VisibleCentre,
    kept: RepositoriesDep,
    today: Today,
    response: Response,
    on: OnDay = None,
) -> PolicyOut:
    """各版本及所查之日施行中的版本。"""
    async with kept.engine.connect() as connection:
        found = await policies.get(connection, centre.id, policy_id)
    response.headers["ETag"] = etag_of(found.version)
    return PolicyOut.of(found, on or today)


@router.post(
    POLICIES,
    summary="登记制度",
    status_code=201,
    response_model=PolicyOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def register_policy(body: Json[PolicyIn], here: InCentre) -> Response:
    """登记一项制度及其首个版本；规章定有制定者的，由其登记，否则 403 并引条款。"""
    made = body.policy(here.centre.id, by=here.work.caller.subject, at=here.work.now)
    here.work.subject = ("policy", made.id)
    rows = await _entitled(here, made)
    check_kind(here.book.policies, made.kind, of_department=made.department_id is not None)
    if made.department_id is not None:
        await departments.get(here.connection, here.centre.id, made.department_id)
    await policies.add(here.connection, made)
    await here.work.enter("registered", _facts(made), rows=rows)
    return await _answered(here, made, made=True)


@router.post(
    POLICY + "/versions",
    summary="印发制度的新版本",
    status_code=201,
    response_model=PolicyOut,
    dependencies=WRITES,
    responses=responses(409, 412, 428),
)
async def issue_policy_version(
    policy_id: UUID, body: Json[PolicyVersionIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """新版本自其施行之日起代替前一版本；前一版本至其前一日止，仍可按日查阅。"""
    here.work.subject = ("policy", policy_id)
    before = await policies.turn(here.connection, here.centre.id, policy_id)
    rows = await _entitled(here, before)
    check_version(before.version, if_match)
    check_next(before.versions, body.since)
    number = len(before.versions) + 1
    issued = body.version(number, by=here.work.caller.subject, at=here.work.now)
    after = replace(before, versions=(*before.versions, issued), version=before.version + 1)
    await policies.issue(here.connection, after)
    await here.work.enter("issued", _facts(after), rows=rows)
    return await _answered(here, after)


async def _entitled(here: CentreWork, policy: Policy) -> tuple[str, ...]:
    """The rows that say who issues the centre's policies; a department issues its own. Raises
    RefusedByRegulation (403)."""
    if policy.department_id is not None:
        return ()
    return (await here.entitled(GuardedAct.ISSUE_POLICY)).rows


async def _answered(here: CentreWork, out: Policy, *, made: bool = False) -> Response:
    headers = {"ETag": etag_of(out.version)}
    if made:
        headers["Location"] = f"/v1/centres/{here.centre.id}/policies/{out.id}"
    return await here.work.answer(PolicyOut.of(out, here.on), headers=headers)


def _facts(of: Policy) -> dict[str, object]:
    """The newest version as the ledger keeps it."""
    newest = of.versions[-1]
    return {
        "kind": of.kind,
        "department_id": str(of.department_id) if of.department_id else None,
        "number": newest.number,
        "since": newest.since.isoformat(),
        "until": newest.until.isoformat() if newest.until else None,
    }
