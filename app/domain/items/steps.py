"""Steps (进退与变更的环节): what is proposed of an item, and who has to agree one after another."""

from app.domain.words import Word


class ChangeKind(Word):
    """What is proposed."""

    ENTER = "enter", "进入"
    EXIT = "exit", "退出"
    CHANGE = "change", "变更"  # 也作调整


class Step(Word):
    """One who has to agree; the chapter says in which order."""

    CLEARANCE = "clearance", "合法性核准"
    OPINION = "opinion", "初审意见"
    APPROVAL = "approval", "批准"
    CONFIRMATION = "confirmation", "确认"
    IMPLEMENTATION = "implementation", "实施"
