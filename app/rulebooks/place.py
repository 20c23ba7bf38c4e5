"""Place of a key (键的位置): the line of a TOML file on which it stands, and the keys that are
known there."""

import re
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints


def line_of(text: str, loc: tuple[str | int, ...]) -> int:
    """The line (from 1) on which the key or its table stands; 1 where it is nowhere to be seen."""
    names = [str(part) for part in loc if isinstance(part, str)]
    lines = text.splitlines()
    for depth in range(len(names), 0, -1):
        header = re.compile(rf"\s*\[+\s*{re.escape('.'.join(names[:depth]))}\s*\]+\s*(#.*)?")
        start = next((at for at, line in enumerate(lines) if header.fullmatch(line)), None)
        if start is not None:
            start += _entries(lines, start, loc)
            return _key_below(lines, start, names[depth:]) + 1
    return _key_below(lines, -1, names) + 1 if lines else 1


def _entries(lines: list[str], start: int, loc: tuple[str | int, ...]) -> int:
    """How many lines further the entry of an array of tables begins that the place names by its
    number."""
    number = next((part for part in loc if isinstance(part, int)), 0)
    same = [at for at, line in enumerate(lines) if line.strip() == lines[start].strip()]
    return same[number] - start if number < len(same) else 0


def _key_below(lines: list[str], start: int, names: list[str]) -> int:
    if not names:
        return max(start, 0)
    for at in range(start + 1, len(lines)):
        if lines[at].lstrip().startswith("["):
            break
        if re.match(rf"\s*{re.escape(names[0])}\s*[=.]", lines[at]):
            return at
    return max(start, 0)


def allowed_keys(root: type, loc: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that a table at that place may have, without those that the loader sets itself."""
    found: Any = root  # Any: whatever a type hint may be
    bound: dict[Any, Any] = {}
    for part in loc:
        if isinstance(part, int):
            continue
        found, bound = _concrete(get_type_hints(get_origin(found) or found).get(part), bound)
        if found is None:
            return ()
    owner = get_origin(found) or found
    if not is_dataclass(owner):
        return ()
    return tuple(field.name for field in fields(owner) if field.name not in {"name", "digest"})


def _concrete(hint: Any, bound: dict[Any, Any]) -> tuple[Any, dict[Any, Any]]:  # Any: type hints
    """The dataclass behind an optional, a tuple or a type variable, with what it binds."""
    if isinstance(hint, TypeVar):
        return bound.get(hint), {}
    if get_origin(hint) in {Union, UnionType, tuple}:
        inner = [one for one in get_args(hint) if one not in {type(None), Ellipsis}]
        return _concrete(inner[0], bound) if inner else (None, {})
    owner = get_origin(hint)
    if owner is not None and is_dataclass(owner):
        parameters = getattr(owner, "__parameters__", ())
        return hint, dict(zip(parameters, get_args(hint), strict=False))
    return hint, bound
