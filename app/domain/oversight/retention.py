"""Retention (保存与处置): the kinds of record that there are, how long each is kept, and who may
dispose of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class KeptKind(StrEnum):
    """A kind of record, as the catalogue lists it."""

    CASES = "cases"  # 办件及其办理记录
    LEDGER = "ledger"  # 留痕台账及其链
    HEADS = "heads"  # 库外链头
    DISCLOSURES = "disclosures"  # 个人信息查看记录
    EVENTS = "events"  # 事件流
    ANSWERS = "answers"  # 幂等答复
    PERSONS = "persons"  # 人员个人信息
    STAFFING = "staffing"  # 派驻、任职与日常记录
    ORGANISATION = "organisation"  # 中心、部门、窗口与制度
    ITEMS = "items"  # 事项、办事指南与收费
    DOCUMENTS = "documents"  # 文件引用
    OFFICIAL_TEXTS = "official_texts"  # 规章正式文本
    REFERENCE = "reference"  # 日历与规章版本
    LOGS = "logs"  # 运行日志、指标与追踪


class Term(StrEnum):
    """How long a kind of record is kept."""

    FOR_EVER = "for_ever"  # 不处置
    DAYS = "days"  # 固定天数
    NAMED = "named"  # 处置时指明
    ELSEWHERE = "elsewhere"  # 由库外定


class DisposedBy(StrEnum):
    """Who disposes of a kind of record."""

    NOBODY = "nobody"  # 无人
    ARCHIVE = "archive"  # 档案管理部门
    WORKER = "worker"  # 后台任务
    OPERATOR = "operator"  # 运维人员以命令
    PERSON = "person"  # 应本人请求，或运维人员以命令
    ELSEWHERE = "elsewhere"  # 存放处的管理者


ANSWERS_KEPT_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What is kept of one kind, and for how long.

    `days` is the number of calendar days of a fixed term; `option` names what must be given where
    no text fixes one: nothing is disposed of under a period that somebody made up.
    """

    kind: KeptKind
    title: str
    content: str
    personal: bool
    term: Term
    disposed_by: DisposedBy
    why: str
    days: int | None = None
    option: str | None = None


_BEFORE: Final = "--before"

CATALOGUE: Final[tuple[Retention, ...]] = (
    Retention(
        kind=KeptKind.CASES,
        title="办件及其办理记录",
        content="办件的阶段、日期、告知与决定，编号；申请人的姓名与证件不在本服务",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.ARCHIVE,
        why="行政办理的档案，保管期限与销毁由档案法和归档规定、经档案管理部门鉴定而定；本服务不提供删除",
    ),
    Retention(
        kind=KeptKind.LEDGER,
        title="留痕台账及其链",
        content="每次办理与每次拒绝一项：编号、代码、日期、字段名、所依据的条目，行为人为令牌主体",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.NOBODY,
        why="是证明：少一项，其后的链即不能核验；不含个人信息的取值，删除个人信息不需要动它",
    ),
    Retention(
        kind=KeptKind.HEADS,
        title="库外链头",
        content="各链在某一时刻的位置与封印，附签名",
        personal=False,
        term=Term.ELSEWHERE,
        disposed_by=DisposedBy.ELSEWHERE,
        why="用以核对台账，存于库外（GUIJU_HEADS_FILE）并应另存副本；台账在，链头就应在",
    ),
    Retention(
        kind=KeptKind.DISCLOSURES,
        title="个人信息查看记录",
        content="谁、何时、为何、看了谁的哪几项；在台账之中，不记取值",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.NOBODY,
        why="个人信息处理须可审计；是台账的一部分，随台账不处置",
    ),
    Retention(
        kind=KeptKind.EVENTS,
        title="事件流",
        content="每项留痕一个事件，供订阅方读取；内容与台账相同，不多于台账",
        personal=False,
        term=Term.NAMED,
        disposed_by=DisposedBy.OPERATOR,
        why="读完即可处置，台账仍在；读到哪里由订阅方自记，早于何日由运维人员定。未定序的与最新的一个不处置，"
        "落在已处置部分的读取得 410",
        option=_BEFORE,
    ),
    Retention(
        kind=KeptKind.ANSWERS,
        title="幂等答复",
        content="已办请求的答复，加密保存，供同一请求重发时原样给出",
        personal=True,
        term=Term.DAYS,
        days=ANSWERS_KEPT_DAYS,
        disposed_by=DisposedBy.WORKER,
        why="只为断线重试；答复可含查看所得的个人信息，故加密，到期即删",
    ),
    Retention(
        kind=KeptKind.PERSONS,
        title="人员个人信息",
        content="姓名、证件号码、电话，均加密；编号与身份（角色）不属于此",
        personal=True,
        term=Term.NAMED,
        disposed_by=DisposedBy.PERSON,
        why="个人信息保护法：保存期限为实现目的所必要的最短时间，本人有权请求删除；离岗后多久删除，规章未定，"
        "由中心决定。尚在派驻、任职或有未完交办工作的不删",
        option=_BEFORE,
    ),
    Retention(
        kind=KeptKind.STAFFING,
        title="派驻、任职与日常记录",
        content="何时在何处任何职、记录的种类与日期，以编号指人；记录的内容（加密）与是否党员属个人信息",
        personal=True,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.ARCHIVE,
        why="证明当时谁有权为之；属个人信息的与人员个人信息一并删除，其余只有编号",
    ),
    Retention(
        kind=KeptKind.ORGANISATION,
        title="中心、部门、窗口与制度",
        content="机构与窗口的设立、变更与撤销，设置，委托与授权，制度与检查",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.ARCHIVE,
        why="判断任何一天的办件都要用当天的机构；不存则旧裁定不可复核",
    ),
    Retention(
        kind=KeptKind.ITEMS,
        title="事项、办事指南与收费",
        content="事项的各次变更、指南的各个版本、收费项目与收取",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.ARCHIVE,
        why="办件适用收件当天的版本",
    ),
    Retention(
        kind=KeptKind.DOCUMENTS,
        title="文件引用",
        content="文件的标题、文号、地址、SHA-256 与大小；文件本身不在本服务",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.ELSEWHERE,
        why="引用随其所在的记录；文件由存放处按其期限保管，删去后引用仍能证明当时是哪一份",
    ),
    Retention(
        kind=KeptKind.OFFICIAL_TEXTS,
        title="规章正式文本",
        content="中心附上的规章条文，按版本",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.NOBODY,
        why="裁定所引的条文；版本一经载入不改",
    ),
    Retention(
        kind=KeptKind.REFERENCE,
        title="日历与规章版本",
        content="特别日、施行日期、日历变动与规章版本的登记，撤销的亦留",
        personal=False,
        term=Term.FOR_EVER,
        disposed_by=DisposedBy.NOBODY,
        why="每个期限都是照它算的，复核要用",
    ),
    Retention(
        kind=KeptKind.LOGS,
        title="运行日志、指标与追踪",
        content="请求的路由、状态与耗时，客户端与请求编号；写出前遮去证件号与手机号",
        personal=False,
        term=Term.ELSEWHERE,
        disposed_by=DisposedBy.ELSEWHERE,
        why="写到标准错误与采集端，本服务不存；网络安全法要求网络日志留存不少于六个月，由采集端落实",
    ),
)
"""Every kind of record, in the order in which it is shown."""


def disposable() -> tuple[Retention, ...]:
    """What can be disposed of by a command."""
    return tuple(each for each in CATALOGUE if each.option is not None)
