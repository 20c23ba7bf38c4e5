"""Official text (规章全文): the articles of a text that an operator brings, with its defects."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain.article import NUMERAL, value_of

_FIRST, _OF = "第笫", rf"\s*([{NUMERAL}]+)\s*"  # 笫 (U+7B2B) is a slip of the pen for 第
_HEADING: Final = re.compile(rf"[{_FIRST}]{_OF}条(?!例)[\s：:]*(.*)")
_CHAPTER: Final = re.compile(rf"[{_FIRST}]{_OF}[章节编篇](?!规定|的)[^。，；,;]{{0,24}}|总则|附则")
_CHAPTER_ALONE: Final = re.compile(rf"[{_FIRST}]{_OF}[章节编篇]")
# What follows 第十四条 where it is cited and does not begin its article.
_CITED: Final = re.compile(
    rf"规定|的|所[称列述规]|[{_FIRST}]{_OF}[款项]|[和或及与至到]{{1,2}}[{_FIRST}]|之[一二三规]"
    r"|[、，,；;。）)》”]"
)
_MARKER: Final = re.compile(
    rf"[（(][{NUMERAL}]+[）)]|[0-9]{{1,2}}[.．、](?![0-9])|[①-⑳]|[一二三四五六七八九十]+、"
)
_ENDED: Final = re.compile(r"[。！？；：!?;:…][”』」’\"）)]?$")
_TAGS: Final = re.compile(r"\[bookmark:[^\]\n]*\]|_(?:Toc[0-9]*|GoBack|Hlk[0-9]*|Ref[0-9]*)")
_FOOTER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)+|[-—–\s]*[0-9]{1,4}[-—–\s]*|第?\s*[0-9]+\s*页.*")
_FOOTER_GLUED: Final = re.compile(r"(?<=[。；])\s*[0-9]+\.[0-9]+\.[0-9]+$")
_DAY: Final = re.compile(r"[〇○零一二三四五六七八九十0-9 ]+年[^年。]{1,3}月[^月。]{1,4}日")
_CLOSING: Final = re.compile(r"抄送|抄报|附件|附表|附[：:]|主题词|[（(]?此[件页]|.{0,40}日\s*印发$")
_SIGNATURE: Final = re.compile(r"[^。；：，]{2,40}")
_BREAKS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = re.compile(r"[\t\xa0\u2000-\u200a\u202f\u3000 ]+")
_INVISIBLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u2060\ufeff]")
_WIDE = r"\u2014-\u2026\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_LOOSE: Final = re.compile(rf"(?<=[{_WIDE}]) (?=[{_WIDE}])")
_SLIP: Final = re.compile(rf"笫(?={_OF}[条章款项])")


class NotText(ValueError):
    """The bytes are no plain text in UTF-8, UTF-16 or GB18030."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text: where it stands, and whether an empty one stands before it."""

    at: int
    text: str
    apart: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found in a text: its articles in their order, and what was done to get at them.

    `repeated` names an article and the line on which it begins once more; `put_right` counts the
    defects by kind; `before` and `after` count the lines that belong to no article.
    """

    articles: dict[int, str]
    repeated: tuple[tuple[int, int], ...]
    put_right: dict[str, int]
    before: int
    after: int


def decoded(raw: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GB18030. Raises NotText."""
    encodings = ["utf-16"] if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotText


def read(text: str) -> Reading:
    """Take a text apart into its articles; what stands before the first belongs to none."""
    put_right: Counter[str] = Counter()
    lines = list(_lines(text, put_right))
    headings = _headings(lines)
    last = max((found.number for found in headings.taken.values()), default=0)
    begun = min(headings.taken, default=len(lines))
    bodies: dict[int, list[Line]] = {}
    number = 0
    for index, line in _without_chapters(lines, begun, headings, put_right):
        if found := headings.taken.get(index):
            number = found.number
            put_right["heading written 笫"] += line.text.startswith("笫")
            bodies[number] = [replace(line, text=found.rest)] if found.rest else []
        else:
            bodies[number].append(line)
    after = _cut_closing(bodies.get(last, []))
    return Reading(
        articles={number: _joined(body, put_right) for number, body in bodies.items()},
        repeated=tuple(headings.repeated),
        put_right={kind: count for kind, count in put_right.items() if count},
        before=begun,
        after=after,
    )


def _lines(text: str, put_right: Counter[str]) -> Iterator[Line]:
    """The lines that hold something, clean; a page's end does not part what runs on over it."""
    apart = page_ended = False
    for at, raw in enumerate(_BREAKS.sub("\n", text).split("\n"), start=1):
        untagged, tags = _TAGS.subn("", _INVISIBLE.sub("", raw))
        line, footers = _FOOTER_GLUED.subn("", _SPACES.sub(" ", untagged).strip())
        put_right["tag"] += tags
        put_right["page footer"] += footers
        if _FOOTER.fullmatch(line):
            put_right["page footer"] += 1
            apart, page_ended = False, True
        elif line:
            yield Line(at, _LOOSE.sub("", line), apart)
            apart = page_ended = False
        else:
            apart = not page_ended


@dataclass(frozen=True, slots=True)
class _Heading:
    number: int
    rest: str
    doubtful: bool  # it may as well be cited, in a sentence that runs on over the line's end


@dataclass(frozen=True, slots=True)
class _Headings:
    """Which lines begin an article, by their place among the lines."""

    taken: dict[int, _Heading] = field(default_factory=dict)
    repeated: list[tuple[int, int]] = field(default_factory=list)


def _headings(lines: list[Line]) -> _Headings:
    """Choose among the lines that begin like an article those that continue the count."""
    possible = dict(_possible(lines))
    headings, last = _Headings(), 0
    started = any(found.number == 1 for found in possible.values())
    for index, found in possible.items():
        later = [other for place, other in possible.items() if place > index]
        if found.number == last + 1:
            if found.doubtful and _comes(found.number, later):
                continue
        elif found.doubtful or (started and last == 0):
            continue
        elif found.number <= last:
            headings.repeated.append((found.number, lines[index].at))
            continue
        elif _comes(last + 1, later):
            continue
        headings.taken[index] = found
        last = found.number
    return headings


def _comes(number: int, later: list[_Heading]) -> bool:
    """Whether the article surely begins further on, before the one that follows it."""
    sure = (found.number for found in later if not found.doubtful)
    return next((other for other in sure if other in {number, number + 1}), None) == number


def _possible(lines: list[Line]) -> Iterator[tuple[int, _Heading]]:
    for index, line in enumerate(lines):
        found = _HEADING.fullmatch(line.text)
        if found is None:
            continue
        follows = found[2] or (lines[index + 1].text if index + 1 < len(lines) else "")
        if not _CITED.match(follows):
            before = lines[index - 1].text if index else ""
            runs_on = bool(before) and not line.apart and not _ends(before)
            yield index, _Heading(value_of(found[1]), found[2], doubtful=runs_on)


def _ends(line: str) -> bool:
    return bool(_ENDED.search(line)) or _is_chapter(line)


def _is_chapter(line: str) -> bool:
    return bool(_CHAPTER.fullmatch(line.replace(" ", "")))


def _without_chapters(
    lines: list[Line], begun: int, headings: _Headings, put_right: Counter[str]
) -> Iterator[tuple[int, Line]]:
    """The lines from the first article on, less the headings of chapters and their names."""
    name_follows = False
    for index, line in enumerate(lines[begun:], start=begun):
        if index in headings.taken:
            yield index, line
        elif name_follows and _SIGNATURE.fullmatch(line.text):
            pass
        elif _is_chapter(line.text):
            put_right["chapter heading"] += 1
            name_follows = bool(_CHAPTER_ALONE.fullmatch(line.text))
            continue
        else:
            yield index, line
        name_follows = False


def _cut_closing(body: list[Line]) -> int:
    """Take the signature, the day and the addressees off the last article; how many lines?"""
    for place, line in enumerate(body):
        signed = place > 0 and bool(_DAY.fullmatch(line.text))
        if signed or _CLOSING.match(line.text):
            start = place
            while start > 1 and signed and _SIGNATURE.fullmatch(body[start - 1].text):
                start -= 1
            after = len(body) - start
            del body[start:]
            return after
    return 0


def _joined(body: list[Line], put_right: Counter[str]) -> str:
    """The paragraphs of an article; a line that was broken inside a sentence is made whole."""
    paragraphs: list[str] = []
    for line in body:
        text = _SLIP.sub("第", line.text)
        if paragraphs and not (line.apart or _ends(paragraphs[-1]) or _MARKER.match(text)):
            gap = " " if paragraphs[-1][-1].isascii() and text[0].isascii() else ""
            paragraphs[-1] += gap + text
            put_right["broken line"] += 1
        else:
            paragraphs.append(text)
    return "\n".join(paragraphs)
