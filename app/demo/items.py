"""Items of the demonstration (演示事项): entered, guided, mandated, with forms and fees."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from app.demo.asking import Json, Made, Speaker
from app.demo.places import Unit

SINCE: Final = "2025-01-02"
CHANNELS: Final = ("website", "touchscreen", "leaflet", "query_system", "hall")
MATERIALS: Final = ("演示申请书", "演示身份证明")
FLOW: Final = ("受理", "审查", "决定", "送达")
NO_UNIT: Final = Speaker(subject="demo-clerk")
_STEPS: Final = 6  # more than any text wants


class Centre(Protocol):
    """The centre that the items are of."""

    @property
    def rules(self) -> Mapping[str, Mapping[str, Any]]: ...

    async def send(
        self, path: str, body: Json | None = None, *, place: str = "", after: Made | None = None
    ) -> Made: ...


@dataclass(frozen=True, slots=True)
class Hall:
    """Where the items of a unit are handled; the steps that a window of others owes for it."""

    department: str
    office: str
    window: str
    chief: Speaker
    owed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """An item that takes cases in: by whom they are handled, at which window if it has one, and
    what that window owes before it hands a result out."""

    id: str
    licence: bool
    by: Speaker = NO_UNIT
    window: str | None = None
    owed: tuple[str, ...] = ()


async def enter(centre: Centre, hall: Hall, unit: Unit) -> tuple[Served, ...]:
    """Both items of a unit, from their entry to the day that they can be applied for."""
    made = []
    for licence, name in ((True, unit.licence), (False, unit.service)):
        place = f"{unit.body}/{'licence' if licence else 'service'}"
        entered = await centre.send("items", _item(hall, name, licence=licence), place=place)
        item = await centre.send(
            f"items/{entered.id}/windows",
            {"window_ids": [hall.window]},
            place=f"{place}/windows",
            after=entered,
        )
        await _forms(centre, item.id, place)
        await _guide(centre, item.id, place, name, _days(licence=licence))
        await _mandate(centre, hall, item.id, place)
        await _activate(centre, item.id, place)
        made.append(Served(item.id, licence, hall.chief, hall.window, hall.owed))
    return tuple(made)


def _item(hall: Hall, name: str, *, licence: bool) -> Json:
    return {
        "name": name,
        "kind": "promised",
        "item_class": "行政许可" if licence else "公共服务",
        "type_code": "01" if licence else "20",
        "department_id": hall.department,
        "office_id": hall.office,
        "statutory_days": 20,
        "promised_days": _days(licence=licence),
        "licence": licence,
        "exclusions_in_guide": ["hearing"] if licence else [],
        "flow": FLOW,
    }


def _days(*, licence: bool) -> int:
    """The promise of an item, in working days."""
    return 10 if licence else 5


async def _guide(centre: Centre, item_id: str, place: str, name: str, days: int) -> None:
    path = f"items/{item_id}/guides"
    content = {
        "item_name": name,
        "subject": "演示部门",
        "legal_basis": [{"law": "演示：行政许可法", "main_clauses": "第三十二条"}],
        "statutory_limit": "20个工作日",
        "promised_limit": f"{days}个工作日",
        "promised_days": days,
        "procedure_not_counted": "听证",
        "preconditions": [{"text": "无特别条件"}],
        "process": FLOW,
        "materials": [{"name": each, "format": "原件", "quantity": 1} for each in MATERIALS],
        "fee_items": "无",
        "fee_basis": "无",
        "fee_standard": "不收费",
        "payment_method": "无",
        "result": "演示结果；办理结果在网站公布",
        "supervision_channel": "大厅监督窗口",
        "content": name,
        "standard": "材料齐全的当场受理",
    }
    drafted = await centre.send(path, {"content": content}, place=f"{place}/guide")
    await centre.send(
        f"{path}/{drafted.id}/publication",
        {"channels": CHANNELS},
        place=f"{place}/publication",
        after=drafted,
    )


async def _forms(centre: Centre, item_id: str, place: str) -> None:
    """Form and sample, and that nothing is charged."""
    for kind in ("form", "sample"):
        address = f"https://files.example.cn/demo/{kind}.pdf"
        file = {"address": address, "sha256": sha256(address.encode()).hexdigest(), "size": 20480}
        await centre.send(
            f"items/{item_id}/forms",
            {"kind": kind, "title": "演示申请表", "file": file, "since": SINCE},
            place=f"{place}/{kind}",
        )
    fee = {"none": True, "since": SINCE}
    await centre.send(f"items/{item_id}/fees", fee, place=f"{place}/fee")


async def _mandate(centre: Centre, hall: Hall, item_id: str, place: str) -> None:
    granted = await centre.send(
        "mandates",
        {
            "department_id": hall.department,
            "item_ids": [item_id],
            "powers": ["accept", "decide", "seal"],
            "since": SINCE,
            "signed_on": "2024-12-27",
            "document": {"title": "演示行政委托书", "number": "演示委〔2024〕12号"},
        },
        place=f"{place}/mandate",
    )
    await centre.send(
        f"mandates/{granted.id}/filing",
        {"filed_on": "2024-12-30", "number": "演示备〔2024〕7号"},
        place=f"{place}/filing",
        after=granted,
    )


async def _activate(centre: Centre, item_id: str, place: str) -> None:
    """Enter it into the hall, step by step as the service awaits them."""
    path = f"items/{item_id}/changes"
    change = await centre.send(path, {"kind": "enter", "reason": "演示"}, place=f"{place}/change")
    for _ in range(_STEPS):
        step = change.body["awaits"]
        if step is None:
            return
        said = {"document": "演示批〔2025〕9号", "note": "演示：同意"}
        change = await centre.send(
            f"{path}/{change.id}/{step}", said, place=f"{place}/{step}", after=change
        )
