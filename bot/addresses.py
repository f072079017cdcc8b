"""Addresses in settings: what is wrong with one, and how each library wants it written."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
DATABASE_OPTIONS = frozenset({"host", "port", "sslmode"})


def web_address(value: str) -> str:
    """Raises ValueError, in words for whoever set it."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("is not a web address: it must start with https://")
    return value


def public_address(value: str) -> str:
    """Raises ValueError: what people see here is for them alone, and cookies are not sent in the open."""
    parts = urlsplit(value)
    if parts.scheme != "https" and parts.hostname not in HERE:
        raise ValueError("must begin with https://, unless it is this machine itself")
    return value


def database_address(value: str) -> str:
    """Raises ValueError, in words for whoever set it; never with a part of the address."""
    parts = urlsplit(value)
    if parts.scheme.partition("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError("is not a PostgreSQL address: it must start with postgresql://")
    foreign = sorted({name for name, _ in parse_qsl(parts.query)} - DATABASE_OPTIONS)
    if foreign:
        raise ValueError(f"has options that the driver does not know; leave them out: {', '.join(foreign)}")
    return value


def for_driver(address: str) -> str:
    return "postgresql://" + address.partition("://")[2]


def for_sqlalchemy(address: str) -> str:
    """SQLAlchemy hands options on under the driver's names, not under libpq's."""
    parts = urlsplit(for_driver(address))
    options = [("ssl" if name == "sslmode" else name, value) for name, value in parse_qsl(parts.query)]
    return parts._replace(scheme="postgresql+asyncpg", query=urlencode(options)).geturl()


def passwords(address: str) -> set[str]:
    """As written in the address and as meant."""
    password = urlsplit(address).password or ""
    return {password, unquote(password)}
