"""Modals and Home tabs: opened, stacked three deep, replaced only when nobody was faster."""

from typing import Any, Literal

import orjson

from sandbox.blocks import view_problems
from sandbox.blocks.identity import with_ids
from sandbox.state import User, View, Workspace
from sandbox.state.changes import HomePublished, ViewErrors, ViewMoved
from sandbox.web.content import refused_kinds
from sandbox.web.errors import SlackError, invalid_arguments

STACK_LIMIT = 3
_VIEW_BYTES = 250_000

Content = dict[str, Any]


class Modals:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open(self, user: str, content: Content) -> View:
        """A new stack; whatever the person had open from the app goes."""
        view = self._new(user, "modal", content)
        for old in self._workspace.stacks.pop(user, []):
            del self._workspace.views[old.id]
        self._workspace.stacks[user] = [view]
        self._workspace.views[view.id] = view
        self._workspace.tell(ViewMoved(user, "opened", view))
        return view

    def push(self, user: str, content: Content) -> View:
        stack = self._workspace.stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        view = self._new(user, "modal", content)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._workspace.views[view.id] = view
        self._workspace.tell(ViewMoved(user, "pushed", view))
        return view

    def update(self, view: View, content: Content, hash_: str | None = None) -> View:
        self._replace(view, content, hash_)
        self._workspace.tell(ViewMoved(view.user, "updated", view))
        return view

    def publish(self, user: User, content: Content, hash_: str | None = None) -> View:
        view = self._workspace.homes.get(user.id)
        if view is None:
            view = self._new(user.id, "home", content)
            self._workspace.homes[user.id] = view
        else:
            self._replace(view, content, hash_)
        self._workspace.tell(HomePublished(view))
        return view

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Takes `view` (and what lies on it, or the whole stack) away; what was closed, top first."""
        stack = self._workspace.stacks.get(view.user, [])
        start = 0 if everything else stack.index(view)
        closed = stack[start:][::-1]
        del stack[start:]
        for gone in closed:
            del self._workspace.views[gone.id]
        if not stack:
            self._workspace.stacks.pop(view.user, None)
        self._workspace.tell(ViewMoved(view.user, "closed", None if not stack else view))
        return closed

    def show_errors(self, view: View, errors: dict[str, Any]) -> None:
        self._workspace.tell(ViewErrors(view.user, view, errors))

    def find(self, view_id: str | None, external_id: str | None) -> View:
        for view in self._workspace.views.values():
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        for view in self._workspace.homes.values():
            if view.id == view_id:
                return view
        raise SlackError("not_found")

    def top_of(self, user: User) -> View | None:
        stack = self._workspace.stacks.get(user.id)
        return stack[-1] if stack else None

    def _new(self, user: str, kind: Literal["modal", "home"], content: Content) -> View:
        checked = self._checked(content, kind)
        self._check_external_id(content, None)
        view_id = self._workspace.ids.new("V")
        return View(view_id, user, kind, checked, self._hash(), root_id=view_id)

    def _replace(self, view: View, content: Content, hash_: str | None) -> None:
        if hash_ is not None and hash_ != view.hash:
            raise SlackError("hash_conflict")
        checked = self._checked(content, view.kind)
        self._check_external_id(content, view)
        view.content, view.hash = checked, self._hash()
        kept = {block["block_id"] for block in checked["blocks"]}
        view.values = {block_id: values for block_id, values in view.values.items() if block_id in kept}

    def _checked(self, content: Any, kind: str) -> Content:
        problems = view_problems(content)
        problems = problems or refused_kinds(self._workspace, content["blocks"], "/view/blocks")
        if problems:
            raise invalid_arguments(*problems)
        if content["type"] != kind:
            raise invalid_arguments(f"must be of type {kind} [json-pointer:/view/type]")
        if len(orjson.dumps(content)) > _VIEW_BYTES:
            raise SlackError("view_too_large")
        blocks = [with_ids(block, lambda: self._workspace.ids.hex(5)) for block in content["blocks"]]
        return {**content, "blocks": blocks}

    def _check_external_id(self, content: Content, own: View | None) -> None:
        wanted = content.get("external_id")
        others = (view for view in self._workspace.views.values() if view is not own)
        if wanted and any(view.external_id == wanted for view in others):
            raise SlackError("duplicate_external_id")

    def _hash(self) -> str:
        return f"{int(self._workspace.clock.now())}.{self._workspace.ids.hex(8)}"
