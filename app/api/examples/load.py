"""Examples (请求示例): what the documentation page offers to send, which tests send again."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

# Any: an example is the free JSON of its operation.
Examples = Mapping[str, Mapping[str, Any]]


def _written() -> dict[str, Examples]:
    """Every file of this folder; an operation has all its examples in one of them."""
    found: dict[str, Examples] = {}
    for file in sorted(resources.files("app.api.examples").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            found |= json.loads(file.read_text(encoding="utf-8"))
    return found


EXAMPLES: Final[Mapping[str, Examples]] = _written()
"""By operation id and name: `summary`, perhaps the `description` of where it fits, and `value`."""
