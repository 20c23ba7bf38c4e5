"""A hall for stories: every operation of the document by its id, over a database of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from app.api.examples.load import EXAMPLES
from app.db import demo, sequencer
from app.db.repositories import Repositories
from tests.api.cases.desk import NUMBERS
from tests.api.conftest import EVERYBODY, Issuer, Speaker

# Any: documents and bodies are the free JSON that they are.
Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """Where the document has it, and what it says of it."""

    path: str
    method: str
    written: Json

    @property
    def takes_a_key(self) -> bool:
        parameters = self.written.get("parameters", [])
        return any(each["name"] == "Idempotency-Key" for each in parameters)


def operations_of(document: Json) -> dict[str, Operation]:
    """The operations of the document by their ids."""
    return {
        operation["operationId"]: Operation(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@dataclass
class Hall:
    """One caller, `by` that name, who may do everything everywhere; `send` names an operation, not
    an address."""

    app: FastAPI
    client: httpx.AsyncClient
    issuer: Issuer
    by: Speaker = EVERYBODY
    operations: Mapping[str, Operation] = field(init=False)

    def __post_init__(self) -> None:
        self.operations = operations_of(self.app.openapi())

    async def send(
        self,
        operation_id: str,
        example: str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        etag: str | None = None,
        **path: str,
    ) -> httpx.Response:
        """The operation, with the named example as its body."""
        body = EXAMPLES[operation_id][example]["value"] if example else None
        return await self.send_body(operation_id, body, query=query, etag=etag, **path)

    async def send_body(
        self,
        operation_id: str,
        body: object,
        *,
        query: Mapping[str, str] | None = None,
        etag: str | None = None,
        **path: str,
    ) -> httpx.Response:
        operation = self.operations[operation_id]
        headers = self.issuer.bearer(platform=True, by=self.by)
        if operation.takes_a_key:
            headers["Idempotency-Key"] = uuid4().hex
        if etag:
            headers["If-Match"] = etag
        return await self.client.request(
            operation.method,
            operation.path.format(**path),
            params=query,
            headers=headers,
            json=body,
        )

    async def case(
        self, centre: str, item: int, *acts: tuple[str, str], complete: bool = True
    ) -> tuple[str, str]:
        """A case at that centre after these acts, each an example; its id and its ETag."""
        application = {
            "item_id": str(demo.items_of(NUMBERS[centre])[item].id),
            "materials_complete": complete,
            "channel": "window",
        }
        answer = await self.send_body("receive_case", application, centre=centre)
        assert answer.status_code == 201, answer.text
        case_id: str = answer.json()["case"]["id"]
        for operation_id, example in acts:
            answer = await self.send(
                operation_id, example, etag=answer.headers["etag"], centre=centre, case_id=case_id
            )
            assert answer.status_code == 201, answer.text
        return case_id, answer.headers["etag"]

    async def sequence(self) -> None:
        """What the worker does every moment: the events get their places."""
        kept: Repositories = self.app.state.repositories
        await sequencer.sequence(kept.engine)
