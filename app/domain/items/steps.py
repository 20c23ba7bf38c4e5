"""Steps (进退与变更的环节): what is proposed of an item, and who has to agree one after another."""

from enum import StrEnum
from typing import Final


class ChangeKind(StrEnum):
    """What is proposed."""

    ENTER = "enter"  # 进入
    EXIT = "exit"  # 退出
    CHANGE = "change"  # 调整、变更


class Step(StrEnum):
    """One who has to agree; the chapter says in which order."""

    CLEARANCE = "clearance"  # 合法性核准
    OPINION = "opinion"  # 初审意见
    APPROVAL = "approval"  # 批准
    CONFIRMATION = "confirmation"  # 确认
    IMPLEMENTATION = "implementation"  # 实施

    @property
    def chinese(self) -> str:
        """The word of the texts for it."""
        return _CHINESE[self]


_CHINESE: Final = {
    Step.CLEARANCE: "合法性核准",
    Step.OPINION: "初审意见",
    Step.APPROVAL: "批准",
    Step.CONFIRMATION: "确认",
    Step.IMPLEMENTATION: "实施",
}
