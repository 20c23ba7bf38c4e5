"""Element (要素): what a guide makes public, and what a notice to an applicant has to say."""

from app.domain.words import Word


class Element(Word):
    """The first sixteen stand in guides and notices, the others only in the papers of a window."""

    ITEM_NAME = "item_name", "项目名称"
    LEGAL_BASIS = "legal_basis", "法律依据"
    STATUTORY_LIMIT = "statutory_limit", "法定时限"
    PROMISED_LIMIT = "promised_limit", "承诺时限"  # 也作时限、审批时限
    PRECONDITIONS = "preconditions", "条件"  # 也作前置条件
    PROCESS = "process", "程序"  # 也作审批流程
    MATERIALS = "materials", "申请材料"
    FEE_BASIS = "fee_basis", "收费依据"
    FEE_STANDARD = "fee_standard", "收费标准"
    SUBJECT = "subject", "主体"
    RESULT = "result", "结果"
    SUPERVISION_CHANNEL = "supervision_channel", "监督渠道"
    FORMS_SAMPLE = "forms_sample", "示范文本"  # 也作表格样本
    PROCEDURE_NOT_COUNTED = "procedure_not_counted", "不计入时限的程序"
    CONTENT = "content", "服务内容"
    STANDARD = "standard", "服务标准"
    CORRECTIONS = "corrections", "需要补正的全部内容"
    REASON = "reason", "理由"
    COMPETENT_AUTHORITY = "competent_authority", "有权受理的机关"
    REMEDIES = "remedies", "行政复议、行政诉讼权利"
    SEAL = "seal", "印章"
    DATE = "date", "日期"
