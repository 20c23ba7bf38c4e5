"""The straight way (直达): plain requests on cases reach their function without the framework.

Finding the route and solving its dependencies takes the framework longer than the rule and the
statement together. A request that is plain (no query, every part well formed) is found and read
here; any other goes the framework's way, which knows how to say what is wrong with it. Both end in
the same function with the same values.
"""

import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any, Final, get_type_hints
from uuid import UUID

from fastapi import APIRouter, FastAPI, Response
from pydantic import TypeAdapter, ValidationError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.deps import clock
from app.api.security import Requires
from app.api.v1.case_desk import CASE, CASES, Desk, at_desk
from app.api.wire import Raw, WireRequest, WireRoute

Handlers = Mapping[Any, Callable[..., Any]]  # Any: as the framework has them
Reader = Callable[[WireRequest], Coroutine[Any, Any, Any]]  # Any: each part has its own type

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CENTRE_LENGTHS: Final = range(3, 65)
_LONGEST_IF_MATCH: Final = 200
# Marks the scope of a request of which the framework tells the steps.
_TRACED: Final = "fastapi.telemetry"


class NotPlain(Exception):
    """The request is not for the straight way; nothing was done with it."""


class StraightRoute(WireRoute):
    """A route that plain requests reach straight, if its parameters are among `case_id body desk
    key if_match`; other routes of this class are as ever."""

    def end(self, prefix: str) -> "End | None":
        """Where the straight way ends for this route; None where it has none."""
        names = tuple(signature(self.endpoint).parameters)
        guards = [d.dependency for d in self.dependencies if isinstance(d.dependency, Requires)]
        if not guards or not set(names) <= {*READERS, "body"}:
            return None
        readers = {name: READERS[name] for name in names if name != "body"}
        if "body" in names:  # read last, when everything else is well formed
            readers["body"] = _body_reader(
                get_type_hints(self.endpoint, include_extras=True)["body"]
            )
        return End(prefix + self.path, self.endpoint, tuple(guards), readers)


@dataclass(frozen=True, slots=True)
class End:
    """A route as it is reached straight; log and metrics name it by its documented `path`."""

    path: str
    endpoint: Callable[..., Coroutine[Any, Any, Response]]  # Any: of a coroutine's own
    guards: tuple[Requires, ...]
    readers: Mapping[str, Reader]

    async def answer(self, request: WireRequest) -> Response:
        """What the function answers. Raises NotPlain and ValidationError before it is called."""
        for guard in self.guards:
            await guard(request)
        values = {name: await read(request) for name, read in self.readers.items()}
        return await self.endpoint(**values)


class Ends:
    """The routes that can be reached straight, found by one pattern and one look into a table."""

    def __init__(self, prefix: str, routes: Iterable[BaseRoute]) -> None:
        self._cases, self._case = prefix + CASES, prefix + CASE
        self._known = {
            (method, end.path): end
            for route in routes
            if isinstance(route, StraightRoute) and (end := route.end(prefix))
            for method in route.methods or ()
        }
        pattern = re.escape(self._cases).replace(re.escape("{centre}"), "([^/]+)")
        self._shape = re.compile(pattern + "(?:/([^/]+)(/.+)?)?")

    def of(self, scope: Scope) -> tuple[End, dict[str, str]] | None:
        """Where the request ends, with the parts of its path; None if it is not plain to see."""
        if scope["type"] != "http" or scope["query_string"] or _TRACED in scope:
            return None
        found = self._shape.fullmatch(scope["path"])
        if found is None:
            return None
        centre, case_id, rest = found.groups()
        path = self._cases if case_id is None else self._case + (rest or "")
        end = self._known.get((scope["method"], path))
        if end is None:
            return None
        return end, {"centre": centre} if case_id is None else {
            "centre": centre,
            "case_id": case_id,
        }


class StraightWay:
    """Stands before the framework, and takes from it only what is plain."""

    def __init__(self, app: ASGIApp, ends: Ends, handlers: Handlers) -> None:
        self._app = app
        self._ends = ends
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._ends.of(scope)
        if found is None:
            await self._app(scope, receive, send)
            return
        end, scope["path_params"] = found
        scope["route"] = end
        request = WireRequest(scope, receive)
        try:
            response = await _plainly(end, request)
        except Exception as error:
            response = await self._said(request, error)
        if response is None:
            await self._app(scope, _again(await request.body(), receive), send)
        else:
            await response(scope, receive, send)

    async def _said(self, request: WireRequest, error: Exception) -> Response:
        """What the app answers to an error, which is the same on every way."""
        for kind in type(error).__mro__:
            if handler := self._handlers.get(kind):
                answer: Response = await handler(request, error)
                return answer
        raise error


def install(app: FastAPI, prefix: str, routers: Iterable[APIRouter]) -> None:
    """Let the straight way stand before the framework's, inside of what is added later."""
    ends = Ends(prefix, [route for router in routers for route in router.routes])
    app.add_middleware(StraightWay, ends, app.exception_handlers)


async def _plainly(end: End, request: WireRequest) -> Response | None:
    """The answer; None to what is not plain, and then its body has been read."""
    try:
        return await end.answer(request)
    except (NotPlain, ValidationError):
        await request.body()
        return None


def _again(body: bytes, receive: Receive) -> Receive:
    """The request's messages from the beginning, once its body has been read."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once_more() -> Message:
        return left.pop() if left else await receive()

    return once_more


async def _case_id(request: WireRequest) -> UUID:
    return UUID(_matching(_ID, request.path_params["case_id"]))


async def _key(request: WireRequest) -> str:
    return _matching(_KEY, request.headers.get("idempotency-key"))


async def _if_match(request: WireRequest) -> str | None:
    tag = request.headers.get("if-match")
    if tag is not None and len(tag) > _LONGEST_IF_MATCH:
        raise NotPlain
    return tag


async def _desk(request: WireRequest) -> Desk:
    centre = request.path_params["centre"]
    if len(centre) not in _CENTRE_LENGTHS:
        raise NotPlain
    return await at_desk(request, centre, await clock(request))


def _matching(pattern: re.Pattern[str], text: str | None) -> str:
    if text is None or pattern.fullmatch(text) is None:
        raise NotPlain
    return text


def _body_reader(shape: Any) -> Reader:  # Any: the annotation of a body
    adapter: TypeAdapter[Any] = TypeAdapter(shape)

    async def read(request: WireRequest) -> Any:  # Any: as above
        if request.headers.get("content-type") != "application/json":
            raise NotPlain
        return adapter.validate_python(Raw(await request.body()))

    return read


READERS: Final[Mapping[str, Reader]] = {
    "case_id": _case_id,
    "desk": _desk,
    "if_match": _if_match,
    "key": _key,
}
