"""Stories of people: registered, posted, given work, put on record, mandated."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx

from app.api.examples.load import EXAMPLES
from app.db import demo
from tests.api.cases.desk import NUMBERS
from tests.api.stories.hall import Hall
from tests.api.stories.story import Story, asked

AOHAN: Final = "aohan"
HITECH: Final = "erdos-hitech"
NANCHANG: Final = "nanchang"


# Any: bodies are the free JSON that they are, and paths are handed on.
def of_example(operation_id: str, example: str, **more: object) -> dict[str, Any]:
    """The example as it is sent, with what only this hall knows."""
    body: dict[str, Any] = EXAMPLES[operation_id][example]["value"] | more
    return body


async def made(hall: Hall, operation_id: str, body: object, **path: Any) -> httpx.Response:
    answer = await hall.send_body(operation_id, body, **path)
    assert answer.status_code == 201, answer.text
    return answer


async def unit(hall: Hall, centre: str) -> str:
    body = {"name": f"试验局{uuid4().hex}", "since": "2024-01-01"}
    answer = await made(hall, "register_department", body, centre=centre)
    return str(answer.json()["id"])


async def person(hall: Hall, centre: str = AOHAN, example: str = "clerk") -> httpx.Response:
    """A person with an account of its own; the number stays with the story that shows it."""
    body = of_example("add_person", example, subject=uuid4().hex)
    body.pop("id_number", None)
    return await made(hall, "add_person", body, centre=centre)


def added(example: str, centre: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        """Once with the number, however often it is told: then without."""
        body = of_example("add_person", example, subject=uuid4().hex)
        answer = await hall.send_body("add_person", body, centre=centre)
        if answer.status_code != 409:
            return answer
        body.pop("id_number")
        return await hall.send_body("add_person", body, centre=centre)

    return story


async def found(hall: Hall) -> httpx.Response:
    await added("clerk", AOHAN)(hall)
    return await hall.send("find_person", "by_id_number", centre=AOHAN)


def of_a_person(operation_id: str, example: str | None = None) -> Story:
    """About somebody who has just been registered."""

    async def story(hall: Hall) -> httpx.Response:
        one = await person(hall)
        return await hall.send(
            operation_id,
            example,
            etag=one.headers["etag"],
            centre=AOHAN,
            person_id=one.json()["id"],
        )

    return story


async def posting(hall: Hall, centre: str, example: str = "clerk") -> httpx.Response:
    body = of_example(
        "open_posting",
        example,
        person_id=(await person(hall, centre)).json()["id"],
        department_id=await unit(hall, centre),
    )
    return await made(hall, "open_posting", body, centre=centre)


def posted(example: str, centre: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await posting(hall, centre, example)

    return story


def of_a_posting(operation_id: str, example: str | None = None, centre: str = AOHAN) -> Story:
    """About a posting that has just begun."""

    async def story(hall: Hall) -> httpx.Response:
        one = await posting(hall, centre)
        return await hall.send(
            operation_id,
            example,
            etag=one.headers["etag"],
            centre=centre,
            posting_id=one.json()["id"],
        )

    return story


async def postings_listed(hall: Hall) -> httpx.Response:
    await posting(hall, HITECH)
    return await hall.send("list_postings", query={"on": "2025-09-30"}, centre=HITECH)


async def gaps_listed(hall: Hall) -> httpx.Response:
    """A party member whose relation has not come, and elsewhere work from before the posting."""
    await of_a_posting("assign_duty", "before_posting", HITECH)(hall)
    await posting(hall, AOHAN)
    return await hall.send("list_posting_gaps", centre=AOHAN)


def during_a_posting(added_by: str, example: str, asked_of: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        """What a posting has, listed."""
        one = (await posting(hall, AOHAN)).json()["id"]
        await made(hall, added_by, of_example(added_by, example), centre=AOHAN, posting_id=one)
        return await hall.send(asked_of, centre=AOHAN, posting_id=one)

    return story


async def duty_ended(hall: Hall) -> httpx.Response:
    duty = (await of_a_posting("assign_duty", "window_related")(hall)).json()
    return await hall.send(
        "end_duty",
        "handed_over",
        centre=AOHAN,
        posting_id=duty["posting_id"],
        duty_id=duty["id"],
    )


async def mandate(hall: Hall, centre: str, example: str) -> httpx.Response:
    body = of_example(
        "grant_mandate",
        example,
        department_id=await unit(hall, centre),
        item_ids=[str(demo.items_of(NUMBERS[centre])[1].id)],
    )
    return await made(hall, "grant_mandate", body, centre=centre)


def granted(example: str, centre: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await mandate(hall, centre, example)

    return story


def of_a_mandate(operation_id: str, example: str | None = None) -> Story:
    """About a mandate that has just been granted."""

    async def story(hall: Hall) -> httpx.Response:
        one = await mandate(hall, AOHAN, "to_be_filed")
        return await hall.send(
            operation_id,
            example,
            etag=one.headers["etag"],
            centre=AOHAN,
            mandate_id=one.json()["id"],
        )

    return story


async def mandates_listed(hall: Hall) -> httpx.Response:
    await mandate(hall, HITECH, "decide")
    return await hall.send("list_mandates", centre=HITECH)


async def coverage_read(hall: Hall) -> httpx.Response:
    item_id = str(demo.items_of(NUMBERS[AOHAN])[1].id)
    query = {"item_id": item_id, "power": "decide", "on": "2025-10-09"}
    return await hall.send("read_mandate_coverage", query=query, centre=AOHAN)


async def public_mandates_listed(hall: Hall) -> httpx.Response:
    await of_a_mandate("file_mandate", "filed")(hall)
    return await hall.send("list_public_mandates", centre=AOHAN)


READ: Final[Mapping[str, Story]] = {
    "read_person": of_a_person("read_person"),
    "list_postings": postings_listed,
    "read_posting": of_a_posting("read_posting"),
    "list_posting_gaps": gaps_listed,
    "list_duties": during_a_posting("assign_duty", "window_related", "list_duties"),
    "list_staff_records": during_a_posting("add_staff_record", "attendance", "list_staff_records"),
    "read_systems": asked("read_systems", centre="shapotou"),
    "list_mandates": mandates_listed,
    "read_mandate": of_a_mandate("read_mandate"),
    "read_mandate_coverage": coverage_read,
    "list_public_mandates": public_mandates_listed,
}
SENT: Final[Mapping[tuple[str, str], Story]] = {
    ("add_person", "clerk"): added("clerk", AOHAN),
    ("add_person", "chief_without_number"): added("chief_without_number", NANCHANG),
    ("correct_person", "name_and_phone"): of_a_person("correct_person", "name_and_phone"),
    ("erase_person", "on_request"): of_a_person("erase_person", "on_request"),
    ("disclose_person", "check"): of_a_person("disclose_person", "check"),
    ("disclose_person", "access_request"): of_a_person("disclose_person", "access_request"),
    ("find_person", "by_id_number"): found,
    ("open_posting", "clerk"): posted("clerk", AOHAN),
    ("open_posting", "chief"): posted("chief", NANCHANG),
    ("end_posting", "rotation"): of_a_posting("end_posting", "rotation"),
    ("assign_duty", "window_related"): of_a_posting("assign_duty", "window_related"),
    ("assign_duty", "before_posting"): of_a_posting("assign_duty", "before_posting", HITECH),
    ("end_duty", "handed_over"): duty_ended,
    ("add_staff_record", "attendance"): of_a_posting("add_staff_record", "attendance"),
    ("add_staff_record", "party_relation"): of_a_posting("add_staff_record", "party_relation"),
    ("grant_mandate", "decide"): granted("decide", HITECH),
    ("grant_mandate", "to_be_filed"): granted("to_be_filed", AOHAN),
    ("file_mandate", "filed"): of_a_mandate("file_mandate", "filed"),
    ("revoke_mandate", "withdrawn"): of_a_mandate("revoke_mandate", "withdrawn"),
}
