"""Postings (派驻): who sits where since when, what else they are given to do, what is missing."""

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.deps import RulebooksInForce, Today
from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.posting import (
    EndIn,
    PostingGapOut,
    PostingGapsOut,
    PostingIn,
    PostingOut,
    PostingsOut,
    PostingsQuery,
    SystemOut,
    SystemsOut,
)
from app.api.v1.schemas.ruling import findings_out
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Day, Json
from app.db import appointments, departments, duties, persons, postings, staff_records, windows
from app.db.ids import uuid7
from app.db.postings import Entered, Wanted
from app.domain.casework.acts import refuse_personal_values
from app.domain.decision import Finding
from app.domain.organisation.department import check_there
from app.domain.personal import PersonErased
from app.domain.staffing.duty import Duty, outside_on
from app.domain.staffing.posting import (
    Posting,
    awaiting_transfer,
    check_end,
    check_free,
    may_be_posted,
    roles_of,
)

router = APIRouter(tags=["人员"], route_class=WorkRoute)

POSTINGS: Final = "/centres/{centre}/postings"
POSTING: Final = POSTINGS + "/{posting_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("people:write")]
_MOST_GAPS: Final = 1000


@router.get(POSTINGS, summary="派驻", dependencies=READS)
async def list_postings(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[PostingsQuery, Query()]
) -> PostingsOut:
    """按人员、部门、窗口或某日筛选；按登记先后、逐页取。"""
    wanted = Wanted(
        person_id=query.person_id,
        department_id=query.department_id,
        window_id=query.window_id,
        on=query.on,
    )
    async with kept.engine.connect() as connection:
        found = await postings.listed(
            connection, centre.id, wanted, after=query.after, limit=query.limit
        )
    return PostingsOut(
        items=[PostingOut.model_validate(each) for each in found],
        next=next_after(found, query.limit),
    )


@router.post(
    POSTINGS,
    summary="登记派驻",
    status_code=201,
    response_model=PostingOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def open_posting(body: Json[PostingIn], here: InCentre) -> Response:
    """一人同期只有一处派驻；规定按层级限定岗位的，岗位须在其列；部门须在驻，窗口不得已撤销或是另一
    部门的。

    选派条件不在此核对，请另就选派提问（rulings/dispatch）。
    """
    new = Posting(
        id=uuid7(),
        person_id=body.person_id,
        department_id=body.department_id,
        window_id=body.window_id,
        role=body.role,
        police=body.police,
        party_member=body.party_member,
        since=body.since,
    )
    here.work.subject = ("posting", new.id)
    connection, centre_id, book = here.connection, here.centre.id, here.book
    await _check_place(here, new)
    person = await persons.taken(connection, centre_id, new.person_id)
    if person.erased_at is not None:
        raise PersonErased
    ruled = here.judge("posting", may_be_posted(book.postings, here.centre.level, new.role))
    check_free(await postings.history(connection, centre_id, new.person_id), new.since)
    await postings.add(connection, centre_id, new, entered(here))
    facts = {
        "person_id": str(new.person_id),
        "department_id": str(new.department_id),
        "window_id": new.window_id and str(new.window_id),
        "role": new.role.value,
        "police": new.police,
        "since": new.since.isoformat(),
        "edition": book.edition,
    }
    rows = [row for finding in ruled.findings for row in finding.rows]
    await here.work.enter("opened", facts, rows=rows)
    return await _answered(here, new)


@router.get(POSTINGS + "/gaps", summary="派驻的缺口", dependencies=READS)
async def list_posting_gaps(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    books: RulebooksInForce,
    today: Today,
    on: Annotated[Day | None, Query(description="法律日，默认今天")] = None,
) -> PostingGapsOut:
    """到岗前就有、至今未结束的窗口外工作；应转入组织关系而没有转入日期的党员。逐项注明条目。"""
    day = on or today
    chapter = books.in_force(centre.on(day).regulation, day).postings
    async with kept.engine.connect() as connection:
        members = await staff_records.members(connection, centre.id, day)
        running = await duties.outside(connection, centre.id, day, limit=_MOST_GAPS)
        during = await postings.among(connection, centre.id, {duty.posting_id for duty in running})
        appointed = await appointments.all_of(connection, centre.id)
    outside = [
        (duty, during[duty.posting_id], roles_of(during[duty.posting_id], appointed, (day, day)))
        for duty in running
    ]
    gaps = [
        *(_gap(posting, duty, found) for duty, posting, found in outside_on(chapter, outside, day)),
        *(
            _gap(posting, None, found)
            for posting, found in awaiting_transfer(chapter, members, day)
        ),
    ]
    return PostingGapsOut(on=day, items=gaps)


@router.get(POSTING, summary="一项派驻", dependencies=READS)
async def read_posting(
    centre: VisibleCentre, posting_id: UUID, kept: RepositoriesDep, response: Response
) -> PostingOut:
    """其人员、部门、窗口、岗位与起止日。"""
    async with kept.engine.connect() as connection:
        found = await postings.get(connection, centre.id, posting_id)
    response.headers["ETag"] = etag_of(found.version)
    return PostingOut.model_validate(found)


@router.post(
    POSTING + "/end",
    summary="结束派驻",
    status_code=201,
    response_model=PostingOut,
    dependencies=WRITES,
    responses=responses(409, 412, 428),
)
async def end_posting(
    posting_id: UUID, body: Json[EndIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """写明末日（含当日）与原因；调换、退回是否合规，请先就调换、退回提问。"""
    refuse_personal_values(body)
    here.work.subject = ("posting", posting_id)
    connection, centre_id = here.connection, here.centre.id
    found = await postings.taken(connection, centre_id, posting_id)
    check_version(found.version, if_match)
    check_end(found, body.until)
    until, reason = body.until, body.reason
    ended = replace(found, until=until, end_reason=reason, version=found.version + 1)
    await postings.end(connection, centre_id, ended)
    await here.work.enter("ended", {"until": until.isoformat()})
    return await _answered(here, ended)


@router.get("/centres/{centre}/systems", summary="适用的制度", dependencies=READS)
async def read_systems(centre: VisibleCentre, books: RulebooksInForce, today: Today) -> SystemsOut:
    """规定为某些岗位专门列明适用哪些制度的，逐项给出；未列明的不适用，也不从别处借用。"""
    rule = books.in_force(centre.on(today).regulation, today).postings.systems
    if rule is None:
        return SystemsOut(roles=[], systems=[], rows=[], article=None)
    terms = rule.terms
    return SystemsOut(
        roles=list(terms.roles),
        systems=[
            *(SystemOut(system=each, applies=True) for each in terms.named),
            *(SystemOut(system=each, applies=False) for each in terms.left_out),
        ],
        rows=list(rule.rows),
        article=rule.article,
    )


def entered(here: CentreWork) -> Entered:
    """Under which text this request enters something, for whom and when."""
    book = here.book
    return Entered(
        regulation=book.regulation,
        edition=book.edition,
        digest=book.digest,
        by=here.work.caller.subject,
        at=here.work.now,
    )


async def _check_place(here: CentreWork, new: Posting) -> None:
    """The department is there, and the window one where its people sit. Raises NotFound,
    DepartmentNotAtCentre, ImpossibleFact."""
    department = await departments.turn(here.connection, here.centre.id, new.department_id)
    check_there(department, new.since, here.on)
    if new.window_id is not None:
        window = await windows.get(here.connection, here.centre.id, new.window_id, here.on)
        window.check_seats(new.department_id)


def _gap(posting: Posting, duty: Duty | None, finding: Finding) -> PostingGapOut:
    (found,) = findings_out([finding])
    return PostingGapOut.model_validate(
        {
            "posting_id": posting.id,
            "person_id": posting.person_id,
            "department_id": posting.department_id,
            "duty_id": duty and duty.id,
            "finding": found,
        }
    )


async def _answered(here: CentreWork, posting: Posting) -> Response:
    return await here.answer(PostingOut.model_validate(posting), posting, "postings")
