"""What may come over the wire (报文): a body is read once, in Rust, and taken literally or refused.

A body is strict JSON: `"5"` is no number, `1` is no truth, a day is `YYYY-MM-DD`, an instant
carries its offset, no text holds control characters. The types behind it stay ordinary frozen
dataclasses: `Json[T]` rewrites the validation schema of T once, when the route is made.
"""

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeAlias, TypeVar, cast

from fastapi import Body, Request, Response
from fastapi.routing import APIRoute
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import DomainError

ONE_BODY: Final = 1024 * 1024
ONE_BATCH: Final = 8 * ONE_BODY

_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_UNSEEN = r"\s\u200b-\u200f\u2028-\u202e\u2060\ufeff"  # blanks, and what only joins or turns
_PLAIN = rf"^[^{_CONTROLS}]*$"
_NAMED = rf"^[^{_CONTROLS}]*[^{_CONTROLS}{_UNSEEN}][^{_CONTROLS}]*$"
_CONTROL = re.compile(rf"[{_CONTROLS}]")
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
# One day inside what a datetime can hold, so that any offset can be applied to it.
_FIRST_INSTANT = datetime(1, 1, 2, tzinfo=UTC)
_LAST_INSTANT = datetime(9999, 12, 30, tzinfo=UTC)
_LARGEST_INTEGER: Final = 2**31 - 1
_LONGEST_TEXT: Final = 4000

# CoreSchema is a union of some fifty typed dictionaries; a walk sees them as plain ones.
Schema: TypeAlias = dict[str, Any]


class UnsupportedMediaType(DomainError):
    """The body is not declared as JSON."""

    slug = "unsupported_media_type"
    title = "不支持的内容类型"


class Raw(bytes):
    """The bytes of a body that was declared as JSON and has not been parsed yet."""

    __slots__ = ()


class WireRequest(Request):
    """A request that leaves the parsing of its body to the type that wants it."""

    async def json(self) -> Raw:
        return Raw(await self.body())


class WireRoute(APIRoute):
    """A route whose body reaches `Json[T]` unparsed: `APIRouter(route_class=WireRoute)`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def read_raw(request: Request) -> Response:
            wired = isinstance(request, WireRequest)
            return await answer(request if wired else WireRequest(request.scope, request.receive))

        return read_raw


def _formatted(pattern: str, format_: str) -> CoreSchema:
    # The metadata is where pydantic keeps what the JSON schema says beyond the core schema.
    return core_schema.str_schema(
        strict=True, pattern=pattern, metadata={"pydantic_js_updates": {"format": format_}}
    )


def _day_schema() -> CoreSchema:
    written = core_schema.chain_schema(
        [_formatted(_DAY, "date"), core_schema.date_schema(strict=False)]
    )
    return core_schema.custom_error_schema(
        core_schema.json_or_python_schema(
            json_schema=written,
            python_schema=core_schema.union_schema(
                [core_schema.date_schema(strict=True), written], mode="left_to_right"
            ),
        ),
        custom_error_type="day_invalid",
        custom_error_message="a day is written YYYY-MM-DD",
    )


def _instant_schema() -> CoreSchema:
    aware = core_schema.datetime_schema(
        tz_constraint="aware", strict=False, ge=_FIRST_INSTANT, le=_LAST_INSTANT
    )
    written = core_schema.chain_schema([_formatted(_INSTANT, "date-time"), aware])
    return core_schema.custom_error_schema(
        core_schema.json_or_python_schema(
            json_schema=written,
            python_schema=core_schema.union_schema(
                [core_schema.datetime_schema(tz_constraint="aware", strict=True), written],
                mode="left_to_right",
            ),
        ),
        custom_error_type="instant_invalid",
        custom_error_message="an instant is written as RFC 3339 with its offset",
    )


@dataclass(frozen=True, slots=True)
class _Written:
    schema: Callable[[], CoreSchema]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return self.schema()


Day = Annotated[date, _Written(_day_schema)]
"""A legal day in Asia/Shanghai, `YYYY-MM-DD` and nothing else; for query parameters and models."""
Instant = Annotated[datetime, _Written(_instant_schema)]
"""A moment, RFC 3339 with an offset; for query parameters and models."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_TEXT, pattern=_PLAIN)]
"""Something written by a person: not empty, no control characters but line breaks and tabs."""
Named = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_TEXT, pattern=_NAMED)]
"""The same, for what something is called: there is something to be seen in it."""


def _clean(value: Any) -> Any:  # Any: whatever JSON can say
    """Refuse in free JSON what a typed field refuses: NaN, infinities and control characters."""
    if isinstance(value, str) and _CONTROL.search(value):
        raise PydanticCustomError("text_invalid", "control characters are not text")
    if isinstance(value, float) and not isfinite(value):
        raise PydanticCustomError("finite_number", "a number must be finite")
    if isinstance(value, dict):
        for key, inner in value.items():
            _clean(key)
            _clean(inner)
    if isinstance(value, list):
        for inner in value:
            _clean(inner)
    return value


def _any(schema: Schema) -> Schema:
    return cast(Schema, core_schema.no_info_after_validator_function(_clean, cast(Any, schema)))


def _str(schema: Schema) -> Schema:
    return {"pattern": _PLAIN, "max_length": _LONGEST_TEXT, **schema, "strict": True}


def _int(schema: Schema) -> Schema:
    bounds: Schema = {}
    if not schema.keys() & {"le", "lt"}:
        bounds["le"] = _LARGEST_INTEGER
    if not schema.keys() & {"ge", "gt"}:
        bounds["ge"] = -_LARGEST_INTEGER
    return {**bounds, **schema, "strict": True}


def _decimal(schema: Schema) -> Schema:
    return {"max_digits": 18, **schema, "allow_inf_nan": False, "strict": True}


def _float(schema: Schema) -> Schema:
    return {**schema, "allow_inf_nan": False, "strict": True}


def _strict(schema: Schema) -> Schema:
    return {**schema, "strict": True}


def _unchanged(schema: Schema) -> Schema:
    return schema


_LITERAL_LEAVES: Final[dict[str, Callable[[Schema], Schema]]] = {
    "any": _any,
    "bool": _strict,
    "date": lambda _: cast(Schema, _day_schema()),
    "datetime": lambda _: cast(Schema, _instant_schema()),
    "decimal": _decimal,
    "enum": _strict,
    "float": _float,
    "int": _int,
    "str": _str,
    "uuid": _strict,
}
_NESTED: Final = frozenset(
    {
        "choices",
        "definitions",
        "extras_schema",
        "fields",
        "items_schema",
        "json_schema",
        "keys_schema",
        "lax_schema",
        "python_schema",
        "schema",
        "steps",
        "strict_schema",
        "values_schema",
    }
)
_WRITTEN_ALREADY: Final = frozenset({"day_invalid", "instant_invalid"})


def taken_literally(schema: Any, known: Mapping[str, Schema] = MappingProxyType({})) -> Any:
    """The same schema, each leaf of it strict and free of what no field of this API may hold.

    Any: a core schema, or a list or table of them. References are replaced by what they point to,
    for pydantic keeps definitions only at the top of a schema; a type that contains itself ends in
    RecursionError when its route is made.
    """
    match schema:
        case {"type": "definitions"}:
            known = {part["ref"]: part for part in schema["definitions"]}
            literal = taken_literally(schema["schema"], known)
        case {"type": "model", "cls": cls}:
            # pydantic would go on with the model's own validator, which is not a strict one.
            raise TypeError(f"{cls.__name__}: a body is a frozen dataclass, not a model")
        case {"type": "definition-ref"}:
            literal = taken_literally(known[schema["schema_ref"]], known)
        case {"type": "custom-error", "custom_error_type": str(named)} if named in _WRITTEN_ALREADY:
            literal = schema
        case {"type": str(kind)}:
            literal = {
                key: taken_literally(inner, known) if key in _NESTED else inner
                for key, inner in schema.items()
            }
            literal = _LITERAL_LEAVES.get(kind, _unchanged)(literal)
        case dict():  # a table of fields or choices
            literal = {key: taken_literally(inner, known) for key, inner in schema.items()}
        case list() | tuple():
            literal = type(schema)(taken_literally(inner, known) for inner in schema)
        case _:
            literal = schema
    return literal


def _declared_json(body: object) -> object:
    if isinstance(body, bytes) and not isinstance(body, Raw):
        raise UnsupportedMediaType("请求体须为 JSON，并声明 Content-Type: application/json。")
    return body


class _Strictly:
    """The annotation behind `Json[T]`."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        inner = taken_literally(TypeAdapter(source).core_schema)
        return core_schema.no_info_before_validator_function(
            _declared_json, core_schema.json_schema(inner)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(cast(Any, schema)["schema"]["schema"])  # Any: a union of schemas


T = TypeVar("T")
Json = Annotated[T, Body(), _Strictly()]
"""A body of this shape: `facts: Json[RotationFacts]`, on a router with `route_class=WireRoute`."""


class BodyTooLarge(HTTPException):
    """The body passes the limit. FastAPI turns any other exception that reading raises into 400."""

    def __init__(self) -> None:
        super().__init__(413)


class BodyLimit:
    """Refuses a body over the limit before it is held in memory, announced or chunked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        left = ONE_BATCH if scope["path"].endswith(":batch") else ONE_BODY
        announced = next((v for k, v in scope["headers"] if k == b"content-length"), b"")
        if announced.isdigit() and int(announced) > left:
            left = -1

        async def receive_some() -> Message:
            nonlocal left
            message = await receive()
            if message["type"] == "http.request":
                left -= len(message.get("body", b""))
                if left < 0:
                    raise BodyTooLarge
            return message

        await self.app(scope, receive_some, send)
