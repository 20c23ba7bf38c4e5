"""Stories of organisation: centres and their law, departments, appointments, policies, checks."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx

from app.api.examples.load import EXAMPLES
from app.db import demo
from tests.api.cases.desk import NUMBERS
from tests.api.stories.hall import Hall
from tests.api.stories.story import Story, asked

# Any: bodies are the free JSON that they are.
HERE: Final = "erdos-hitech"
APART: Final = "nanchang-national"  # Its name and its law may change: no other story asks for it.


def changed(operation_id: str, example: str, **more: object) -> dict[str, Any]:
    """The example as it is sent, with what only this hall knows."""
    body: dict[str, Any] = EXAMPLES[operation_id][example]["value"] | more
    return body


async def done(hall: Hall, operation_id: str, body: object, **path: Any) -> httpx.Response:
    answer = await hall.send_body(operation_id, body, **{"centre": HERE, **path})
    assert answer.status_code == 201, answer.text
    return answer


def founded(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        body = changed("found_centre", example, code=f"c-{uuid4().hex[:20]}")
        return await hall.send_body("found_centre", body)

    return story


async def renamed(hall: Hall) -> httpx.Response:
    etag = (await hall.send("read_centre", centre=APART)).headers["etag"]
    return await hall.send("rename_centre", "new_name", etag=etag, centre=APART)


async def unit_type_set(hall: Hall) -> httpx.Response:
    centre = await founded("draft")(hall)
    at = {"centre": centre.json()["centre"]["id"], "etag": centre.headers["etag"]}
    return await hall.send("set_unit_type", "community_station", **at)


async def sandbox_day_set(hall: Hall) -> httpx.Response:
    code = f"c-{uuid4().hex[:20]}"
    body = changed("found_centre", "county", code=code, sandbox=True)
    assert (await hall.send_body("found_centre", body)).status_code == httpx.codes.CREATED
    body = changed("set_sandbox_day", "ahead", on="2027-03-01")
    return await hall.send_body("set_sandbox_day", body, centre=code)


def adopted(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        """A centre of its own: what was adopted for a day is not adopted again."""
        centre = await founded("county")(hall)
        key = centre.json()["centre"]["id"]
        return await hall.send("adopt_regulation", example, centre=key)

    return story


async def adoptions_listed(hall: Hall) -> httpx.Response:
    centre = (await founded("draft")(hall)).json()["centre"]["id"]
    return await hall.send("list_adoptions", centre=centre)


def set_to(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await hall.send("set_setting", example, centre=HERE)

    return story


async def department(hall: Hall, example: str = "with_code") -> httpx.Response:
    """A department under a name of its own; the code stays with the example that shows it."""
    body = changed("register_department", example, name=f"试验局{uuid4().hex}")
    return await done(hall, "register_department", body | {"credit_code": None})


def registered(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        centre = (await founded("county")(hall)).json()["centre"]["id"]
        return await hall.send("register_department", example, centre=centre)

    return story


def at_a_department(operation_id: str, example: str | None = None) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        made = await department(hall)
        return await hall.send(
            operation_id,
            example,
            etag=made.headers["etag"],
            centre=HERE,
            department_id=made.json()["id"],
        )

    return story


async def departments_listed(hall: Hall) -> httpx.Response:
    await department(hall)
    return await hall.send("list_departments", query={"on": "2025-09-30"}, centre=HERE)


async def office(hall: Hall) -> httpx.Response:
    id_ = (await department(hall)).json()["id"]
    body = changed("open_office", "approval_office")
    return await done(hall, "open_office", body, department_id=id_)


async def offices_listed(hall: Hall) -> httpx.Response:
    id_ = (await office(hall)).json()["department_id"]
    return await hall.send("list_offices", centre=HERE, department_id=id_)


async def office_closed(hall: Hall) -> httpx.Response:
    made = await office(hall)
    return await hall.send(
        "close_office",
        "year_end",
        etag=made.headers["etag"],
        centre=HERE,
        department_id=made.json()["department_id"],
        office_id=made.json()["id"],
    )


def appointed(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        body = changed(
            "appoint",
            example,
            department_id=(await department(hall)).json()["id"],
            person_id=str(demo.persons_of(NUMBERS[HERE])[2].id),
        )
        return await hall.send_body("appoint", body, centre=HERE)

    return story


async def appointments_listed(hall: Hall) -> httpx.Response:
    await appointed("liaison")(hall)
    return await hall.send("list_appointments", query={"office": "liaison"}, centre=HERE)


async def appointment_read(hall: Hall) -> httpx.Response:
    id_ = (await appointed("liaison")(hall)).json()["id"]
    return await hall.send("read_appointment", centre=HERE, appointment_id=id_)


async def appointment_ended(hall: Hall) -> httpx.Response:
    made = await appointed("liaison")(hall)
    return await hall.send(
        "end_appointment",
        "transferred",
        etag=made.headers["etag"],
        centre=HERE,
        appointment_id=made.json()["id"],
    )


def policy(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await hall.send("register_policy", example, centre=HERE)

    return story


async def policies_listed(hall: Hall) -> httpx.Response:
    await policy("own")(hall)
    return await hall.send("list_policies", query={"on": "2025-09-30"}, centre=HERE)


async def policy_read(hall: Hall) -> httpx.Response:
    id_ = (await policy("attendance")(hall)).json()["id"]
    return await hall.send("read_policy", query={"on": "2025-01-10"}, centre=HERE, policy_id=id_)


async def policy_issued(hall: Hall) -> httpx.Response:
    made = await policy("own")(hall)
    return await hall.send(
        "issue_policy_version",
        "second",
        etag=made.headers["etag"],
        centre=HERE,
        policy_id=made.json()["id"],
    )


async def checked(hall: Hall) -> httpx.Response:
    return await hall.send("enter_check", "two_findings", centre=HERE)


async def checks_listed(hall: Hall) -> httpx.Response:
    await checked(hall)
    return await hall.send("list_checks", centre=HERE)


async def check_report_read(hall: Hall) -> httpx.Response:
    await checked(hall)
    return await hall.send("read_check_report", query={"on": "2025-09-30"}, centre=HERE)


async def followed_up(hall: Hall) -> httpx.Response:
    id_ = (await checked(hall)).json()["id"]
    return await hall.send("follow_up_finding", "done", centre=HERE, check_id=id_, number="1")


READ: Final[Mapping[str, Story]] = {
    "list_adoptions": adoptions_listed,
    "list_settings": asked("list_settings", {"on": "2025-10-09"}, centre=HERE),
    "list_departments": departments_listed,
    "read_department": at_a_department("read_department"),
    "list_offices": offices_listed,
    "list_appointments": appointments_listed,
    "read_appointment": appointment_read,
    "list_policies": policies_listed,
    "read_policy": policy_read,
    "list_checks": checks_listed,
    "read_check_report": check_report_read,
    "list_gaps": asked("list_gaps", {"on": "2025-09-30"}, centre="tianya"),
}
SENT: Final[Mapping[tuple[str, str], Story]] = {
    ("found_centre", "county"): founded("county"),
    ("found_centre", "draft"): founded("draft"),
    ("rename_centre", "new_name"): renamed,
    ("set_unit_type", "community_station"): unit_type_set,
    ("set_sandbox_day", "ahead"): sandbox_day_set,
    ("adopt_regulation", "from_next_year"): adopted("from_next_year"),
    ("adopt_regulation", "draft"): adopted("draft"),
    ("set_setting", "admonitions"): set_to("admonitions"),
    ("set_setting", "strict"): set_to("strict"),
    ("register_department", "with_code"): registered("with_code"),
    ("register_department", "police_station"): registered("police_station"),
    ("rename_department", "merged"): at_a_department("rename_department", "merged"),
    ("close_department", "reform"): at_a_department("close_department", "reform"),
    ("open_office", "approval_office"): at_a_department("open_office", "approval_office"),
    ("close_office", "year_end"): office_closed,
    ("appoint", "liaison"): appointed("liaison"),
    ("appoint", "chief_representative"): appointed("chief_representative"),
    ("end_appointment", "transferred"): appointment_ended,
    ("register_policy", "attendance"): policy("attendance"),
    ("register_policy", "own"): policy("own"),
    ("issue_policy_version", "second"): policy_issued,
    ("enter_check", "two_findings"): checked,
    ("follow_up_finding", "done"): followed_up,
}
