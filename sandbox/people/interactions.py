"""Commands, shortcuts, buttons and modals: asked of the app, and its answer carried out."""

from collections.abc import Mapping
from typing import Any

from sandbox.delivery.courier import Courier
from sandbox.delivery.record import Failure, Kind
from sandbox.interactivity.modals import Modals
from sandbox.interactivity.response_urls import ResponseUrls
from sandbox.interactivity.values import find, initial_values, merged, missing
from sandbox.manifest import Manifest
from sandbox.people.outcome import TROUBLE, Outcome, Refused
from sandbox.people.payloads import Payloads
from sandbox.state import Channel, Message, User, View, Workspace
from sandbox.web.errors import SlackError

Json = dict[str, Any]


class Interactions:
    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        courier: Courier,
        payloads: Payloads,
        modals: Modals,
        response_urls: ResponseUrls,
    ) -> None:
        self._workspace, self._manifest, self._courier = workspace, manifest, courier
        self._payloads, self._modals, self._response_urls = payloads, modals, response_urls

    async def command(self, user: User, channel: Channel, name: str, text: str) -> Outcome:
        command = self._manifest.command(name)
        if command is None or "commands" not in self._manifest.scopes:
            raise Refused("unknown_command", f"{name} is not a valid command.")
        payload = self._payloads.command(user, channel, command, text)
        outcome = await self._ask("slash_commands", name, payload, f"{name} failed")
        if outcome.ok and outcome.answer and (outcome.answer.get("text") or outcome.answer.get("blocks")):
            return self._answered(user, channel, outcome.answer, name)
        return outcome

    async def shortcut(self, user: User, callback_id: str, message: Message | None) -> Outcome:
        shortcut = self._manifest.shortcut(callback_id)
        if shortcut is None or (shortcut.type == "message") != (message is not None):
            raise Refused("unknown_shortcut", "There is no such shortcut here.")
        payload = self._payloads.shortcut(user, shortcut, message)
        return await self._ask("interactive", callback_id, payload)

    async def act(
        self, user: User, place: Message | View, block_id: str, action_id: str, state: Json, fields: Json
    ) -> Outcome:
        """`fields` are the element's own: value, selected_option and so on."""
        blocks = _blocks(place)
        _, element = find(blocks, lambda block, item: (block, item["action_id"]) == (block_id, action_id))
        action = {"block_id": block_id, "action_id": action_id, "type": element["type"], **fields}
        values = merged(initial_values(blocks), state)
        if isinstance(place, View):
            held = {name: item for name, item in action.items() if name not in ("block_id", "action_id")}
            own = {block_id: {action_id: held}} if block_id in values else {}
            place.values = merged(merged(values, place.values), own)
        return await self._ask("interactive", action_id, self._payloads.action(user, place, action, values))

    async def suggest(
        self, user: User, place: Message | View, block_id: str, action_id: str, value: str
    ) -> Outcome:
        payload = self._payloads.suggestion(user, place, block_id, action_id, value)
        outcome = await self._ask("interactive", action_id, payload)
        found = outcome.answer or {}
        return Outcome(
            outcome.ok,
            outcome.error,
            outcome.text,
            found,
            options=found.get("options", []),
            option_groups=found.get("option_groups", []),
        )

    async def submit(self, user: User, view: View, state: Mapping[str, Json]) -> Outcome:
        view.values = merged(merged(initial_values(_blocks(view)), view.values), state)
        empty = missing(_blocks(view), view.values)
        if empty:
            self._modals.show_errors(view, empty)
            return Outcome(ok=False, error="required", errors=empty, view=view)
        payload = self._payloads.submission(user, view)
        outcome = await self._ask("interactive", view.content.get("callback_id", ""), payload, TROUBLE)
        if not outcome.ok:
            return outcome
        try:
            return self._submitted(view, outcome.answer or {})
        except SlackError as refused:
            return Outcome(ok=False, error=refused.error, text=TROUBLE, answer=outcome.answer, view=view)

    async def close(self, user: User, view: View, *, everything: bool) -> Outcome:
        for closed in self._modals.close(view, everything=everything):
            if closed.content.get("notify_on_close"):
                payload = self._payloads.closing(user, closed, cleared=everything)
                await self._ask("interactive", closed.content.get("callback_id", ""), payload)
        return Outcome(ok=True)

    def _submitted(self, view: View, answer: Json) -> Outcome:
        match answer.get("response_action"):
            case "errors":
                return self._with_errors(view, answer)
            case "update":
                return Outcome(ok=True, answer=answer, view=self._modals.update(view, answer["view"]))
            case "push":
                return Outcome(ok=True, answer=answer, view=self._modals.push(view.user, answer["view"]))
            case "clear":
                self._modals.close(view, everything=True)
            case None:
                if view.id in self._workspace.views:
                    self._modals.close(view)
            case unknown:
                raise SlackError(f"invalid_response_action: {unknown}")
        return Outcome(ok=True, answer=answer)

    def _with_errors(self, view: View, answer: Json) -> Outcome:
        errors = answer.get("errors", {})
        known = {block["block_id"] for block in _blocks(view) if block["type"] == "input"}
        if not errors or not errors.keys() <= known:
            raise SlackError("invalid_block_id")
        self._modals.show_errors(view, errors)
        return Outcome(ok=False, error="errors", answer=answer, errors=errors, view=view)

    def _answered(self, user: User, channel: Channel, answer: Json, name: str) -> Outcome:
        try:
            message = self._response_urls.apply(channel, user, None, answer)
        except SlackError as refused:
            return Outcome(ok=False, error=refused.error, text=f"{name} failed", answer=answer)
        return Outcome(ok=True, answer=answer, message=message)

    async def _ask(self, kind: Kind, name: str, payload: Json, trouble: str = TROUBLE) -> Outcome:
        if kind == "interactive" and not self._manifest.interactivity:
            raise Refused("interactivity_disabled", "This app does not take interactions.")
        outcome = await self._courier.ask(kind, name, payload)
        if isinstance(outcome, Failure):
            error = "operation_timeout" if "timeout" in outcome.reason else "dispatch_failed"
            shown = trouble if trouble == TROUBLE else f'{trouble} with the error "{error}"'
            return Outcome(ok=False, error=error, text=shown)
        return Outcome(ok=True, answer=outcome.body)


def _blocks(place: Message | View) -> list[Json]:
    return place.content["blocks"] if isinstance(place, View) else place.blocks or []
