"""Quarter (季度): the assessed part of a year, and its place in the row of all quarters."""

from typing import Literal, TypeAlias

QuarterNumber: TypeAlias = Literal[1, 2, 3, 4]
QUARTERS: tuple[QuarterNumber, ...] = (1, 2, 3, 4)


def label(year: int, quarter: int) -> str:
    """`2025Q3`."""
    return f"{year:04d}Q{quarter}"


def ordinal(year: int, quarter: int) -> int:
    """Successive quarters have successive numbers, across the end of the year too."""
    return year * len(QUARTERS) + quarter
