"""What the environment decides: the database, the address, and whom tokens must come from."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_ISSUER = "guiju-local"
DRIVER = "postgresql+asyncpg"


class SettingsRefused(Exception):
    """A setting is missing or wrong; the message names it in one line and repeats no value."""


def _as_asyncpg(url: SecretStr) -> SecretStr:
    """Accept the spellings that other tools use, and speak to the one driver of this program."""
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in {"postgres", "postgresql", DRIVER}:
        raise ValueError("it must start with postgresql://")
    # libpq says sslmode where the driver says ssl.
    query = [("ssl" if k == "sslmode" else k, v) for k, v in parse_qsl(parts.query)]
    # An empty authority must keep its two slashes: postgresql://user@/name?host=/folder.
    rest = urlunsplit(("", "", parts.path, urlencode(query, safe="/"), ""))
    return SecretStr(f"{DRIVER}://{parts.netloc}{rest}")


def _absolute(folder: Path) -> Path:
    return folder.expanduser().absolute()


DatabaseUrl = Annotated[SecretStr, AfterValidator(_as_asyncpg)]
File = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """Every setting, each from its variable: GUIJU_ and its name, unless it has an alias."""

    model_config = SettingsConfigDict(
        env_prefix="GUIJU_",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    database_url: DatabaseUrl | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 15 or newer, as the service's role; without it the program "
        "starts a PostgreSQL of its own in GUIJU_VAR",
    )
    migration_url: DatabaseUrl | None = Field(
        default=None,
        description="the same database as its owner; with it the program migrates when it "
        "starts, without it the schema must be at head already",
    )
    var: File = Field(
        default=Path("var"),
        validate_default=True,
        description="folder for the embedded database and the keys of a trial",
    )
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(
        default=8000, ge=1, le=65535, validation_alias="PORT", description="port to listen on"
    )
    workers: int = Field(default=1, ge=1, le=64, description="processes that answer requests")
    environment: Literal["development", "production"] = Field(
        default="development",
        description="production refuses the trial's issuer and the embedded database",
    )
    demo: Literal["full", "minimal", "none"] = Field(
        default="full",
        description="invented centres that a development service begins with: full fills them with "
        "an organisation and cases, minimal gives them items and people; production has none",
    )
    issuer: str = Field(
        default=DEVELOPMENT_ISSUER, min_length=1, description="iss that every token must carry"
    )
    audience: str = Field(
        default="guiju", min_length=1, description="aud that every token must carry"
    )
    jwks: str | None = Field(
        default=None,
        description="file or https address of the issuer's public keys; the default is the "
        "trial's own jwks.json in GUIJU_VAR",
    )
    algorithm: Literal["RS256", "ES256"] = Field(
        default="RS256", description="the one signature algorithm that is accepted"
    )
    token_cache_seconds: int = Field(
        default=60, ge=0, le=60, description="how long a verified token is remembered"
    )
    answer_key_file: File | None = Field(
        default=None,
        description="file with the key that encrypts stored answers (32 bytes, base64); the "
        "default is answers.key in GUIJU_VAR; all processes of one service need the same",
    )
    personal_keys: File | None = Field(
        default=None,
        description="file with the master keys of personal data (32 bytes, base64, one a line): "
        "the first wraps the data key of each centre, all of them open; the default is "
        "personal.key in GUIJU_VAR; whoever loses it loses the personal data",
    )
    head_key_file: File | None = Field(
        default=None,
        description="file with the private key that signs the heads of the ledger's chains "
        "(Ed25519, PEM); the worker makes it if it is missing; the default is heads.key in "
        "GUIJU_VAR",
    )
    heads_file: File | None = Field(
        default=None,
        description="file to which the worker adds the signed heads, to be kept elsewhere as "
        "well; the default is heads.jsonl in GUIJU_VAR",
    )
    pool_size: int = Field(
        default=10, ge=1, le=200, description="database connections of one process"
    )
    pool_wait_seconds: float = Field(
        default=5,
        gt=0,
        le=60,
        description="how long a request waits for a connection before it is answered 503",
    )
    rate_limit: float = Field(
        default=5000,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="requests a second that one client may make of one process on average; "
        "0 sets no limit",
    )
    rate_burst: int = Field(
        default=10_000,
        ge=1,
        le=10_000_000,
        description="requests that one client may make at once before the average counts",
    )
    tracing: bool = Field(
        default=False,
        description="send a trace of each request by OTLP; it needs the extra otel, and takes "
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least grave log line that is written"
    )

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.migration_url is not None and self.database_url is None:
            raise ValueError("GUIJU_MIGRATION_URL: it needs DATABASE_URL beside it")
        if self.algorithm != "RS256" and self.jwks is None:
            raise ValueError("GUIJU_ALGORITHM: the keys of a trial are RS256; set GUIJU_JWKS")
        return self

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.environment == "development":
            return self
        if self.issuer == DEVELOPMENT_ISSUER:
            raise ValueError("GUIJU_ISSUER: production refuses the issuer of a trial")
        missing = {
            "DATABASE_URL": self.database_url,
            "GUIJU_JWKS": self.jwks,
            "GUIJU_ANSWER_KEY_FILE": self.answer_key_file,
            "GUIJU_PERSONAL_KEYS": self.personal_keys,
        }
        if absent := [name for name, value in missing.items() if value is None]:
            raise ValueError(f"{', '.join(absent)}: production needs it")
        return self

    @property
    def invented(self) -> Literal["full", "minimal", "none"]:
        """What invented centres this service begins with."""
        return self.demo if self.environment == "development" else "none"

    @property
    def jwks_source(self) -> str:
        """The file or address that the public keys are read from."""
        return self.jwks or str(self.var / "jwks.json")

    @property
    def signing_key(self) -> Path:
        """The trial's private key: only `guiju token` and `guiju serve` ever read it."""
        return self.var / "signing.pem"

    @property
    def answers_key(self) -> Path:
        """The file that holds the key of the stored answers."""
        return self.answer_key_file or self.var / "answers.key"

    @property
    def personal_keys_file(self) -> Path:
        """The file that holds the master keys of personal data."""
        return self.personal_keys or self.var / "personal.key"

    @property
    def head_key(self) -> Path:
        """The file that holds the key of the signed heads."""
        return self.head_key_file or self.var / "heads.key"

    @property
    def heads(self) -> Path:
        """The file that holds the signed heads."""
        return self.heads_file or self.var / "heads.jsonl"


def read_settings() -> Settings:
    """The settings of the environment, or SettingsRefused with one line for whoever typed it."""
    try:
        return Settings()
    except ValidationError as refused:
        raise SettingsRefused(
            "; ".join(_line(e["loc"], e["msg"]) for e in refused.errors())
        ) from None


def _line(place: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{_variable(str(place[0]))}: {said}" if place else said


def _variable(name: str) -> str:
    """The variable behind a field; a field with an alias is reported by its alias already."""
    return f"GUIJU_{name.upper()}" if name in Settings.model_fields else name
