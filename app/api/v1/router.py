"""Everything under `/v1`: one router per resource, in the order of the documentation page.

They are included one by one: the framework matches a path once more for every level of inclusion,
and tries the routers in this order.
"""

from typing import Final

from fastapi import APIRouter, Depends, FastAPI

from app.api.openapi import only_documented_query
from app.api.v1 import (
    adoptions,
    appointments,
    approval_steps,
    audit,
    batch,
    calendars,
    case_acts,
    cases,
    centre_settings,
    centres,
    checks,
    codes,
    comparisons,
    coverage,
    delegations,
    departments,
    duties,
    entrusted_cases,
    events,
    fees,
    forms,
    guides,
    item_changes,
    item_reports,
    items,
    legal_overrides,
    mandates,
    meta,
    organisation,
    persons,
    policies,
    postings,
    public_items,
    publicity,
    rectification,
    retention,
    rulebook_dates,
    rulebooks,
    rulings,
    special_days,
    staff_records,
    statistics,
    straight,
    window_requests,
    windows,
)

PREFIX: Final = "/v1"
ROUTERS: Final[tuple[APIRouter, ...]] = (
    cases.router,
    case_acts.router,
    rectification.router,
    approval_steps.router,
    rulings.router,
    batch.router,
    rulebooks.router,
    rulebook_dates.router,
    comparisons.router,
    coverage.router,
    codes.router,
    centres.router,
    adoptions.router,
    centre_settings.router,
    departments.router,
    appointments.router,
    policies.router,
    checks.router,
    organisation.router,
    windows.router,
    window_requests.router,
    delegations.router,
    entrusted_cases.router,
    statistics.router,
    persons.router,
    postings.router,
    duties.router,
    staff_records.router,
    mandates.router,
    item_reports.router,
    items.router,
    item_changes.router,
    legal_overrides.router,
    guides.router,
    forms.router,
    public_items.router,
    fees.router,
    publicity.router,
    events.router,
    audit.router,
    retention.router,
    calendars.router,
    special_days.router,
    meta.router,
)


def install(app: FastAPI) -> None:
    """Serve every resource under `/v1`."""
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(only_documented_query)])
    straight.install(app, PREFIX, ROUTERS)
