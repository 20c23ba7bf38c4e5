"""Stories of windows: set up, opened, asked for, adjusted, closed, and accepting for others."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Table, insert

from app.api.examples.load import EXAMPLES
from app.db import demo
from app.db.departments import department
from app.db.ids import uuid7
from app.db.items import item
from tests.api.cases.desk import NUMBERS
from tests.api.stories.hall import Hall
from tests.api.stories.story import Story

HERE: Final = "shapotou"  # Its text leaves windows to the centre.


async def kept(hall: Hall, centre: str, table: Table, **row: object) -> str:
    """The id of a row of the centre that was there before the story."""
    id_, centre_id = uuid7(), demo.CENTRES[NUMBERS[centre] - 1].id
    async with hall.app.state.repositories.engine.connect() as connection:
        await connection.execute(insert(table), {"centre_id": centre_id, "id": id_, **row})
    return str(id_)


async def unit(hall: Hall, centre: str) -> str:
    return await kept(
        hall,
        centre,
        department,
        name=f"试验局{uuid4().hex}",
        kind="ordinary",
        since=date(2020, 1, 1),
    )


async def set_up(hall: Hall, centre: str = HERE, example: str = "own") -> httpx.Response:
    """The example as a window of a department, under a number of its own."""
    body = EXAMPLES["create_window"][example]["value"] | {"number": uuid4().hex}
    if "department_id" in body:
        body |= {"department_id": await unit(hall, centre)}
    answer = await hall.send_body("create_window", body, centre=centre)
    assert answer.status_code == 201, answer.text
    return answer


async def opened(hall: Hall, centre: str = HERE, example: str = "own") -> httpx.Response:
    return await acted(hall, await set_up(hall, centre, example), "activate_window", "today")


async def acted(
    hall: Hall, window: httpx.Response, operation_id: str, example: str
) -> httpx.Response:
    answer = await hall.send(
        operation_id,
        example,
        etag=window.headers["etag"],
        centre=window.url.path.split("/")[3],
        window_id=window.json()["id"],
    )
    assert answer.status_code == 201, answer.text
    return answer


def created(example: str, centre: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await set_up(hall, centre, example)

    return story


def activated(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await acted(hall, await set_up(hall), "activate_window", example)

    return story


def changed(operation_id: str, example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await acted(hall, await opened(hall), operation_id, example)

    return story


async def windows_listed(hall: Hall) -> httpx.Response:
    await opened(hall)
    return await hall.send("list_windows", query={"assessed": "true"}, centre=HERE)


async def window_read(hall: Hall) -> httpx.Response:
    window = (await opened(hall)).json()
    return await hall.send("read_window", centre=HERE, window_id=window["id"])


async def asked_for(hall: Hall, example: str = "enter") -> httpx.Response:
    window = (await set_up(hall)).json()
    answer = await hall.send("request_window_change", example, centre=HERE, window_id=window["id"])
    assert answer.status_code == 201, answer.text
    return answer


def requested(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await asked_for(hall, example)

    return story


async def requests_listed(hall: Hall) -> httpx.Response:
    window_id = (await asked_for(hall)).json()["window_id"]
    return await hall.send("list_window_requests", centre=HERE, window_id=window_id)


def with_request(operation_id: str, example: str | None = None) -> Story:
    """What is done with a request that was made before."""

    async def story(hall: Hall) -> httpx.Response:
        request = await asked_for(hall)
        reading = operation_id == "read_window_request"
        return await hall.send(
            operation_id,
            example,
            etag=None if reading else request.headers["etag"],
            centre=HERE,
            window_id=request.json()["window_id"],
            request_id=request.json()["id"],
        )

    return story


async def delegated(hall: Hall) -> httpx.Response:
    """The example for a department of Nanchang and a window that is open there."""
    window = (await opened(hall, "nanchang", "comprehensive")).json()
    body = EXAMPLES["create_delegation"]["approved"]["value"] | {
        "department_id": await unit(hall, "nanchang"),
        "window_id": window["id"],
    }
    answer = await hall.send_body("create_delegation", body, centre="nanchang")
    assert answer.status_code == 201, answer.text
    return answer


async def delegations_listed(hall: Hall) -> httpx.Response:
    await delegated(hall)
    return await hall.send("list_delegations", query={"on": "2025-09-30"}, centre="nanchang")


async def delegation_read(hall: Hall) -> httpx.Response:
    id_ = (await delegated(hall)).json()["id"]
    return await hall.send("read_delegation", centre="nanchang", delegation_id=id_)


async def delegation_ended(hall: Hall) -> httpx.Response:
    made = await delegated(hall)
    return await hall.send(
        "end_delegation",
        "own_window",
        etag=made.headers["etag"],
        centre="nanchang",
        delegation_id=made.json()["id"],
    )


async def entrusted(hall: Hall) -> httpx.Response:
    """The example with an item of the department that was entrusted."""
    delegation = (await delegated(hall)).json()
    item_id = await kept(
        hall,
        "nanchang",
        item,
        name="试验事项",
        kind="promised",
        licence=False,
        exclusions_in_guide=[],
        department_id=UUID(delegation["department_id"]),
    )
    body = {"window_id": delegation["window_id"], "item_id": item_id}
    answer = await hall.send_body("accept_entrusted_case", body, centre="nanchang")
    assert answer.status_code == 201, answer.text
    return answer


async def entrusted_listed(hall: Hall) -> httpx.Response:
    await entrusted(hall)
    return await hall.send("list_entrusted_cases", centre="nanchang")


async def entrusted_read(hall: Hall) -> httpx.Response:
    id_ = (await entrusted(hall)).json()["id"]
    return await hall.send("read_entrusted_case", centre="nanchang", entrusted_case_id=id_)


async def step_taken(hall: Hall) -> httpx.Response:
    made = await entrusted(hall)
    return await hall.send(
        "take_entrusted_step",
        "transferred",
        etag=made.headers["etag"],
        centre="nanchang",
        entrusted_case_id=made.json()["id"],
    )


async def delegation_covers(hall: Hall) -> httpx.Response:
    made = (await entrusted(hall)).json()
    query = {"window_id": made["window_id"], "item_id": made["item_id"]}
    return await hall.send("read_delegation_coverage", query=query, centre="nanchang")


READ: Final[Mapping[str, Story]] = {
    "list_windows": windows_listed,
    "read_window": window_read,
    "list_window_requests": requests_listed,
    "read_window_request": with_request("read_window_request"),
    "approve_window_request": with_request("approve_window_request"),
    "list_delegations": delegations_listed,
    "read_delegation": delegation_read,
    "read_delegation_coverage": delegation_covers,
    "list_entrusted_cases": entrusted_listed,
    "read_entrusted_case": entrusted_read,
}
SENT: Final[Mapping[tuple[str, str], Story]] = {
    ("create_window", "own"): created("own", "tianya"),
    ("create_window", "comprehensive"): created("comprehensive", "tianya"),
    ("create_window", "specialised_hall"): created("specialised_hall", "nanchang"),
    ("create_window", "sub_hall"): created("sub_hall", "aohan"),
    ("activate_window", "today"): activated("today"),
    ("activate_window", "earlier"): activated("earlier"),
    ("adjust_window", "renamed"): changed("adjust_window", "renamed"),
    ("close_window", "merged"): changed("close_window", "merged"),
    ("request_window_change", "enter"): requested("enter"),
    ("request_window_change", "adjust"): requested("adjust"),
    ("reject_window_request", "no_space"): with_request("reject_window_request", "no_space"),
    ("create_delegation", "approved"): delegated,
    ("end_delegation", "own_window"): delegation_ended,
    ("accept_entrusted_case", "accepted"): entrusted,
    ("take_entrusted_step", "transferred"): step_taken,
}
