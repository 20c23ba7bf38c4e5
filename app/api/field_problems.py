"""Field problems (字段错误): which field of a request is wrong, in Chinese, without its value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from pydantic_core.core_schema import ErrorType

from app.api.redaction import redacted

MOST_SHOWN: Final = 50
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", re.ASCII)
_BUILT_IN: Final = frozenset(get_args(ErrorType))
_SAME: Final = {
    "dataclass_type": "object_type",
    "dict_type": "object_type",
    "model_attributes_type": "object_type",
    "model_type": "object_type",
    "string_pattern_mismatch": "text_invalid",
    "unexpected_keyword_argument": "extra_forbidden",
}
_MESSAGES: Final = {
    "bool_type": "须为 true 或 false。",
    "cursor_invalid": "不是本清单的翻页标记，请原样填写上一页的 next。",
    "date_from_datetime_parsing": "日期须写作 YYYY-MM-DD。",
    "day_invalid": "日期须写作 YYYY-MM-DD，且确有其日。",
    "decimal_max_digits": "数字位数过多。",
    "decimal_type": "须为十进制数。",
    "enum": "不在允许的取值之内。",
    "extra_forbidden": "没有这个字段。",
    "finite_number": "须为有限的数。",
    "forward_only": "roll 与 exclude 只用于顺推（forward）。",
    "frozen_set_type": "须为数组。",
    "greater_than": "数值过小。",
    "greater_than_equal": "数值过小。",
    "instant_invalid": "时刻须按 RFC 3339 书写并带时区偏移，如 2025-10-09T09:00:00+08:00。",
    "int_parsing": "须为整数。",
    "int_type": "须为整数。",
    "json_type": "须为 JSON。",
    "less_than": "数值过大。",
    "less_than_equal": "数值过大。",
    "list_type": "须为数组。",
    "literal_error": "不在允许的取值之内。",
    "missing": "缺少必填项。",
    "money_invalid": "金额写作文本，以元计，如 100.00：不带符号与分隔，至多九位整数、两位小数。",
    "object_type": "须为 JSON 对象。",
    "one_unit": "三种单位须写明其一，且只写一种。",
    "period_reversed": "期间的末日不得早于首日。",
    "period_too_long": "一次至多查 800 日。",
    "string_too_long": "文本过长。",
    "string_too_short": "文本过短。",
    "string_type": "须为文本。",
    "text_invalid": "文本格式不符合要求、只有空白或含有控制字符。",
    "too_long": "项数过多。",
    "too_short": "项数过少。",
    "tuple_type": "须为数组。",
    "union_tag_invalid": "不在允许的取值之内。",
    "union_tag_not_found": "缺少用于区分类型的字段。",
    "uuid_parsing": "须为 UUID。",
    "uuid_type": "须为 UUID。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One field that is wrong; `field` is its dotted path, empty for the whole location."""

    location: str
    field: str
    code: str
    message: str


# Any: pydantic's error details are an open dictionary.
def field_problems(errors: Iterable[Mapping[str, Any]]) -> list[FieldProblem]:
    """At most fifty of the errors, each with where and why; never with what was sent."""
    shown = list(errors)[:MOST_SHOWN]
    return [_field_problem(error["loc"], error["type"], error["msg"]) for error in shown]


def _field_problem(place: Sequence[str | int], type_: str, said: str) -> FieldProblem:
    code = _SAME.get(type_, type_)
    # A message of our own validators is Chinese and ours; pydantic's may quote what was sent.
    otherwise = "取值不符合要求。" if type_ in _BUILT_IN else redacted(said)
    return FieldProblem(
        location=str(place[0]),
        field=".".join(map(_step, place[1:])),
        code=code,
        message=_MESSAGES.get(code, otherwise),
    )


def _step(step: str | int) -> str:
    """A step of the path; a name that the caller made up may hold anything, and is not repeated."""
    if isinstance(step, int):
        return str(step)
    return step if _NAME.fullmatch(step) and redacted(step) == step else "?"
