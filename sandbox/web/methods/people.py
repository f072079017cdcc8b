"""users.*, bots.info, usergroups.list"""

from collections.abc import Iterable
from typing import Any

from sandbox.state import User, Workspace
from sandbox.web.access import known_user
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_2, TIER_3, TIER_4, Call, Method
from sandbox.web.pages import limit_of, metadata, page

_READ = ("users:read",)
_INFO = signature("user! include_locale:bool")
_PROFILE = signature("user include_labels:bool")
_LIST = signature("cursor limit:int include_locale:bool")
_GROUPS = signature("include_count:bool include_disabled:bool include_users:bool")


class PeopleMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        by_email, groups = ("users:read.email",), ("usergroups:read",)
        yield Method("users.info", self.info, _INFO, _READ, per_minute=TIER_4)
        yield Method("users.list", self.listing, _LIST, _READ, per_minute=TIER_2)
        yield Method("users.lookupByEmail", self.by_email, signature("email!"), by_email, per_minute=TIER_3)
        yield Method("users.profile.get", self.profile, _PROFILE, ("users.profile:read",), per_minute=TIER_4)
        yield Method("bots.info", self.bot_info, signature("bot"), _READ, per_minute=TIER_3)
        yield Method("usergroups.list", self.groups, _GROUPS, groups, per_minute=TIER_2)

    def info(self, call: Call) -> dict[str, Any]:
        user = self._shown(known_user(self._workspace, call["user"]), call)
        return {"user": {**user, "locale": "en-US"} if call.get("include_locale") else user}

    def listing(self, call: Call) -> dict[str, Any]:
        people = list(self._workspace.users.values())
        found, following = page(people, call.get("cursor"), limit_of(call.get("limit")))
        shown = [self._shown(user, call) for user in found]
        return {"members": shown, "cache_ts": int(self._workspace.clock.now()), **metadata(following)}

    def by_email(self, call: Call) -> dict[str, Any]:
        for user in self._workspace.users.values():
            if user.email and user.email == call["email"].lower():
                return {"user": self._shown(user, call)}
        raise SlackError("users_not_found")

    def profile(self, call: Call) -> dict[str, Any]:
        user = known_user(self._workspace, call.get("user", call.caller.user.id))
        with_email = "users:read.email" in call.caller.scopes
        return {"profile": self._workspace.shown_profile(user, with_email=with_email)}

    def bot_info(self, call: Call) -> dict[str, Any]:
        wanted = call.get("bot", call.caller.user.bot_id)
        for user in self._workspace.users.values():
            if user.is_bot and user.bot_id == wanted:
                return {"bot": self._bot(user)}
        raise SlackError("bot_not_found")

    def groups(self, call: Call) -> dict[str, Any]:  # noqa: ARG002 - there are none
        return {"usergroups": []}

    def _shown(self, user: User, call: Call) -> dict[str, Any]:
        return self._workspace.shown_user(user, with_email="users:read.email" in call.caller.scopes)

    def _bot(self, user: User) -> dict[str, Any]:
        return {
            "id": user.bot_id,
            "deleted": False,
            "name": user.real_name,
            "updated": 0,
            "app_id": user.app_id,
            "user_id": user.id,
            "icons": {},
        }
