"""The root of every refusal. Each error stands beside the concept that raises it."""

import re
from typing import ClassVar, Final

_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9./-]{0,40}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class DomainError(Exception):
    """A refusal with a stable name that callers may program against. It knows no HTTP.

    `slug` is the machine's name of the refusal, `title` its Chinese heading; the text of the
    exception says what was asked, what stands against it and what would help, and never repeats a
    personal value.
    """

    slug: ClassVar[str]
    title: ClassVar[str]


class NotFound(DomainError):
    """The thing asked for does not exist, or is not visible to the one who asks."""

    slug = "not_found"
    title = "所查对象不存在或不可见"

    def __init__(self, what: str, key: object) -> None:
        named = f" {key} " if _IDENTIFIER.fullmatch(str(key)) else ""
        super().__init__(f"{what}{named}不存在，或不在本令牌可见范围内。")
        self.what = what
        self.key = str(key)
