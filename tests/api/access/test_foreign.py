"""What belongs to another centre is not there: in no list, behind no cursor, under no id."""

from dataclasses import replace
from typing import Final

import pytest

from tests.api.access.document import KNOWN, MATRIX, OPERATIONS, ids_in_path, lists
from tests.api.access.foreign import (
    ID,
    asked_by,
    places_of,
    prying,
    read_everywhere,
    shown,
)
from tests.api.access.kept import Ids, ids, state
from tests.api.access.matrix import Place
from tests.api.access.summary import Count
from tests.api.access.trying import Doors
from tests.api.stories.told import SENT

WITH_ID: Final = [
    id_ for id_ in KNOWN if "{centre}" in OPERATIONS[id_].path and ids_in_path(OPERATIONS[id_])
]
ACTS: Final = sorted(
    (id_, example)
    for id_, example in SENT
    if id_ in MATRIX.rows and MATRIX.rows[id_].place is Place.CENTRE
)


@pytest.mark.parametrize("id_", lists())
async def test_a_list_shows_nothing_of_another_centre(
    doors: Doors, filled: Ids, id_: str, record_property: Count
) -> None:
    read = await read_everywhere(doors, await doors.asked(id_))
    leaks = [shown(page["text"], filled, centre) for centre in read for page in read[centre]]
    record_property("cells", len(leaks))
    assert not [leak for leak in leaks if leak]
    with_items = [centre for centre, pages in read.items() if pages[0]["items"]]
    assert with_items == list(read), "where one centre has nothing, nothing can leak"


@pytest.mark.parametrize("id_", lists())
async def test_no_cursor_and_no_filter_reaches_into_another_centre(
    doors: Doors, filled: Ids, id_: str, record_property: Count
) -> None:
    asked = await doors.asked(id_)
    (centre, own), *_ = (await places_of(doors, asked)).items()
    for query in await prying(doors, filled, asked, centre):
        answer = await asked_by(doors, centre, replace(own, query=query))
        record_property("cells", 1)
        assert answer.status_code in {200, 404, 422}
        assert not shown(answer.text, filled, centre) - set(query.values())


@pytest.mark.parametrize("id_", WITH_ID)
async def test_an_id_of_another_centre_in_the_path_is_not_found(
    doors: Doors, filled: Ids, id_: str, record_property: Count
) -> None:
    asked = await doors.asked(id_)
    known, centre = await ids(doors.engine), await doors.centre_of(asked)
    before = await state(doors.engine)
    for name in ids_in_path(asked.operation):
        foreign = asked.at(**{name: known.another(asked.path[name])}).anew()
        answer = await asked_by(doors, centre, foreign)
        record_property("cells", 1)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name
    assert await state(doors.engine) == before


@pytest.mark.parametrize(("id_", "example"), ACTS)
async def test_an_id_of_another_centre_in_the_body_is_as_good_as_none(
    doors: Doors, filled: Ids, id_: str, example: str, record_property: Count
) -> None:
    asked = await doors.told(id_, example)
    known, centre = await ids(doors.engine), await doors.centre_of(asked)
    before = await state(doors.engine)
    for own in set(ID.findall(asked.content.decode())) & known.tables.keys():
        foreign = asked.content.replace(own.encode(), known.another(own).encode())
        answer = await asked_by(doors, centre, replace(asked.anew(), content=foreign))
        record_property("cells", 1)
        assert answer.status_code in {404, 422}, f"{known.tables[own]}: {answer.text}"
    assert await state(doors.engine) == before
