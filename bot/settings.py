"""The settings: every field with its variable, its default and what it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from bot import addresses

Names = tuple[str, ...]

SHORTEST_SECRET = 6
MARGIN = 3
"""Heartbeats a lease outlives its worker by: one may be late, a second one lost."""


def _own(name: str) -> str:
    return f"SHOWRUNNER_{name}"


class Settings(BaseModel):
    """Each field's `validation_alias` is its environment variable; its description is what `doctor` says."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    mode: Literal["socket", "http"] = Field(
        "socket", validation_alias=_own("MODE"), description="how Slack reaches the bot: socket or http"
    )
    slack_bot_token: SecretStr = Field(
        validation_alias="SLACK_BOT_TOKEN", description="xoxb-…, from “OAuth & Permissions” of your Slack app"
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validate_default=True,
        validation_alias="SLACK_APP_TOKEN",
        description="xapp-… with connections:write, from “Basic Information”; Socket Mode only",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validate_default=True,
        validation_alias="SLACK_SIGNING_SECRET",
        description="from “Basic Information” of your Slack app; HTTP mode only",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", validation_alias="SLACK_API_URL", description="where the Web API is"
    )
    anthropic_api_key: SecretStr | None = Field(
        None, validation_alias="ANTHROPIC_API_KEY", description="a key of Anthropic's; one provider is enough"
    )
    anthropic_base_url: str = Field(
        "https://api.anthropic.com", validation_alias="ANTHROPIC_BASE_URL", description="where Claude is"
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="a key of OpenAI's; one provider is enough"
    )
    openai_base_url: str = Field(
        "https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL", description="where OpenAI is"
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="postgresql://user:password@host/name, 15 or newer; empty: a PostgreSQL of its own",
    )
    host: str = Field("127.0.0.1", validation_alias=_own("HOST"), description="address to listen on")
    port: int = Field(
        8080,
        ge=0,
        le=65535,
        validation_alias=_own("PORT"),
        description="one port: Slack's events, health, metrics",
    )
    public_url: str | None = Field(
        None,
        validation_alias=_own("PUBLIC_URL"),
        description="https://… under which people and Slack reach it",
    )
    data_dir: Path = Field(
        Path("data"),
        validation_alias=_own("DATA_DIR"),
        description="folder of everything kept on this machine",
    )
    metrics_token: SecretStr | None = Field(
        None,
        validation_alias=_own("METRICS_TOKEN"),
        description="bearer token for /metrics from other machines",
    )
    owners: Names = Field(
        (), validation_alias=_own("OWNERS"), description="Slack user ids (U…) of the owners, comma-separated"
    )
    guests: bool = Field(
        False, validation_alias=_own("GUESTS"), description="whether guests of the workspace are answered"
    )
    chat_models: Names = Field(
        ("claude-sonnet-5-5", "gpt-6.1-sol"),
        validation_alias=_own("CHAT_MODELS"),
        description="models that answer, in order; the next one takes over when one fails",
    )
    summary_models: Names = Field(
        ("claude-haiku-5-5", "gpt-6-luna"),
        validation_alias=_own("SUMMARY_MODELS"),
        description="cheap models that fold long threads into a summary, in order",
    )
    daily_tokens: int = Field(
        500_000,
        ge=0,
        validation_alias=_own("DAILY_TOKENS"),
        description="tokens a person may use a day",
    )
    requests_per_minute: int = Field(
        20,
        ge=0,
        le=1_000,
        validation_alias=_own("REQUESTS_PER_MINUTE"),
        description="questions a person may ask within a minute; 0: any number",
    )
    timezone: str = Field(
        "UTC",
        validation_alias=_own("TIMEZONE"),
        description="the desk's time zone (IANA, as Europe/Berlin): when days and months of limits and reports begin",
    )
    context_tokens: int = Field(
        50_000,
        ge=4_000,
        le=900_000,
        validation_alias=_own("CONTEXT_TOKENS"),
        description="most tokens of thread, files and system text sent with a question",
    )
    answer_tokens: int = Field(
        4_096,
        ge=64,
        le=20_000,
        validation_alias=_own("ANSWER_TOKENS"),
        description="longest answer, in tokens",
    )
    stall_seconds: float = Field(
        20.0,
        gt=0,
        validation_alias=_own("STALL_SECONDS"),
        description="silence after which a model has stalled",
    )
    first_token_seconds: float = Field(
        60.0,
        gt=0,
        validation_alias=_own("FIRST_TOKEN_SECONDS"),
        description="wait for a model's first token before the next one is asked",
    )
    workers: int = Field(
        16,
        ge=1,
        le=500,
        validation_alias=_own("WORKERS"),
        description="turns worked on at once in one process",
    )
    sockets: int = Field(
        2, ge=1, le=10, validation_alias=_own("SOCKETS"), description="Socket Mode connections of one process"
    )
    heartbeat_seconds: float = Field(
        5.0,
        ge=0.2,
        validation_alias=_own("HEARTBEAT_SECONDS"),
        description="how soon another process takes over",
    )
    drain_seconds: float = Field(
        25.0,
        ge=0,
        validation_alias=_own("DRAIN_SECONDS"),
        description="how long a stop waits for running answers",
    )
    rate_gates: bool = Field(
        True,
        validation_alias=_own("RATE_GATES"),
        description="keep within Slack's rate tiers before Slack refuses",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias=_own("LOG_LEVEL"), description="debug, info, warning or error"
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", validation_alias=_own("LOG_FORMAT"), description="json, text, or auto: text on a terminal"
    )
    crash_at: str | None = Field(
        None, validation_alias=_own("CRASH_AT"), description="fault tests only: kill -9 itself at this point"
    )

    @field_validator("owners", "chat_models", "summary_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("xoxb-"):
            raise ValueError("is not a bot token: it must start with xoxb-")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("mode") == "socket":
            raise ValueError("is missing: " + describe("slack_app_token"))
        if value is not None and not value.get_secret_value().startswith("xapp-"):
            raise ValueError("is not an app-level token: it must start with xapp-")
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("mode") == "http":
            raise ValueError("is missing: " + describe("slack_signing_secret"))
        return value

    @field_validator("slack_api_url", "anthropic_base_url", "openai_base_url", "public_url")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        return None if value is None else addresses.web_address(value)

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(addresses.database_address(value.get_secret_value()))

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError) as error:
            raise ValueError("is not a time zone: it must be a name as Europe/Berlin or UTC") from error
        return value

    @property
    def database_dsn(self) -> str | None:
        """As the driver itself takes it; None for the embedded server."""
        return addresses.for_driver(self.database_url.get_secret_value()) if self.database_url else None

    @property
    def sqlalchemy_url(self) -> str | None:
        return addresses.for_sqlalchemy(self.database_url.get_secret_value()) if self.database_url else None

    @property
    def lease_seconds(self) -> float:
        """How long a process may be silent before another one goes on with its work."""
        return self.heartbeat_seconds * MARGIN

    def secrets(self) -> frozenset[str]:
        """What must never be written anywhere; each long enough not to be an ordinary word."""
        values = (getattr(self, field) for field in type(self).model_fields)
        found = {value.get_secret_value() for value in values if isinstance(value, SecretStr)}
        found |= addresses.passwords(self.database_dsn or "")
        return frozenset(secret for secret in found if len(secret) >= SHORTEST_SECRET)


def describe(field: str) -> str:
    return Settings.model_fields[field].description or ""


def variable(field: str) -> str:
    return str(Settings.model_fields[field].validation_alias)
