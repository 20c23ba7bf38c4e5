"""Credit code (统一社会信用代码): the 18 characters of GB 32100-2015 and their two checks."""

from typing import ClassVar, Final

from app.domain.errors import DomainError

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH: Final = 18
_REGION: Final = slice(2, 8)
_BODY: Final = slice(8, 16)
_BODY_CHECK: Final = 16
_WEIGHTS: Final = tuple(pow(3, place, len(ALPHABET)) for place in range(_LENGTH - 1))
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_DIVISOR: Final = 11
_BODY_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_CHECKS: Final = "0123456789X"


class CreditCodeWrong(DomainError):
    """The code fails one of its checks."""

    slug: ClassVar[str] = "credit_code_wrong"
    title: ClassVar[str] = "统一社会信用代码有误"

    def __init__(self, check: str) -> None:
        super().__init__(f"统一社会信用代码：{check}。请按登记证书核对。")


def check_credit_code(code: str) -> str:
    """The code as it is written. Raises CreditCodeWrong naming the first check that it fails:
    length, characters, region (6 digits), the check of the body's own code (GB 11714), the check of
    the whole (GB 32100)."""
    if len(code) != _LENGTH:
        raise CreditCodeWrong(f"应为18位，所填为{len(code)}位")
    if unknown := sorted(set(code) - set(ALPHABET)):
        raise CreditCodeWrong(f"不得含有{'、'.join(unknown)}（只用数字与大写字母，不用 I O S V Z）")
    if not code[_REGION].isdigit():
        raise CreditCodeWrong("第三至八位为登记机关行政区划，须为数字")
    if code[_BODY_CHECK] != body_check(code[_BODY]):
        raise CreditCodeWrong("第十七位与主体标识码（GB 11714）的校验不符")
    if code[-1] != whole_check(code[:-1]):
        raise CreditCodeWrong("末位与全码（GB 32100）的校验不符")
    return code


def body_check(body: str) -> str:
    """The check character of the eight characters of a body's code."""
    weighed = sum(
        weight * _BODY_ALPHABET.index(character)
        for weight, character in zip(_BODY_WEIGHTS, body, strict=True)
    )
    return _BODY_CHECKS[-weighed % _BODY_DIVISOR]


def whole_check(first: str) -> str:
    """The check character of the first seventeen characters."""
    weighed = sum(
        weight * ALPHABET.index(character)
        for weight, character in zip(_WEIGHTS, first, strict=True)
    )
    return ALPHABET[-weighed % len(ALPHABET)]
