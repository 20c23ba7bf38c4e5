"""Items over HTTP: entered in the classes of the text, ready before they are served."""

import asyncio

import pytest

from tests.api.items.register import CLASS, Opening, Register, against
from tests.rows import row

FOUR = ["行政许可", "非行政许可审批", "行政监管", "公共服务"]
CODE = "12441500196720244T3442199806003"  # 18 + 1 + 12, as it is in use


@row("erdos-hitech/2")
async def test_a_class_that_the_text_does_not_name_is_unprocessable(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    body = {"name": "裁决", "kind": "instant", "item_class": "行政裁决"}
    refused = await register.post("/items", body)
    assert refused.status_code == 422
    assert against(refused) == {"erdos-hitech/2"}
    (finding,) = refused.json()["decision"]["findings"]
    assert finding["expected"] == FOUR
    made = await register.post("/items", body | {"item_class": "公共服务"})
    assert made.status_code == 201
    assert made.json()["warnings"] == []


@row("erdos-hitech/2")
async def test_a_class_that_the_state_gave_up_is_kept_and_warned_of(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    body = {"name": "旧事项", "kind": "instant", "item_class": "非行政许可审批"}
    made = (await register.post("/items", body)).json()
    assert [warning["code"] for warning in made["warnings"]] == ["item_class_abolished"]


@row("nanchang/3", "aohan/1", "aohan/2")
@pytest.mark.parametrize(
    ("regulation", "item_class", "status", "named"),
    [
        ("nanchang", "行政处罚", 422, 3),
        ("nanchang", "非行政许可", 201, 0),
        ("aohan", "行政处罚", 422, 9),
        ("aohan", "其他行政权力", 201, 0),
        ("aohan", "行政审批事项", 201, 0),
        ("tianya", "行政处罚", 201, 0),  # No list of classes: nothing is borrowed.
        ("shapotou", None, 201, 0),
    ],
)
async def test_each_text_has_classes_of_its_own_or_none(
    at_centre: Opening, regulation: str, item_class: str | None, status: int, named: int
) -> None:
    register = await at_centre(regulation)
    body = {"name": "事项", "kind": "instant", "item_class": item_class}
    answer = await register.post("/items", body)
    assert answer.status_code == status
    if named:
        assert len(answer.json()["decision"]["findings"][0]["expected"]) == named


@row("aohan/34", "shapotou/12.5")
@pytest.mark.parametrize(
    ("regulation", "promised", "status"),
    [("aohan", 20, 201), ("aohan", 21, 422), ("shapotou", 21, 422), ("nanchang", 21, 201)],
)
async def test_a_promise_above_the_statute_is_refused_where_the_text_says_so(
    at_centre: Opening, regulation: str, promised: int, status: int
) -> None:
    register = await at_centre(regulation)
    body = {"name": "事项", "kind": "promised", "statutory_days": 20, "promised_days": promised}
    answer = await register.post("/items", body | {"item_class": CLASS.get(regulation)})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"implementation_code": CODE, "basic_code": "442199806003"}, 201),
        ({"implementation_code": CODE.replace("T3", "T8")}, 422),  # no such level
        ({"implementation_code": CODE.replace("T3", "U3")}, 422),  # GB 32100 check
        ({"implementation_code": CODE, "basic_code": "442199806004"}, 422),
        ({"implementation_code": "511A0138000000-511602000000-000-115113010833722043-1-00"}, 201),
        ({"implementation_code": "编码"}, 422),
        ({"type_code": "01"}, 201),
        ({"type_code": "1"}, 422),
        ({"basic_code": "12345"}, 422),
    ],
)
async def test_codes_are_of_the_standard_or_of_a_province(
    at_centre: Opening, more: dict[str, str], status: int
) -> None:
    register = await at_centre("tianya")
    answer = await register.post("/items", {"name": "事项", "kind": "instant", **more})
    assert answer.status_code == status, answer.text


async def test_an_implementation_code_belongs_to_one_item(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    await register.draft(implementation_code=CODE)
    body = {"name": "事项", "kind": "instant", "implementation_code": CODE}
    second = await register.post("/items", body)
    assert (second.status_code, second.json()["code"]) == (409, "item_code_taken")


@pytest.mark.parametrize("blank", ["  ", "\u3000", "\n\t"])
async def test_a_name_and_a_reason_are_more_than_blanks(at_centre: Opening, blank: str) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    answers = (
        await register.post("/items", {"name": blank, "kind": "instant"}),
        await register.tell(item_id, "activation", {"reason": blank}),
        await register.post(f"/items/{item_id}/changes", {"kind": "enter", "reason": blank}),
        await register.form(item_id, title=blank),
        await register.post("/pledges", {"name": blank, "elements": {}}),
    )
    for answer in answers:
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "text_invalid")


async def test_a_department_and_an_office_have_to_be_there(at_centre: Opening) -> None:
    register, other = await at_centre("tianya"), await at_centre("tianya")
    department_id, office_id = await other.office()
    body = {"name": "事项", "kind": "instant", "department_id": department_id}
    assert (await register.post("/items", body)).status_code == 404
    own = await register.department()
    foreign = body | {"department_id": own, "office_id": office_id}
    assert (await register.post("/items", foreign)).status_code == 404
    _, neighbour = await register.office()
    assert (await register.post("/items", foreign | {"office_id": neighbour})).status_code == 422
    alone = {"name": "事项", "kind": "instant", "office_id": office_id}
    assert (await register.post("/items", alone)).status_code == 422


@row("nanchang/4")
async def test_an_item_belongs_to_the_one_office_of_its_department(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    department_id, office_id = await register.office()
    _, elsewhere = await register.office()
    body = {
        "name": "事项",
        "kind": "instant",
        "item_class": "行政许可",
        "department_id": department_id,
    }
    refused = await register.post("/items", body | {"office_id": elsewhere})
    assert (refused.status_code, against(refused)) == (409, {"nanchang/4"})
    assert (await register.post("/items", body | {"office_id": office_id})).status_code == 201


@row("nanchang/4")
async def test_an_item_without_an_office_is_not_activated(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.draft()
    change = (await register.submit(item_id, "enter")).json()
    refused = await register.step(change, "confirmation")
    assert (refused.status_code, against(refused)) == (409, {"nanchang/4"})


@row("erdos-hitech/14.1")
async def test_an_item_is_assigned_to_a_window_before_it_is_active(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await register.draft(promised_days=20)
    refused = await register.tell(item_id, "activation", {"reason": "进驻"})
    assert (refused.status_code, against(refused)) == (409, {"erdos-hitech/14.1"})
    window_id = await register.hall_window()
    assigned = await register.tell(item_id, "windows", {"window_ids": [window_id]})
    assert assigned.json()["window_ids"] == [window_id]
    active = await register.tell(item_id, "activation", {"reason": "进驻"})
    assert active.status_code == 201
    assert (active.json()["stage"], active.json()["active_since"]) == ("active", "2025-10-09")


@row("erdos-hitech/14.1")
async def test_windows_are_replaced_from_the_day_and_remembered(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await register.draft()
    first, second = await register.hall_window(), await register.hall_window()
    await register.tell(item_id, "windows", {"window_ids": [first]})
    register.on("2025-10-10")
    await register.tell(item_id, "windows", {"window_ids": [second, second]})
    assert (await register.seen(item_id))["window_ids"] == [second]
    assert (await register.seen(item_id, on="2025-10-09"))["window_ids"] == [first]
    foreign = await (await at_centre("erdos-hitech")).hall_window()
    unknown = await register.tell(item_id, "windows", {"window_ids": [foreign]})
    assert unknown.status_code == 404


@row("aohan/8")
async def test_an_item_in_the_hall_needs_a_guide(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    refused = await register.tell(item_id, "activation", {"reason": "进厅"})
    assert refused.status_code == 409
    assert against(refused) == {"aohan/4.6", "aohan/8"}


@row("aohan/8", "aohan/11")
async def test_without_a_mandate_the_window_only_accepts(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    department_id = await register.department()
    item_id = await register.draft(department_id=department_id)
    await ready(register, item_id)
    active = await register.tell(item_id, "activation", {"reason": "进厅"})
    assert active.status_code == 201, active.text
    assert active.json()["accept_only"] is True
    await register.mandated(item_id, department_id)
    assert (await register.seen(item_id))["accept_only"] is False


async def ready(register: Register, item_id: str) -> None:
    """Agreed to by centre and bureau, with a guide."""
    assert (await register.form(item_id)).status_code == 201
    await register.published(item_id)
    change = (await register.submit(item_id, "enter")).json()
    assert (await register.step(change, "opinion")).status_code == 201
    assert (await register.step(change, "approval")).status_code == 201


@pytest.mark.parametrize("regulation", ["tianya", "shapotou"])
async def test_where_the_text_is_silent_an_item_is_active_for_the_asking(
    at_centre: Opening, regulation: str
) -> None:
    register = await at_centre(regulation)
    item_id = await register.draft()
    early = await register.apply(item_id)
    assert (early.status_code, early.json()["code"]) == (409, "item_not_active")
    active = await register.tell(item_id, "activation", {"reason": "进驻"})
    assert active.json()["accept_only"] is None
    assert (await register.apply(item_id)).status_code == 201
    again = await register.tell(item_id, "activation", {"reason": "进驻"})
    assert (again.status_code, again.json()["code"]) == (409, "item_stage_unfit")


async def test_an_item_of_before_is_served_as_it_was(at_centre: Opening) -> None:
    for regulation in ("nanchang", "aohan", "erdos-hitech"):
        register = await at_centre(regulation)
        assert (await register.apply(await register.item(None))).status_code == 201


async def test_items_are_listed_by_stage_class_and_department(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    department_id = await register.department()
    one = await register.draft(department_id=department_id, item_class="公共服务")
    two = await register.draft()
    await register.tell(two, "activation", {"reason": "进驻"})

    async def ids(**query: str) -> list[str]:
        return [each["id"] for each in await register.listed("/items", **query)]

    assert await ids() == [one, two]
    assert await ids(stage="draft") == await ids(item_class="公共服务") == [one]
    assert await ids(department_id=department_id) == [one]
    assert await ids(stage="active") == [two]


async def test_a_change_of_an_item_needs_its_state(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    path, body = f"/items/{item_id}/activation", {"reason": "进驻"}
    assert (await register.post(path, body)).status_code == 428
    assert (await register.post(path, body, etag='"9"')).status_code == 412
    assert (await register.post(path, body, etag='"1"')).status_code == 201
    other = await at_centre("tianya")
    assert (await other.post(path, body, etag='"2"')).status_code == 404


async def test_two_that_activate_at_once_do_it_once(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    path, body = f"/items/{item_id}/activation", {"reason": "进驻"}
    both = await asyncio.gather(*(register.post(path, body, etag='"1"') for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 412]


async def test_what_is_done_to_an_item_is_entered_and_told(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    await register.tell(item_id, "activation", {"reason": "进驻"})
    entries = [each for each in await register.entries() if each["subject_id"] == item_id]
    assert [each["action"] for each in entries] == ["entered", "activated"]
    types = [each["type"] for each in await register.told()]
    assert types == ["cn.guiju.item.entered", "cn.guiju.item.activated"]
