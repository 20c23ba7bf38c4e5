"""Region (行政区划代码): the codes of GB/T 2260 and, below the county, of town and village."""

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from app.domain.errors import DomainError
from app.domain.organisation.centre import Level

_COUNTY, _TOWNSHIP, _VILLAGE = 6, 9, 12  # digits
LENGTHS: Final = {Level.COUNTY: _COUNTY, Level.TOWNSHIP: _TOWNSHIP, Level.VILLAGE: _VILLAGE}
"""How many digits the code of a centre of that level has."""
_CODE: Final = re.compile(r"[0-9]+", re.ASCII)
_PARTS: Final = ((0, 2), (2, 4), (4, 6), (6, 9), (9, 12))


class RegionMalformed(DomainError):
    """A code that names no place."""

    slug: ClassVar[str] = "region_malformed"
    title: ClassVar[str] = "行政区划代码不合规则"

    def __init__(self, why: str) -> None:
        super().__init__(f"行政区划代码：{why}。")


@dataclass(frozen=True, slots=True)
class Region:
    """One place: `code` has 6 digits down to the county, 9 for a town, 12 for a village."""

    code: str

    @classmethod
    def read(cls, written: str) -> Self:
        """The place of that code, in its shortest form. Raises RegionMalformed.

        A part of zeros names nothing, so nothing but zeros may follow it. Only a city without
        counties has its towns right below it: 441900 东莞市, 441900003 东城街道.
        """
        if not _CODE.fullmatch(written) or len(written) not in LENGTHS.values():
            raise RegionMalformed("须为6位（县及以上）、9位（乡镇）或12位（村）数字")
        named = [bool(int(written[first:last])) for first, last in _parts(written)]
        province, city, county, *below = named
        if not province:
            raise RegionMalformed("前两位须指明省级，不得为00")
        if (county or any(below)) and not city:
            raise RegionMalformed("第三、四位指明地级，为00时其后须全为0")
        if below and not below[0]:
            raise RegionMalformed(f"第七至九位指明乡镇，不得为000；无乡镇的写作{written[:_COUNTY]}")
        if below and not below[-1]:
            raise RegionMalformed(f"末三位指明村，不得为000；无村的写作{written[:_TOWNSHIP]}")
        return cls(written)

    @property
    def parts(self) -> tuple[str, ...]:
        """省、市、县、乡、村, as far as the code goes."""
        return tuple(self.code[first:last] for first, last in _parts(self.code))

    @property
    def parent(self) -> "Region | None":
        """The place right above; None above a province."""
        if len(self.code) > _COUNTY:
            return Region(self.code[: -len(self.parts[-1])])
        province, city, county = self.parts
        if int(county):
            return Region(f"{province}{city}00")
        return Region(f"{province}0000") if int(city) else None

    def within(self, wider: "Region") -> bool:
        """Whether the other place is this one or lies above it."""
        place: Region | None = self
        while place is not None and place != wider:
            place = place.parent
        return place is not None

    def check_fits(self, level: Level) -> None:
        """Raises RegionMalformed where a centre of that level has a code of another length."""
        if len(self.code) != LENGTHS[level]:
            raise RegionMalformed(
                f"{level.chinese}中心须用{LENGTHS[level]}位代码，所填为{len(self.code)}位"
            )


def _parts(code: str) -> list[tuple[int, int]]:
    return [(first, last) for first, last in _PARTS if last <= len(code)]
