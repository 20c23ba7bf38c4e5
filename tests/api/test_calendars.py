"""Calendars over HTTP: days, spans with their proof, and each refusal as a problem."""

from typing import Any

import httpx
import pytest

from tests.api.conftest import Issuer

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]


async def get(client: httpx.AsyncClient, issuer: Issuer, path: str, **query: Any) -> httpx.Response:
    headers = issuer.bearer("calendars")
    return await client.get(f"/v1/calendars{path}", params=query, headers=headers)


async def span(client: httpx.AsyncClient, issuer: Issuer, **query: Any) -> Json:
    answer = await get(client, issuer, "/CN/span", **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_loaded_calendars_are_listed(client: httpx.AsyncClient, issuer: Issuer) -> None:
    listed = (await get(client, issuer, "")).json()
    assert [year["year"] for year in listed["years"]] == list(range(2004, 2027))
    assert {region["jurisdiction"] for region in listed["regions"]} == {"640000", "460200"}
    newest = listed["years"][-1]["notices"][0]
    assert newest["number"] is None
    assert newest["issued_on"] == "2025-11-04"


async def test_each_day_says_what_it_is_and_why(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await get(client, issuer, "/CN/days", since="2025-09-27", until="2025-10-01")
    items = answer.json()["items"]
    assert [(item["working_day"], item["why"]) for item in items] == [
        (False, "weekend"),
        (True, "makeup_workday"),
        (True, "working_day"),
        (True, "working_day"),
        (False, "holiday"),
    ]
    assert items[1]["notice"]["number"] == "国办发明电〔2024〕12号"
    assert items[4]["name"] == "国庆节、中秋节"


@pytest.mark.parametrize(
    ("query", "end"),
    [
        ({"start": "2026-09-17", "working_days": 5}, "2026-09-23"),
        ({"start": "2026-04-30", "working_days": 5, "count_start": True}, "2026-05-09"),
        ({"start": "2026-02-13", "days": 5}, "2026-02-18"),
        ({"start": "2026-02-13", "days": 5, "roll": True}, "2026-02-24"),
        ({"start": "2026-01-31", "months": 1}, "2026-02-28"),
        ({"start": "2026-09-01", "months": 1, "roll": True}, "2026-10-08"),
        (
            {"start": "2026-09-17", "working_days": 10, "exclude": "2026-09-21/2026-09-28"},
            "2026-10-14",
        ),
        (
            {
                "start": "2026-09-17",
                "working_days": 10,
                "exclude": ["2026-09-21/2026-09-25,2026-09-28", "2026-09-23/2026-09-24"],
            },
            "2026-10-14",
        ),
    ],
    ids=range(8),
)
async def test_a_span_ends_where_its_proof_does(
    client: httpx.AsyncClient, issuer: Issuer, query: Json, end: str
) -> None:
    answer = await span(client, issuer, **query)
    assert answer["end"] == end
    assert answer["proof"][0]["on"] == query["start"]
    assert answer["proof"][-1]["on"] == end
    assert answer["provisional"] is False
    assert answer["warnings"] == []


async def test_backward_gives_the_latest_start(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await span(client, issuer, start="2026-10-08", working_days=7, direction="backward")
    assert (answer["start"], answer["end"]) == ("2026-09-21", "2026-10-08")
    assert answer["proof"][-1]["number"] == 7


async def test_an_unpublished_year_is_provisional_and_named(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await span(client, issuer, start="2026-12-04", working_days=21)
    assert answer["provisional"] is True
    assert answer["unpublished_years"] == [2027]
    assert [(w["code"], w["year"]) for w in answer["warnings"]] == [("calendar_unpublished", 2027)]


async def test_a_region_without_its_days_for_the_year_says_so(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    loaded = await get(client, issuer, "/640502/span", start="2020-05-22", working_days=1)
    unknown = await get(client, issuer, "/640502/days", since="2026-09-01", until="2026-09-02")
    assert loaded.json()["end"] == "2020-05-27"
    assert loaded.json()["jurisdiction"] == "640000"
    assert loaded.json()["warnings"] == []
    assert unknown.json()["warnings"][0]["code"] == "regional_calendar_unknown"


REFUSALS: dict[str, tuple[str, Json, int, str]] = {
    "unknown place": ("/XX/span", {"start": "2026-01-05", "days": 1}, 404, "not_found"),
    "before the years": (
        "/CN/span",
        {"start": "2003-12-31", "working_days": 1},
        409,
        "calendar_missing",
    ),
    "days before the years": (
        "/CN/days",
        {"since": "2003-12-31", "until": "2004-01-02"},
        409,
        "calendar_missing",
    ),
    "past the last day": ("/CN/span", {"start": "9999-12-31", "days": 1}, 422, "day_out_of_range"),
    "no unit": ("/CN/span", {"start": "2026-01-05"}, 422, "invalid_request"),
    "two units": ("/CN/span", {"start": "2026-01-05", "days": 1, "months": 1}, 422, "one_unit"),
    "negative": ("/CN/span", {"start": "2026-01-05", "days": -1}, 422, "greater_than_equal"),
    "too long": ("/CN/span", {"start": "2026-01-05", "days": 801}, 422, "less_than_equal"),
    "no such day": ("/CN/span", {"start": "2026-02-30", "days": 1}, 422, "day_invalid"),
    "a number for a day": ("/CN/span", {"start": "0", "days": 1}, 422, "day_invalid"),
    "no such excluded day": (
        "/CN/span",
        {"start": "2026-01-05", "days": 1, "exclude": "2026-02-30"},
        422,
        "day_invalid",
    ),
    "excluded backwards": (
        "/CN/span",
        {"start": "2026-01-05", "days": 1, "exclude": "2026-02-03/2026-02-02"},
        422,
        "period_reversed",
    ),
    "too much excluded": (
        "/CN/span",
        {"start": "2026-01-05", "days": 1, "exclude": "0001-01-01/9999-12-31"},
        422,
        "period_too_long",
    ),
    "roll backward": (
        "/CN/span",
        {"start": "2026-01-05", "days": 1, "direction": "backward", "roll": True},
        422,
        "forward_only",
    ),
    "unknown parameter": (
        "/CN/span",
        {"start": "2026-01-05", "days": 1, "weeks": 1},
        422,
        "extra_forbidden",
    ),
    "reversed": (
        "/CN/days",
        {"since": "2026-01-02", "until": "2026-01-01"},
        422,
        "period_reversed",
    ),
    "too many days": (
        "/CN/days",
        {"since": "2023-01-01", "until": "2025-03-11"},
        422,
        "period_too_long",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_what_cannot_be_answered_is_a_problem(
    client: httpx.AsyncClient, issuer: Issuer, case: str
) -> None:
    path, query, status, code = REFUSALS[case]
    answer = await get(client, issuer, path, **query)
    problem = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert code in {problem["code"], *(error["code"] for error in problem.get("errors", []))}


async def test_eight_hundred_days_are_answered(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await get(client, issuer, "/CN/days", since="2023-01-01", until="2025-03-10")
    assert len(answer.json()["items"]) == 800


async def test_the_calendar_needs_its_scope(client: httpx.AsyncClient, issuer: Issuer) -> None:
    without = await client.get("/v1/calendars", headers=issuer.bearer("rulings"))
    assert without.status_code == 403
    assert (await client.get("/v1/calendars")).status_code == 401
