"""Codes (代码): the sets of values that the interface speaks, with their Chinese labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.errors import NotFound
from app.domain.provision import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSet(Written):
    """One set: `labels` are the Chinese words by code, in the set's own order.

    `source` is the standard or text that fixes the codes; `enumeration` names the type of the
    program whose members they are, where there is one. A Word says its labels itself.
    """

    name: str
    title: str
    source: str
    labels: Mapping[str, str] = field(default_factory=dict)
    enumeration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Every set by name; `version` is the SHA-256 over all that they say."""

    sets: Mapping[str, CodeSet]
    version: str

    def named(self, name: str) -> CodeSet:
        """Raises NotFound."""
        try:
            return self.sets[name]
        except KeyError:
            raise NotFound("代码集", name) from None
