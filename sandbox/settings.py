"""What a sandbox can be told before it starts."""

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class SandboxSettings:
    """Every duration is in seconds. `http_events_url` None means Socket Mode; port 0 picks a free one."""

    host: str = "127.0.0.1"
    port: int = 0
    manifest: Path = REPOSITORY / "manifest.yml"
    seed: int = 1
    rate_tiers: bool = False
    http_events_url: str | None = None

    stream_lifetime: float = 300.0
    status_lifetime: float = 120.0
    trigger_lifetime: float = 3.0
    response_url_lifetime: float = 1800.0
    response_url_uses: int = 5

    ack_timeout: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    retry_scale: float = 1.0
    ping_interval: float = 10.0
    socket_lifetime: float | None = None
    socket_warning: float = 10.0

    messages_kept: int = 100_000
    """for each channel"""
    traffic_kept: int = 500
    deliveries_kept: int = 5_000
    calls_kept: int = 10_000


@dataclass(frozen=True)
class Credentials:
    bot_token: str = "xoxb-0000000000-sandbox-bot-token"  # noqa: S105 - opens nothing but this sandbox
    app_token: str = "xapp-1-A0SANDBOX1-sandbox-app-token"  # noqa: S105
    signing_secret: str = "5a11d5a11d5a11d5a11d5a11d5a11d5a"  # noqa: S105
    verification_token: str = "sandbox-verification-token"  # noqa: S105
    anthropic_key: str = "sk-ant-sandbox"
    openai_key: str = "sk-sandbox"
