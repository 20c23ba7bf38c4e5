"""Problems: one shape for every refusal, with nothing in it that was sent."""

import json
from dataclasses import replace
from datetime import date
from typing import Final

import httpx
import pytest
from fastapi import FastAPI, Request

from app.api.problems import install, known_kinds
from app.api.v1.schemas.ruling import decision_out
from app.domain.decision import Decision, Finding, Outcome, RefusedByRegulation, Result
from app.domain.provision import Bare, Breach, Provision
from tests.api.conftest import Issuer

MEMBERS: Final = {"type", "title", "status", "detail", "instance", "code", "request_id"}
ID_NUMBER: Final = "11010519491231002X"


def checked(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    """The problem in an answer, after a look at what all of them have in common."""
    problem: dict[str, object] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.keys() >= MEMBERS
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"/problems/{code}"
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    return problem


async def test_an_unknown_route_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nothing?id_no=" + ID_NUMBER)
    assert checked(answer, 404, "route_not_found")["instance"] == "/v1/nothing"
    assert ID_NUMBER not in (await client.get(f"/v1/{ID_NUMBER}")).text


async def test_a_wrong_method_names_all_right_ones(
    client: httpx.AsyncClient, edge: FastAPI
) -> None:
    answer = await client.delete("/probe/facts")
    checked(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


async def test_the_value_of_a_query_parameter_is_not_repeated(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/probe/days?on={ID_NUMBER}")
    assert checked(answer, 422, "invalid_request")["errors"] == [
        {
            "location": "query",
            "field": "on",
            "code": "day_invalid",
            "message": "日期须写作 YYYY-MM-DD，且确有其日。",
        }
    ]


async def test_a_query_parameter_that_is_not_documented_is_refused_and_not_passed_over(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    address = "/v1/calendars/CN/days?since=2025-10-01&until=2025-10-02"
    headers = issuer.bearer("calendars")
    assert (await client.get(address, headers=headers)).status_code == 200
    answer = await client.get(f"{address}&untill=2025-10-03", headers=headers)
    checked(answer, 422, "invalid_request")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("untill", "extra_forbidden")


async def test_a_domain_error_is_409_unless_it_says_otherwise(client: httpx.AsyncClient) -> None:
    problem = checked(await client.get("/probe/fails/domain"), 409, "probe_changed_meanwhile")
    assert ID_NUMBER not in str(problem)


async def test_what_nobody_foresaw_is_500_and_tells_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/probe/fails/unexpected")
    checked(answer, 500, "internal_error")
    assert "张三" not in answer.text


@pytest.mark.parametrize("how", ["pool", "lock", "deadlock", "down"])
async def test_a_database_that_cannot_answer_now_is_503_with_a_time_to_retry(
    client: httpx.AsyncClient, how: str
) -> None:
    answer = await client.get(f"/probe/fails/{how}")
    checked(answer, 503, "busy")
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_database_error_that_no_retry_helps_is_500(client: httpx.AsyncClient) -> None:
    answer = await client.get("/probe/fails/syntax")
    checked(answer, 500, "internal_error")
    assert "张三" not in answer.text


@pytest.mark.parametrize(
    ("breaches", "status"),
    [
        ([Breach.FORBIDDEN], 409),
        ([Breach.UNPROCESSABLE], 422),
        ([Breach.NOT_ENTITLED], 403),
        ([Breach.NOT_ENTITLED, Breach.FORBIDDEN], 409),
    ],
)
async def test_the_law_s_refusal_has_the_status_of_its_breach_and_carries_the_decision(
    breaches: list[Breach], status: int
) -> None:
    notice = Provision(
        article="第八条",
        rows=("nanchang/8.s1",),
        summary="调整须提前报备",
        message="须提前报备。",
        terms=Bare(),
        name="rotation.notice",
    )
    findings = tuple(
        Finding(replace(notice, breach=breach), Result.VIOLATED) for breach in breaches
    )
    decision = Decision(
        question="rotation",
        rulebook="nanchang",
        edition="2012",
        on=date(2025, 10, 9),
        outcome=Outcome.REFUSED,
        findings=findings,
    )
    app = FastAPI()
    install(app, decision_out)

    @app.get("/refused")
    async def refuse(request: Request) -> None:
        raise RefusedByRegulation(decision)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        answer = await client.get("/refused")
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["decision"]["findings"][0]["rows"] == ["nanchang/8.s1"]


async def test_every_kind_of_problem_is_listed_and_has_its_page(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/problems")).json()["items"]
    assert {kind["code"] for kind in listed} == known_kinds().keys()
    for kind in listed:
        page = await client.get(kind["type"])
        assert page.json() == kind


async def test_a_name_that_the_caller_made_up_is_not_repeated(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    made_up = [ID_NUMBER, "x" + "y" * 100, "张三", "a b", "<script>"]
    body = json.dumps({"on": "2025-10-09"} | dict.fromkeys(made_up, 1))
    headers = issuer.bearer() | {"Content-Type": "application/json"}
    answer = await client.post("/probe/facts", content=body, headers=headers)
    errors = answer.json()["errors"]
    assert [error["field"] for error in errors] == ["?"] * len(made_up)


async def test_a_thousand_errors_are_told_as_fifty(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = issuer.bearer() | {"Content-Type": "application/json"}
    body = json.dumps([{}] * 1000)
    answer = await client.post("/probe/facts:batch", content=body, headers=headers)
    assert len(answer.json()["errors"]) == 50
