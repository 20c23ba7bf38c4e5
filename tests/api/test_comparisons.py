"""Comparisons over HTTP: five regulations side by side, empty where one is silent."""

from typing import Any

import httpx
import pytest

from app.domain.rulings import QUESTIONS
from app.rulebooks.load import load
from tests.api.conftest import Issuer

BOOKS = load()
FIVE = {"erdos-hitech", "shapotou", "nanchang", "aohan", "tianya"}

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]


async def compare(client: httpx.AsyncClient, issuer: Issuer, question: str) -> Json:
    answer = await client.get(
        f"/v1/comparisons/{question}",
        params={"on": "2025-10-09"},
        headers=issuer.bearer("rulebooks"),
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def item(compared: Json, provision: str) -> Json:
    return next(dict(i) for i in compared["items"] if i["provision"] == provision)


async def test_the_five_stand_side_by_side_and_a_silent_one_is_empty(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    compared = await compare(client, issuer, "rotation")
    assert {edition["regulation"] for edition in compared["editions"]} == FIVE
    notice = item(compared, "rotation.notice")["regulations"]
    assert {key for key, text in notice.items() if text} == {"erdos-hitech", "nanchang", "tianya"}
    assert notice["nanchang"]["article"] == "第八条"
    assert notice["nanchang"]["rows"] == ["nanchang/8.s1"]
    assert notice["shapotou"] is None


async def test_two_years_are_a_floor_in_one_text_and_a_ceiling_in_another(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    compared = await compare(client, issuer, "rotation")
    floor = item(compared, "rotation.minimum_stay.everybody")["regulations"]["shapotou"]
    ceiling = item(compared, "rotation.maximum_stay.clerk")["regulations"]["nanchang"]
    assert floor["terms"]["span"]["months"] == ceiling["terms"]["span"]["months"] == 24
    assert floor["force"] == ceiling["force"] == "waivable"


async def test_each_parameter_names_its_value_and_its_article(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    notice = item(await compare(client, issuer, "rotation"), "rotation.notice")
    (lead,) = (p["regulations"] for p in notice["parameters"] if p["name"] == "lead")
    assert lead["nanchang"]["value"]["working_days"] == 7
    assert lead["erdos-hitech"]["value"]["days"] == 5
    assert lead["tianya"]["value"]["months"] == 1
    assert lead["aohan"] is None
    assert lead["nanchang"]["article"] == "第八条"


@pytest.mark.parametrize("question", QUESTIONS)
async def test_nothing_of_the_chapter_is_left_out_and_nothing_is_borrowed(
    client: httpx.AsyncClient, issuer: Issuer, question: str
) -> None:
    compared = await compare(client, issuer, question)
    chapter = QUESTIONS[question].chapter
    for book in BOOKS.books:
        shown = [i["provision"] for i in compared["items"] if i["regulations"].get(book.regulation)]
        written = [p.name for p in book.provisions() if p.name.split(".")[0] == chapter]
        assert sorted(shown) == ([] if book.regulation == "national" else sorted(written))
    cited = [
        (key, cited)
        for i in compared["items"]
        for key, text in i["regulations"].items()
        if text
        for cited in text["rows"]
    ]
    assert all(cited.startswith(f"{key}/") for key, cited in cited)


async def test_a_question_that_nobody_asks_is_not_found(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await client.get("/v1/comparisons/weather", headers=issuer.bearer("rulebooks"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_comparison_needs_its_scope(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await client.get("/v1/comparisons/rotation", headers=issuer.bearer("calendars"))
    assert answer.status_code == 403
