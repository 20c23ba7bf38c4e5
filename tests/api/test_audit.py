"""Audit over HTTP: what was done and refused, by whom and when, with the seals of the chain."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.db import audit as audit_in_database
from app.db import demo, sequencer
from app.db.repositories import Repositories
from app.domain.oversight.ledger import GENESIS, PLATFORM, Entry, chained
from tests.api.cases.desk import INSTANT, Desk, desk_of, nowhere, serving
from tests.api.conftest import Issuer
from tests.databases import Clone

Json = dict[str, Any]  # Any: answers are read as the free JSON that they are.


@pytest.fixture
async def nanchang(fresh_database: Clone, trial: Path, issuer: Issuer) -> AsyncIterator[Desk]:
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "nanchang") as desk,
    ):
        yield desk


async def place(desk: Desk) -> None:
    kept: Repositories = desk.app.state.repositories
    await sequencer.sequence(kept.engine)


async def ask(desk: Desk, **query: Any) -> httpx.Response:
    return await desk.client.get(
        f"/v1/centres/{desk.centre}/audit",
        params=query,
        headers=desk.issuer.bearer("audit:read", centres=(desk.centre,)),
    )


async def audit(desk: Desk, **query: Any) -> Json:
    answer = await ask(desk, **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def listed(desk: Desk, **query: Any) -> list[tuple[int | None, str]]:
    return [(e["position"], e["action"]) for e in (await audit(desk, **query))["items"]]


def hash_of(centre: UUID, item: Json) -> bytes:
    """The hash of an entry, from what the answer says alone."""
    return Entry(
        centre_id=centre,
        id=UUID(item["id"]),
        at=datetime.fromisoformat(item["recorded_at"]),
        occurred_at=datetime.fromisoformat(item["occurred_at"]),
        actor=item["actor"],
        client=item["client"],
        action=item["action"],
        subject_kind=item["subject_kind"],
        subject_id=UUID(item["subject_id"]) if item["subject_id"] else None,
        number=item["number"],
        facts=item["facts"],
        rows=tuple(item["rows"]),
        override=item["override"],
        request_id=item["request_id"],
    ).hash


async def test_acts_and_refusals_are_listed_and_whoever_reads_can_check_the_seals(
    nanchang: Desk,
) -> None:
    case = await nanchang.receive()
    assert (await nanchang.accept(case["id"])).status_code == 201
    again = await nanchang.act(case["id"], "acceptance", form="system", channel="window")
    assert again.status_code in {409, 422}
    await place(nanchang)
    items = (await audit(nanchang))["items"]
    assert [item["action"] for item in items] == ["receive", "accept", "refused"]
    head = GENESIS
    for position, item in enumerate(items, start=1):
        assert item["position"] == position
        assert item["hash"] == hash_of(nanchang.centre, item).hex()
        head = chained(head, bytes.fromhex(item["hash"]))
        assert item["chained_hash"] == head.hex()


async def test_what_has_no_place_yet_comes_last_and_later_behind_the_last_position(
    nanchang: Desk,
) -> None:
    await nanchang.receive()
    await place(nanchang)
    await nanchang.receive()
    page = await audit(nanchang)
    assert [item["position"] for item in page["items"]] == [1, None]
    assert page["items"][1]["chained_hash"] is None
    assert page["next"] is None
    await place(nanchang)
    assert await listed(nanchang, after=1) == [(2, "receive")]


async def test_pages_miss_nothing_and_repeat_nothing(nanchang: Desk) -> None:
    for _ in range(5):
        await nanchang.receive()
    await place(nanchang)
    await nanchang.receive()
    seen, after = [], 0
    while after is not None:
        page = await audit(nanchang, limit=2, after=after)
        seen += [item["position"] for item in page["items"]]
        after = page["next"]
    assert seen == [1, 2, 3, 4, 5, None]
    assert len((await audit(nanchang, limit=5))["items"]) == 5  # those that wait have no room


async def test_what_lies_far_behind_is_found_in_its_order(
    nanchang: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_in_database, "NEAR", 2)
    for _ in range(4):
        await nanchang.accept((await nanchang.receive(INSTANT))["id"])
    await place(nanchang)
    assert await listed(nanchang, action="accept") == [(n, "accept") for n in (2, 4, 6, 8)]
    assert await listed(nanchang, action="accept", after=2, limit=1) == [(4, "accept")]
    assert [position for position, _ in await listed(nanchang)] == list(range(1, 9))


async def test_entries_are_found_by_resource_actor_action_and_time(nanchang: Desk) -> None:
    first = await nanchang.receive()
    nanchang.move_to("2025-10-09")
    second = await nanchang.receive(INSTANT)
    await nanchang.accept(second["id"])
    await place(nanchang)
    assert await listed(nanchang, subject_id=first["id"]) == [(1, "receive")]
    assert await listed(nanchang, subject_id=second["id"], action="accept") == [(3, "accept")]
    assert await listed(nanchang, subject_kind="case", action="receive") == [
        (1, "receive"),
        (2, "receive"),
    ]
    assert len(await listed(nanchang, actor="tester")) == 3
    assert await listed(nanchang, actor="somebody") == []
    assert await listed(nanchang, subject_kind="calendar") == []
    noon = "2025-10-01T00:00:00+08:00"
    assert await listed(nanchang, until=noon) == [(1, "receive")]
    assert len(await listed(nanchang, since=noon)) == 2
    moment = (await audit(nanchang, limit=1))["items"][0]["recorded_at"]
    assert await listed(nanchang, until=moment) == []  # not included
    assert (await listed(nanchang, since=moment, limit=1)) == [(1, "receive")]  # included


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2025-10-02T00:00:00Z", "until": "2025-10-01T00:00:00Z"},
        {"since": "2025-10-02"},
        {"subject_id": "one"},
        {"action": "a b"},
        {"actor": ""},
        {"after": -1},
        {"limit": 201},
        {"whose": "mine"},
    ],
    ids="-".join,
)
async def test_a_question_that_means_nothing_is_422(nanchang: Desk, query: Json) -> None:
    answer = await ask(nanchang, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_a_centre_sees_its_own_entries_only(nanchang: Desk) -> None:
    case = await nanchang.receive()
    other = demo.CENTRES[1].id
    assert other != nanchang.centre
    for centre in (str(other), demo.CENTRES[1].code, nowhere(), str(PLATFORM)):
        answer = await nanchang.client.get(
            f"/v1/centres/{centre}/audit",
            headers=nanchang.issuer.bearer(centres=(nanchang.centre,)),
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    theirs = await nanchang.client.get(
        f"/v1/centres/{other}/audit",
        params={"subject_id": case["id"]},
        headers=nanchang.issuer.bearer(centres=(other,)),
    )
    assert (theirs.status_code, theirs.json()["items"]) == (200, [])


@pytest.mark.parametrize("path", ["/v1/centres/nanchang/audit", "/v1/audit"])
async def test_the_scope_is_needed(nanchang: Desk, path: str) -> None:
    headers = nanchang.issuer.bearer("cases:read", "personal:read", platform=True)
    answer = await nanchang.client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_what_concerns_all_centres_is_for_the_platform(nanchang: Desk) -> None:
    platform = nanchang.issuer.bearer(platform=True)
    day = {"on": "2025-10-09", "works": False, "kind": "closure", "name": "台风停办"}
    entered = await nanchang.client.post(
        "/v1/calendars/360100/special-days",
        json={"days": [day], "document": {"title": "关于临时停办的通告", "number": "9号"}},
        headers=platform | {"Idempotency-Key": uuid4().hex},
    )
    assert entered.status_code == 201, entered.text
    await place(nanchang)
    answer = await nanchang.client.get("/v1/audit", headers=platform)
    (item,) = answer.json()["items"]
    assert (item["position"], item["action"]) == (1, "special_days_entered")
    assert (item["subject_kind"], item["subject_id"]) == ("calendar", entered.json()["change_id"])
    assert item["hash"] == hash_of(PLATFORM, item).hex()
    assert await listed(nanchang) == []
    theirs = await nanchang.client.get(
        "/v1/audit", headers=nanchang.issuer.bearer(centres=(nanchang.centre,))
    )
    assert (theirs.status_code, theirs.json()["code"]) == (403, "platform_only")
