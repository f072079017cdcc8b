"""Who may do what. Deny by default; asked when an act is requested and again when the work runs."""

from __future__ import annotations

from collections.abc import Collection

from services.entities.people import Actor, Person, Role
from services.errors import NotAllowed

ROLES_OF_ACT: dict[str, frozenset[Role]] = {
    "chat": frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER}),
    "limits.set": frozenset({Role.OWNER, Role.ADMIN}),
    "library": frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER}),
    "library.objects": frozenset({Role.OWNER, Role.ADMIN}),
    "ai.pause": frozenset({Role.OWNER, Role.ADMIN}),
    "alerts.manage": frozenset({Role.OWNER, Role.ADMIN}),
    "costs.see": frozenset({Role.OWNER, Role.ADMIN}),
    "usage.own": frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER}),
    "usage.team": frozenset({Role.OWNER, Role.ADMIN}),
}


class Policy:
    def __init__(self, owners: Collection[str], *, guests: bool) -> None:
        self.owners = tuple(dict.fromkeys(owners))
        self._guests = guests

    def role(self, person: Person) -> Role:
        if person.is_deleted:
            return Role.BLOCKED
        if person.user in self.owners:
            return Role.OWNER
        if person.is_guest and not self._guests:
            return Role.GUEST
        return Role.ADMIN if person.is_admin else Role.MEMBER

    def check(self, person: Person, act: str) -> None:
        """Raises NotAllowed."""
        if not self.allows(person, act):
            role = self.role(person)
            raise NotAllowed(role if role in {Role.GUEST, Role.BLOCKED} else "role")

    def allows(self, person: Person, act: str) -> bool:
        return self.role(person) in ROLES_OF_ACT.get(act, frozenset())

    def is_owner(self, actor: Actor) -> bool:
        return actor.user in self.owners
