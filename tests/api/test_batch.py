"""Rulings in batches: each item its own answer, in order, whatever is wrong with its neighbour."""

from typing import Any

import httpx

from app.api.v1.batch import LARGEST, BatchOut
from tests.api.conftest import Issuer

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
GOOD: Json = {
    "question": "rotation",
    "rulebook": "nanchang",
    "on": "2025-10-09",
    "facts": {
        "role": "clerk",
        "posted_on": "2025-08-01",
        "effective_on": "2025-10-13",
        "filed_on": "2025-09-26",
        "form": "written",
        "stage": "file",
    },
}


async def post(client: httpx.AsyncClient, issuer: Issuer, items: object) -> httpx.Response:
    body = {"items": items}
    return await client.post("/v1/rulings:batch", json=body, headers=issuer.bearer("rulings"))


async def test_one_bad_item_fails_only_itself(client: httpx.AsyncClient, issuer: Issuer) -> None:
    items = [
        GOOD,
        {**GOOD, "question": "weather"},
        {**GOOD, "facts": {"mood": "good"}},
        {**GOOD, "rulebook": "atlantis"},
        {"facts": {}},
        {**GOOD, "facts": {**GOOD["facts"], "filed_on": "1999-01-04"}},
        {**GOOD, "question": ["rotation"]},
        GOOD,
    ]
    answer = await post(client, issuer, items)
    assert answer.status_code == 200, answer.text
    answered = answer.json()["items"]
    codes = [item.get("outcome") or item["problem"]["code"] for item in answered]
    assert codes == [
        "permitted",
        "not_found",
        "invalid_request",
        "not_found",
        "not_found",
        "calendar_missing",
        "not_found",
        "permitted",
    ]
    assert answered[0] == answered[-1]
    BatchOut.model_validate_json(answer.content)


async def test_a_batch_answers_as_each_question_does_alone(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    alone = {key: value for key, value in GOOD.items() if key != "question"}
    one = await client.post("/v1/rulings/rotation", json=alone, headers=issuer.bearer("rulings"))
    many = await post(client, issuer, [GOOD])
    assert many.json()["items"] == [one.json()]


async def test_a_batch_holds_at_most_a_thousand(client: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (await post(client, issuer, [GOOD] * (LARGEST + 1))).status_code == 422
    full = await post(client, issuer, [GOOD] * LARGEST)
    assert len(full.json()["items"]) == LARGEST
    assert (await post(client, issuer, [])).json() == {"items": []}


async def test_an_item_that_is_no_object_is_refused(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    assert (await post(client, issuer, [GOOD, 7])).status_code == 422
    assert (await post(client, issuer, "many")).status_code == 422
