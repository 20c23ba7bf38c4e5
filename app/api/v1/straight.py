"""The straight way (直达): the hot routes on cases read a plain request without the framework.

Solving dependencies takes the framework longer than the rule and the statement together. A request
that is plain (no query, every part well formed) is read here; any other goes the framework's way,
which knows how to say what is wrong with it. Both end in the same function with the same values.
"""

import re
from collections.abc import Callable, Coroutine, Mapping
from inspect import isawaitable, signature
from typing import Any, Final, get_type_hints
from uuid import UUID

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from app.api.deps import clock
from app.api.security import Requires
from app.api.v1.case_desk import Desk, at_desk
from app.api.wire import Raw, WireRequest, WireRoute

Reader = Callable[[WireRequest], Coroutine[Any, Any, Any]]  # Any: each part has its own type

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CENTRE_LENGTHS: Final = range(3, 65)
_LONGEST_IF_MATCH: Final = 200


class NotPlain(Exception):
    """The request is not for the straight way; nothing was done with it."""


class StraightRoute(WireRoute):
    """A route whose parameters are among `case_id body desk key if_match`; others are as ever."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        roundabout = super().get_route_handler()
        names = tuple(signature(self.endpoint).parameters)
        guards = [d.dependency for d in self.dependencies if isinstance(d.dependency, Requires)]
        if not guards or not set(names) <= {*READERS, "body"}:
            return roundabout
        readers = {name: READERS[name] for name in names if name != "body"}
        if "body" in names:
            readers["body"] = _body_reader(
                get_type_hints(self.endpoint, include_extras=True)["body"]
            )

        async def answer(request: Request) -> Response:
            if request.scope["query_string"]:
                return await roundabout(request)
            plain = WireRequest(request.scope, request.receive)
            for guard in guards:
                await guard(plain)
            try:
                values = {name: await read(plain) for name, read in readers.items()}
            except (NotPlain, ValidationError):
                return await roundabout(plain)
            response: Response = await self.endpoint(**values)
            return response

        return answer


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
    now = request.app.dependency_overrides.get(clock, clock)()
    return await at_desk(request, centre, await now if isawaitable(now) else now)


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
