"""Rulebooks over HTTP: editions, provisions and rows."""

from typing import Any

import httpx
import pytest

from tests.api.conftest import Issuer
from tests.rows import row

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]


async def read(client: httpx.AsyncClient, issuer: Issuer, path: str = "", **query: str) -> Json:
    headers = issuer.bearer("rulebooks")
    answer = await client.get(f"/v1/rulebooks{path}", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_all_six_rulebooks_are_listed(client: httpx.AsyncClient, issuer: Issuer) -> None:
    listed = await read(client, issuer)
    assert {item["regulation"] for item in listed["items"]} == {
        "erdos-hitech",
        "shapotou",
        "nanchang",
        "aohan",
        "tianya",
        "national",
    }


@row("erdos-hitech/24", "shapotou/30", "nanchang/56", "aohan/47", "tianya/7")
@pytest.mark.parametrize(
    ("regulation", "interpreter"),
    [
        ("erdos-hitech", "党政办公室"),
        ("shapotou", "政府办（审批服务管理局）"),
        ("nanchang", "市行政服务中心管委会"),
        ("aohan", "旗政务服务局"),
        ("tianya", "区行政审批服务局"),
    ],
)
async def test_a_rulebook_names_its_interpreter(
    client: httpx.AsyncClient, issuer: Issuer, regulation: str, interpreter: str
) -> None:
    book = await read(client, issuer, f"/{regulation}")
    assert book["edition"]["interpreter"] == interpreter


@row("nanchang/57", "erdos-hitech/25", "aohan/48", "tianya/6")
async def test_only_printed_dates_are_shown(client: httpx.AsyncClient, issuer: Issuer) -> None:
    listed = (await read(client, issuer))["items"]
    printed = {item["regulation"]: item["effective_from"] for item in listed}
    assert printed["nanchang"] == "2012-02-16"
    assert all(day is None for key, day in printed.items() if key != "nanchang")


async def test_provisions_show_their_terms_and_rows(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    book = await read(client, issuer, "/nanchang", on="2025-10-09")
    found = {provision["name"]: provision for provision in book["provisions"]}
    assert found["rotation.notice"]["rows"] == ["nanchang/8.s1"]
    assert found["time_limit.green"]["terms"] == {"divisor": 2}
    assert book["rows"] == 89


@row("shapotou/31")
async def test_the_warnings_of_a_day_are_shown(client: httpx.AsyncClient, issuer: Issuer) -> None:
    book = await read(client, issuer, "/shapotou", on="2022-06-01")
    assert [warning["code"] for warning in book["warnings"]] == ["rulebook_is_draft"]


@row("nanchang/8", "tianya/13", "aohan/20")
@pytest.mark.parametrize(
    ("path", "children"),
    [
        ("/nanchang/rows/8", ["nanchang/8.s1", "nanchang/8.s2", "nanchang/8.s3"]),
        ("/tianya/rows/13", ["tianya/13.s1", "tianya/13.s2", "tianya/13.s3"]),
        ("/aohan/rows/aohan/20", ["aohan/20.s1", "aohan/20.s2", "aohan/20.s3", "aohan/20.s4"]),
    ],
)
async def test_a_row_names_its_children(
    client: httpx.AsyncClient, issuer: Issuer, path: str, children: list[str]
) -> None:
    assert (await read(client, issuer, path))["children"] == children


async def test_a_row_names_the_provisions_that_cite_it(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    found = await read(client, issuer, "/nanchang/rows/8.s1")
    assert "rotation.notice" in found["provisions"]
    assert found["parameters"]["notice"] == {"value": 7, "unit": "working_days"}


@pytest.mark.parametrize("path", ["/atlantis", "/nanchang/rows/999", "/nanchang/rows/tianya/13"])
async def test_what_is_not_there_is_not_found(
    client: httpx.AsyncClient, issuer: Issuer, path: str
) -> None:
    answer = await client.get(f"/v1/rulebooks{path}", headers=issuer.bearer("rulebooks"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
