"""Rulings over HTTP: the contract's wire form, whatever the answer is, and its refusals."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter

from app.api.v1.schemas.ruling import RulingOut
from app.domain.day import SHANGHAI
from app.domain.rulings import QUESTIONS
from tests.api.conftest import Issuer

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
REGULATIONS = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya", "national")
CHANGE: Json = {
    "role": "clerk",
    "posted_on": "2025-08-01",
    "filed_on": "2025-09-26",
    "form": "written",
    "stage": "file",
}


async def post(
    client: httpx.AsyncClient, issuer: Issuer, question: str, body: object
) -> httpx.Response:
    headers = issuer.bearer("rulings")
    return await client.post(f"/v1/rulings/{question}", json=body, headers=headers)


async def ask(client: httpx.AsyncClient, issuer: Issuer, question: str, **body: Any) -> Json:
    answer = await post(client, issuer, question, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_ruling_has_the_form_of_the_contract(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    ruling = await ask(
        client,
        issuer,
        "rotation",
        rulebook="nanchang",
        on="2025-10-09",
        facts={**CHANGE, "effective_on": "2025-10-11"},
        settings={},
    )
    assert list(ruling) == [
        "question",
        "rulebook",
        "edition",
        "on",
        "outcome",
        "values",
        "findings",
        "missing",
        "warnings",
    ]
    assert (ruling["rulebook"], ruling["edition"]) == ("nanchang", "2012")
    assert ruling["outcome"] == "refused"
    assert ruling["values"]["earliest_effective_on"] == "2025-10-13"
    (violated,) = [f for f in ruling["findings"] if f["result"] == "violated"]
    assert (violated["provision"], violated["rows"]) == ("rotation.notice", ["nanchang/8.s1"])
    assert violated["article"] == "第八条"
    assert violated["message"]


async def test_the_same_change_two_days_later_is_permitted(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    facts = {**CHANGE, "effective_on": "2025-10-13"}
    ruling = await ask(client, issuer, "rotation", rulebook="nanchang", facts=facts)
    assert ruling["outcome"] == "permitted"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("regulation", REGULATIONS)
async def test_every_question_without_facts_is_a_ruling(
    client: httpx.AsyncClient, issuer: Issuer, question: str, regulation: str
) -> None:
    body = {"rulebook": regulation, "on": "2025-10-09", "facts": {}}
    answer = await post(client, issuer, question, body)
    assert answer.status_code == 200, answer.text
    ruling = answer.json()
    assert ruling["outcome"] in {"undetermined", "no_rule", "computed", "permitted", "refused"}
    assert (ruling["outcome"] == "undetermined") <= bool(ruling["missing"])
    assert (ruling["outcome"] == "no_rule") <= (ruling["values"] == {})
    values = QUESTIONS[question].values
    TypeAdapter(RulingOut[values]).validate_json(answer.content)  # type: ignore[valid-type] # at run time


async def test_today_is_asked_where_no_day_is_named(
    client: httpx.AsyncClient, issuer: Issuer, edge: FastAPI
) -> None:
    edge.state.clock = lambda: datetime(2025, 10, 9, 0, 5, tzinfo=SHANGHAI)
    ruling = await ask(client, issuer, "rotation", rulebook="tianya", facts={})
    assert ruling["on"] == "2025-10-09"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rulebook": "nanchang", "facts": {"mood": "good"}}, "facts.mood"),
        ({"rulebook": "nanchang", "facts": {"posted_on": 20250801}}, "facts.posted_on"),
        ({"rulebook": "nanchang", "facts": {"posted_on": "2025-02-30"}}, "facts.posted_on"),
        ({"rulebook": "nanchang", "facts": {"approved": "yes"}}, "facts.approved"),
        ({"rulebook": "nanchang", "facts": {"role": "mayor"}}, "facts.role"),
        ({"rulebook": "nanchang", "facts": {}, "settings": {"natoinal": True}}, "settings"),
        ({"rulebook": "nanchang"}, "facts"),
        ({"facts": {}}, "rulebook"),
    ],
)
async def test_unknown_keys_and_wrong_types_are_refused_by_field(
    client: httpx.AsyncClient, issuer: Issuer, body: Json, field: str
) -> None:
    answer = await post(client, issuer, "rotation", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert any(field in error["field"] for error in answer.json()["errors"])


async def test_an_instant_without_an_offset_is_refused(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    facts = {"received_at": "2025-09-30T15:00:00"}
    answer = await post(client, issuer, "time-limit", {"rulebook": "tianya", "facts": facts})
    assert answer.status_code == 422


async def test_null_is_the_same_as_absent(client: httpx.AsyncClient, issuer: Issuer) -> None:
    stated = {**CHANGE, "effective_on": "2025-10-13"}
    nulls = {**stated, "ground": None, "reason": None, "successor": None}
    one = await ask(client, issuer, "rotation", rulebook="nanchang", facts=stated)
    other = await ask(client, issuer, "rotation", rulebook="nanchang", facts=nulls)
    assert one == other


@pytest.mark.parametrize(
    ("question", "body"),
    [
        ("weather", {"rulebook": "nanchang", "facts": {}}),
        ("rotation", {"rulebook": "atlantis", "facts": {}}),
    ],
)
async def test_an_unknown_question_or_rulebook_is_not_found(
    client: httpx.AsyncClient, issuer: Issuer, question: str, body: Json
) -> None:
    answer = await post(client, issuer, question, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_year_before_the_loaded_ones_is_refused(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    facts = {**CHANGE, "filed_on": "1999-09-01", "effective_on": "1999-10-01"}
    answer = await post(client, issuer, "rotation", {"rulebook": "nanchang", "facts": facts})
    assert (answer.status_code, answer.json()["code"]) == (409, "calendar_missing")


async def test_the_draft_answers_with_its_warnings(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    ruling = await ask(
        client, issuer, "rotation", rulebook="shapotou", on="2025-10-09", facts={"stage": "file"}
    )
    codes = [warning["code"] for warning in ruling["warnings"]]
    assert codes[:2] == ["rulebook_is_draft", "rulebook_not_in_force"]


async def test_a_token_without_the_scope_is_refused(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = issuer.bearer("calendars")
    answer = await client.post(
        "/v1/rulings/rotation", json={"rulebook": "nanchang", "facts": {}}, headers=headers
    )
    assert answer.status_code == 403


async def test_the_questions_are_listed_with_their_schemas(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await client.get("/v1/rulings", headers=issuer.bearer("rulings"))
    listed = {item["question"]: item for item in answer.json()["items"]}
    assert list(listed) == list(QUESTIONS)
    assert "received_at" in listed["time-limit"]["facts"]["properties"]
    assert "due_on" in listed["time-limit"]["values"]["properties"]
