"""Words (用语): codes of the wire that carry the Chinese word for them."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A code with its word: `GRANTED = "granted", "准予"`. On the wire it is the code alone; in a
    message it is the word (`chinese`)."""

    _value_: str
    chinese: str

    def __new__(cls, code: str, chinese: str = "") -> Self:
        """The member for a code and its word."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.chinese = chinese
        return member
