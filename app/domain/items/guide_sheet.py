"""Guide sheet (办事指南的版面): a guide as each channel shows it, always in the same order."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from app.domain.items.guide_version import GuideContent
from app.domain.items.publication import Channel

NONE: Final = "（未载明）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, and the lines below it."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one channel shows: `media_type` of its pages, one after another."""

    channel: Channel
    title: str
    media_type: str
    pages: tuple[str, ...]


def sheet(title: str, content: GuideContent, channel: Channel) -> Sheet:
    """The guide for this channel: a page of the website, screens of a terminal, a printed sheet."""
    sections = tuple(_sections(content))
    media_type, pages = _laid_out(title, sections, channel)
    return Sheet(channel=channel, title=title, media_type=media_type, pages=pages)


def _laid_out(
    title: str, sections: tuple[Section, ...], channel: Channel
) -> tuple[str, tuple[str, ...]]:
    match channel:
        case Channel.WEBSITE | Channel.QUERY_SYSTEM:
            return "text/html", (_html(title, sections),)
        case Channel.TOUCHSCREEN:
            return "text/plain", tuple(_plain(title, (section,)) for section in sections)
        case Channel.LEAFLET | Channel.HALL:
            return "text/plain", (_plain(title, sections),)


def _sections(content: GuideContent) -> Iterator[Section]:
    """The uniform format (统一格式): every heading, in this order; what is not stated says so."""
    told = (
        ("事项名称", (content.item_name,)),
        ("实施主体", (content.subject,)),
        ("法律依据", tuple(f"{b.law}：{b.main_clauses}" for b in content.legal_basis)),
        ("办理条件", tuple(condition.text for condition in content.preconditions)),
        ("申请材料", tuple(_materials(content))),
        ("办理程序", content.process),
        ("法定时限", (content.statutory_limit,)),
        ("承诺时限", tuple(_promise(content))),
        ("不计入时限的程序", (content.procedure_not_counted,)),
        ("收费项目", (content.fee_items,)),
        ("收费依据", (content.fee_basis,)),
        ("收费标准", (content.fee_standard,)),
        ("缴交方式", (content.payment_method,)),
        ("服务内容", (content.content,)),
        ("服务标准", (content.standard,)),
        ("办理结果", (content.result,)),
        ("监督渠道", (content.supervision_channel,)),
    )
    for heading, lines in told:
        said = tuple(line for line in lines if line and line.strip())
        yield Section(heading=heading, lines=said or (NONE,))


def _promise(content: GuideContent) -> Iterator[str | None]:
    """The words, and the days where the words are not just these."""
    yield content.promised_limit
    if content.promised_days is not None:
        days = f"{content.promised_days}个工作日"
        if days != (content.promised_limit or "").strip():
            yield days


def _materials(content: GuideContent) -> Iterator[str]:
    if content.no_materials:
        yield "无须提交材料"
    for material in content.materials:
        yield f"{material.name}（{material.format or '格式不限'}，{material.quantity}份）"


def _plain(title: str, sections: tuple[Section, ...]) -> str:
    parts = [title]
    for section in sections:
        parts.append(f"【{section.heading}】")
        parts.extend(section.lines)
    return "\n".join(parts)


def _html(title: str, sections: tuple[Section, ...]) -> str:
    parts = [f"<h1>{escape(title)}</h1>"]
    for section in sections:
        parts.append(f"<h2>{escape(section.heading)}</h2>")
        parts.extend(f"<p>{escape(line)}</p>" for line in section.lines)
    return "".join(parts)
