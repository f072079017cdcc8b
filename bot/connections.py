"""The settings that say where others are: Slack, the providers, the database, the bucket."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from bot import addresses


def own(name: str) -> str:
    return f"SHOWRUNNER_{name}"


class Connections(BaseModel):
    """Each field's `validation_alias` is its environment variable; its description is what `doctor` says."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    mode: Literal["socket", "http"] = Field(
        "socket", validation_alias=own("MODE"), description="how Slack reaches the bot: socket or http"
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
    s3_bucket: str | None = Field(
        None, validation_alias="S3_BUCKET", description="bucket that keeps the files; empty: the data folder"
    )
    s3_encryption: bool = Field(
        True, validation_alias=own("S3_ENCRYPTION"), description="ask the bucket to encrypt what it keeps"
    )
    aws_endpoint_url: str | None = Field(
        None, validation_alias="AWS_ENDPOINT_URL", description="where another S3 than Amazon's is"
    )
    aws_region: str = Field("us-east-1", validation_alias="AWS_REGION", description="the bucket's region")
    aws_access_key_id: SecretStr | None = Field(
        None, validation_alias="AWS_ACCESS_KEY_ID", description="empty: this machine's role or profile"
    )
    aws_secret_access_key: SecretStr | None = Field(
        None,
        validate_default=True,
        validation_alias="AWS_SECRET_ACCESS_KEY",
        description="belongs to AWS_ACCESS_KEY_ID",
    )
    aws_session_token: SecretStr | None = Field(
        None, validation_alias="AWS_SESSION_TOKEN", description="with keys that last for a while only"
    )

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
            raise ValueError("is missing: " + _told("slack_app_token"))
        if value is not None and not value.get_secret_value().startswith("xapp-"):
            raise ValueError("is not an app-level token: it must start with xapp-")
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("mode") == "http":
            raise ValueError("is missing: " + _told("slack_signing_secret"))
        return value

    @field_validator("aws_secret_access_key")
    @classmethod
    def _both_keys(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (value is None) != (info.data.get("aws_access_key_id") is None):
            raise ValueError("goes together with AWS_ACCESS_KEY_ID: set both, or none")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(addresses.database_address(value.get_secret_value()))

    @field_validator(
        "slack_api_url",
        "anthropic_base_url",
        "openai_base_url",
        "aws_endpoint_url",
        "public_url",
        check_fields=False,
    )
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        return None if value is None else addresses.web_address(value)

    @property
    def database_dsn(self) -> str | None:
        """As the driver itself takes it; None for the embedded server."""
        return addresses.for_driver(self.database_url.get_secret_value()) if self.database_url else None

    @property
    def sqlalchemy_url(self) -> str | None:
        return addresses.for_sqlalchemy(self.database_url.get_secret_value()) if self.database_url else None


def _told(field: str) -> str:
    return Connections.model_fields[field].description or ""
