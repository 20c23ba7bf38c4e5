"""Override (例外批准): a soft rule is passed over with a reason, an approver and a paper."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.organisation.centre import Person, Role
from app.domain.provision import Written

MAY_APPROVE: Final = frozenset({Role.CENTRE, Role.CHIEF_REPRESENTATIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Override(Written):
    """Why a soft rule is passed over, who approved it, and on which paper."""

    reason: str
    approver_id: UUID
    document: str


class OverrideIncomplete(DomainError):
    """An override without its reason or its paper."""

    slug = "override_incomplete"
    title = "例外批准不完整"

    def __init__(self) -> None:
        super().__init__("override 须写明 reason（理由）与 document（批准文书）。")


class ApproverUnknown(DomainError):
    """The approver is nobody of this centre."""

    slug = "approver_unknown"
    title = "批准人不是本中心人员"

    def __init__(self) -> None:
        super().__init__("approver_id 不是本中心的工作人员，请填写有权批准者的 id。")


class ApproverNotEntitled(DomainError):
    """The approver is the one who acts, or has no role that may approve."""

    slug = "approver_not_entitled"
    title = "批准人无权批准"

    def __init__(self) -> None:
        allowed = "、".join(sorted(MAY_APPROVE))
        super().__init__(f"批准人须具有 {allowed} 身份，且不是办理人本人。")


def check_approver(approver: Person, actor: str) -> None:
    """Raises ApproverNotEntitled where the approver acts himself or has no such role."""
    if approver.role not in MAY_APPROVE or approver.subject == actor:
        raise ApproverNotEntitled


def check_complete(override: Override) -> None:
    """Raises OverrideIncomplete where nothing but blanks is written."""
    if not (override.reason.strip() and override.document.strip()):
        raise OverrideIncomplete


def as_recorded(override: Override) -> dict[str, str]:
    """The override as the ledger keeps it."""
    return {
        "reason": override.reason,
        "approver_id": str(override.approver_id),
        "document": override.document,
    }
