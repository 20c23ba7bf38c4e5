"""Scopes (权限): the rights that a token may carry, each with what it lets its bearer do."""

from collections.abc import Mapping
from typing import Final

SCOPES: Final[Mapping[str, str]] = {
    "rulings": "就规定提问（裁定）",
    "rulebooks": "查阅规章与条款",
    "rulebooks:write": "登记与撤销规章的施行日期（限平台）",
    "calendars": "查阅工作日历与期限推算",
    "calendars:write": "登记与撤销特别日：临时停办、地方放假与调休（限平台）",
    "centres:read": "查阅政务服务中心及其部门、窗口、事项与人员",
    "centres:write": "设立中心，采用规章，填写设置（设立限平台）",
    "organisation:write": "登记部门、窗口、任命、制度与检查",
    "people:write": "登记人员、派驻、委托与日常记录",
    "items:write": "登记事项、办事指南、收费与公开",
    "cases:read": "查阅办件",
    "cases:write": "收件与推进办件",
    "cases:decide": "对办件作出决定、盖章与办结",
    "cases:override": "批准原则性规定的例外",
    "audit:read": "查阅审计：留痕及其封印",
    "personal:read": "查看未脱敏的个人信息（逐次审计）",
}
