"""Forms and samples (表格与示范文本): entered in versions, free where the rulebook wants it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import InCentre
from app.api.openapi import responses
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.item_desk import ReadingHere
from app.api.v1.schemas.guide import FormIn, FormOut, FormsOut, FormsQuery
from app.api.wire import Json
from app.db import forms, items
from app.domain.items.form import may_be_offered

router = APIRouter(tags=["事项与指南"], route_class=WorkRoute)

FORMS: Final = "/centres/{centre}/items/{item_id}/forms"


@router.get(FORMS, summary="事项的表格与示范文本", dependencies=[requires("centres:read")])
async def list_forms(
    item_id: UUID, at: ReadingHere, query: Annotated[FormsQuery, Query()]
) -> FormsOut:
    """各份表格的各版；填 `on` 只列该日现行的。"""
    async with at.kept.engine.connect() as connection:
        await items.get(connection, at.centre.id, item_id)
        if query.on is None:
            found = await forms.versions(connection, at.centre.id, item_id)
        else:
            found = await forms.current(connection, at.centre.id, [item_id], query.on)
    return FormsOut(items=[FormOut.of(form) for form in found])


@router.post(
    FORMS,
    summary="登记表格或示范文本",
    status_code=201,
    response_model=FormOut,
    dependencies=[requires("items:write")],
    responses=responses(409),
)
async def add_form(item_id: UUID, body: Json[FormIn], here: InCentre) -> Response:
    """新的一份，或以 `replaces` 更新原有的一份；规章要求免费提供的，价格须为零。"""
    item = await items.lock(here.connection, here.centre.id, item_id)
    number = 1
    if body.replaces is not None:
        number += await forms.last_number(here.connection, here.centre.id, item.id, body.replaces)
    form = body.form(item.id, number, here.on)
    here.work.subject = ("form", form.form_id)
    decision = here.judge("add_form", may_be_offered(here.book.publication, form.price))
    await forms.add(here.connection, here.centre.id, form)
    facts = {
        "item_id": str(item.id),
        "version_id": str(form.id),
        "number": form.number,
        "kind": form.kind.value,
        "since": form.since.isoformat(),
        "sha256": form.file.sha256,
    }
    action = "entered" if number == 1 else "updated"
    await here.work.enter(action, facts, rows=decision.rows)
    place = f"/v1/centres/{here.centre.id}/items/{item.id}/forms"
    return await here.work.answer(FormOut.of(form), headers={"Location": place})
