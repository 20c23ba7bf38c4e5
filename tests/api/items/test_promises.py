"""Promises over HTTP: published before they hold, shown to everybody as they were on each day."""

import asyncio

import httpx
import pytest
from sqlalchemy import update

from app.db.centres import centre
from app.db.repositories import Repositories
from app.domain.organisation.authority import Body
from tests.api.cases.desk import at
from tests.api.items.register import Json, Opening, Register, against, as_
from tests.rows import row

ROW = {"erdos-hitech/14.5.s3"}
REASON = {"reason": "进驻"}


async def windowed(register: Register, **more: object) -> str:
    """A draft that lacks nothing else."""
    item_id = await register.draft(**more)
    await register.tell(item_id, "windows", {"window_ids": [await register.hall_window()]})
    return item_id


async def served(register: Register, **more: object) -> str:
    """An item that is active and promises what the statute sets, which its guide says."""
    item_id = await windowed(register, promised_days=20, **more)
    await register.published(item_id, promised_limit="20个工作日", promised_days=20)
    active = await register.tell(item_id, "activation", REASON)
    assert active.status_code == 201, active.text
    return item_id


async def announced(register: Register, item_id: str, days: int) -> Json:
    """A new version of the guide, public and filed."""
    made = await register.published(item_id, promised_limit=f"{days}个工作日", promised_days=days)
    filed = await register.on_guide(made, "filing", {}, by=as_(Body.PARTY_OFFICE))
    assert filed.status_code == 201, filed.text
    return dict(filed.json())


async def shown(register: Register, item_id: str, **query: str) -> tuple[object, ...]:
    """What everybody reads of the limits, the same in the list and by itself."""
    one = (await register.public(f"/{item_id}", **query)).json()
    (listed,) = (await register.public("", **query)).json()["items"]
    limits = tuple(one[name] for name in ("promised_days", "statutory_days", "reduction_percent"))
    assert limits == tuple(
        listed[name] for name in ("promised_days", "statutory_days", "reduction_percent")
    )
    return limits


def code(answer: httpx.Response) -> tuple[int, set[str]]:
    return answer.status_code, against(answer)


@row("erdos-hitech/14.5.s3")
async def test_a_shortened_promise_is_shown_from_that_day(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await served(register)
    register.now[0] = at("2025-10-15")
    await announced(register, item_id, 10)
    assert (await register.submit(item_id, "change", promised_days=10)).status_code == 201
    assert await shown(register, item_id) == (10, 20, "50.00")
    assert await shown(register, item_id, on="2025-10-15") == (10, 20, "50.00")
    assert await shown(register, item_id, on="2025-10-14") == (20, 20, "0.00")


@row("erdos-hitech/14.5.s3")
async def test_an_unpublished_promise_is_not_activated(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await windowed(register)
    unguided = await register.tell(item_id, "activation", REASON)
    assert code(unguided) == (409, ROW)
    (finding,) = [
        each for each in unguided.json()["decision"]["findings"] if each["result"] == "violated"
    ]
    assert (finding["expected"], finding["actual"]) == (10, None)
    assert finding["article"] == "第十四条（五）"
    drafted = await register.guide(item_id, promised_days=10)
    assert code(await register.tell(item_id, "activation", REASON)) == (409, ROW)
    await register.publish(drafted)
    assert (await register.tell(item_id, "activation", REASON)).status_code == 201


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize("stated", [None, 9, 20])
async def test_words_or_other_days_are_not_the_promise(
    at_centre: Opening, stated: int | None
) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await windowed(register)
    await register.published(item_id, promised_limit="10个工作日", promised_days=stated)
    assert code(await register.tell(item_id, "activation", REASON)) == (409, ROW)


@row("erdos-hitech/14.5.s3")
async def test_a_change_waits_until_the_new_promise_is_public_and_filed(
    at_centre: Opening,
) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await served(register)
    assert code(await register.submit(item_id, "change", promised_days=10)) == (409, ROW)
    made = await register.published(item_id, promised_days=10)
    assert code(await register.submit(item_id, "change", promised_days=10)) == (409, ROW)
    await register.on_guide(made, "filing", {})
    done = await register.submit(item_id, "change", promised_days=10)
    assert (done.status_code, done.json()["stage"]) == (201, "implemented")
    (entered,) = [e for e in await register.entries() if e["action"] == "implemented"]
    assert {*entered["rows"]} >= ROW


@row("erdos-hitech/14.5.s3")
async def test_a_version_of_a_later_day_publishes_nothing_yet(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await windowed(register)
    await register.published(item_id, promised_days=10, since="2025-10-15")
    assert code(await register.tell(item_id, "activation", REASON)) == (409, ROW)
    register.now[0] = at("2025-10-14")
    assert code(await register.tell(item_id, "activation", REASON)) == (409, ROW)
    register.now[0] = at("2025-10-15")
    assert (await register.tell(item_id, "activation", REASON)).status_code == 201


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize(
    "proposal",
    [{"promised_days": 25}, {"promised_days": 20}, {"name": "食品经营"}, {"kind": "promised"}],
)
async def test_what_is_not_shortened_takes_effect_at_once(
    at_centre: Opening, proposal: Json
) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await served(register)
    assert (await register.submit(item_id, "change", **proposal)).status_code == 201


@row("erdos-hitech/14.5.s3")
async def test_a_draft_may_promise_what_is_published_later(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await register.draft(promised_days=20)
    assert (await register.submit(item_id, "change", promised_days=10)).status_code == 201


@row("erdos-hitech/14.5.s3")
async def test_an_item_does_not_come_back_with_another_promise(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await served(register)
    await announced(register, item_id, 10)
    await register.submit(item_id, "change", promised_days=10)
    await announced(register, item_id, 20)
    assert (await register.submit(item_id, "exit")).status_code == 201
    assert code(await register.submit(item_id, "enter")) == (409, ROW)
    await announced(register, item_id, 10)
    assert (await register.submit(item_id, "enter")).status_code == 201


@row("erdos-hitech/14.5.s3")
async def test_what_was_received_before_keeps_its_promise(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await served(register)
    before = (await register.apply(item_id)).json()["case"]
    await announced(register, item_id, 10)
    await register.submit(item_id, "change", promised_days=10)
    after = (await register.apply(item_id)).json()["case"]
    assert (before["item"]["promised_days"], after["item"]["promised_days"]) == (20, 10)
    path = f"/v1/centres/{register.centre}/cases/{before['id']}"
    headers = register.issuer.bearer(centres=(register.centre,))
    kept = (await register.client.get(path, headers=headers)).json()
    assert kept["item"]["promised_days"] == 20


@row("erdos-hitech/14.5.s3")
async def test_a_promise_that_is_no_longer_public_is_reported(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await windowed(register)
    await register.published(item_id, promised_days=10)
    await register.tell(item_id, "activation", REASON)

    async def lacking() -> set[str]:
        return {each["lacking"] for each in (await register.get("/items/gaps")).json()["items"]}

    assert "promise" not in await lacking()
    await announced(register, item_id, 12)
    assert "promise" in await lacking()


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize("regulation", ["tianya", "shapotou"])
async def test_a_text_that_is_silent_lets_it_be_shortened(
    at_centre: Opening, regulation: str
) -> None:
    register = await at_centre(regulation)
    item_id = await register.draft()
    assert (await register.tell(item_id, "activation", REASON)).status_code == 201
    assert (await register.submit(item_id, "change", promised_days=3)).status_code == 201
    assert await shown(register, item_id) == (3, 20, "85.00")


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize(
    ("national", "licence", "statutory", "status"),
    [
        (False, True, 20, 201),
        (True, False, 20, 201),
        (True, True, 20, 409),
        (True, True, 21, 201),
        (True, True, None, 409),  # twenty where nothing else is said
    ],
)
async def test_only_the_national_layer_sets_a_ceiling(
    at_centre: Opening, *, national: bool, licence: bool, statutory: int | None, status: int
) -> None:
    register = await at_centre("erdos-hitech")
    kept: Repositories = register.app.state.repositories
    of = update(centre).where(centre.c.id == register.centre).values(national=national)
    async with kept.engine.connect() as connection:
        await connection.execute(of)
    body = {"name": "事项", "kind": "promised", "promised_days": 21, "item_class": "行政许可"}
    more = {"licence": licence, "statutory_days": statutory}
    answer = await register.post("/items", body | more)
    assert answer.status_code == status, answer.text
    if status == httpx.codes.CONFLICT:
        assert against(answer) == {"national/xk-42.1"}


async def test_each_day_shows_the_limits_of_its_evening(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    await register.tell(item_id, "activation", REASON)
    register.now[0] = at("2025-10-10")
    for proposal in ({"promised_days": 8}, {"statutory_days": 16}):
        assert (await register.submit(item_id, "change", **proposal)).status_code == 201
    register.now[0] = at("2025-10-13")
    await register.submit(item_id, "change", promised_days=4, statutory_days=15)
    assert await shown(register, item_id, on="2025-10-09") == (10, 20, "50.00")
    assert await shown(register, item_id, on="2025-10-10") == (8, 16, "50.00")
    assert await shown(register, item_id, on="2025-10-12") == (8, 16, "50.00")
    assert await shown(register, item_id, on="2025-10-13") == (4, 15, "73.33")


async def test_what_becomes_instant_promises_no_days(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft(promised_days=None)
    await register.tell(item_id, "activation", REASON)
    assert await shown(register, item_id) == (None, 20, None)
    register.now[0] = at("2025-10-10")
    await register.submit(item_id, "change", kind="instant")
    kinds = [
        (await register.public(f"/{item_id}", on=day)).json()["kind"]
        for day in ("2025-10-09", "2025-10-10")
    ]
    assert kinds == ["promised", "instant"]


async def test_two_that_shorten_at_once_do_it_one_after_the_other(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await served(register)
    await announced(register, item_id, 10)
    answers = await asyncio.gather(
        register.submit(item_id, "change", promised_days=10),
        register.submit(item_id, "change", promised_days=9),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await shown(register, item_id) == (10, 20, "50.00")
