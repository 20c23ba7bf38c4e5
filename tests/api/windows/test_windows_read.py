"""Windows as they are read: on a day, page by page, by whom, and what the ledger has of them."""

from app.domain.organisation.authority import Body
from tests.api.conftest import Speaker
from tests.api.windows.place import Opening, Place

BUREAU = Speaker(bodies=(Body.BUREAU,))


async def test_a_window_is_read_as_it_stood_on_a_day(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    first, second = await place.department(), await place.department()
    window = await place.window(department_id=first, number="12")
    await place.act(window, "activation", {"since": "2024-03-01"})
    place.on("2025-10-10")
    await place.act(window, "adjustment", {"change": {"name": "新名", "department_id": second}})
    place.on("2025-10-13")
    await place.act(window, "closure")
    assert (await place.get(f"/windows/{window}", on="2024-02-29")).status_code == 404
    for day, stage, name, unit, etag in (
        ("2024-03-01", "active", "国土窗口", first, '"2"'),
        ("2025-10-09", "active", "国土窗口", first, '"2"'),
        ("2025-10-10", "active", "新名", second, '"3"'),
        ("2025-10-12", "active", "新名", second, '"3"'),
        ("2025-10-13", "closed", "新名", second, '"4"'),
    ):
        answer = await place.get(f"/windows/{window}", on=day)
        shown = answer.json()
        assert (shown["stage"], shown["name"], shown["department_id"]) == (stage, name, unit)
        assert answer.headers["etag"] == etag
    listed = await place.listed("/windows", on="2025-10-09", department_id=first)
    assert [one["id"] for one in listed] == [window]
    assert not await place.listed("/windows", on="2025-10-10", department_id=first)
    assert not await place.listed("/windows", stage="active")


async def test_the_list_is_filtered_and_goes_on_page_by_page(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    unit = await place.department()
    own = await place.open_window(department_id=unit)
    shared = await place.window(kind="comprehensive", name="综合窗口")
    hall = await place.window(kind="specialised_hall", name="大厅")

    async def ids(**query: str) -> list[str]:
        return [one["id"] for one in await place.listed("/windows", **query)]

    assert await ids() == [own, shared, hall]
    assert await ids(kind="comprehensive") == [shared]
    assert await ids(stage="active") == [own]
    assert await ids(department_id=unit) == [own]
    assert await ids(assessed="true") == [own, shared]
    assert await ids(assessed="false") == [hall]
    assert not await ids(on="2025-10-08")
    page = (await place.get("/windows", limit="2")).json()
    assert await ids(after=page["next"]) == [hall]


async def test_each_change_is_entered_with_its_rows_and_told(at_centre: Opening) -> None:
    place = await at_centre("tianya")
    window = await place.open_window(department_id=await place.department())
    await place.act(window, "closure", by=BUREAU)
    await place.act(window, "closure", {"reason": "撤并"}, by=BUREAU)
    entries = await place.entries()
    assert [(one["action"], one["rows"]) for one in entries] == [
        ("created", ["tianya/8"]),
        ("opened", ["tianya/8"]),
        ("refused", ["tianya/8"]),
        ("closed", ["tianya/8"]),
    ]
    assert {one["subject_id"] for one in entries} == {window}
    assert "国土窗口" not in str(entries)
    types = [one["type"] for one in await place.told()]
    assert types[:2] == ["cn.guiju.window.created", "cn.guiju.window.opened"]


async def test_a_window_of_another_centre_does_not_exist(at_centre: Opening) -> None:
    place, elsewhere = await at_centre("shapotou"), await at_centre("shapotou")
    window = await place.window(department_id=await place.department())
    elsewhere.etags = place.etags
    assert (await elsewhere.get(f"/windows/{window}")).status_code == 404
    assert (await elsewhere.act(window, "activation")).status_code == 404
    assert not await elsewhere.listed("/windows")


async def shut_out(place: Place, path: str) -> int:
    headers = place.issuer.bearer("centres:read", centres=(place.centre,))
    answer = await place.client.post(
        f"/v1/centres/{place.centre}{path}",
        json={"kind": "comprehensive", "name": "窗口"},
        headers=headers | {"Idempotency-Key": "k"},
    )
    return answer.status_code


async def test_reading_is_not_writing(at_centre: Opening) -> None:
    assert await shut_out(await at_centre("shapotou"), "/windows") == 403
