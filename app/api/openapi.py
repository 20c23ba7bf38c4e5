"""The document (接口文档): what FastAPI finds out itself, completed with examples and problems."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from app.api.examples.load import EXAMPLES
from app.api.field_problems import FieldProblem
from app.api.problems import MEDIA_TYPE
from app.api.rate_limit import UNLIMITED
from app.api.security import admit

TITLE: Final = "规矩 Guiju"
DESCRIPTION: Final = """\
政务服务中心的“规矩”：把五部公布的管理规定写成可计算的规则——谁可以选派、谁可以调换、首问责任人还欠什么、办件何时到期以及为什么。
每个答案都注明所依据的条款。

- **令牌**：点击 *Authorize*，粘贴 `make run` 打印的令牌，或 `guiju token` 的输出。
- **时间**：日期写作 `YYYY-MM-DD`（北京时间），时刻按 RFC 3339 书写并带时区偏移。
- **错误**：一律为 RFC 9457，类别见 `GET /v1/problems`；不回显所提交的取值。
- **限流**：按客户端计，余量见响应头 `RateLimit`；超出为 429，请按 `Retry-After` 重试。
- **幂等**：新建与办理类请求须带 `Idempotency-Key`；修改须带 `If-Match`。
"""
_DESCRIPTIONS: Final = {
    400: "请求无法读取，或缺少幂等键",
    401: "令牌缺失或无效",
    403: "令牌缺少所需权限，或规定不允许此人为之",
    404: "不存在，或对本令牌不可见",
    405: "该地址不支持此方法",
    409: "规定或当前阶段不允许",
    410: "曾有而已处置",
    412: "If-Match 已过时：对象已被他人修改",
    413: "请求体过大",
    415: "请求体须为 application/json",
    422: "内容不符合要求，或缺少判断所需的事实",
    428: "缺少 If-Match",
    429: "请求过于频繁",
    500: "服务内部错误",
    503: "暂时繁忙，请按 Retry-After 重试",
}
_HEADERS: Final = {
    401: {"WWW-Authenticate": "质询（RFC 6750）"},
    429: {
        "Retry-After": "多少秒后重试",
        "RateLimit-Policy": "每个客户端的限额：q 为一次可发的请求数，w 为恢复全部所需的秒数",
        "RateLimit": "余量：r 为尚可立即发出的请求数，t 为多少秒后全部恢复",
    },
    503: {"Retry-After": "多少秒后重试"},
}

# Any: an OpenAPI document is free JSON.
Document = dict[str, Any]


class ProblemOut(BaseModel):
    """一次被拒绝的请求（RFC 9457）。"""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str = Field(description="问题类别的地址，相对于本服务", examples=["/problems/not_found"])
    title: str = Field(description="类别名称（中文）")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="本次的说明：问了什么、为何不行、如何补救（中文）")
    instance: str = Field(description="本次请求的路径")
    code: str = Field(description="类别代码，供程序判断", examples=["not_found"])
    request_id: str = Field(description="请求编号，与响应头 X-Request-Id 和日志一致")
    errors: list[FieldProblem] | SkipJsonSchema[None] = Field(
        default=None, description="有误的字段；不回显取值"
    )
    # Any: the decision has a schema of its own where it is asked for.
    decision: dict[str, Any] | SkipJsonSchema[None] = Field(
        default=None, description="因规定被拒时：完整的裁定及所引条款"
    )


def responses(*statuses: int) -> dict[int | str, Document]:
    """The problems that an operation has beyond those that `complete` adds to every one."""
    return {status: _response(status) for status in statuses}


class DocumentedApp(FastAPI):
    """An app whose document names the examples and the problems of every operation."""

    def openapi(self) -> Document:
        """The OpenAPI document with every example and every problem."""
        return complete(super().openapi())


async def only_documented_query(request: Request) -> None:
    """Refuse a query parameter that is not documented: `?untill=` must not be silence."""
    if not request.scope["query_string"]:
        return
    context = request.scope.get("fastapi", {}).get("effective_route_context")
    known = set(query_names((context or request.scope["route"]).dependant))
    if unknown := sorted(request.query_params.keys() - known):
        await admit(request)
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", name), "msg": ""} for name in unknown]
        )


def query_names(asked: Dependant) -> Iterator[str]:
    """The query parameters that the document names for a route. They are read off the route: to
    write the document takes a second, in which nobody else would be answered."""
    for field in asked.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (inner.alias or name for name, inner in model.model_fields.items())
        else:
            yield field.alias
    for below in asked.dependencies:
        yield from query_names(below)


def complete(document: Document) -> Document:
    """The document with every example and every problem that the edge answers; a second time
    changes nothing."""
    for path, operation in _operations(document):
        if examples := EXAMPLES.get(operation.get("operationId", "")):
            operation["requestBody"]["content"]["application/json"]["examples"] = examples
        answers = operation.setdefault("responses", {})
        for status in _statuses(path, operation):
            answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    components = document.setdefault("components", {})
    components["responses"] = {f"Problem{status}": _response(status) for status in _DESCRIPTIONS}
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    return document


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document.get("paths", {}).items():
        for operation in methods.values():
            yield path, operation


def _statuses(path: str, operation: Document) -> list[int]:
    """What the edge itself may answer, beside what the route declares."""
    statuses = {422, 500, 503}
    if operation.get("security"):
        statuses |= {401, 403}
    if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", [])):
        statuses |= {400, 413}
    if "requestBody" in operation:
        statuses |= {400, 413, 415}
    if "{" in path:
        statuses.add(404)
    if path not in UNLIMITED:
        statuses.add(429)
    return sorted(statuses)


def _response(status: int) -> Document:
    response: Document = {
        "description": _DESCRIPTIONS.get(status) or HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        response["headers"] = {
            name: {"description": said, "schema": {"type": "string"}}
            for name, said in _HEADERS[status].items()
        }
    return response
