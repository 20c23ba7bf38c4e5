"""Approval steps (审核步骤): one reviews a case and another verifies it, before it is decided."""

from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.overrides import check_override
from app.api.v1.schemas.approval_step import ApprovalStepIn, ApprovalStepOut, ApprovalStepsOut
from app.api.wire import Json
from app.db import approval_steps, persons
from app.db.ids import uuid7
from app.domain.casework.approval_step import (
    OVER,
    CaseOver,
    StepTaken,
    are_different_people,
    are_taken,
)
from app.domain.casework.override import ApproverNotEntitled, Override, as_recorded
from app.domain.day import ImpossibleFact
from app.domain.decision import Decision, OverrideRequired
from app.domain.errors import NotFound
from app.domain.judging import judged
from app.domain.organisation.centre import Person

router = APIRouter(tags=["办件"], route_class=WorkRoute)

STEPS: Final = "/centres/{centre}/cases/{case_id}/approval-steps"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the text says to a step, and the override where it needed one."""

    decision: Decision
    override: Override | None


@router.get(STEPS, summary="办件的审核步骤", dependencies=[requires("cases:read")])
async def list_approval_steps(
    case_id: UUID, centre: VisibleCentre, kept: RepositoriesDep
) -> ApprovalStepsOut:
    """何人审、何人核，何日登记；审、核同为一人的，附其例外批准。"""
    async with kept.engine.connect() as connection:
        found = await approval_steps.of_case(connection, centre.id, case_id)
    return ApprovalStepsOut(items=tuple(ApprovalStepOut.model_validate(each) for each in found))


@router.post(
    STEPS,
    summary="审与核",
    status_code=201,
    response_model=ApprovalStepOut,
    dependencies=[requires("cases:write")],
    responses=responses(409),
)
async def take_approval_step(case_id: UUID, body: Json[ApprovalStepIn], here: InCentre) -> Response:
    """在决定之前登记。事项写明审核步骤、又属一般事项的，按办件所依的规章一审一核，由两人分别办理；
    只有一人的窗口，须经例外批准。没有写明审核步骤的事项只作登记。"""
    new_id = uuid7()
    here.work.subject = ("approval_step", new_id)
    person = await _person(here, body.person_id)
    weighed = await _weighed(here, case_id, body, person)
    recorded = as_recorded(weighed.override) if weighed.override else None
    taken = StepTaken(
        id=new_id,
        case_id=case_id,
        step=body.step,
        person_id=person.id,
        on=here.on,
        override=recorded,
    )
    await approval_steps.add(here.connection, here.centre.id, taken, here.entered)
    facts = {"case_id": str(case_id), "step": body.step.value, "person_id": str(person.id)}
    await here.work.enter("taken", facts, rows=weighed.decision.rows, override=recorded)
    place = f"/v1/centres/{here.centre.id}/cases/{case_id}/approval-steps"
    out = ApprovalStepOut.model_validate(taken)
    return await here.work.answer(out, headers={"Location": place})


async def _person(here: CentreWork, person_id: UUID | None) -> persons.KeptPerson:
    """Who takes the step. Raises NotFound, ImpossibleFact."""
    if person_id is None:
        subject = here.work.caller.subject
        found = await persons.of_subject(here.connection, here.centre.id, subject)
        if found is None:
            raise ImpossibleFact("person_id", "令牌主体不是本中心登记的人员，请写明办理人")
        return found
    found = await persons.get(here.connection, here.centre.id, person_id)
    if found.erased_at is not None:
        raise NotFound("人员", person_id)
    return found


async def _weighed(
    here: CentreWork, case_id: UUID, said: ApprovalStepIn, person: persons.KeptPerson
) -> Weighed:
    """What the text that the case is under says. Raises NotFound, CaseOver, RefusedByRegulation,
    OverrideRequired."""
    connection, centre_id = here.connection, here.centre.id
    case = await approval_steps.turn(connection, centre_id, case_id)
    if case.stage in OVER:
        raise CaseOver(case.stage)
    book = here.books.edition(case.regulation, case.edition)
    stated = await approval_steps.stated_of(connection, centre_id, case.item_id)
    taken = await approval_steps.taken_of(connection, centre_id, case_id)
    others = tuple(one for one in taken if one.step is not said.step)
    found = (
        *are_taken(book.handling.steps, stated, taken, said.step),
        *are_different_people(book.handling.two_people, stated, others, person.id),
    )
    decision = judged("take_approval_step", book, here.on, found)
    try:
        return Weighed(decision.require(), None)
    except OverrideRequired:
        if said.override is None:
            raise
    approver = await check_override(said.override, here.work.caller, partial(_approver, here))
    if approver.id == person.id:
        raise ApproverNotEntitled
    return Weighed(decision, said.override)


async def _approver(here: CentreWork, person_id: UUID) -> Person:
    found = await persons.get(here.connection, here.centre.id, person_id)
    return Person(id=found.id, subject=found.subject, role=found.role)
