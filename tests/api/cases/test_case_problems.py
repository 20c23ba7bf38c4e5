"""What stands against an act on a case, how it is answered, and what is left of it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from app.api.security import Grant, mint
from app.db.ledger import ledger
from app.db.repositories import Repositories
from tests.api.cases.desk import FIVE, LICENCE, TEN, Desk, nowhere
from tests.api.conftest import OTHER_CENTRE
from tests.rows import row

CLERK, _CLERK_B, CHIEF, _HEAD, CENTRE = range(5)


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def refusals(desk: Desk, case_id: str | None = None) -> list[Any]:
    """The refused acts of the centre, or of one case, in the order of their ids."""
    kept: Repositories = desk.app.state.repositories
    refused = select(ledger).where(ledger.c.centre_id == desk.centre, ledger.c.action == "refused")
    if case_id:
        refused = refused.where(ledger.c.subject_id == case_id)
    async with kept.engine.connect() as connection:
        return list((await connection.execute(refused.order_by(ledger.c.id))).all())


async def test_a_stage_that_does_not_take_the_act_is_409_and_names_what_it_takes(
    aohan: Desk,
) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    refused = await aohan.act(case_id, "decision", verdict="granted")
    assert said(refused) == (409, "transition_refused")
    assert "accept" in refused.json()["detail"]


@row("nanchang/24")
async def test_a_green_limit_above_half_is_422_at_receipt(nanchang: Desk) -> None:
    too_long = nanchang.application(TEN, green_channel={"limit_days": 6})
    refused = await nanchang.post("", too_long)
    assert said(refused) == (422, "refused_by_regulation")
    assert "nanchang/24" in str(refused.json()["decision"])


@row("aohan/36")
async def test_a_second_notice_is_409(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE, materials_complete=False))["id"]
    await aohan.notify(case_id)
    second = await aohan.notify(case_id, "丙")
    assert said(second) == (409, "refused_by_regulation")
    assert "aohan/36" in str(second.json()["decision"])


async def test_a_refused_act_changes_nothing_and_is_one_entry_in_the_ledger(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE, materials_complete=False))["id"]
    await aohan.notify(case_id)
    before = (await aohan.get(f"/{case_id}")).json()
    await aohan.notify(case_id, "丙")
    assert (await aohan.get(f"/{case_id}")).json() == before
    (entry,) = await refusals(aohan, case_id)
    assert (entry.facts, entry.rows) == (
        {"act": "notify", "code": "refused_by_regulation"},
        ["aohan/36"],
    )
    assert entry.number is None


async def test_a_refusal_is_not_stored_under_its_key(nanchang: Desk) -> None:
    key = uuid4().hex
    body = {**nanchang.application(TEN), "received_at": "2025-10-01T09:00:00+08:00"}
    refused = await nanchang.post("", body, Idempotency_Key=key)
    assert said(refused) == (422, "out_of_order")
    assert refused.json()["detail"].startswith("received_at"), "what was sent is named"
    nanchang.move_to("2025-10-01", 12)
    again = await nanchang.post("", body, Idempotency_Key=key)
    assert again.status_code == 201
    assert "idempotent-replayed" not in again.headers


async def test_the_same_key_and_body_is_the_same_answer_byte_for_byte(aohan: Desk) -> None:
    key, body = uuid4().hex, aohan.application(FIVE)
    first = await aohan.post("", body, Idempotency_Key=key)
    aohan.move_to("2025-10-13")
    second = await aohan.post("", body, Idempotency_Key=key)
    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["location"] == first.headers["location"]


async def test_an_act_is_replayed_before_its_if_match_is_looked_at(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    key, seen = uuid4().hex, aohan.etags[case_id]
    body = {"form": "system", "channel": "window", "contains": ["seal"]}
    path = f"/{case_id}/acceptance"
    first = await aohan.post(path, body, Idempotency_Key=key, If_Match=seen)
    second = await aohan.post(path, body, Idempotency_Key=key, If_Match=seen)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert (await aohan.get(f"/{case_id}")).json()["version"] == 2


async def test_a_key_with_another_body_is_422(aohan: Desk) -> None:
    key = uuid4().hex
    await aohan.post("", aohan.application(FIVE), Idempotency_Key=key)
    other = await aohan.post("", aohan.application(TEN), Idempotency_Key=key)
    assert said(other) == (422, "idempotency_key_reused")
    lawless = await aohan.post(
        "", aohan.application(FIVE, received_at="2031-01-01T09:00:00+08:00"), Idempotency_Key=key
    )
    assert said(lawless) == (422, "idempotency_key_reused")


async def test_no_key_is_400_and_no_if_match_is_428(aohan: Desk) -> None:
    headers = aohan.headers()
    without = await aohan.client.post(aohan.path, json=aohan.application(), headers=headers)
    assert said(without) == (400, "idempotency_key_missing")
    case_id = (await aohan.receive(FIVE))["id"]
    blind = await aohan.post(f"/{case_id}/correction", {})
    assert said(blind) == (428, "if_match_missing")


@pytest.mark.parametrize("tag", ['"7.2025-09-30"', 'W/"1.2025-09-30"', "1", '"x"'])
async def test_another_version_is_412_and_names_the_current_one(aohan: Desk, tag: str) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    stale = await aohan.post(f"/{case_id}/seal", {}, If_Match=tag)
    assert said(stale) == (412, "case_changed_meanwhile")
    assert stale.headers["etag"] == '"1.2025-09-30"'


async def test_only_the_version_of_an_etag_is_compared(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    aohan.move_to("2025-10-09")
    assert (await aohan.accept(case_id)).status_code == 201


async def test_an_unknown_case_item_and_centre_are_404(aohan: Desk) -> None:
    assert said(await aohan.get(f"/{nowhere()}")) == (404, "not_found")
    assert said(await aohan.get(f"/{nowhere()}/acts")) == (404, "not_found")
    unknown = {**aohan.application(), "item_id": nowhere()}
    assert said(await aohan.post("", unknown)) == (404, "not_found")
    act = await aohan.post(f"/{nowhere()}/seal", {}, If_Match="*")
    assert said(act) == (404, "not_found")
    elsewhere = await aohan.client.get(
        f"/v1/centres/{OTHER_CENTRE}/cases", headers=aohan.issuer.bearer(platform=True)
    )
    assert said(elsewhere) == (404, "not_found")


async def test_a_case_of_another_centre_does_not_exist(aohan: Desk, nanchang: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    assert said(await nanchang.get(f"/{case_id}")) == (404, "not_found")
    foreign = await aohan.client.get(f"{aohan.path}/{case_id}", headers=nanchang.headers())
    assert said(foreign) == (404, "not_found")


@pytest.mark.parametrize(
    ("scope", "path"),
    [("cases:read", ""), ("cases:read", "/acceptance"), ("cases:write", "/decision")],
)
async def test_a_missing_scope_is_403(aohan: Desk, scope: str, path: str) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    own = aohan.issuer.bearer(scope, centres=(aohan.centre,))
    url = aohan.path + (f"/{case_id}{path}" if path else "")
    more = {"Idempotency-Key": "k", "If-Match": "*"}
    refused = await aohan.client.post(url, json={}, headers=own | more)
    assert said(refused) == (403, "scope_missing")


async def test_the_future_and_the_past_before_the_last_act_are_422(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    ahead = await aohan.accept(case_id, occurred_at="2025-09-30T11:00:00+08:00")
    assert said(ahead) == (422, "out_of_order")
    before = await aohan.accept(case_id, occurred_at="2025-09-30T09:00:00+08:00")
    assert said(before) == (422, "out_of_order")


async def test_a_day_before_the_loaded_calendars_is_409(aohan: Desk) -> None:
    early = aohan.application(FIVE, received_at="1999-01-04T09:00:00+08:00")
    assert said(await aohan.post("", early)) == (409, "calendar_missing")


async def test_a_number_of_a_person_is_refused_and_not_echoed(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE, materials_complete=False))["id"]
    refused = await aohan.notify(case_id, "11010519491231002X的身份证复印件")
    assert said(refused) == (422, "personal_value")
    assert "11010519491231002X" not in refused.text


@row("national/xk-42.1")
async def test_an_extension_needs_a_rule_and_an_approver(licensing: Desk, nanchang: Desk) -> None:
    case_id = (await licensing.receive(LICENCE))["id"]
    await licensing.accept(case_id)
    by_clerk = await licensing.act(
        case_id, "extension", days=5, approver_id=licensing.person(CLERK)
    )
    assert said(by_clerk) == (403, "approver_not_entitled")
    extended = await licensing.act(
        case_id, "extension", days=5, approver_id=licensing.person(CENTRE)
    )
    assert extended.json()["case"]["limit_days"] == 20
    local = (await nanchang.receive(FIVE))["id"]
    await nanchang.accept(local)
    silent = await nanchang.act(local, "extension", days=5, approver_id=nanchang.person(CENTRE))
    assert said(silent) == (409, "no_rule_for_act")


async def outside(erdos: Desk) -> str:
    case_id: str = (await erdos.receive(FIVE, materials_complete=False))["id"]
    assert (await erdos.notify(case_id)).status_code == 201
    return case_id


def override(desk: Desk, place: int) -> dict[str, str]:
    return {
        "reason": "新的情况",
        "approver_id": desk.person(place),
        "document": "审批单一号",
    }


@row("erdos-hitech/14.5.s2")
async def test_a_soft_rule_lets_a_reason_and_an_approver_through(erdos: Desk) -> None:
    case_id = await outside(erdos)
    refused = await erdos.notify(case_id, "丙")
    assert said(refused) == (409, "override_required")
    passed = await erdos.notify(case_id, "丙", override=override(erdos, CHIEF))
    assert passed.status_code == 201
    assert passed.json()["decision"]["outcome"] == "override_required"
    assert passed.json()["case"]["notices"] == 2
    last = (await erdos.get(f"/{case_id}/acts", after="2")).json()["items"][0]
    assert last["override"] == override(erdos, CHIEF)


async def test_not_everybody_may_approve(erdos: Desk) -> None:
    case_id = await outside(erdos)
    by_clerk = await erdos.notify(case_id, "丙", override=override(erdos, CLERK))
    assert said(by_clerk) == (403, "approver_not_entitled")
    stranger = {**override(erdos, CHIEF), "approver_id": nowhere()}
    assert said(await erdos.notify(case_id, "丙", override=stranger)) == (422, "approver_unknown")
    blank = {**override(erdos, CHIEF), "reason": " "}
    assert said(await erdos.notify(case_id, "丙", override=blank)) == (422, "override_incomplete")
    assert [e.facts["code"] for e in await refusals(erdos, case_id)] == [
        "approver_not_entitled",
        "approver_unknown",
        "override_incomplete",
    ]


async def test_nobody_approves_his_own_act_and_the_scope_is_asked(erdos: Desk) -> None:
    case_id = await outside(erdos)
    settings = erdos.issuer.settings
    body = {
        "form": "written",
        "channel": "window",
        "corrections": ["丙"],
        "override": override(erdos, CHIEF),
    }

    async def sent_by(subject: str, *scopes: str) -> httpx.Response:
        grant = Grant(
            subject=subject, scopes=scopes, issuer=settings.issuer, centres=(erdos.centre,)
        )
        now = datetime.now(UTC)  # noqa: TID251 - the service compares it with its own clock
        token = mint(settings.signing_key, grant, now=now)
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": uuid4().hex,
            "If-Match": erdos.etags[case_id],
        }
        url = f"{erdos.path}/{case_id}/notice"
        return await erdos.client.post(url, json=body, headers=headers)

    own = await sent_by("demo-1-chief", "cases:write", "cases:override")
    assert said(own) == (403, "approver_not_entitled")
    unscoped = await sent_by("demo-1-clerk-a", "cases:write")
    assert said(unscoped) == (403, "scope_missing")


async def test_an_incomplete_application_is_not_accepted(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(FIVE, materials_complete=False))["id"]
    incomplete = await nanchang.accept(case_id)
    assert said(incomplete) == (409, "reply_not_called_for")
