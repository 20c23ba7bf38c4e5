"""Places (演示中心): which centres are filled, with which units, people and items.

Every name begins with 演示 and belongs to nobody.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A department and its two items; `body` is its own part of the credit code (GB 11714)."""

    name: str
    body: str
    licence: str
    service: str
    own_window: bool = True
    kind: str = "ordinary"


UNITS: Final = (
    Unit(
        name="演示市场监督管理局",
        body="DEM00001",
        licence="演示：食品经营许可",
        service="演示：营业执照遗失补领",
    ),
    Unit(
        name="演示人力资源和社会保障局",
        body="DEM00002",
        licence="演示：劳务派遣经营许可",
        service="演示：社会保障卡补领",
    ),
    Unit(
        name="演示文化和旅游局",
        body="DEM00003",
        own_window=False,
        licence="演示：娱乐场所设立许可",
        service="演示：图书馆读者证办理",
    ),
)
"""The last has no window: the comprehensive window accepts for it."""
TOWNSHIP: Final = Unit(
    name="演示镇人民政府",
    body="DEM00004",
    licence="演示：乡村建设规划许可",
    service="演示：生育登记",
)
VILLAGE: Final = Unit(
    name="演示村民委员会",
    body="DEM00005",
    licence="演示：宅基地审批代办",
    service="演示：老年人优待证代办",
    kind="village_committee",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A centre as it is founded where it is missing, and the departments that come to it."""

    code: str
    name: str
    level: str
    region: str
    regulation: str
    unit_type: str
    parent: str | None = None
    sandbox: bool = False
    units: tuple[Unit, ...] = UNITS


def _county(code: str, number: int, region: str) -> Place:
    return Place(
        code=code,
        name=f"演示政务服务中心{number}",
        level="county",
        region=region,
        regulation=code,
        unit_type="county_hall",
    )


COUNTIES: Final = (
    _county("erdos-hitech", 1, "150600"),
    _county("shapotou", 2, "640502"),
    _county("nanchang", 3, "360100"),
    _county("aohan", 4, "150430"),
    _county("tianya", 5, "460204"),
)
"""One under each regulation; a trial has these already."""
BELOW: Final = (
    Place(
        code="shapotou-town",
        name="演示镇民生服务中心",
        level="township",
        region="640502100",
        regulation="shapotou",
        unit_type="township_centre",
        parent="shapotou",
        units=(TOWNSHIP,),
    ),
    Place(
        code="shapotou-village",
        name="演示村便民服务中心",
        level="village",
        region="640502100200",
        regulation="shapotou",
        unit_type="village_station",
        parent="shapotou-town",
        units=(VILLAGE,),
    ),
)
"""Founded one after the other, for each needs the one above."""
SANDBOX: Final = Place(
    code="sandbox",
    name="演示沙箱中心",
    level="county",
    region="360100",
    regulation="nanchang",
    unit_type="county_hall",
    sandbox=True,
    units=UNITS[:1],
)
"""Whose day a caller may set; it has no cases of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One person of a department: called so, kept in that role, appointed to these offices."""

    key: str
    name: str
    role: str
    offices: tuple[str, ...] = ()
    posted: bool = False


POSTS: Final = (
    Post(
        key="chief",
        name="演示首席",
        role="chief_representative",
        offices=("approval_office_head", "chief_representative"),
    ),
    Post(
        key="leader",
        name="演示分管",
        role="centre",
        offices=("department_head", "supervising_leader"),
    ),
    Post(key="liaison", name="演示联络", role="window_head", offices=("liaison",)),
    Post(key="clerk-a", name="演示窗口甲", role="clerk", posted=True),
    Post(key="clerk-b", name="演示窗口乙", role="clerk", posted=True),
)
CLERKS: Final = {"county": "window_clerk", "township": "window_clerk", "village": "village_agent"}
"""As what the clerks of a centre of that level are posted."""
