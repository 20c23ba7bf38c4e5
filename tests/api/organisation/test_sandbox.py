"""A sandbox: its own day, ahead of everybody else's, for whoever tries deadlines."""

from uuid import UUID, uuid4

import httpx
import pytest

from app.db.repositories import Repositories
from tests.api.cases.desk import at
from tests.api.organisation.seat import Seat, Seating
from tests.kept import new_item


@pytest.fixture
async def sandbox(seat: Seating) -> Seat:
    """A sandbox under the rules of Nanchang, founded on 2025-10-09."""
    other = await seat("nanchang")
    body = {
        "code": f"sandbox-{uuid4().hex[:12]}",
        "name": "试用沙箱",
        "level": "county",
        "region": "360100",
        "adoption": {"regulation": "nanchang"},
        "sandbox": True,
    }
    made = await other.platform("/v1/centres", body)
    assert made.status_code == 201, made.text
    id_ = UUID(made.json()["centre"]["id"])
    return Seat(other.app, other.client, other.issuer, id_, other.now)


async def day_set(seat: Seat, on: str) -> httpx.Response:
    return await seat.post("/sandbox-day", {"on": on})


async def received(seat: Seat) -> dict[str, str]:
    kept: Repositories = seat.app.state.repositories
    item = await new_item(kept.engine, seat.centre)
    body = {"item_id": str(item), "materials_complete": True, "channel": "window"}
    headers = seat.issuer.bearer(centres=(seat.centre,)) | {"Idempotency-Key": uuid4().hex}
    path = f"/v1/centres/{seat.centre}/cases"
    answer = await seat.client.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    case: dict[str, str] = answer.json()["case"]
    return case


async def test_what_is_done_in_a_sandbox_is_done_on_its_day(sandbox: Seat) -> None:
    assert (await day_set(sandbox, "2025-12-01")).status_code == 201
    case = await received(sandbox)
    assert case["received_at"].startswith("2025-12-01T10:00:00")
    department = await sandbox.post("/departments", {"name": "试验局", "since": "2025-12-01"})
    assert department.status_code == 201, department.text
    audit = await sandbox.get("/audit")
    entered = {entry["recorded_at"][:10] for entry in audit.json()["items"]}
    assert entered == {"2025-10-09", "2025-12-01"}


async def test_a_deadline_passes_when_the_day_is_moved_on(sandbox: Seat) -> None:
    case = await received(sandbox)
    before = (await sandbox.get(f"/cases/{case['id']}")).json()
    assert (await day_set(sandbox, "2025-10-17")).status_code == 201
    after = (await sandbox.get(f"/cases/{case['id']}")).json()
    # 第二十条: nobody answered for five working days, so it counts as accepted on receipt.
    assert (before["deemed_accepted"], after["deemed_accepted"]) == (False, True)
    assert after["accepted_on"] == "2025-10-09"


async def test_the_day_of_a_centre_that_serves_people_cannot_be_set(seat: Seating) -> None:
    refused = await day_set(await seat("nanchang"), "2025-12-01")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_sandbox")


@pytest.mark.parametrize("on", ["2025-10-08", "2028-10-10", "9999-12-31"])
async def test_a_sandbox_runs_ahead_and_not_out_of_sight(sandbox: Seat, on: str) -> None:
    refused = await day_set(sandbox, on)
    assert (refused.status_code, refused.json()["code"]) == (409, "sandbox_day_refused")


async def test_a_sandbox_never_runs_back(sandbox: Seat) -> None:
    assert (await day_set(sandbox, "2026-01-05")).status_code == 201
    assert (await day_set(sandbox, "2026-01-05")).status_code == 201
    refused = await day_set(sandbox, "2026-01-04")
    assert refused.json()["code"] == "sandbox_day_refused"


async def test_once_the_real_day_has_come_the_sandbox_goes_with_it(sandbox: Seat) -> None:
    await day_set(sandbox, "2025-10-13")
    sandbox.now[0] = at("2025-11-03")
    assert (await received(sandbox))["received_at"].startswith("2025-11-03")


async def test_another_centre_keeps_the_real_day(sandbox: Seat, seat: Seating) -> None:
    await day_set(sandbox, "2026-03-02")
    assert (await received(await seat("nanchang")))["received_at"].startswith("2025-10-09")


async def test_the_list_of_centres_shows_a_sandbox_under_the_law_of_its_day(sandbox: Seat) -> None:
    body = {"regulation": "aohan", "since": "2025-10-20"}
    assert (await sandbox.post("/adoptions", body)).status_code == 201
    headers = sandbox.issuer.bearer(centres=(sandbox.centre,))
    for on, regulation in (("2025-10-19", "nanchang"), ("2025-10-20", "aohan")):
        await day_set(sandbox, on)
        listed = await sandbox.client.get("/v1/centres", headers=headers)
        assert [each["regulation"] for each in listed.json()["items"]] == [regulation]
