"""Facts of a nomination (选派事实): who is to be posted where, from when, with which proofs."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.provision import Written
from app.domain.words import Word


class Role(Word):
    """As what the person is posted."""

    CLERK = "clerk", "窗口工作人员"
    CHIEF_REPRESENTATIVE = "chief_representative", "首席代表"
    VILLAGE_AGENT = "village_agent", "村级代办服务人员"


class UnitType(Word):
    """Where the person is posted."""

    COUNTY_HALL = "county_hall", "政务服务大厅、中心"
    TOWNSHIP_CENTRE = "township_centre", "乡镇民生（便民）服务中心"
    VILLAGE_STATION = "village_station", "村便民服务站"
    COMMUNITY_STATION = "community_station", "社区（居）便民服务站"


class EmploymentStatus(Word):
    """在岗状态."""

    IN_SERVICE = "in_service", "在岗"
    RETIRED = "retired", "退休"
    SUSPENDED = "suspended", "停职"
    LONG_LEAVE = "long_leave", "长期休假"


class Establishment(Word):
    """身份性质."""

    CIVIL_SERVANT = "civil_servant", "公务员"
    AUTHORISED_ESTABLISHMENT = "authorised_establishment", "法律法规授权组织的在编人员"
    CONTRACT = "contract", "合同制"


class Attested(StrEnum):
    """Whether a condition is met."""

    MET = "met"  # 具备
    UNMET = "unmet"  # 不具备
    UNKNOWN = "unknown"  # 不详


class Reviewed(StrEnum):
    """How a review item came out."""

    PASS = "pass"  # 合格  # noqa: S105 - no password
    FAIL = "fail"  # 不合格
    UNKNOWN = "unknown"  # 未审查


class ConditionName(StrEnum):
    """选派条件."""

    POLITICAL_CONDUCT = "political_conduct"  # 政治与守法表现
    APPROVAL_QUALIFICATION = "approval_qualification"  # 审批主体资格
    BUSINESS_KNOWLEDGE = "business_knowledge"  # 专业知识与业务技能
    TEAMWORK_AND_SERVICE = "teamwork_and_service"  # 协作能力与服务意识
    ACCEPTS_MANAGEMENT = "accepts_management"  # 服从统一管理
    PRE_POST_TRAINING = "pre_post_training"  # 岗前培训
    COMPUTER_SKILL = "computer_skill"  # 计算机操作
    SPEECH_AND_MANNER = "speech_and_manner"  # 服务意识与语言表达
    DRESS_AND_COURTESY = "dress_and_courtesy"  # 着装举止与礼貌用语
    PATIENCE_AND_RECORD = "patience_and_record"  # 耐心解答与记录反馈
    BUSINESS_FAMILIARITY = "business_familiarity"  # 熟悉本部门审批业务
    DEPARTMENT_AUTHORISATION = "department_authorisation"  # 本部门授权
    APPROVAL_OFFICE_HEAD = "approval_office_head"  # 审批服务处处长


class ReviewName(StrEnum):
    """审查内容."""

    IDENTITY = "identity"  # 身份
    ENFORCEMENT_QUALIFICATION = "enforcement_qualification"  # 行政执法资质
    BUSINESS_KNOWLEDGE = "business_knowledge"  # 业务知识掌握程度
    COMPUTER_SKILL = "computer_skill"  # 计算机操作水平


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions(Written):
    """One field for each ConditionName; what is not sent is not known."""

    political_conduct: Attested | None = None
    approval_qualification: Attested | None = None
    business_knowledge: Attested | None = None
    teamwork_and_service: Attested | None = None
    accepts_management: Attested | None = None
    pre_post_training: Attested | None = None
    computer_skill: Attested | None = None
    speech_and_manner: Attested | None = None
    dress_and_courtesy: Attested | None = None
    patience_and_record: Attested | None = None
    business_familiarity: Attested | None = None
    department_authorisation: Attested | None = None
    approval_office_head: Attested | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews(Written):
    """One field for each ReviewName; what is not sent is not known."""

    identity: Reviewed | None = None
    enforcement_qualification: Reviewed | None = None
    business_knowledge: Reviewed | None = None
    computer_skill: Reviewed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Written):
    """The nominee. `primary_role` is the post held beside this one: `grid_worker` (网格员),
    `village_committee_member` (村两委成员), `police_officer` (民警), `other`."""

    birth_date: date | None = None
    employment_status: EmploymentStatus | None = None
    establishment: Establishment | None = None
    primary_role: str | None = None
    conditions: Conditions | None = None
    reviews: Reviews | None = None
    enforcement_qualification_valid_until: date | None = None
    seconded_by_police: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchFacts(Written):
    """`start_on` is the first day at the post."""

    role: Role | None = None
    start_on: date | None = None
    unit_type: UnitType | None = None
    candidate: Candidate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchValues:
    """The question has a yes or no and no values."""
