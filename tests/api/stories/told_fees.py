"""Stories of fees, publicity and effective dates: what is entered, taken back and read."""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

import httpx

from app.api.examples.load import EXAMPLES
from app.db import demo
from tests.api.cases.desk import FIVE, INSTANT, LICENCE, NUMBERS, TEN
from tests.api.stories.hall import Hall
from tests.api.stories.story import Story, asked

ACCEPTED: Final = ("accept_case", "system")
GRANTED: Final = ("decide_case", "granted")


def item(centre: str, place: int) -> str:
    return str(demo.items_of(NUMBERS[centre])[place].id)


async def fee(hall: Hall, centre: str, **more: object) -> httpx.Response:
    """A fee of a name that no other story has published."""
    body = EXAMPLES["publish_fee"]["standard"]["value"] | {"name": f"工本费{uuid4().hex}"} | more
    answer = await hall.send_body("publish_fee", body, centre=centre, item_id=item(centre, TEN))
    assert answer.status_code == 201, answer.text
    return answer


async def fees_listed(hall: Hall) -> httpx.Response:
    await fee(hall, "tianya")
    return await hall.send("list_fees", centre="tianya", item_id=item("tianya", TEN))


async def fee_read(hall: Hall) -> httpx.Response:
    id_ = (await fee(hall, "tianya")).json()["id"]
    return await hall.send("read_fee", centre="tianya", item_id=item("tianya", TEN), fee_id=id_)


async def fees_open(hall: Hall) -> httpx.Response:
    await fee(hall, "tianya")
    return await hall.send("list_public_fees", centre="tianya")


async def fee_ended(hall: Hall) -> httpx.Response:
    made = await fee(hall, "tianya")
    return await hall.send(
        "end_fee",
        "abolished",
        etag=made.headers["etag"],
        centre="tianya",
        item_id=item("tianya", TEN),
        fee_id=made.json()["id"],
    )


async def charged(hall: Hall) -> httpx.Response:
    """The example under the fee that a story has published."""
    made = (await fee(hall, "nanchang")).json()
    body = EXAMPLES["record_charge"]["nanchang"]["value"] | {
        "fee_id": made["id"],
        "item_id": made["item_id"],
    }
    return await hall.send_body("record_charge", body, centre="nanchang")


async def charges_listed(hall: Hall) -> httpx.Response:
    await charged(hall)
    return await hall.send("list_charges", centre="nanchang")


async def charge_read(hall: Hall) -> httpx.Response:
    id_ = (await charged(hall)).json()["id"]
    return await hall.send("read_charge", centre="nanchang", charge_id=id_)


async def charge_reversed(hall: Hall) -> httpx.Response:
    made = await charged(hall)
    path = {"centre": "nanchang", "charge_id": made.json()["id"]}
    return await hall.send("reverse_charge", "twice", etag=made.headers["etag"], **path)


async def pledge(hall: Hall) -> httpx.Response:
    """A pledge of a name that no other story has published."""
    body = EXAMPLES["publish_pledge"]["tianya"]["value"] | {"name": f"承诺{uuid4().hex}"}
    answer = await hall.send_body("publish_pledge", body, centre="tianya")
    assert answer.status_code == 201, answer.text
    return answer


async def pledges_listed(hall: Hall) -> httpx.Response:
    await pledge(hall)
    return await hall.send("list_pledges", centre="tianya")


async def pledge_read(hall: Hall) -> httpx.Response:
    id_ = (await pledge(hall)).json()["id"]
    return await hall.send("read_pledge", centre="tianya", pledge_id=id_)


async def pledges_open(hall: Hall) -> httpx.Response:
    await pledge(hall)
    return await hall.send("list_public_pledges", centre="tianya")


async def pledge_ended(hall: Hall) -> httpx.Response:
    made = await pledge(hall)
    path = {"centre": "tianya", "pledge_id": made.json()["id"]}
    return await hall.send("end_pledge", "expired", etag=made.headers["etag"], **path)


async def withheld(hall: Hall) -> httpx.Response:
    """The example about a case, for each of them can be withheld but once."""
    case_id, _ = await hall.case("shapotou", FIVE)
    body = EXAMPLES["withhold"]["state_secret"]["value"] | {
        "kind": "decision",
        "resource_id": case_id,
    }
    answer = await hall.send_body("withhold", body, centre="shapotou")
    assert answer.status_code == 201, answer.text
    return answer


async def withholdings_listed(hall: Hall) -> httpx.Response:
    await withheld(hall)
    return await hall.send("list_withholdings", centre="shapotou")


async def withholding_read(hall: Hall) -> httpx.Response:
    id_ = (await withheld(hall)).json()["id"]
    return await hall.send("read_withholding", centre="shapotou", withholding_id=id_)


async def withholding_lifted(hall: Hall) -> httpx.Response:
    made = await withheld(hall)
    path = {"centre": "shapotou", "withholding_id": made.json()["id"]}
    return await hall.send("lift_withholding", "declassified", etag=made.headers["etag"], **path)


async def decisions_open(hall: Hall) -> httpx.Response:
    await hall.case("aohan", FIVE, ACCEPTED, GRANTED)
    return await hall.send("list_public_decisions", centre="aohan")


async def effective_date(hall: Hall, regulation: str) -> httpx.Response:
    """The day of the example for another regulation, whose edition has one at a time."""
    edition = {"aohan": "2020", "erdos-hitech": "undated"}[regulation]
    body = EXAMPLES["enter_effective_date"]["tianya"]["value"] | {"edition": edition}
    return await hall.send_body("enter_effective_date", body, regulation=regulation)


async def effective_dates_listed(hall: Hall) -> httpx.Response:
    await effective_date(hall, "aohan")
    return await hall.send("list_effective_dates", regulation="aohan")


async def effective_date_revoked(hall: Hall) -> httpx.Response:
    made = (await effective_date(hall, "erdos-hitech")).json()
    return await hall.send(
        "revoke_effective_date",
        "mistaken",
        regulation="erdos-hitech",
        effective_date_id=made["id"],
    )


def told(operation_id: str, example: str, **path: str) -> Story:
    """It is enough to send the example."""

    async def story(hall: Hall) -> httpx.Response:
        return await hall.send(operation_id, example, query=None, **path)

    return story


READ: Final[Mapping[str, Story]] = {
    "list_fees": fees_listed,
    "read_fee": fee_read,
    "list_public_fees": fees_open,
    "list_charges": charges_listed,
    "read_charge": charge_read,
    "list_pledges": pledges_listed,
    "read_pledge": pledge_read,
    "list_public_pledges": pledges_open,
    "list_withholdings": withholdings_listed,
    "read_withholding": withholding_read,
    "read_publicity": asked("read_publicity", centre="tianya"),
    "list_public_decisions": decisions_open,
    "list_effective_dates": effective_dates_listed,
}
SENT: Final[Mapping[tuple[str, str], Story]] = {
    ("publish_fee", "standard"): told(
        "publish_fee", "standard", centre="aohan", item_id=item("aohan", LICENCE)
    ),
    ("publish_fee", "none"): told(
        "publish_fee", "none", centre="aohan", item_id=item("aohan", INSTANT)
    ),
    ("end_fee", "abolished"): fee_ended,
    ("record_charge", "nanchang"): charged,
    ("reverse_charge", "twice"): charge_reversed,
    ("publish_pledge", "tianya"): pledge,
    ("end_pledge", "expired"): pledge_ended,
    ("withhold", "state_secret"): told("withhold", "state_secret", centre="shapotou"),
    ("lift_withholding", "declassified"): withholding_lifted,
    ("enter_effective_date", "tianya"): told("enter_effective_date", "tianya", regulation="tianya"),
    ("revoke_effective_date", "mistaken"): effective_date_revoked,
}
