"""Loader of the rulebooks (规章载入): reads the TOML editions, refuses what nobody could answer
for, and says why."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from app.domain.errors import DomainError
from app.domain.register import Register, Row
from app.domain.rulebook import Rulebook, Rulebooks, Validity
from app.rulebooks.place import allowed_keys, line_of

FOLDER = Path(__file__).parent
_RULEBOOK = TypeAdapter(Rulebook)
_ROWS = TypeAdapter(tuple[Row, ...])
_REMEDIES = {
    "extra_forbidden": "删去该键，或改为已有的键",
    "missing": "补上该键",
    "enum": "改为列出的取值之一",
    "int_type": "写成整数，不加引号",
    "bool_type": "写成 true 或 false",
    "string_type": "写成字符串",
    "date_type": "写成日期，如 2012-02-16",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file: where it stands, what it is and what would be right."""

    file: str
    line: int
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.what}；{self.remedy}"


class RulebookFaulty(DomainError):
    """A rulebook file that cannot be loaded, with every fault found in it."""

    slug: ClassVar[str] = "rulebook_faulty"
    title: ClassVar[str] = "规章文件有误，不予载入"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def load_register(folder: Path = FOLDER / "register") -> Register:
    """All rows of the five regulations and the national layer."""
    rows: dict[str, Row] = {}
    for file in sorted(folder.glob("*.toml")):
        written = tomllib.loads(file.read_text(encoding="utf-8"))["rows"]
        for row in _ROWS.validate_python(written):
            rows[row.id] = row
    return Register(rows)


def load(files: Iterable[Path] | None = None, register: Register | None = None) -> Rulebooks:
    """The editions in the files given, by default all that the product ships.

    Raises RulebookFaulty with file, line, key and remedy for unknown keys, wrong types and units,
    unknown or foreign rows, reversed dates and two editions of one regulation in force at once.
    """
    register = register or load_register()
    files = sorted(FOLDER.glob("*.toml")) if files is None else list(files)
    read = [(file, _read(file, register)) for file in files]
    if faults := list(_overlapping(read)):
        raise RulebookFaulty(faults)
    books = tuple(book for _, book in read)
    version = hashlib.sha256("".join(book.digest for book in books).encode()).hexdigest()
    return Rulebooks(books, version)


def _read(file: Path, register: Register) -> Rulebook:
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
        written = tomllib.loads(text)
    except OSError as unreadable:
        raise RulebookFaulty(
            [_fault(file, "", (), f"无法读取：{unreadable.strerror}", "检查路径与权限")]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise RulebookFaulty(
            [_fault(file, "", (), f"不是 UTF-8 的 TOML：{broken}", "按 TOML 语法改正")]
        ) from None
    if faults := list(_not_ours(file, text, written)):
        raise RulebookFaulty(faults)
    for loc, provision in _provisions(written):
        provision["name"] = _name(loc, provision)
    try:
        book = _RULEBOOK.validate_json(json.dumps(written, default=str), strict=True)
    except ValidationError as invalid:
        raise RulebookFaulty(
            _described(file, text, error["loc"], error["type"], error["msg"])
            for error in invalid.errors(include_url=False, include_input=False)
        ) from None
    if faults := list(_disputed(file, text, written, book, register)):
        raise RulebookFaulty(faults)
    return replace(book, digest=hashlib.sha256(raw).hexdigest())


def _not_ours(file: Path, text: str, written: Mapping[str, Any]) -> Iterator[Fault]:
    """What a provision has from its place, or from a text that a centre attaches, and an edition
    from those who enter its day."""
    if "entered_from" in written:
        remedy = "删去；文本印出的日期写作 validity.terms.effective_from"
        yield _fault(file, text, ("entered_from",), "多余的键", remedy)
    for loc, provision in _provisions(written):
        if "name" in provision:
            yield _fault(file, text, (*loc, "name"), "多余的键", "删去，名称由位置得出")
        if "wording" in provision:
            remedy = "删去，原文由中心以 attach-text 附上"
            yield _fault(file, text, (*loc, "wording"), "多余的键", remedy)


def _provisions(
    written: Mapping[str, Any], loc: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    for key, value in written.items():
        tables = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, table in tables:
            if not isinstance(table, dict):
                continue
            place = (*loc, key) if index is None else (*loc, key, index)
            if "article" in table:
                yield place, table
            else:
                yield from _provisions(table, place)


def _name(loc: tuple[str | int, ...], provision: Mapping[str, Any]) -> str:
    terms = provision.get("terms")
    own = terms.get("name") if isinstance(terms, dict) else None
    return ".".join(str(own or part) if isinstance(part, int) else part for part in loc)


def _disputed(
    file: Path, text: str, written: Mapping[str, Any], book: Rulebook, register: Register
) -> Iterator[Fault]:
    for loc, provision in _provisions(written):
        for what, remedy in _wrong_rows(provision["rows"], book.regulation, register):
            yield _fault(file, text, (*loc, "rows"), what, remedy)
        try:
            provision["message"].format(expected="", actual="")
        except (LookupError, ValueError):
            remedy = "只用 {expected} 与 {actual}"
            yield _fault(file, text, (*loc, "message"), "句式不可填写", remedy)
    if book.validity and _reversed(book.validity.terms):
        yield _fault(file, text, ("validity", "terms"), "起止日期颠倒", "把较早的一日写作起始")


def _wrong_rows(
    rows: Iterable[str], regulation: str, register: Register
) -> Iterator[tuple[str, str]]:
    if not rows:
        yield "没有引用任何条目", "至少写一个条目编号"
    for row in rows:
        if row not in register.rows:
            yield f"条目 {row} 不存在", "改为 register/ 中的编号"
        elif not row.startswith(f"{regulation}/"):
            yield f"条目 {row} 属于别的规章", "只引用本规章的条目"


def _reversed(validity: Validity) -> bool:
    since, until = validity.effective_from, validity.effective_until
    first, last = validity.from_year, validity.until_year
    return bool((since and until and since > until) or (first and last and first > last))


def _overlapping(read: list[tuple[Path, Rulebook]]) -> Iterator[Fault]:
    for (_, one), (file, other) in combinations(read, 2):
        if one.regulation != other.regulation:
            continue
        if one.edition == other.edition:
            yield _fault(file, "", ("edition",), f"版本 {one.edition} 已有", "换一个版本名")
        elif _meet(one, other):
            yield _fault(
                file,
                file.read_text(encoding="utf-8"),
                ("validity", "terms"),
                f"与版本 {one.edition} 同时施行",
                "写明前一版本的失效日 effective_until",
            )


def _meet(one: Rulebook, other: Rulebook) -> bool:
    first, second = (book.validity.terms if book.validity else None for book in (one, other))
    if not (first and second and first.effective_from and second.effective_from):
        return False  # An edition without a printed day is not known to be in force with another.
    earlier, later = sorted((first, second), key=lambda validity: str(validity.effective_from))
    return earlier.effective_until is None or str(earlier.effective_until) >= str(
        later.effective_from
    )


def _described(file: Path, text: str, loc: tuple[str | int, ...], kind: str, said: str) -> Fault:
    remedy = _REMEDIES.get(kind, "按规章文件的格式改正")
    if kind == "extra_forbidden" and (keys := allowed_keys(Rulebook, loc[:-1])):
        remedy = f"{remedy}：{'、'.join(keys)}"
    return _fault(file, text, loc, said, remedy)


def _fault(file: Path, text: str, loc: tuple[str | int, ...], what: str, remedy: str) -> Fault:
    key = ".".join(str(part) for part in loc) or "（全文）"
    return Fault(file=file.name, line=line_of(text, loc), key=key, what=what, remedy=remedy)
