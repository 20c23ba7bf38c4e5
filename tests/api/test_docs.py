"""The documentation page: complete, in Chinese, and without a single outside address."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.api.openapi import query_names
from app.api.problems import STATUS
from app.main import create_app
from tests.api.conftest import Issuer

# Any: an OpenAPI document is free JSON.
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(issuer: Issuer) -> Document:
    return create_app(issuer.settings).openapi()


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


async def test_the_root_leads_to_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "docs")


def test_a_route_takes_the_query_that_the_document_names(edge: FastAPI, document: Document) -> None:
    routes = {
        (route.path_format, method.lower()): set(query_names(route.dependant))
        for route in iter_route_contexts(edge.routes)
        if route.dependant
        for method in route.methods or ()
    }
    for path, method, operation in operations(document):
        sent = operation.get("parameters", [])
        named = {parameter["name"] for parameter in sent if parameter["in"] == "query"}
        assert routes[path, method] == named, (method, path)


async def test_the_page_and_all_it_loads_come_from_here(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(loaded) == 4
    for address in loaded:
        asset = await client.get(f"/{address}")
        assert asset.status_code == 200
        assert "//" not in address
    assert "<script>" not in page.text
    start = (await client.get("/docs/assets/start.js")).text
    assert "validatorUrl: null" in start
    assert "//" not in start


@pytest.mark.parametrize("name", ["other.js", "..%2f__init__.py", "redoc.standalone.js"])
async def test_no_other_file_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/docs/assets/{name}")).status_code == 404


async def test_the_document_is_served_as_it_is_built(
    client: httpx.AsyncClient, edge: FastAPI
) -> None:
    assert (await client.get("/openapi.json")).json()["info"]["title"] == "规矩 Guiju"


def test_every_operation_is_named_once_and_summed_up_in_chinese(document: Document) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(document):
        assert re.search(r"[一-鿿]", operation["summary"]), f"{method} {path}"


def test_every_tag_is_described(document: Document) -> None:
    described = {tag["name"] for tag in document["tags"]}
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    assert used <= described


def test_every_operation_names_its_problems(document: Document) -> None:
    for path, method, operation in operations(document):
        answers = operation["responses"]
        assert {"500", "503"} <= answers.keys(), f"{method} {path}"
        if operation.get("security"):
            assert {"401", "403"} <= answers.keys()
        if path.startswith("/v1"):
            assert answers["422"] == {"$ref": "#/components/responses/Problem422"}


def test_the_framework_s_own_error_shapes_are_gone(document: Document) -> None:
    assert "HTTPValidationError" not in str(document)
    assert document["components"]["schemas"]["Problem"]["required"] == [
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "request_id",
    ]


def test_every_status_of_a_domain_error_is_described(document: Document) -> None:
    described = {int(name.removeprefix("Problem")) for name in document["components"]["responses"]}
    assert set(STATUS.values()) <= described


def test_operations_with_rights_name_scheme_and_scope(document: Document) -> None:
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    calendars = document["paths"]["/v1/calendars"]["get"]
    assert calendars["security"] == [{"bearer": ["calendars"]}]
