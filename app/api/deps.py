"""What a route may ask for (依赖): the clock, the caller, the reference data, the request's id.

The only place behind the API that reads the clock: tests put their own in `app.state.clock`.
"""

import time
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request, Security

from app.api.problems import request_id
from app.api.security import Caller, any_caller
from app.calendars.load import Calendars
from app.domain.day import SHANGHAI
from app.domain.errors import NotFound
from app.domain.register import Register
from app.domain.rulebook import Rulebooks


def seconds() -> float:
    """Seconds since 1970, for the ages of tokens and keys."""
    return time.time()


def now_in_shanghai() -> datetime:
    """This moment in Asia/Shanghai: the clock of the app."""
    return datetime.now(SHANGHAI)


async def clock(request: Request) -> datetime:
    """This moment in Asia/Shanghai, by the clock of the app."""
    now: datetime = request.app.state.clock()
    return now


Now = Annotated[datetime, Depends(clock)]


async def today(request: Request, now: Now) -> date:
    """The legal day in Asia/Shanghai; under the path of a sandbox, the day that was set for it."""
    return (await _moment(request, now)).date()


async def _moment(request: Request, now: datetime) -> datetime:
    centre = request.path_params.get("centre")
    kept = getattr(request.app.state, "repositories", None)
    if centre is None or kept is None:
        return now
    try:
        here: datetime = (await kept.centres.get(centre)).moment(now)
    except NotFound:
        return now  # What is not there is refused by the route's own guards.
    return here


async def calendars_in_force(request: Request) -> Calendars:
    """The working calendars of every jurisdiction, as loaded by this process."""
    calendars: Calendars = request.app.state.calendars
    return calendars


async def rulebooks_in_force(request: Request) -> Rulebooks:
    """All editions of all regulations, as loaded by this process."""
    rulebooks: Rulebooks = request.app.state.rulebooks
    return rulebooks


async def register_in_force(request: Request) -> Register:
    """All rows of all regulations, as loaded by this process."""
    register: Register = request.app.state.register
    return register


async def this_request(request: Request) -> str:
    """The id of this request, as in its header `X-Request-Id` and in the log."""
    return request_id(request.scope)


Today = Annotated[date, Depends(today)]
CallerDep = Annotated[Caller, Security(any_caller)]
CalendarsInForce = Annotated[Calendars, Depends(calendars_in_force)]
RulebooksInForce = Annotated[Rulebooks, Depends(rulebooks_in_force)]
RegisterInForce = Annotated[Register, Depends(register_in_force)]
RequestId = Annotated[str, Depends(this_request)]
