"""The library's pages, and the links that lead to them: `library_of` makes the links and hands its reader in."""

from __future__ import annotations

from ipaddress import ip_address

from admin_web.app import library_site
from bot.config import Settings
from bot.features import Feature
from bot.infrastructure import data_folder
from bot.outside import Outside
from services.links import ItemSessions, LinkSigner
from services.ports.player import ItemReader
from storage.master_key import kept_secret

KEY_FILE = "master.key"


def links_of(settings: Settings, outside: Outside) -> LinkSigner:
    return LinkSigner(master_secret(settings), site_of(settings), outside.clock)


def library_pages_of(settings: Settings, outside: Outside, items: ItemReader, links: LinkSigner) -> Feature:
    sessions = ItemSessions(master_secret(settings), outside.clock)
    site = site_of(settings)
    routes = library_site(items, outside.objects, links, sessions, outside.clock, site=site)
    return Feature(pages=tuple(routes))


def master_secret(settings: Settings) -> bytes:
    if settings.master_key is not None:
        return settings.master_key.get_secret_value().encode()
    return kept_secret(data_folder(settings) / KEY_FILE)


def site_of(settings: Settings) -> str:
    """Where people reach us; without SHOWRUNNER_PUBLIC_URL that is this machine alone."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "127.0.0.1" if is_everywhere(settings.host) else settings.host
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def is_everywhere(host: str) -> bool:
    """An address to listen on that nobody can go to."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
