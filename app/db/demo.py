"""Demonstration data (演示数据): six invented centres with items and people, under fixed ids.

The last digits of an id tell what it is: centre c is …-0000000c0000, its items are …-0000000c01nn,
its people …-0000000c02nn. No name here belongs to anybody.
"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.centres import centre
from app.db.engine import transaction
from app.db.items import item
from app.db.persons import person
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.items.item import ServiceItem
from app.domain.organisation.centre import Centre, Level, Person, Role


def _id(number: int, part: int = 0) -> UUID:
    """A UUIDv7 of 2026-01-01T00:00+08:00 whose end can be read."""
    return UUID(f"019b7523-3400-7000-8000-{number:08x}{part:04x}")


def _centre(number: int, code: str, region: str, *, national: bool = False) -> Centre:
    named = f"演示政务服务中心{number}"
    return Centre(
        id=_id(number),
        code=code,
        name=f"{named}（叠加行政许可法）" if national else named,
        level=Level.COUNTY,
        region=region,
        regulation=code.removesuffix("-national"),
        national=national,
    )


CENTRES: Final = (
    _centre(1, "erdos-hitech", "150600"),
    _centre(2, "shapotou", "640502"),
    _centre(3, "nanchang", "360100"),
    _centre(4, "aohan", "150430"),
    _centre(5, "tianya", "460204"),
    _centre(6, "nanchang-national", "360100", national=True),
)
"""One centre under each of the five regulations, and one with the national layer below it."""


def items_of(number: int) -> tuple[ServiceItem, ...]:
    """The four items of a centre: done at once, two with a promise, and a licence."""
    return (
        _item(_id(number, 0x101), "演示事项：即办证明", None, None),
        _item(_id(number, 0x102), "演示事项：承诺五个工作日", 20, 5),
        _item(_id(number, 0x103), "演示事项：承诺十个工作日", 20, 10),
        _item(_id(number, 0x104), "演示事项：行政许可", 20, 15, licence=True),
    )


def _item(
    id_: UUID, name: str, statutory: int | None, promised: int | None, *, licence: bool = False
) -> ServiceItem:
    return ServiceItem(
        id=id_,
        name=name,
        kind=ItemKind.INSTANT if promised is None else ItemKind.PROMISED,
        statutory_days=statutory,
        promised_days=promised,
        licence=licence,
        exclusions_in_guide=tuple(ExclusionKind) if licence else (),
    )


NAMES: Final = ("窗口甲", "窗口乙", "首席丙", "主管丁", "中心戊")
"""What the five people of each centre are called."""


def persons_of(number: int) -> tuple[Person, ...]:
    """The five people of a centre; a token with such a subject speaks for that person."""
    return tuple(
        Person(id=_id(number, 0x200 + place), subject=f"demo-{number}-{subject}", role=role)
        for place, (subject, role) in enumerate(
            (
                ("clerk-a", Role.CLERK),
                ("clerk-b", Role.CLERK),
                ("chief", Role.CHIEF_REPRESENTATIVE),
                ("head", Role.WINDOW_HEAD),
                ("centre", Role.CENTRE),
            ),
            start=1,
        )
    )


_ADD_CENTRE = insert(centre).on_conflict_do_nothing()
_ADD_ITEM = insert(item).on_conflict_do_nothing()
_ADD_PERSON = insert(person).on_conflict_do_nothing()


async def ensure(engine: AsyncEngine) -> None:
    """Add what is not there yet; what has been changed since is left as it is."""
    async with transaction(engine) as connection:
        await connection.execute(_ADD_CENTRE, [_centre_row(place) for place in CENTRES])
        for number, place in enumerate(CENTRES, start=1):
            items = [{"centre_id": place.id, **_item_row(each)} for each in items_of(number)]
            await connection.execute(_ADD_ITEM, items)
            named = zip(persons_of(number), NAMES, strict=True)
            people = [{"centre_id": place.id, **_person_row(*each)} for each in named]
            await connection.execute(_ADD_PERSON, people)


# Any: rows of three tables.
def _centre_row(place: Centre) -> dict[str, Any]:
    return {
        "id": place.id,
        "code": place.code,
        "name": place.name,
        "level": place.level.value,
        "region": place.region,
        "regulation": place.regulation,
        "national": place.national,
    }


def _item_row(each: ServiceItem) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "kind": each.kind.value,
        "statutory_days": each.statutory_days,
        "promised_days": each.promised_days,
        "licence": each.licence,
        "exclusions_in_guide": [kind.value for kind in each.exclusions_in_guide],
    }


def _person_row(each: Person, name: str) -> dict[str, Any]:
    """The name in clear: there is no key here, `serve` seals it next."""
    return {"id": each.id, "subject": each.subject, "name": name, "role": each.role.value}
