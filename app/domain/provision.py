"""Provision (条款): one duty of a regulation, cited, with the terms that software reads from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar


class Force(StrEnum):
    """How strictly a provision binds (约束力)."""

    BINDING = "binding"  # 应当 … / 必须 … / 不得 …
    WAIVABLE = "waivable"  # 原则上 …, and wherever a row lets a recorded reason through


class Breach(StrEnum):
    """What an act that breaks the provision is: the row's scenario says which."""

    FORBIDDEN = "forbidden"  # the rule stands against it
    UNPROCESSABLE = "unprocessable"  # what was handed in is incomplete or malformed
    NOT_ENTITLED = "not_entitled"  # somebody else has to do it


def wire_name(name: str) -> str:
    """The written form of a field: `from` is a word of the wire, and of Python."""
    return name.removesuffix("_")


class Written:
    """Base of what a file or a caller spells out: a key that nobody reads is refused."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, Any]] = {  # Any: the validating library's own type
        "extra": "forbid",
        "alias_generator": wire_name,
    }


T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision(Written, Generic[T_co]):
    """A cited duty: `rows` name it, `summary` paraphrases it, a rule computes with `terms`.

    `message` is the one Chinese sentence of the provision; `{expected}` and `{actual}` in it are
    filled from the finding. `name` is the provision's place in its file (`rotation.notice`) and is
    set by the loader. `wording` is the article's official text where a centre attached it; the
    product has none of its own.
    """

    article: str
    rows: tuple[str, ...]
    summary: str
    message: str
    terms: T_co
    force: Force = Force.BINDING
    breach: Breach = Breach.FORBIDDEN
    name: str = ""
    wording: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare(Written):
    """The terms of a provision that has no numbers: it is either kept or broken."""
