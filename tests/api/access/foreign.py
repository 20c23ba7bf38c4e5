"""Looking for what belongs to other centres (跨中心核对): in lists, behind cursors and filters."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

import httpx

from tests.api.access.asking import Asked
from tests.api.access.document import ids_in_path, ids_in_query
from tests.api.access.kept import Ids
from tests.api.access.trying import Doors
from tests.api.access.twins import twin
from tests.api.stories.hall import Json

ID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PAGE: Final = "20"


async def asked_by(doors: Doors, centre: UUID, asked: Asked) -> httpx.Response:
    """What a token of this centre is answered, with every scope."""
    token = doors.tokens.issuer.bearer(centres=(centre,), by=asked.by)
    return await asked.sent(doors.hall.client, token)


def shown(text: str, known: Ids, to: UUID) -> set[str]:
    """The ids of other centres that an answer shows."""
    return known.foreign(to) & set(ID.findall(text))


async def read_everywhere(doors: Doors, asked: Asked) -> Mapping[UUID, list[Json]]:
    """All pages of the list, at two centres, each with a token of its own."""
    places = await places_of(doors, _of_page(asked, _PAGE))
    return {
        centre: [page async for page in _pages(doors, centre, own)]
        for centre, own in places.items()
    }


async def places_of(doors: Doors, asked: Asked) -> Mapping[UUID, Asked]:
    """The list at the centre of its story and at the twin; one about a thing of a centre at that
    centre alone."""
    centre = await doors.centre_of(asked)
    if ids_in_path(asked.operation):
        return {centre: asked}
    if "centre" not in asked.path:
        return {centre: asked, twin(centre): asked}
    return {place: asked.at(centre=str(place)) for place in (centre, twin(centre))}


async def _pages(doors: Doors, centre: UUID, asked: Asked) -> AsyncIterator[Json]:
    while True:
        answer = await asked_by(doors, centre, asked)
        assert answer.is_success, answer.text
        page = answer.json()
        yield {"text": answer.text, "items": page["items"]}
        if (after := page.get("next")) is None:
            return
        asked = replace(asked, query={**asked.query, "after": str(after)})


def _of_page(asked: Asked, size: str) -> Asked:
    named = {each["name"] for each in asked.operation.written.get("parameters", [])}
    return replace(asked, query={**asked.query, "limit": size}) if "limit" in named else asked


async def prying(doors: Doors, known: Ids, asked: Asked, centre: UUID) -> list[dict[str, str]]:
    """Queries that speak of what is the twin's: where its first page ends, and each filter by an
    id with what the twin's list shows under that name, or with anything that is not ours."""
    there = twin(centre)
    shared = "centre" not in asked.path or ids_in_path(asked.operation)
    first = asked if shared else _of_page(asked, "1").at(centre=str(there))
    page = (await asked_by(doors, there, first)).json()
    queries = [{"after": str(page["next"])}] if page.get("next") and not shared else []
    foreign = sorted(known.foreign(centre))
    for name in ids_in_query(asked.operation):
        of_name = {str(item.get(name)) for item in page.get("items", ())} & set(foreign)
        queries += [{name: id_} for id_ in [*of_name, foreign[0], foreign[-1]]]
    return queries
