"""Service item (政务服务事项): what people apply for, and the limits that its guide promises."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceItem:
    """Days are working days; `exclusions_in_guide` are the special procedures that the guide names.

    The national layer applies where the centre has it and the item is a licence (行政许可).
    """

    id: UUID
    name: str
    kind: ItemKind
    statutory_days: int | None
    promised_days: int | None
    licence: bool
    exclusions_in_guide: tuple[ExclusionKind, ...]
