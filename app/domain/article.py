"""Article (条): how a citation is written, with its number, its items and the law that it names."""

import re
from dataclasses import dataclass
from typing import Final, Self

NUMERAL: Final = "〇○零一二三四五六七八九十百0-9０-９"
_DIGITS: Final = {"〇": 0, "○": 0, "零": 0} | {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_WRITTEN: Final = "零一二三四五六七八九"
_CITATION: Final = re.compile(
    rf"(?P<law>[^第]*)第(?P<number>[{NUMERAL}]+)条(?:（(?P<item>[{NUMERAL}]+)）"
    r"(?:(?P<point>[0-9]+)\.)?)?(?P<rest>.*)"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a regulation: `第十六条（二）5.` is article 16, item 2, point 5.

    `law` is the name before it where a text gathers several laws (`行政许可法第三十二条`).
    """

    number: int
    item: int | None = None
    point: int | None = None
    law: str = ""

    @classmethod
    def read(cls, written: str) -> Self | None:
        """None where no article is named. What follows the items (第二款, ·分项1) is a place inside
        the wording that it cites, and is left to the reader."""
        if written.isascii() and written.isdigit():
            return cls(int(written[:4]))
        found = _CITATION.fullmatch(written)
        if found is None:
            return None
        item, point = found["item"], found["point"]
        return cls(
            number=value_of(found["number"]),
            item=value_of(item) if item else None,
            point=int(point) if point else None,
            law=found["law"],
        )

    @property
    def article(self) -> str:
        """The article alone, as it is cited."""
        return f"{self.law}第{numeral(self.number)}条"

    def __str__(self) -> str:
        item = f"（{numeral(self.item)}）" if self.item else ""
        return f"{self.article}{item}{f'{self.point}.' if self.point else ''}"

    def covers(self, other: "Citation | None") -> bool:
        """Whether the other place is this one or lies within it."""
        return (
            other is not None
            and (self.law, self.number) == (other.law, other.number)
            and self.item in {None, other.item}
            and self.point in {None, other.point}
        )


def value_of(written: str) -> int:
    """The number that a Chinese or an Arabic numeral below a thousand says: 五十七, 一百零二, 9."""
    if not re.search("[十百]", written):
        return int("".join(str(_DIGITS.get(digit, digit)) for digit in written))
    hundreds, _, below = written.rpartition("百")
    tens, ten, ones = below.rpartition("十")
    return (
        100 * _digit(hundreds, 0)
        + (10 * _digit(tens.strip("零〇○"), 1) if ten else 0)
        + _digit(ones.strip("零〇○"), 0)
    )


def numeral(number: int) -> str:
    """The Chinese numeral of a number below a thousand, as articles are numbered."""
    hundreds, below = divmod(number, 100)
    tens, ones = divmod(below, 10)
    written = f"{_WRITTEN[hundreds]}百" if hundreds else ""
    if tens:
        written += "十" if tens == 1 and not hundreds else f"{_WRITTEN[tens]}十"
    elif hundreds and ones:
        written += "零"
    return written + (_WRITTEN[ones] if ones or not number else "")


def _digit(written: str, absent: int) -> int:
    return sum(_DIGITS.get(digit, 0) for digit in written) if written else absent
