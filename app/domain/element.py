"""Element (要素): what a guide makes public, and what a notice to an applicant has to say."""

from enum import StrEnum
from typing import Final


class Element(StrEnum):
    """The first sixteen stand in guides and notices, the others only in the papers of a window."""

    ITEM_NAME = "item_name"  # 项目名称
    LEGAL_BASIS = "legal_basis"  # 法律依据
    STATUTORY_LIMIT = "statutory_limit"  # 法定时限
    PROMISED_LIMIT = "promised_limit"  # 时限、审批时限、承诺时限
    PRECONDITIONS = "preconditions"  # 条件、前置条件
    PROCESS = "process"  # 程序、审批流程
    MATERIALS = "materials"  # 申请材料
    FEE_BASIS = "fee_basis"  # 收费依据
    FEE_STANDARD = "fee_standard"  # 收费标准
    SUBJECT = "subject"  # 主体
    RESULT = "result"  # 结果
    SUPERVISION_CHANNEL = "supervision_channel"  # 监督渠道
    FORMS_SAMPLE = "forms_sample"  # 示范文本、表格样本
    PROCEDURE_NOT_COUNTED = "procedure_not_counted"  # 不计入时限的程序
    CONTENT = "content"  # 服务内容
    STANDARD = "standard"  # 服务标准
    CORRECTIONS = "corrections"  # 需要补正的全部内容
    REASON = "reason"  # 理由
    COMPETENT_AUTHORITY = "competent_authority"  # 有权受理的机关
    REMEDIES = "remedies"  # 行政复议、行政诉讼权利
    SEAL = "seal"  # 印章
    DATE = "date"  # 日期

    @property
    def chinese(self) -> str:
        """The word of the texts for it, as a message says it."""
        return _CHINESE[self]


_CHINESE: Final = {
    Element.ITEM_NAME: "项目名称",
    Element.LEGAL_BASIS: "法律依据",
    Element.STATUTORY_LIMIT: "法定时限",
    Element.PROMISED_LIMIT: "承诺时限",
    Element.PRECONDITIONS: "条件",
    Element.PROCESS: "程序",
    Element.MATERIALS: "申请材料",
    Element.FEE_BASIS: "收费依据",
    Element.FEE_STANDARD: "收费标准",
    Element.SUBJECT: "主体",
    Element.RESULT: "结果",
    Element.SUPERVISION_CHANNEL: "监督渠道",
    Element.FORMS_SAMPLE: "示范文本",
    Element.PROCEDURE_NOT_COUNTED: "不计入时限的程序",
    Element.CONTENT: "服务内容",
    Element.STANDARD: "服务标准",
    Element.CORRECTIONS: "需要补正的全部内容",
    Element.REASON: "理由",
    Element.COMPETENT_AUTHORITY: "有权受理的机关",
    Element.REMEDIES: "复议、诉讼权利",
    Element.SEAL: "印章",
    Element.DATE: "日期",
}
