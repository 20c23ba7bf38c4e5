"""Row marks (条目标记): which rows of the register a test proves."""

import pytest


def row(*ids: str) -> pytest.MarkDecorator:
    """Mark a test as the proof of these rows, for example `@row("nanchang/8.s1")`."""
    return pytest.mark.row(*ids)
