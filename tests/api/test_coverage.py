"""The coverage ledger over HTTP: all rows of a regulation, each with its place."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api.v1.coverage import operations_of
from app.rulebooks.load import load_register
from tests.api.conftest import Issuer

REGISTER = load_register()
OPEN = {"planned", "left_to_people", "declared"}


async def rows_of(
    client: httpx.AsyncClient, issuer: Issuer, regulation: str
) -> list[dict[str, Any]]:  # Any: free JSON
    answer = await client.get(
        f"/v1/rulebooks/{regulation}/coverage", headers=issuer.bearer("rulebooks")
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


@pytest.mark.parametrize(
    ("regulation", "count"),
    [("erdos-hitech", 66), ("shapotou", 71), ("nanchang", 89), ("aohan", 99), ("tianya", 52)],
)
async def test_all_rows_are_accounted_for_in_the_order_of_the_text(
    client: httpx.AsyncClient, issuer: Issuer, regulation: str, count: int
) -> None:
    rows = await rows_of(client, issuer, regulation)
    assert len(rows) == count
    assert [row["row"] for row in rows] == [row.id for row in REGISTER.of(regulation)]
    for row in rows:
        known = REGISTER.row(row["row"])
        assert (row["article"], row["kind"]) == (known.article, known.kind)
        assert (row["capability"], row["summary"]) == (known.capability, known.summary)


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "nanchang", "aohan", "tianya"])
async def test_a_claimed_row_names_operations_that_exist_and_its_tests(
    client: httpx.AsyncClient, issuer: Issuer, edge: FastAPI, regulation: str
) -> None:
    rows = await rows_of(client, issuer, regulation)
    known = operations_of(edge)
    for row in rows:
        assert set(row["served_by"]) <= known
        assert row["reason"]
        if row["status"] not in OPEN:
            assert row["served_by"], row["row"]
            assert row["tested_by"], row["row"]


async def test_a_row_shows_its_ruling_its_acts_and_its_proof(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    rows = {row["row"]: row for row in await rows_of(client, issuer, "nanchang")}
    notice = rows["nanchang/8.s1"]
    assert (notice["status"], notice["served_by"]) == ("enforced", ["rule_on_rotation"])
    assert any(test.startswith("tests/domain/test_rotation.py::") for test in notice["tested_by"])
    assert {"receive_case", "rule_on_time_limit"} <= set(rows["nanchang/24"]["served_by"])
    assert rows["nanchang/35"]["status"] == "planned"
    assert "考勤" in rows["nanchang/35"]["reason"]


async def test_an_unknown_regulation_is_not_found(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await client.get("/v1/rulebooks/atlantis/coverage", headers=issuer.bearer("rulebooks"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_ledger_needs_its_scope(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await client.get("/v1/rulebooks/nanchang/coverage", headers=issuer.bearer("calendars"))
    assert answer.status_code == 403
