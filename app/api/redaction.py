"""What must never be read in a log or an error (脱敏): identity numbers, telephones, tokens."""

import re
from typing import Final

_TOKEN = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*){1,4}|(?i:bearer)\s+[\w.~+/-]{8,}=*", re.ASCII)
# Letters beside the digits mean a UUID or a digest, which are no one's number. A name may stand
# directly before it, so only ASCII letters count.
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|[1-9]\d{14})(?![0-9A-Za-z])", re.ASCII)
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86-?)?1[3-9]\d{9}(?![0-9A-Za-z])", re.ASCII)
_HIDDEN: Final = "***"


def redacted(text: str) -> str:
    """The text with everything that looks like an identity number, mobile or token hidden."""
    text = _TOKEN.sub(_HIDDEN, text)
    text = _IDENTITY.sub(_HIDDEN, text)
    return _MOBILE.sub(_HIDDEN, text)
