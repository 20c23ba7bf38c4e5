"""Loader of the codes (代码载入): reads the sets with their Chinese labels."""

import hashlib
import tomllib
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from app.domain.codes import Codes, CodeSet

FOLDER: Final = Path(__file__).parent / "codes"
_SETS: Final = TypeAdapter(tuple[CodeSet, ...])


def load_codes(folder: Path = FOLDER) -> Codes:
    """All sets, in the order of the files. Raises ValueError for a name that is used twice."""
    sets: dict[str, CodeSet] = {}
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.toml")):
        raw = file.read_bytes()
        digest.update(raw)
        for found in _SETS.validate_python(tomllib.loads(raw.decode("utf-8"))["sets"]):
            if found.name in sets:
                raise ValueError(f"{file.name}: 代码集 {found.name} 写了两次")
            sets[found.name] = found
    return Codes(sets=sets, version=digest.hexdigest())
