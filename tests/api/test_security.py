"""Access: the tokens that must not pass, and what a good one may see."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jws
from pydantic import ValidationError

from app.api.keys import KeySource, public_jwk
from app.api.security import Caller, TokenRefused, TokenRules, Verifier
from app.settings import DEVELOPMENT_ISSUER, Settings
from tests.api.conftest import CENTRE, OTHER_CENTRE, Issuer

NOW: Final = 1_760_000_000.0
RULES: Final = TokenRules(issuer="platform", audience="guiju", algorithm="RS256")

# Any: claims and headers are any JSON.
Table = dict[str, Any]


def new_pem() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


OURS: Final = new_pem()
THEIRS: Final = new_pem()
KID: Final = public_jwk(OURS)["kid"]
CLAIMS: Final[Table] = {
    "iss": "platform",
    "aud": "guiju",
    "sub": "window-3",
    "iat": int(NOW) - 60,
    "exp": int(NOW) + 600,
    "scope": "rulings cases:read",
    "centres": [str(CENTRE)],
}


def claims(**changed: object) -> Table:
    """The good claims with some changed; None takes one away."""
    return {name: value for name, value in (CLAIMS | changed).items() if value is not None}


def signed(said: Table | bytes, pem: bytes = OURS, alg: str = "RS256", **header: object) -> str:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return jws.sign(body, pem.decode(), {"kid": KID} | header, alg)


def by_hand(header: Table | bytes, said: Table, signature: bytes = b"") -> str:
    parts = [header if isinstance(header, bytes) else json.dumps(header).encode()]
    parts.append(json.dumps(said).encode())
    return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in [*parts, signature])


def with_hmac(key: bytes) -> str:
    unsigned = by_hand({"alg": "HS256", "typ": "JWT", "kid": KID}, CLAIMS).rpartition(".")[0]
    digest = hmac.new(key, unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def public_of(pem: bytes, encoding: serialization.Encoding) -> bytes:
    key = serialization.load_pem_private_key(pem, None).public_key()
    return key.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def good_parts() -> list[str]:
    return signed(CLAIMS).split(".")


def tampered() -> str:
    header, _, signature = good_parts()
    body = json.dumps(claims(platform=True)).encode()
    return f"{header}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{signature}"


REFUSED: Final[dict[str, Callable[[], str]]] = {
    "HMAC with the public key as DER": lambda: with_hmac(
        public_of(OURS, serialization.Encoding.DER)
    ),
    "HMAC with the public key as PEM": lambda: with_hmac(
        public_of(OURS, serialization.Encoding.PEM)
    ),
    "no algorithm": lambda: by_hand({"alg": "none", "kid": KID}, CLAIMS),
    "another of the same family": lambda: signed(CLAIMS, alg="RS512"),
    "no aud": lambda: signed(claims(aud=None)),
    "another aud": lambda: signed(claims(aud="elsewhere")),
    "another aud in a list": lambda: signed(claims(aud=["elsewhere"])),
    "no exp": lambda: signed(claims(exp=None)),
    "expired": lambda: signed(claims(exp=int(NOW) - 31)),
    "exp as text": lambda: signed(claims(exp=str(int(NOW) + 600))),
    "exp true": lambda: signed(claims(exp=True)),
    "exp without end": lambda: signed(json.dumps(claims(exp=float("inf"))).encode()),
    "exp not a number": lambda: signed(json.dumps(claims(exp=float("nan"))).encode()),
    "exp as list": lambda: signed(claims(exp=[1])),
    "no iat": lambda: signed(claims(iat=None)),
    "iat in the future": lambda: signed(claims(iat=int(NOW) + 31)),
    "nbf in the future": lambda: signed(claims(nbf=int(NOW) + 31)),
    "no iss": lambda: signed(claims(iss=None)),
    "another iss": lambda: signed(claims(iss="elsewhere")),
    "iss as list": lambda: signed(claims(iss=["platform"])),
    "no sub": lambda: signed(claims(sub=None)),
    "sub with NUL": lambda: signed(claims(sub="a\x00")),
    "azp with NUL": lambda: signed(claims(azp="a\x00")),
    "critical extension": lambda: signed(CLAIMS, crit=["b64"], b64=False),
    "unknown kid": lambda: signed(CLAIMS, kid="unknown"),
    "no kid": lambda: signed(CLAIMS, kid=None),
    "kid as list": lambda: signed(CLAIMS, kid=[KID]),
    "another key under our kid": lambda: signed(CLAIMS, pem=THEIRS),
    "its own key in the header": lambda: signed(CLAIMS, pem=THEIRS, jwk=public_jwk(THEIRS)),
    "changed content": tampered,
    "no signature": lambda: ".".join(good_parts()[:2]) + ".",
    "two parts": lambda: ".".join(good_parts()[:2]),
    "five parts": lambda: ".".join([*good_parts(), "a", "b"]),
    "longer than 8 kB": lambda: signed(claims(more="x" * 8192)),
    "content no object": lambda: signed(b"[]"),
    "content no JSON": lambda: signed(b"\xff"),
    "deep header": lambda: by_hand(b"[" * 5000, CLAIMS),
    "centres that are none": lambda: signed(claims(centres=["x"])),
    "centres that are a number": lambda: signed(claims(centres=5)),
    "scope as list": lambda: signed(claims(scope=["rulings"])),
    "no token at all": lambda: "令牌",
}


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def publish(jwks: Path, *keys: Table) -> None:
    jwks.write_text(json.dumps({"keys": keys}))


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    publish(path, public_jwk(OURS))
    return path


@pytest.fixture
def verifier(jwks: Path, clock: Clock) -> Verifier:
    return Verifier(RULES, KeySource(str(jwks), clock), clock)


async def test_a_good_token_says_who_and_what_and_whose(verifier: Verifier) -> None:
    caller = await verifier.caller(signed(claims(azp="province", roles=["head"])))
    assert caller == Caller(
        subject="window-3",
        client="province",
        scopes=frozenset({"rulings", "cases:read"}),
        platform=False,
        centres=frozenset({CENTRE}),
        roles=("head",),
    )


@pytest.mark.parametrize(
    "changed",
    [{"aud": ["x", "guiju"]}, {"exp": int(NOW) - 20}, {"iat": int(NOW) + 20}, {"azp": "p"}],
)
async def test_what_is_allowed_passes(verifier: Verifier, changed: Table) -> None:
    assert (await verifier.caller(signed(claims(**changed)))).subject == "window-3"


@pytest.mark.parametrize("name", REFUSED)
async def test_a_bad_token_is_refused(verifier: Verifier, name: str) -> None:
    with pytest.raises(TokenRefused):
        await verifier.caller(REFUSED[name]())


async def test_only_true_is_the_platform(verifier: Verifier) -> None:
    assert (await verifier.caller(signed(claims(platform=True)))).platform
    assert not (await verifier.caller(signed(claims(platform="true")))).platform
    assert not (await verifier.caller(signed(claims(platform=1)))).platform


async def test_a_remembered_token_ends_with_its_exp_or_after_a_minute(
    verifier: Verifier, clock: Clock, jwks: Path
) -> None:
    short = signed(claims(exp=int(NOW) + 5))
    await verifier.caller(short)
    clock.now += 36
    with pytest.raises(TokenRefused):
        await verifier.caller(short)


async def test_a_new_key_is_found_at_once_and_a_withdrawn_one_refused_within_a_minute(
    verifier: Verifier, clock: Clock, jwks: Path
) -> None:
    old, new = signed(CLAIMS), signed(CLAIMS, pem=THEIRS, kid=public_jwk(THEIRS)["kid"])
    await verifier.caller(old)
    publish(jwks, public_jwk(THEIRS))
    clock.now += 1
    await verifier.caller(new)
    with pytest.raises(TokenRefused):
        await verifier.caller(old)


async def test_an_unknown_kid_makes_us_look_once_a_minute_only(
    verifier: Verifier, clock: Clock, jwks: Path
) -> None:
    with pytest.raises(TokenRefused):
        await verifier.caller(signed(CLAIMS, kid="first"))
    clock.now += 1
    with pytest.raises(TokenRefused):
        await verifier.caller(signed(CLAIMS, kid="second"))
    new = signed(CLAIMS, pem=THEIRS, kid=public_jwk(THEIRS)["kid"])
    publish(jwks, public_jwk(OURS), public_jwk(THEIRS))
    clock.now += 1
    with pytest.raises(TokenRefused):
        await verifier.caller(new)
    clock.now += 61
    assert (await verifier.caller(new)).subject == "window-3"


@pytest.mark.parametrize(
    "changed",
    [{"use": "enc"}, {"alg": "RS512"}, {"kty": "oct", "k": "YQ"}, {"n": "AQAB"}, {"n": None}],
)
async def test_a_key_for_something_else_verifies_nothing(
    jwks: Path, clock: Clock, changed: Table
) -> None:
    publish(jwks, public_jwk(OURS) | changed)
    verifier = Verifier(RULES, KeySource(str(jwks), clock), clock)
    with pytest.raises(TokenRefused):
        await verifier.caller(signed(CLAIMS))


async def test_elliptic_curves_when_the_settings_say_so(jwks: Path, clock: Clock) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    point = private.public_key().public_numbers()
    octets = [base64.urlsafe_b64encode(c.to_bytes(32)).rstrip(b"=") for c in (point.x, point.y)]
    key = {
        "kty": "EC",
        "crv": "P-256",
        "kid": KID,
        "x": octets[0].decode(),
        "y": octets[1].decode(),
    }
    publish(jwks, key)
    rules = TokenRules(issuer="platform", audience="guiju", algorithm="ES256")
    verifier = Verifier(rules, KeySource(str(jwks), clock), clock)
    assert (await verifier.caller(signed(CLAIMS, pem=pem, alg="ES256"))).platform is False
    with pytest.raises(TokenRefused):
        await verifier.caller(signed(CLAIMS))


def test_an_algorithm_with_a_shared_secret_cannot_be_set(jwks: Path, clock: Clock) -> None:
    rules = TokenRules(issuer="platform", audience="guiju", algorithm="HS256")
    with pytest.raises(ValueError, match="HS256"):
        Verifier(rules, KeySource(str(jwks), clock), clock)


def test_production_refuses_the_issuer_of_a_trial() -> None:
    with pytest.raises(ValidationError, match="trial"):
        Settings(environment="production", issuer=DEVELOPMENT_ISSUER)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer x.y.z"])
async def test_without_a_good_token_401_with_a_challenge(
    client: httpx.AsyncClient, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await client.get(f"/probe/centres/{CENTRE}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_missing_scope_is_403_and_named(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await client.get(f"/probe/centres/{CENTRE}", headers=issuer.bearer("rulings"))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert 'scope="cases:read"' in answer.headers["WWW-Authenticate"]


async def test_a_foreign_centre_does_not_exist_but_for_the_platform(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    own = issuer.bearer("cases:read")
    assert (await client.get(f"/probe/centres/{CENTRE}", headers=own)).status_code == 200
    for spelled in (str(OTHER_CENTRE), str(OTHER_CENTRE).upper(), OTHER_CENTRE.hex):
        answer = await client.get(f"/probe/centres/{spelled}", headers=own)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    platform = issuer.bearer("cases:read", centres=(), platform=True)
    assert (await client.get(f"/probe/centres/{OTHER_CENTRE}", headers=platform)).status_code == 200
    assert (await client.get("/probe/centres/nonsense", headers=own)).status_code == 422


async def test_a_remembered_token_is_not_verified_again(verifier: Verifier) -> None:
    token = signed(CLAIMS)
    assert await verifier.caller(token) is await verifier.caller(token)
