"""Loader of the codes (代码载入): reads the sets with their Chinese labels."""

import hashlib
import pkgutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from app.domain.codes import Codes, CodeSet
from app.domain.words import Word

FOLDER: Final = Path(__file__).parent / "codes"
_WORDS: Final = "app.domain."  # Words stand in the domain; what lies above it is not looked at.
_SETS: Final = TypeAdapter(tuple[CodeSet, ...])


def load_codes(folder: Path = FOLDER) -> Codes:
    """All sets, in the order of the files; the labels of a Word are its own. Raises ValueError for
    a name that is used twice, and for labels that are missing or stand in two places."""
    sets: dict[str, CodeSet] = {}
    for file in sorted(folder.glob("*.toml")):
        written = tomllib.loads(file.read_text("utf-8"))["sets"]
        for found in map(_labelled, _SETS.validate_python(written)):
            if found.name in sets:
                raise ValueError(f"{file.name}: 代码集 {found.name} 写了两次")
            sets[found.name] = found
    said = _SETS.dump_json(tuple(sets.values()))
    return Codes(sets=sets, version=hashlib.sha256(said).hexdigest())


def _labelled(found: CodeSet) -> CodeSet:
    word = _word(found.enumeration or "")
    if word is None:
        if not found.labels:
            raise ValueError(f"代码集 {found.name} 没有中文名称")
        return found
    if found.labels:
        raise ValueError(
            f"代码集 {found.name} 的中文名称已写在 {found.enumeration} 中，"
            "一处为准，请从数据文件中删去 labels"
        )
    return replace(found, labels={member.value: member.chinese for member in word})


def _word(enumeration: str) -> type[Word] | None:
    """The Word of that dotted name, None for any other enumeration."""
    if not enumeration.startswith(_WORDS):
        return None
    found: object = pkgutil.resolve_name(enumeration)
    return found if isinstance(found, type) and issubclass(found, Word) else None
