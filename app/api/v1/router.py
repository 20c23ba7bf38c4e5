"""Everything under `/v1`: one router per resource, in the order of the documentation page.

They are included one by one: the framework matches a path once more for every level of inclusion,
and tries the routers in this order.
"""

from typing import Final

from fastapi import APIRouter, Depends, FastAPI

from app.api.openapi import only_documented_query
from app.api.v1 import (
    audit,
    batch,
    calendars,
    case_acts,
    cases,
    centres,
    codes,
    comparisons,
    coverage,
    events,
    items,
    meta,
    rulebooks,
    rulings,
    special_days,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    cases.router,
    case_acts.router,
    rulings.router,
    batch.router,
    rulebooks.router,
    comparisons.router,
    coverage.router,
    codes.router,
    centres.router,
    items.router,
    events.router,
    audit.router,
    calendars.router,
    special_days.router,
    meta.router,
)


def install(app: FastAPI) -> None:
    """Serve every resource under `/v1`."""
    for router in ROUTERS:
        app.include_router(router, prefix="/v1", dependencies=[Depends(only_documented_query)])
