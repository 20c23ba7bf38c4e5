"""Stories of items: entered, placed, changed step by step, with guides and forms for everybody."""

from collections.abc import Mapping
from typing import Final

import httpx

from app.api.examples.load import EXAMPLES
from app.db.items import item
from app.db.windows import window
from tests.api.stories.hall import Hall
from tests.api.stories.story import Story, asked
from tests.api.stories.told_windows import kept

HERE: Final = "shapotou"  # Its text leaves most of an item to the centre.


async def served(hall: Hall, centre: str = HERE, **more: object) -> str:
    """The id of an item of the centre that was there before."""
    return await kept(
        hall,
        centre,
        item,
        name="在办事项",
        kind="promised",
        statutory_days=20,
        promised_days=10,
        licence=False,
        exclusions_in_guide=[],
        **more,
    )


async def told(
    hall: Hall, answer: httpx.Response, operation_id: str, example: str
) -> httpx.Response:
    """The next act on what was answered last, which must have ended well."""
    assert answer.is_success, answer.text
    body, (_, _, _, centre, *_) = answer.json(), answer.url.path.split("/")
    path = {"centre": centre, "item_id": body.get("item_id", body["id"])}
    if "item_id" in body:
        path["guide_id" if "content" in body else "change_id"] = body["id"]
    return await hall.send(operation_id, example, etag=answer.headers["etag"], **path)


def created(example: str, centre: str) -> Story:
    return lambda hall: hall.send("create_item", example, centre=centre)


def placed(example: str, centre: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        item_id = await served(hall, centre)
        seen = await hall.send("read_item", centre=centre, item_id=item_id)
        return await told(hall, seen, "place_item", example)

    return story


async def assigned(hall: Hall) -> httpx.Response:
    centre = "erdos-hitech"
    window_id = await kept(hall, centre, window, version=1, stage="active", kind="comprehensive")
    made = await hall.send("create_item", "public_service", centre=centre)
    return await hall.send_body(
        "assign_item_windows",
        {"window_ids": [window_id]},
        etag=made.headers["etag"],
        centre=centre,
        item_id=made.json()["id"],
    )


async def activated(hall: Hall) -> httpx.Response:
    made = await hall.send("create_item", "public_service", centre=HERE)
    return await told(hall, made, "activate_item", "ready")


def submitted(example: str, centre: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        item_id = await served(hall, centre)
        return await hall.send("submit_item_change", example, centre=centre, item_id=item_id)

    return story


def stepped(change: Story, *steps: tuple[str, str]) -> Story:
    """A change after these steps, each an example."""

    async def story(hall: Hall) -> httpx.Response:
        answer = await change(hall)
        for operation_id, example in steps:
            answer = await told(hall, answer, operation_id, example)
        return answer

    return story


async def cleared(hall: Hall) -> httpx.Response:
    """In its text only a change of what is served is cleared."""
    item_id = await served(hall, "aohan")
    body = EXAMPLES["submit_item_change"]["shorter"]["value"]
    change = await hall.send_body("submit_item_change", body, centre="aohan", item_id=item_id)
    return await told(hall, change, "clear_item_change", "cleared")


def drafted(example: str, centre: str = HERE) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        item_id = await served(hall, centre)
        return await hall.send("draft_guide", example, centre=centre, item_id=item_id)

    return story


def formed(example: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await hall.send("add_form", example, centre=HERE, item_id=await served(hall))

    return story


def of_it(before: Story, operation_id: str) -> Story:
    """Asked of what the story before has made."""

    async def story(hall: Hall) -> httpx.Response:
        answer = await before(hall)
        assert answer.is_success, answer.text
        body, centre = answer.json(), answer.url.path.split("/")[3]
        known = {"centre": centre, "item_id": body["item_id"], "guide_id": body["id"]}
        known["change_id"] = body["id"]
        return await hall.send(operation_id, **known)

    return story


async def excepted(hall: Hall) -> httpx.Response:
    await placed("approved", "aohan")(hall)
    return await hall.send("list_item_exceptions", centre="aohan")


async def reviewed(hall: Hall) -> httpx.Response:
    change = (await submitted("shorter", HERE)(hall)).json()
    month = {"month": change["ended_on"][:7]}
    return await hall.send("list_item_reviews", query=month, centre=HERE)


async def demanded(hall: Hall) -> httpx.Response:
    guide = (await PUBLISHED(hall)).json()
    query = {"received_on": guide["effective_on"], "material": "身份证"}
    path = {"centre": "nanchang", "item_id": guide["item_id"]}
    return await hall.send("rule_on_demands", query=query, **path)


async def overridden(hall: Hall) -> httpx.Response:
    item_id = await served(hall, "nanchang")
    return await hall.send("enter_legal_override", "nanchang", centre="nanchang", item_id=item_id)


def of_override(operation_id: str, example: str | None = None) -> Story:
    """Asked of a legal override that was entered."""

    async def story(hall: Hall) -> httpx.Response:
        made = await overridden(hall)
        path = {"centre": made.url.path.split("/")[3], "item_id": made.json()["item_id"]}
        if operation_id != "list_legal_overrides":
            path["override_id"] = made.json()["id"]
        etag = made.headers["etag"] if example else None
        return await hall.send(operation_id, example, etag=etag, **path)

    return story


async def read(hall: Hall) -> httpx.Response:
    return await hall.send("read_item", centre=HERE, item_id=await served(hall))


EXIT: Final = submitted("exit", "aohan")
OPINED: Final = ("opine_on_item_change", "favourable")
APPROVED: Final = ("approve_item_change", "approved")
PUBLISHED: Final = stepped(drafted("complete", "nanchang"), ("publish_guide", "three"))

READ: Final[Mapping[str, Story]] = {
    "read_item": read,
    "list_item_exceptions": excepted,
    "list_item_gaps": asked("list_item_gaps", centre="nanchang"),
    "list_item_reviews": reviewed,
    "list_item_changes": of_it(EXIT, "list_item_changes"),
    "read_item_change": of_it(EXIT, "read_item_change"),
    "list_legal_overrides": of_override("list_legal_overrides"),
    "read_legal_override": of_override("read_legal_override"),
    "list_guides": of_it(drafted("complete"), "list_guides"),
    "read_guide": of_it(drafted("complete"), "read_guide"),
    "read_guide_outputs": of_it(PUBLISHED, "read_guide_outputs"),
    "rule_on_demands": demanded,
    "list_forms": of_it(formed("sample"), "list_forms"),
    "list_public_items": asked("list_public_items", centre="nanchang"),
    "read_public_item": of_it(PUBLISHED, "read_public_item"),
    "list_public_item_forms": of_it(formed("form"), "list_public_item_forms"),
}
SENT: Final[Mapping[tuple[str, str], Story]] = {
    ("create_item", "licence"): created("licence", "aohan"),
    ("create_item", "public_service"): created("public_service", "erdos-hitech"),
    ("place_item", "approved"): placed("approved", "aohan"),
    ("place_item", "off_system"): placed("off_system", "nanchang"),
    ("assign_item_windows", "one"): assigned,
    ("activate_item", "ready"): activated,
    ("submit_item_change", "exit"): EXIT,
    ("submit_item_change", "shorter"): submitted("shorter", HERE),
    ("submit_item_change", "flow"): submitted("flow", "nanchang"),
    OPINED: stepped(EXIT, OPINED),
    ("clear_item_change", "cleared"): cleared,
    APPROVED: stepped(EXIT, OPINED, APPROVED),
    ("confirm_item_change", "confirmed"): stepped(
        submitted("flow", "nanchang"), ("confirm_item_change", "confirmed")
    ),
    ("implement_item_change", "done"): stepped(
        EXIT, OPINED, APPROVED, ("implement_item_change", "done")
    ),
    ("retract_item_change", "withdrawn"): stepped(EXIT, ("retract_item_change", "withdrawn")),
    ("enter_legal_override", "nanchang"): overridden,
    ("end_legal_override", "repealed"): of_override("end_legal_override", "repealed"),
    ("draft_guide", "complete"): drafted("complete"),
    ("draft_guide", "next_month"): drafted("next_month"),
    ("revise_guide", "shorter"): stepped(drafted("complete"), ("revise_guide", "shorter")),
    ("publish_guide", "three"): PUBLISHED,
    ("publish_guide", "two"): stepped(
        drafted("complete", "erdos-hitech"), ("publish_guide", "two")
    ),
    ("file_guide", "numbered"): stepped(
        drafted("complete", "erdos-hitech"), ("file_guide", "numbered")
    ),
    ("add_form", "sample"): formed("sample"),
    ("add_form", "form"): formed("form"),
}
