"""Requests as the stories make them: caught before they are sent, then sent with any token."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from jose import jws

from app.domain.organisation.authority import Body
from tests.api.access.twins import at_twin
from tests.api.conftest import Speaker
from tests.api.stories.hall import Operation

KEPT: Final = ("content-type", "idempotency-key", "if-match")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request of an operation, without a token; `by` is for whom its story speaks."""

    operation: Operation
    by: Speaker
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes = b""

    def at(self, **path: str) -> Self:
        """The same with other names in its path."""
        return replace(self, path={**self.path, **path})

    def senseless(self) -> Self:
        """The same place, and nothing else right: whoever may not ask must not learn of that."""
        return replace(
            self,
            path={name: value if name == "centre" else "x" for name, value in self.path.items()},
            query={"nobody": "asks"},
            headers={name: v for name, v in self.headers.items() if name == "content-type"},
            content=b'{"nobody": ' if self.content else b"",
        )

    def anew(self) -> Self:
        """The same under a fresh key."""
        if "idempotency-key" not in self.headers:
            return self
        return replace(self, headers={**self.headers, "idempotency-key": uuid4().hex})

    async def sent(self, client: httpx.AsyncClient, token: Mapping[str, str]) -> httpx.Response:
        path = {name: quote(value, safe="") for name, value in self.path.items()}
        return await client.request(
            self.operation.method,
            self.operation.path.format(**path),
            params=self.query or None,
            headers={**self.headers, **token},
            content=self.content,
        )


class Reached(Exception):
    """The story has come to the operation that was waited for."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked


class Watched(httpx.AsyncBaseTransport):
    """To the app, up to the request that is waited for: that one is raised instead of sent.

    With `at_twins` every request is about the twin of the centre that it names."""

    def __init__(self, app: FastAPI) -> None:
        self._app = httpx.ASGITransport(app)
        self.awaited: Operation | None = None
        self.at_twins = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.at_twins:
            request = at_twin(request)
        operation = self.awaited
        if operation and operation.method.upper() == request.method:
            template = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(operation.path))
            if match := re.fullmatch(template, request.url.path):
                raise Reached(_caught(operation, match.groupdict(), request))
        return await self._app.handle_async_request(request)


def _caught(operation: Operation, path: Mapping[str, str], request: httpx.Request) -> Asked:
    return Asked(
        operation=operation,
        by=_speaker(request.headers.get("authorization", "").partition(" ")[2]),
        path=path,
        query=dict(request.url.params),
        headers={name: request.headers[name] for name in KEPT if name in request.headers},
        content=request.content,
    )


def _speaker(token: str) -> Speaker:
    said = json.loads(jws.get_unverified_claims(token))
    return Speaker(
        subject=said["sub"],
        bodies=tuple(map(Body, said.get("roles", ()))),
        departments=tuple(map(UUID, said.get("departments", ()))),
    )
