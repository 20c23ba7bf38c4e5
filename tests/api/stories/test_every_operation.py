"""Every operation of the document ends well at least once, and every example can be sent."""

from http import HTTPMethod

import httpx
import jsonschema_rs
import pytest
import schemathesis
from schemathesis.schemas import BaseSchema

from app.api.examples.load import EXAMPLES
from tests.api.access.document import DOCUMENT, OPERATIONS
from tests.api.stories.hall import Hall, Json, Operation
from tests.api.stories.told import READ, RULED, SENT

WITH_BODY = {id_ for id_, operation in OPERATIONS.items() if "requestBody" in operation.written}


@pytest.fixture(scope="session")
def document(hall: Hall) -> BaseSchema:
    return schemathesis.openapi.from_dict(hall.app.openapi())


def test_every_operation_has_a_story_and_every_story_an_operation() -> None:
    assert set(READ) == set(OPERATIONS) - WITH_BODY
    assert {operation_id for operation_id, _ in SENT} == WITH_BODY


def test_every_operation_that_takes_a_body_shows_examples_and_each_has_a_story() -> None:
    shown = {
        (id_, name)
        for id_ in WITH_BODY
        for name in OPERATIONS[id_].written["requestBody"]["content"]["application/json"][
            "examples"
        ]
    }
    assert shown == set(SENT) == {(id_, name) for id_, them in EXAMPLES.items() for name in them}


@pytest.mark.parametrize("operation_id", sorted(WITH_BODY))
def test_an_example_says_in_chinese_what_it_shows(operation_id: str) -> None:
    for example in EXAMPLES[operation_id].values():
        assert example.keys() <= {"summary", "description", "value"}
        assert any("一" <= letter <= "鿿" for letter in example["summary"])


@pytest.mark.parametrize(("operation_id", "example"), sorted(SENT))
def test_an_example_is_what_the_document_asks_for(operation_id: str, example: str) -> None:
    content = OPERATIONS[operation_id].written["requestBody"]["content"]["application/json"]
    asked_for = {**content["schema"], "components": DOCUMENT["components"]}
    jsonschema_rs.validate(asked_for, EXAMPLES[operation_id][example]["value"])


@pytest.mark.parametrize("operation_id", sorted(READ))
async def test_an_operation_that_is_asked_ends_well(
    hall: Hall, document: BaseSchema, operation_id: str
) -> None:
    answer = await READ[operation_id](hall)
    as_documented(document, OPERATIONS[operation_id], answer)
    assert answer.json().get("items", True), "a list without items proves nothing of its items"


@pytest.mark.parametrize(("operation_id", "example"), sorted(SENT))
async def test_an_example_that_is_sent_ends_well(
    hall: Hall, document: BaseSchema, operation_id: str, example: str
) -> None:
    answer = await SENT[operation_id, example](hall)
    as_documented(document, OPERATIONS[operation_id], answer)


@pytest.mark.parametrize(("operation_id", "example"), sorted(RULED))
async def test_an_example_of_a_ruling_comes_to_what_it_says(
    hall: Hall, operation_id: str, example: str
) -> None:
    answer: Json = (await RULED[operation_id, example](hall)).json()
    if operation_id == "rule_in_batch":
        assert not [item for item in answer["items"] if "problem" in item]
        return
    refused = "不可以" in EXAMPLES[operation_id][example]["summary"]
    assert (answer["outcome"] == "refused") is refused
    assert answer["outcome"] in {"permitted", "computed", "refused"}


def as_documented(document: BaseSchema, operation: Operation, answer: httpx.Response) -> None:
    """The address and the method are the operation's, and what it answered is what it documents."""
    path, asked = operation.path, answer.request
    assert HTTPMethod(asked.method) == operation.method.upper()
    assert answer.is_success, answer.text
    documented = operation.written["responses"][str(answer.status_code)]
    assert answer.headers["content-type"] == "application/json"
    assert documented["content"]["application/json"]["schema"]
    document[path][operation.method].validate_response(answer)
