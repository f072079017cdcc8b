"""Mail over SMTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from services.errors import MailRefused, MailUnavailable
from services.ports.alerts import Mail

TIMEOUT = 20.0  # seconds a step of the conversation may take
ALTOGETHER = 60.0
LONGEST_SUBJECT = 150
PERMANENT = range(500, 600)
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """From `smtp://user:password@host:587`; `smtps` speaks TLS from the first byte."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool

    @classmethod
    def parse(cls, url: str) -> SmtpAddress:
        """Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("is not an address like smtp://user:password@host:587")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        port = parts.port or PORTS[parts.scheme]
        return cls(parts.hostname, port, user, password, parts.scheme == "smtps")


class SmtpMailer:
    """`sender` is who it comes from; each of `recipients` gets it without seeing the others."""

    def __init__(self, address: SmtpAddress, sender: str, recipients: Sequence[str]) -> None:
        self._address = address
        self._sender = sender
        self._recipients = recipients

    async def send(self, mail: Mail) -> None:
        import aiosmtplib  # where mail is sent: most desks send none

        try:
            async with asyncio.timeout(ALTOGETHER):
                await self._send(self._message(mail))
        except aiosmtplib.SMTPAuthenticationError as error:
            raise MailUnavailable(f"login refused ({error.code})") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise MailRefused("no recipient was accepted") from error
        except aiosmtplib.SMTPResponseException as error:
            kind = MailRefused if error.code in PERMANENT else MailUnavailable
            raise kind(f"answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailUnavailable(type(error).__name__) from error

    async def _send(self, message: EmailMessage) -> None:
        """TLS is used wherever the server offers it; a password is never sent without."""
        import aiosmtplib

        address = self._address
        client = aiosmtplib.SMTP(
            hostname=address.host, port=address.port, timeout=TIMEOUT, use_tls=address.tls, start_tls=False
        )
        async with client:
            if not address.tls and client.supports_extension("starttls"):
                await client.starttls()
            elif not address.tls and address.user:
                raise MailUnavailable("the server offers no TLS: the password was kept back")
            if address.user:
                await client.login(address.user, address.password or "")
            await client.send_message(message, sender=self._sender, recipients=list(self._recipients))

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["Subject"] = one_line(mail.subject)
        message["From"] = self._sender
        message["To"] = "undisclosed-recipients:;"
        message["Message-ID"] = f"<{mail.id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message


def one_line(words: str) -> str:
    """No character that could begin another header."""
    shown = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(shown.split())[:LONGEST_SUBJECT]


class NoMailer:
    """Where no mail server is set: nothing is ever planned for it."""

    async def send(self, mail: Mail) -> None:
        raise MailRefused(f"no mail server is set for {mail.id}")
