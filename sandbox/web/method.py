"""One Web API method: its name, arguments, scopes, tier and what it does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sandbox.state import Channel, User
from sandbox.web.arguments import Args, Signature, signature
from sandbox.web.errors import missing_scope

TokenKind = Literal["bot", "app", "any", "none"]
NO_ARGUMENTS = signature()


@dataclass(frozen=True)
class Caller:
    """Who calls: the app's bot user and what its token may do."""

    user: User
    scopes: frozenset[str]

    def needs(self, *any_of: str) -> None:
        """Raises missing_scope unless the token has one of them."""
        if not any(scope in self.scopes for scope in any_of):
            raise missing_scope(any_of, sorted(self.scopes))

    def needs_for(self, channel: Channel, what: str) -> None:
        """`what` is "read", "history" or "write": the scope depends on the kind of channel."""
        self.needs(f"{SCOPE_PREFIX[channel.kind]}:{what}")


SCOPE_PREFIX = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def any_kind(what: str) -> tuple[str, ...]:
    return tuple(f"{prefix}:{what}" for prefix in SCOPE_PREFIX.values())


@dataclass(frozen=True)
class Call:
    args: Args
    caller: Caller

    def __getitem__(self, name: str) -> Any:
        return self.args[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.args.get(name, default)


Handler = Callable[[Call], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """`scopes`: the token needs any one of them. `per_minute` None: no tier of its own."""

    name: str
    handler: Handler
    arguments: Signature = field(default=NO_ARGUMENTS)
    scopes: tuple[str, ...] = ()
    caller: TokenKind = "bot"
    per_minute: int | None = None


class Methods(Protocol):
    def methods(self) -> Iterable[Method]: ...


TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
