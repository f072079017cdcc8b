"""The settings: every field with its variable, its default and what it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator

from bot import addresses
from bot.alerting import Alerting
from bot.connections import Connections
from bot.connections import own as _own
from bot.names import Names

SHORTEST_SECRET = 6
SHORTEST_MASTER_KEY = 32
MARGIN = 3
"""Heartbeats a lease outlives its worker by: one may be late, a second one lost."""


class Settings(Alerting, Connections):
    """Each field's `validation_alias` is its environment variable; its description is what `doctor` says."""

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
    master_key: SecretStr | None = Field(
        None,
        validation_alias=_own("MASTER_KEY"),
        description="secret of 32 letters or more that others are made from; empty: one in the data folder",
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
    transcription_models: Names = Field(
        ("gpt-transcribe",),
        validation_alias=_own("TRANSCRIPTION_MODELS"),
        description="models that write down what is said in videos and recordings, in order",
    )
    library_adds: Literal["auto", "ask", "off"] = Field(
        "auto",
        validation_alias=_own("LIBRARY_ADDS"),
        description="whether files shared in channels are added to the library: auto, ask or off; each channel "
        "can change it",
    )
    library_emoji: str = Field(
        "inbox_tray",
        validation_alias=_own("LIBRARY_EMOJI"),
        description="name of the emoji that adds a message's files to the library",
    )
    library_file_mb: int = Field(
        4_096,
        ge=1,
        validation_alias=_own("LIBRARY_FILE_MB"),
        description="largest file that the library takes in, in megabytes",
    )
    library_keep_deleted_days: int = Field(
        30,
        ge=0,
        validation_alias=_own("LIBRARY_KEEP_DELETED_DAYS"),
        description="days that deleted items can be restored",
    )
    media_hours: float = Field(
        4.0,
        gt=0,
        le=24,
        validation_alias=_own("MEDIA_HOURS"),
        description="longest video or recording that is taken in",
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
    answer_cache_hours: int = Field(
        24,
        ge=0,
        le=24,
        validation_alias=_own("ANSWER_CACHE_HOURS"),
        description="hours in which the very same question gets the answer it had, for nothing (0: never)",
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

    @field_validator("public_url", mode="after")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        return None if value is None else addresses.public_address(value)

    @field_validator("master_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_MASTER_KEY:
            raise ValueError(f"is too short: {SHORTEST_MASTER_KEY} letters at least, made by chance")
        return value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError) as error:
            raise ValueError("is not a time zone: it must be a name as Europe/Berlin or UTC") from error
        return value

    @property
    def lease_seconds(self) -> float:
        """How long a process may be silent before another one goes on with its work."""
        return self.heartbeat_seconds * MARGIN

    def secrets(self) -> frozenset[str]:
        """What must never be written anywhere; each long enough not to be an ordinary word."""
        values = (getattr(self, field) for field in type(self).model_fields)
        found = {value.get_secret_value() for value in values if isinstance(value, SecretStr)}
        found |= addresses.passwords(self.database_dsn or "")
        found |= addresses.passwords(self.smtp_url.get_secret_value() if self.smtp_url else "")
        return frozenset(secret for secret in found if len(secret) >= SHORTEST_SECRET)


def describe(field: str) -> str:
    return Settings.model_fields[field].description or ""


def variable(field: str) -> str:
    return str(Settings.model_fields[field].validation_alias)
