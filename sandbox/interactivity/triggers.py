"""trigger_id: a person has just done something, so for three seconds the app may open one modal."""

from collections import OrderedDict
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.state.ids import Ids
from sandbox.web.errors import SlackError

_KEPT = 10_000


@dataclass
class Trigger:
    id: str
    user: str
    expires_at: float
    from_modal: bool
    used: bool = False


class Triggers:
    def __init__(self, clock: Clock, ids: Ids, lifetime: float) -> None:
        self._clock, self._ids, self._lifetime = clock, ids, lifetime
        self._triggers: OrderedDict[str, Trigger] = OrderedDict()

    def clear(self) -> None:
        self._triggers.clear()

    def new(self, user: str, *, from_modal: bool = False) -> str:
        number = self._clock.next_ts().replace(".", "")
        trigger = Trigger(
            f"{number}.{self._ids.hex(10)}.{self._ids.hex(32)}",
            user,
            self._clock.now() + self._lifetime,
            from_modal,
        )
        self._triggers[trigger.id] = trigger
        if len(self._triggers) > _KEPT:
            self._triggers.popitem(last=False)
        return trigger.id

    def use(self, trigger_id: str, *, in_modal: bool = False) -> str:
        """The person's id. A trigger is good once; `in_modal`: only one that came from inside a modal."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or (in_modal and not trigger.from_modal):
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() >= trigger.expires_at:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user
