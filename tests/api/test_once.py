"""Idempotency at the edge: which requests are the same, and who can read a stored answer."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx
import pytest
from fastapi import Response

from app.api.once import AnswersUnreadable, Once, Sealer, StoredAnswer, replay
from tests.api.conftest import CENTRE, OTHER_CENTRE, Issuer

GOOD: Final = '{"on": "2025-10-09"}'
ONCE: Final = Once(
    centre=CENTRE,
    client="province",
    operation="POST /v1/centres/{centre}/cases",
    key="key-1",
    fingerprint=b"f" * 32,
)
ANSWER: Final = StoredAnswer(
    status=201, headers=(("etag", '"1"'), ("location", "/x")), body=b'{"a":"\n"}'
)


async def act(
    client: httpx.AsyncClient, issuer: Issuer, body: str = GOOD, **headers: str
) -> httpx.Response:
    sent = issuer.bearer() | {"Content-Type": "application/json", "Idempotency-Key": "key-1"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post(f"/probe/centres/{CENTRE}/acts", content=body, headers=sent)


async def test_the_same_request_has_the_same_fingerprint_whatever_its_key(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    first = (await act(client, issuer)).json()
    second = (await act(client, issuer, Idempotency_Key="key-2")).json()
    assert first["fingerprint"] == second["fingerprint"]
    assert first["operation"] == "POST /probe/centres/{centre}/acts"


async def test_another_body_has_another_fingerprint(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    one, other = await act(client, issuer), await act(client, issuer, GOOD + " ")
    assert one.json()["fingerprint"] != other.json()["fingerprint"]


async def test_a_retry_that_has_read_again_is_still_the_same_request(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    one = await act(client, issuer, If_Match='"1"')
    other = await act(client, issuer, If_Match='"2"')
    assert one.json()["fingerprint"] == other.json()["fingerprint"]


async def test_without_a_key_400(client: httpx.AsyncClient, issuer: Issuer) -> None:
    headers = issuer.bearer() | {"Content-Type": "application/json"}
    path = f"/probe/centres/{CENTRE}/acts"
    answer = await client.post(path, content=GOOD, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "\t"])
async def test_a_key_that_is_none_is_refused(
    client: httpx.AsyncClient, issuer: Issuer, key: str
) -> None:
    assert (await act(client, issuer, Idempotency_Key=key)).status_code in {400, 422}


def test_a_sealed_answer_opens_for_its_own_request_only(tmp_path: Path) -> None:
    sealer = Sealer.from_file(tmp_path / "answers.key")
    sealed = sealer.seal(ONCE, ANSWER)
    assert b"etag" not in sealed
    assert sealer.unseal(ONCE, sealed) == ANSWER
    for other in (
        replace(ONCE, centre=OTHER_CENTRE),
        replace(ONCE, client="other"),
        replace(ONCE, operation="POST /x"),
        replace(ONCE, key="key-2"),
    ):
        with pytest.raises(AnswersUnreadable):
            sealer.unseal(other, sealed)
    for broken in (b"", sealed[:20], sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(AnswersUnreadable):
            sealer.unseal(ONCE, broken)


def test_an_older_key_still_opens_after_a_new_one_is_put_before_it(tmp_path: Path) -> None:
    old, new, both = tmp_path / "old.key", tmp_path / "new.key", tmp_path / "both.key"
    sealed = Sealer.from_file(old).seal(ONCE, ANSWER)
    Sealer.from_file(new)
    both.write_bytes(new.read_bytes() + old.read_bytes())
    assert Sealer.from_file(both).unseal(ONCE, sealed) == ANSWER
    with pytest.raises(AnswersUnreadable):
        Sealer.from_file(new).unseal(ONCE, sealed)


@pytest.mark.parametrize("written", ["", "not base64!", "c2hvcnQ="])
def test_a_key_file_that_is_none_is_refused_by_its_name(tmp_path: Path, written: str) -> None:
    path = tmp_path / "answers.key"
    path.write_text(written)
    with pytest.raises(ValueError, match=r"answers\.key"):
        Sealer.from_file(path)


def test_a_replay_is_the_stored_answer_and_says_so() -> None:
    answer = Response(b"{}", status_code=201, headers={"ETag": '"1"', "Set-Cookie": "a=b"})
    said = replay(StoredAnswer.of(answer))
    assert (said.status_code, said.body) == (201, b"{}")
    assert said.headers["etag"] == '"1"'
    assert said.headers["Idempotent-Replayed"] == "true"
    assert "set-cookie" not in said.headers
