"""Access (访问控制): who calls, proved by a bearer token, and what this caller may see and do.

The only module that knows python-jose. Of that library just the signature check is used, with one
key object that we chose and one algorithm; all claims are checked here (its own checks let tokens
without `aud` or `exp`, with `iat` in the future or with an unknown `crit` pass).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.params import Security
from fastapi.security.base import SecurityBase
from jose import jwk, jws
from jose.backends.base import Key
from jose.exceptions import JOSEError

from app.api.keys import Jwk, KeySource, ensure_local_keys, public_jwk
from app.api.scopes import SCOPES
from app.domain.errors import DomainError, NotFound

__all__ = ["SCOPES", "Caller", "Grant", "Verifier", "ensure_local_keys", "mint", "requires"]

LEEWAY: Final = 30.0  # seconds by which two clocks may differ
LONGEST_TOKEN: Final = 8 * 1024
REMEMBERED: Final = 60.0
_MOST_REMEMBERED: Final = 10_000
_LONGEST_NAME: Final = 255
_LEAST_RSA_BITS: Final = 2048
_LAST_SECOND: Final = 253_402_300_799  # the end of the year 9999


class TokenRefused(DomainError):
    """There is no token, or it proves nothing; the reason is for the log, not for the caller."""

    slug = "token_refused"
    title = "令牌缺失或无效"

    def __init__(self, why: str) -> None:
        super().__init__("须在请求头 Authorization 中提供有效的 Bearer 令牌。")
        self.why = why
        challenge = 'Bearer realm="guiju"'
        self.headers = {
            "WWW-Authenticate": challenge
            if why == "absent"
            else f'{challenge}, error="invalid_token"'
        }


class ScopeMissing(DomainError):
    """The token is good and does not carry the right that the operation needs."""

    slug = "scope_missing"
    title = "令牌缺少所需权限"

    def __init__(self, scope: str) -> None:
        super().__init__(f"该操作需要权限 {scope}（{SCOPES[scope]}）。")
        self.scope = scope
        self.headers = {
            "WWW-Authenticate": f'Bearer realm="guiju", error="insufficient_scope", scope="{scope}"'
        }


class PlatformOnly(DomainError):
    """The act concerns what all centres share: a token of some centres is not enough."""

    slug = "platform_only"
    title = "仅限平台令牌"

    def __init__(self) -> None:
        super().__init__("该操作影响所有中心共用的数据，须使用平台令牌（platform）。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, through which client, with which rights, and whose data is visible.

    `platform` sees every centre; otherwise `centres` are all that exist for this caller.
    """

    subject: str
    client: str
    scopes: frozenset[str]
    platform: bool
    centres: frozenset[UUID]
    roles: tuple[str, ...]  # the bodies that the caller speaks for, in the names of `Body`
    departments: frozenset[UUID] = frozenset()

    def sees(self, centre: UUID) -> bool:
        """Whether anything of this centre exists for the caller."""
        return self.platform or centre in self.centres


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """What every token must be: of one issuer, for us, under one algorithm."""

    issuer: str
    audience: str
    algorithm: str
    remembered: float = REMEMBERED


class Verifier:
    """Turns a token into its caller, or refuses it; a verified one is remembered for a minute."""

    def __init__(self, rules: TokenRules, source: KeySource, clock: Callable[[], float]) -> None:
        if rules.algorithm not in _FITTING:
            raise ValueError(f"{rules.algorithm} is not one of {', '.join(_FITTING)}")
        self._rules = rules
        self._source = source
        self._clock = clock
        self._ready: dict[str, Key] = {}
        self._version = -1
        self._known: dict[bytes, tuple[Caller, float]] = {}

    async def caller(self, token: str) -> Caller:
        """The caller that the token speaks for; raises TokenRefused or KeysUnavailable."""
        now = self._clock()
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        if (known := self._known.get(digest)) and now < known[1]:
            return known[0]
        if len(token) > LONGEST_TOKEN:
            raise TokenRefused("longer than 8 kB")
        claims = self._claims(token, await self._key(token))
        expires = _checked_times(claims, now)
        _check_names(claims, self._rules)
        caller = _caller_in(claims)
        self._remember(digest, caller, min(now + self._rules.remembered, expires))
        return caller

    def _remember(self, digest: bytes, caller: Caller, until: float) -> None:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[digest] = (caller, until)

    async def _key(self, token: str) -> Key:
        kid = _kid_of(token, self._rules.algorithm)
        found = await self._source.key(kid)
        if self._version != self._source.version:
            self._version = self._source.version
            self._ready.clear()
            self._known.clear()
        if found is None:
            raise TokenRefused("unknown kid")
        if kid not in self._ready:
            self._ready[kid] = _prepared(found, self._rules.algorithm)
        return self._ready[kid]

    def _claims(self, token: str, key: Key) -> dict[str, Any]:  # Any: claims are any JSON
        try:
            claims = json.loads(jws.verify(token, key, [self._rules.algorithm]))
        except (JOSEError, ValueError, RecursionError):
            raise TokenRefused("the signature or the content is wrong") from None
        if not isinstance(claims, dict):
            raise TokenRefused("the content is no object")
        return claims


def _kid_of(token: str, algorithm: str) -> str:
    """The key that the header names, if everything else in the header is harmless."""
    try:
        header = jws.get_unverified_header(token)
    except (JOSEError, ValueError, RecursionError):
        raise TokenRefused("no signed token") from None
    if header.get("alg") != algorithm:
        raise TokenRefused("another algorithm")
    if "crit" in header:
        raise TokenRefused("critical extensions that we do not know")
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise TokenRefused("no kid")
    return kid


_FITTING: Final[Mapping[str, Mapping[str, str]]] = {
    "RS256": {"kty": "RSA"},
    "ES256": {"kty": "EC", "crv": "P-256"},
}
_PUBLIC_PARTS: Final = ("kty", "crv", "n", "e", "x", "y")


def _prepared(found: Jwk, algorithm: str) -> Key:
    """The key object, if the key is public, strong and meant for signatures of this algorithm."""
    fits = (
        _FITTING[algorithm].items() <= found.items()
        and found.get("alg", algorithm) == algorithm
        and found.get("use", "sig") == "sig"
    )
    if not fits:
        raise TokenRefused("the key is for something else")
    try:
        key = jwk.construct(
            {part: found[part] for part in _PUBLIC_PARTS if part in found}, algorithm
        )
    except (JOSEError, ValueError, TypeError, KeyError):
        raise TokenRefused("the key cannot be read") from None
    prepared = getattr(key, "prepared_key", None)
    if isinstance(prepared, rsa.RSAPublicKey) and prepared.key_size >= _LEAST_RSA_BITS:
        return key
    if isinstance(prepared, ec.EllipticCurvePublicKey):
        return key
    raise TokenRefused("the key is too weak")


def _checked_times(claims: Mapping[str, Any], now: float) -> float:  # Any: claims are any JSON
    """When the token expires, if it is valid now."""
    expires = _instant(claims, "exp")
    if expires <= now - LEEWAY:
        raise TokenRefused("expired")
    if _instant(claims, "iat") > now + LEEWAY:
        raise TokenRefused("issued in the future")
    if "nbf" in claims and _instant(claims, "nbf") > now + LEEWAY:
        raise TokenRefused("not valid yet")
    return expires


def _instant(claims: Mapping[str, Any], name: str) -> float:  # Any: as above
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(f"{name} is no instant")
    if not 0 <= value <= _LAST_SECOND:  # NaN and infinities as well
        raise TokenRefused(f"{name} is out of range")
    return float(value)


def _check_names(claims: Mapping[str, Any], rules: TokenRules) -> None:  # Any: as above
    if claims.get("iss") != rules.issuer:
        raise TokenRefused("another issuer")
    audience = claims.get("aud")
    if rules.audience not in (audience if isinstance(audience, list) else [audience]):
        raise TokenRefused("meant for somebody else")
    if not _is_name(claims.get("sub")) or not _is_name(claims.get("azp", "guiju")):
        raise TokenRefused("sub or azp is no name")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()


def _caller_in(claims: Mapping[str, Any]) -> Caller:  # Any: as above
    try:
        centres = frozenset(UUID(centre) for centre in claims.get("centres", []))
        roles = tuple(str(role) for role in claims.get("roles", []))
        departments = frozenset(UUID(each) for each in claims.get("departments", []))
        scopes = frozenset(claims.get("scope", "").split())
    except (ValueError, TypeError, AttributeError):
        raise TokenRefused("scope, centres, roles or departments cannot be read") from None
    return Caller(
        subject=claims["sub"],
        client=claims.get("azp", claims["sub"]),
        scopes=scopes,
        platform=claims.get("platform") is True,
        centres=centres,
        roles=roles,
        departments=departments,
    )


async def authenticated(request: Request) -> Caller:
    """The caller of this request, verified once per request."""
    state = request.scope.setdefault("state", {})
    if (caller := state.get("caller")) is not None:
        return caller  # type: ignore[no-any-return]  # the state of a request is untyped
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        raise TokenRefused("absent")
    caller = await request.app.state.verifier.caller(token.strip())
    state["caller"], state["client"] = caller, caller.client
    return caller  # type: ignore[no-any-return]  # see above


class Requires(SecurityBase):
    """The dependency behind `requires`: token, scope and the centre of the path in one call."""

    scheme_name = "bearer"
    model = BearerModel(
        bearerFormat="JWT",
        description="平台签发的 JWT；试用时由 `make run` 打印，或 `guiju token`。",
    )

    def __init__(self, scope: str | None) -> None:
        self.scope = scope

    async def __call__(self, request: Request) -> Caller:
        caller = await authenticated(request)
        if self.scope is not None and self.scope not in caller.scopes:
            raise ScopeMissing(self.scope)
        centre = request.path_params.get("centre")
        if centre is not None and not caller.platform:
            _check_visible(caller, centre)
        return caller


class PlatformRequires(Requires):
    """The dependency behind `platform_requires`: the same, and only for the platform's token."""

    async def __call__(self, request: Request) -> Caller:
        caller = await super().__call__(request)
        if not caller.platform:
            raise PlatformOnly
        return caller


def _check_visible(caller: Caller, written: str) -> None:
    try:
        centre = UUID(written)
    except ValueError:
        return  # The path's own validation says what is wrong with it.
    if not caller.sees(centre):
        raise NotFound("政务服务中心", centre)


def requires(scope: str) -> Security:
    """The dependency of an operation that needs this scope; its value is the Caller.

    A foreign centre in the path is 404, a missing scope 403, a missing or bad token 401.
    """
    if scope not in SCOPES:
        raise KeyError(scope)
    return Security(Requires(scope), scopes=[scope])


def platform_requires(scope: str) -> Security:
    """The dependency of an operation on what all centres share: 403 for the token of a centre."""
    if scope not in SCOPES:
        raise KeyError(scope)
    return Security(PlatformRequires(scope), scopes=[scope])


async def admit(request: Request) -> None:
    """Ask the guards of the route, for what would otherwise refuse a request before they are asked:
    whoever may not come in is told nothing else."""
    context = request.scope.get("fastapi", {}).get("effective_route_context")
    for depends in (context or request.scope["route"]).dependencies:
        if isinstance(depends.dependency, Requires):
            await depends.dependency(request)


any_caller: Final = Requires(None)
"""The dependency of an operation that every authenticated caller may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a local token says: who, which rights, whose data, for how long, from and for whom."""

    subject: str
    scopes: tuple[str, ...]
    issuer: str
    audience: str = "guiju"
    centres: tuple[UUID, ...] = ()
    platform: bool = False
    roles: tuple[str, ...] = ()
    departments: tuple[UUID, ...] = ()
    lifetime: timedelta = timedelta(hours=12)


def mint(private_key: Path, grant: Grant, *, now: datetime) -> str:
    """A token signed with the trial's own key (RS256), for the command line and for tests."""
    key, kid = _signing(private_key.read_bytes())
    claims: dict[str, object] = {
        "iss": grant.issuer,
        "aud": grant.audience,
        "sub": grant.subject,
        "iat": int(now.timestamp()),
        "exp": int((now + grant.lifetime).timestamp()),
        "jti": str(uuid4()),
        "scope": " ".join(grant.scopes),
    }
    if grant.roles:
        claims["roles"] = list(grant.roles)
    if grant.departments:
        claims["departments"] = list(map(str, grant.departments))
    claims |= {"platform": True} if grant.platform else {"centres": list(map(str, grant.centres))}
    return jws.sign(claims, key, {"kid": kid}, "RS256")


@cache
def _signing(pem: bytes) -> tuple[Key, str]:
    """The key and its kid; to read them takes fifty times as long as to sign."""
    return jwk.construct(pem.decode(), "RS256"), public_jwk(pem)["kid"]
