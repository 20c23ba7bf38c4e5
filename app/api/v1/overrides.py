"""Overrides (例外批准) as a request brings them: who approves, and whether the caller may ask."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from app.api.security import Caller, ScopeMissing
from app.domain.casework.acts import refuse_personal_values
from app.domain.casework.override import (
    ApproverUnknown,
    Override,
    check_approver,
    check_complete,
)
from app.domain.errors import NotFound
from app.domain.organisation.centre import Person

SCOPE: Final = "cases:override"
PersonOf = Callable[[UUID], Awaitable[Person]]


async def approver_of(approver_id: UUID, caller: Caller, person_of: PersonOf) -> Person:
    """The person of the centre who approves. Raises ApproverUnknown, ApproverNotEntitled."""
    try:
        approver = await person_of(approver_id)
    except NotFound:
        raise ApproverUnknown from None
    check_approver(approver, caller.subject)
    return approver


async def check_override(override: Override, caller: Caller, person_of: PersonOf) -> Person:
    """Who approves that a soft rule is passed over. Raises ScopeMissing, OverrideIncomplete,
    PersonalValue, ApproverUnknown, ApproverNotEntitled."""
    if SCOPE not in caller.scopes:
        raise ScopeMissing(SCOPE)
    check_complete(override)
    refuse_personal_values(override)
    return await approver_of(override.approver_id, caller, person_of)
