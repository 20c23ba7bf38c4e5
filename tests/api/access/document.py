"""What is served (接口文档) and what is declared of it, read once for all tests of access."""

from typing import Final

from app.main import create_app
from app.settings import Settings
from tests.api.access.matrix import Place, declared
from tests.api.stories.hall import Json, Operation, operations_of

APP: Final = create_app(Settings())
DOCUMENT: Final = APP.openapi()
MATRIX: Final = declared()
OPERATIONS: Final = operations_of(DOCUMENT)
KNOWN: Final = sorted(MATRIX.rows.keys() & OPERATIONS.keys())


def ids_in_path(operation: Operation) -> list[str]:
    """The names of the path's ids, but that of the centre."""
    return [
        each["name"] for each in operation.written.get("parameters", []) if _is_id(each, "path")
    ]


def ids_in_query(operation: Operation) -> list[str]:
    """The names of the filters by an id, and of a cursor that is one."""
    return [
        each["name"] for each in operation.written.get("parameters", []) if _is_id(each, "query")
    ]


def is_list(operation: Operation) -> bool:
    """Whether it answers with `items`."""
    if operation.method != "get":
        return False
    schema = operation.written["responses"]["200"]["content"]["application/json"]["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    return "items" in DOCUMENT["components"]["schemas"].get(name, schema).get("properties", {})


def lists() -> list[str]:
    """The lists that a token of a centre, or nobody, may ask for."""
    return [
        id_
        for id_ in KNOWN
        if is_list(OPERATIONS[id_]) and MATRIX.rows[id_].place is not Place.PLATFORM
    ]


def _is_id(parameter: Json, where: str) -> bool:
    schemas = parameter["schema"].get("anyOf", [parameter["schema"]])
    written_so = any(schema.get("format") == "uuid" for schema in schemas)
    return parameter["in"] == where and written_so and parameter["name"] != "centre"
