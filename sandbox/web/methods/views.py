"""views.*"""

from collections.abc import Iterable
from typing import Any

from sandbox.interactivity.modals import Modals
from sandbox.interactivity.triggers import Triggers
from sandbox.manifest import Manifest
from sandbox.state import View, Workspace
from sandbox.web.access import known_user
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError, invalid_arguments
from sandbox.web.method import TIER_4, Call, Method

_OPEN = signature("trigger_id interactivity_pointer view:json!")
_UPDATE = signature("view:json! view_id external_id hash")
_PUBLISH = signature("user_id! view:json! hash")


class ViewMethods:
    def __init__(self, workspace: Workspace, manifest: Manifest, modals: Modals, triggers: Triggers) -> None:
        self._workspace, self._manifest = workspace, manifest
        self._modals, self._triggers = modals, triggers

    def methods(self) -> Iterable[Method]:
        yield Method("views.open", self.open, _OPEN, per_minute=TIER_4)
        yield Method("views.push", self.push, _OPEN, per_minute=TIER_4)
        yield Method("views.update", self.update, _UPDATE, per_minute=TIER_4)
        yield Method("views.publish", self.publish, _PUBLISH, per_minute=TIER_4)

    def open(self, call: Call) -> dict[str, Any]:
        return self._shown(self._modals.open(self._triggers.use(_trigger(call)), call["view"]))

    def push(self, call: Call) -> dict[str, Any]:
        user = self._triggers.use(_trigger(call), in_modal=True)
        return self._shown(self._modals.push(user, call["view"]))

    def update(self, call: Call) -> dict[str, Any]:
        if not call.get("view_id") and not call.get("external_id"):
            raise invalid_arguments("missing required field: view_id")
        view = self._modals.find(call.get("view_id"), call.get("external_id"))
        return self._shown(self._modals.update(view, call["view"], call.get("hash")))

    def publish(self, call: Call) -> dict[str, Any]:
        if not self._manifest.home_tab:
            raise SlackError("not_enabled")
        user = known_user(self._workspace, call["user_id"])
        return self._shown(self._modals.publish(user, call["view"], call.get("hash")))

    def _shown(self, view: View) -> dict[str, Any]:
        return {"view": self._workspace.shown_view(view)}


def _trigger(call: Call) -> str:
    trigger = call.get("trigger_id") or call.get("interactivity_pointer")
    if trigger is None:
        raise invalid_arguments("missing required field: trigger_id")
    return str(trigger)
