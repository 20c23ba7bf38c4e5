"""Founding (设立) of a centre: its code and level fit each other and the centre above it."""

from typing import ClassVar, Final

from app.domain.errors import DomainError
from app.domain.organisation.centre import Centre, CentreType, Level
from app.domain.organisation.region import Region

ABOVE: Final = {Level.TOWNSHIP: Level.COUNTY, Level.VILLAGE: Level.TOWNSHIP}
"""The level right above; a county's centre has none above it here."""


class ParentWrong(DomainError):
    """The centre named as the one above is not that."""

    slug: ClassVar[str] = "parent_wrong"
    title: ClassVar[str] = "上级中心不符"

    def __init__(self, why: str) -> None:
        super().__init__(f"parent_id：{why}。")


class UnitTypeStands(DomainError):
    """The centre is of that kind already."""

    slug: ClassVar[str] = "unit_type_stands"
    title: ClassVar[str] = "机构类型已是如此"

    def __init__(self, unit_type: CentreType) -> None:
        super().__init__(
            f"unit_type：本中心已登记为{unit_type.chinese}（{unit_type}）；有误的请改写另一类型。"
        )


def check_place(founded: Centre, parent: Centre | None) -> None:
    """Raises RegionMalformed where level and code differ, ParentWrong where the parent is not one
    level above, or its code not the beginning of this one's."""
    place = Region.read(founded.region)
    place.check_fits(founded.level)
    if parent is None:
        return
    above = ABOVE.get(founded.level)
    if above is None:
        raise ParentWrong("县级中心不填上级中心")
    if parent.level is not above:
        raise ParentWrong(f"该层级的上级须为{above.chinese}中心，所填为{parent.level.chinese}")
    if place.parent != Region(parent.region):
        raise ParentWrong(
            f"上级的区划代码须为本级的前{len(parent.region)}位，所填为{parent.region}"
        )
