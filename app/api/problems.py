"""Problems (错误): every refusal leaves as RFC 9457, in one shape, and repeats no value sent in."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.api.field_problems import FieldProblem, field_problems
from app.api.redaction import redacted
from app.db.errors import TRANSIENT, Busy, as_busy
from app.domain.decision import Decision, DecisionStandsAgainst, Finding, RefusedByRegulation
from app.domain.errors import DomainError
from app.domain.provision import Breach

MEDIA_TYPE: Final = "application/problem+json"
_HARMLESS = re.compile(r"[A-Za-z0-9._:~-]{0,64}", re.ASCII)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of problem: its code, status and Chinese heading, and what to do about it."""

    code: str
    status: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One occurrence of a problem, before it knows its request."""

    kind: Kind
    detail: str
    headers: Mapping[str, str]
    more: Mapping[str, object]

    @classmethod
    def of(
        cls,
        kind: Kind,
        *,
        detail: str | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> "Problem":
        """`more` holds the members beside the standard ones: `errors`, `decision`."""
        return cls(kind=kind, detail=detail or kind.detail, headers=headers or {}, more=more or {})


_EDGE = (
    Kind(
        code="malformed_request",
        status=400,
        title="请求无法读取",
        detail="请求没有完整到达或无法读取，请重新发送。",
    ),
    Kind(
        code="malformed_json",
        status=400,
        title="请求体不是有效的 JSON",
        detail="请求体不是有效的 JSON，请检查语法与编码（UTF-8）。",
    ),
    Kind(
        code="idempotency_key_missing",
        status=400,
        title="缺少幂等键",
        detail="新建或办理类请求须带请求头 Idempotency-Key（1–255 个可见 ASCII 字符）。",
    ),
    Kind(
        code="route_not_found",
        status=404,
        title="没有这个地址",
        detail="没有这个地址，请对照 /docs 检查路径。",
    ),
    Kind(
        code="method_not_allowed",
        status=405,
        title="该地址不支持此方法",
        detail="该地址不支持此方法，可用的方法见响应头 Allow。",
    ),
    Kind(
        code="body_too_large",
        status=413,
        title="请求体过大",
        detail="请求体超过上限：一般为 1 MiB，批量接口（:batch）为 8 MiB。",
    ),
    Kind(
        code="invalid_request",
        status=422,
        title="请求内容不符合要求",
        detail="请求中有字段不符合要求，详见 errors。",
    ),
    Kind(
        code="invalid_text",
        status=422,
        title="文本含有无效字符",
        detail="请求体含有不成对的代理字符（\\uD800–\\uDFFF），不是有效的 Unicode 文本。",
    ),
    Kind(
        code="too_many_requests",
        status=429,
        title="请求过于频繁",
        detail="请求过于频繁，请按响应头 Retry-After 所示稍后再试。",
    ),
    Kind(
        code="internal_error",
        status=500,
        title="服务内部错误",
        detail="服务内部错误，已记录；请凭 request_id 联系运维人员。",
    ),
)
EDGE: Final[Mapping[str, Kind]] = {kind.code: kind for kind in _EDGE}
STATUS: Final[dict[str, int]] = {
    "act_unknown": 422,
    "approver_not_entitled": 403,
    "approver_unknown": 422,
    "busy": 503,
    "calendar_missing": 409,
    "case_changed_meanwhile": 412,
    "changed_meanwhile": 412,
    "credit_code_wrong": 422,
    "day_out_of_range": 422,
    "events_disposed": 410,
    "fee_not_named": 422,
    "idempotency_key_reused": 422,
    "if_match_missing": 428,
    "impossible_fact": 422,
    "list_not_kept": 404,
    "not_checked_from_here": 422,
    "not_found": 404,
    "not_ready": 503,
    "office_place_wrong": 422,
    "out_of_order": 422,
    "override_incomplete": 422,
    "parent_wrong": 422,
    "person_of_another_department": 403,
    "personal_value": 422,
    "platform_only": 403,
    "policy_kind_unknown": 422,
    "reason_missing": 422,
    "region_malformed": 422,
    "regulation_unknown": 422,
    "rule_not_displaceable": 422,
    "scope_missing": 403,
    "second_person_required": 403,
    "setting_missing": 422,
    "setting_unknown": 422,
    "setting_wrong": 422,
    "token_refused": 401,
    "undetermined": 422,
    "unsupported_media_type": 415,
    "version_missing": 428,
}
"""The status of a domain error by its slug; one that is not listed stands against the act: 409."""
BREACHES: Final[Mapping[Breach, int]] = {
    Breach.FORBIDDEN: 409,
    Breach.UNPROCESSABLE: 422,
    Breach.NOT_ENTITLED: 403,
}
_BY_STATUS: Final = {
    400: EDGE["malformed_request"],
    404: EDGE["route_not_found"],
    405: EDGE["method_not_allowed"],
    413: EDGE["body_too_large"],
}


def kind_of(error: DomainError | type[DomainError]) -> Kind:
    """The kind that a domain error is answered as, before its own words are put in."""
    return Kind(
        code=error.slug, status=STATUS.get(error.slug, 409), title=error.title, detail=error.title
    )


def known_kinds() -> dict[str, Kind]:
    """Every kind of problem that this service can answer with, by code."""

    def below(error: type[DomainError]) -> list[type[DomainError]]:
        return [found for child in error.__subclasses__() for found in [child, *below(child)]]

    named = [error for error in below(DomainError) if hasattr(error, "slug")]
    return dict(EDGE) | {error.slug: kind_of(error) for error in named}


def request_id(scope: Scope) -> str:
    """The id under which this request is found in header, log and problem."""
    return str(scope.get("state", {}).get("request_id", ""))


def body_of(scope: Scope, problem: Problem) -> dict[str, object]:
    """The members of the problem, for this request."""
    kind = problem.kind
    return {
        "type": f"/problems/{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": redacted(problem.detail),
        "instance": _instance(scope["path"]),
        "code": kind.code,
        "request_id": request_id(scope),
        **problem.more,
    }


def respond(scope: Scope, problem: Problem) -> Response:
    """The problem as the answer to this request."""
    kind, body = problem.kind, body_of(scope, problem)
    return Response(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"),
        status_code=kind.status,
        headers={"Cache-Control": "no-store", "Content-Language": "zh-CN", **problem.headers},
        media_type=MEDIA_TYPE,
    )


def _instance(path: str) -> str:
    """The path that was asked for, without the parts that are no name of ours: they may be one of
    somebody's."""
    parts = (part if _HARMLESS.fullmatch(part) else "***" for part in path.split("/"))
    return redacted("/".join(parts))


DecisionOut = Callable[[Decision], object]


def install(app: FastAPI, decision_out: DecisionOut) -> None:
    """Answer every error of this app as a problem; `decision_out` is the wire form of decisions."""

    async def refused(request: Request, error: Exception) -> Response:
        problem = of_domain(cast(DomainError, error), decision_out)
        return respond(request.scope, problem)

    async def database(request: Request, error: Exception) -> Response:
        if busy := as_busy(error):
            return respond(request.scope, of_domain(busy, decision_out))
        raise error

    app.add_exception_handler(DomainError, refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_framework)
    for transient in TRANSIENT:
        app.add_exception_handler(transient, database)


def of_domain(error: DomainError, decision_out: DecisionOut) -> Problem:
    """The problem that a domain error is answered as."""
    kind = kind_of(error)
    more: dict[str, object] = {}
    if isinstance(error, DecisionStandsAgainst):
        more["decision"] = decision_out(error.decision)
    if isinstance(error, RefusedByRegulation):
        status = _status_of_breaches(list(error.decision.against()))
        kind = Kind(code=kind.code, status=status, title=kind.title, detail=kind.detail)
    headers = dict(getattr(error, "headers", {}))
    if isinstance(error, Busy):
        headers["Retry-After"] = str(error.retry_after)
    return Problem.of(kind, detail=str(error), headers=headers, more=more)


def _status_of_breaches(against: Sequence[Finding]) -> int:
    """Forbidden outweighs incomplete, and both outweigh not entitled."""
    broken = {finding.breach for finding in against}
    return next((BREACHES[breach] for breach in BREACHES if breach in broken), 409)


async def _invalid(request: Request, error: Exception) -> Response:
    invalid = cast(RequestValidationError, error)
    found = invalid.errors()
    if unreadable := next((e for e in found if e["type"] == "json_invalid"), None):
        return respond(request.scope, _unreadable(unreadable, invalid.body))
    errors = field_problems(found)
    if any(e.field == "Idempotency-Key" and e.code == "missing" for e in errors):
        return respond(request.scope, Problem.of(EDGE["idempotency_key_missing"]))
    return respond(request.scope, of_fields(errors))


def of_fields(errors: Iterable[FieldProblem]) -> Problem:
    """The problem of fields that are not as they must be."""
    return Problem.of(EDGE["invalid_request"], more={"errors": [asdict(e) for e in errors]})


def _unreadable(error: Mapping[str, Any], body: Any) -> Problem:  # Any: pydantic's own shape
    said = str(error.get("ctx", {}).get("error", ""))
    if "hex escape" in said and isinstance(body, bytes) and _SURROGATE.search(body):
        return Problem.of(EDGE["invalid_text"])
    kind = EDGE["malformed_json"]
    if place := re.search(r"line (\d+) column (\d+)", said):
        where = f"（第 {place[1]} 行第 {place[2]} 列）"
        return Problem.of(kind, detail=kind.detail + where)
    return Problem.of(kind)


async def _of_framework(request: Request, error: Exception) -> Response:
    refused = cast(HTTPException, error)
    kind = _BY_STATUS.get(refused.status_code) or Kind(
        code=f"http_{refused.status_code}",
        status=refused.status_code,
        title=HTTPStatus(refused.status_code).phrase,
        detail="请求未被接受。",
    )
    headers = dict(refused.headers or {})
    if kind.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))
    return respond(request.scope, Problem.of(kind, headers=headers))


def _allowed(request: Request) -> list[str]:
    """Every method of this path: the framework names only those of the first route it found."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        regex: re.Pattern[str] | None = getattr(route, "path_regex", None)
        if regex and regex.match(path):
            methods |= route.methods or set()
    return sorted(methods)
