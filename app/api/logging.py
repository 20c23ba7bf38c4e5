"""Logs (日志): one line of JSON per request and per event, without anybody's personal data."""

import json
import logging
import re
import sys
import time
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TextIO
from uuid import uuid4

import structlog
from pydantic_core import to_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.metrics import RequestMeter
from app.api.problems import EDGE, Problem, respond
from app.api.redaction import redacted

HEADER: Final = "X-Request-Id"
_HANDLER: Final = "guiju"
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_FOREIGN = re.compile(r"(?:[^\x00-\x7f]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2})+")
_RAW_HEADER = HEADER.lower().encode()
_word = lru_cache(maxsize=256)(redacted)  # of methods and clients, which are few
_current: ContextVar[str | None] = ContextVar("request_id", default=None)

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":"))


@dataclass(slots=True)
class _Access:
    """Where access lines go, and whether they do: set when the log is configured."""

    stream: TextIO
    wanted: bool


_access = _Access(sys.stderr, wanted=True)

# Any: structlog passes loggers and event values of every type.
Event = MutableMapping[str, Any]


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line of this process, ours and the libraries', to the stream as JSON."""
    out = stream or sys.stderr
    least = logging.getLevelNamesMapping()[level.upper()]
    _access.stream, _access.wanted = out, least <= logging.INFO
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request_id,
        structlog.processors.format_exc_info,
        _without_foreign_words,
    ]
    structlog.configure(
        processors=[*shared, _as_line],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.name = _HANDLER
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_line],
        )
    )
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if kept.name != _HANDLER] + [handler]
    root.setLevel(max(least, logging.INFO))
    # The HTTP client tells addresses with their queries, one line per request.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _with_request_id(_logger: Any, _method: str, event: Event) -> Event:
    if (request_id := _current.get()) is not None:
        event.setdefault("request_id", request_id)
    return event


def _without_foreign_words(_logger: Any, _method: str, event: Event) -> Event:
    """The message of an exception may hold what was sent, and no pattern knows a name: only ASCII
    is left of it, without anything that stands for other characters."""
    if (trace := event.get("exception")) is not None:
        event["exception"] = _FOREIGN.sub("***", str(trace))
    return event


def _as_line(_logger: Any, _method: str, event: Event) -> str:
    """Last in the chain, so that whatever the line was made of is redacted as a whole."""
    return redacted(_ENCODER.encode(event))


def route_template(scope: Scope) -> str:
    """The path of the route as documented, `/v1/centres/{centre}/cases`; empty without a route."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    return str(getattr(context or scope.get("route"), "path", ""))


class _Answer:
    """The way back of one request: it adds the id to the answer and remembers the status."""

    __slots__ = ("header", "send", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self.send = send
        self.header = (_RAW_HEADER, request_id.encode())
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], self.header]
        await self.send(message)


class AccessLog:
    """Gives each request its id, answers what nobody caught, counts it, and writes the one line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._meter = RequestMeter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        self._meter.began()
        request_id = _requested_id(scope) or str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        _current.set(request_id)
        answer = _Answer(send, request_id)
        try:
            await self.app(scope, receive, answer)
        except Exception:
            # The server would write the traceback as it is; here it is redacted.
            structlog.get_logger().exception("unexpected_error", route=route_template(scope))
            if answer.status:  # Too late for a problem: the server must cut the connection.
                raise
            await respond(scope, Problem.of(EDGE["internal_error"]))(scope, receive, answer)
        finally:
            took, route = time.perf_counter() - began, route_template(scope)
            self._meter.ended(scope["method"], route, answer.status, took)
            _write_access_line(scope, route, answer.status, took)


def _requested_id(scope: Scope) -> str | None:
    """The caller's own id, if it is one and looks like nobody's number."""
    for name, value in scope["headers"]:
        if name == _RAW_HEADER and _ACCEPTED_ID.fullmatch(value):
            given: str = value.decode()
            return given if redacted(given) == given else None
    return None


def _write_access_line(scope: Scope, route: str, status: int, seconds: float) -> None:
    """The line of every request, written as the chain would write it and at a tenth of its cost:
    only two of its words come from outside."""
    if not _access.wanted:
        return
    client = scope["state"].get("client")
    line = to_json(
        {
            "method": _word(scope["method"]),
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "client": None if client is None else _word(client),
            "event": "request",
            "level": "info",
            "timestamp": datetime.fromtimestamp(time.time(), UTC).isoformat(),
            "request_id": scope["state"]["request_id"],
        }
    )
    _access.stream.write(line.decode() + "\n")
    _access.stream.flush()
