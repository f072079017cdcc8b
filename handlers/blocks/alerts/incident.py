"""One incident as one message: what it is, since when, who looks after it, what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers.blocks import kit
from handlers.blocks.alerts import words
from handlers.blocks.kit import Block
from handlers.boundary import slack_date
from handlers.sender.sanitise import escape
from services.entities.alerts import Incident, IncidentState, IncidentView, Level, Maintenance, Pause
from services.slack import permalink

_SIGNS = {
    Level.WELL: ":white_circle:",
    Level.NOTICE: ":large_yellow_circle:",
    Level.WARNING: ":large_orange_circle:",
    Level.CRITICAL: ":red_circle:",
}
OVER, LOOKED_AFTER = ":white_check_mark:", ":eyes:"


def summary(incident: Incident) -> str:
    """Plain text, for notifications."""
    return f"{words.state(incident)}: {words.headline(incident)}"


def incident(view: IncidentView, workspace_url: str) -> list[Block]:
    seen = view.incident
    lines = [f"• {escape(words.line(reading))}" for reading in seen.readings]
    return [
        kit.text("\n".join([_title(seen), *lines, *_places(seen, workspace_url)])),
        kit.context(*_remarks(seen)),
        *(kit.context(_paused(pause, view)) for pause in view.pauses),
        *_ways(view),
    ]


def open_list(incidents: Sequence[Incident]) -> list[Block]:
    if not incidents:
        return [kit.text(f"{OVER} *All is well.* No alert is open.")]
    shown: list[Block] = [kit.text(f"*{len(incidents)} open* {'alert' if len(incidents) == 1 else 'alerts'}")]
    for one in incidents[:15]:
        shown += [kit.text(_title(one)), kit.context(*_remarks(one)), *_deciding(one)]
    if len(incidents) > 15:
        shown.append(kit.context(f"… and {len(incidents) - 15} older ones"))
    return shown


def quiet(planned: Maintenance) -> list[Block]:
    until = slack_date(planned.ends)
    return [kit.text(f"*Quiet until {until}*\nNothing new is told of until then; what is open stays open.")]


def _title(incident: Incident) -> str:
    sign = _SIGNS[incident.level]
    if incident.state is IncidentState.RESOLVED:
        return f"{OVER} *Over: {escape(words.headline(incident))}*"
    if incident.state is IncidentState.ACKNOWLEDGED:
        sign = f"{sign} {LOOKED_AFTER}"
    return f"{sign} *{escape(words.headline(incident))}*"


def _places(incident: Incident, workspace_url: str) -> Iterable[str]:
    """Where it happens; a channel's name is Slack's to show, and only to who may see it."""
    found = {
        (reading.facts.get("channel", ""), reading.facts.get("thread_ts", ""))
        for reading in incident.readings
    }
    for channel, thread_ts in sorted(found):
        if channel and thread_ts:
            yield f"• <{permalink(workspace_url, channel, thread_ts)}|The thread> in <#{channel}>"
        elif channel:
            yield f"• <#{channel}>"


def _remarks(incident: Incident) -> list[str]:
    told = incident.told_at or incident.since
    remarks = [f"Since {slack_date(told)}"]
    if incident.state is IncidentState.RESOLVED and incident.resolved_at:
        remarks.append(f"over {slack_date(incident.resolved_at)}")
    if incident.held_by:
        remarks.append(_held(incident))
    if incident.reopened:
        remarks.append(f"came back {'once' if incident.reopened == 1 else f'{incident.reopened} times'}")
    return [" · ".join([*remarks, f"`{short_id(incident)}`"])]


def short_id(incident: Incident) -> str:
    """What a person types to name it."""
    return str(incident.id)[-6:]


def _held(incident: Incident) -> str:
    if incident.snoozed_until:
        return f"snoozed by <@{incident.held_by}> until {slack_date(incident.snoozed_until)}"
    at = f" {slack_date(incident.held_at)}" if incident.held_at else ""
    return f"acknowledged by <@{incident.held_by}>{at}"


def _paused(pause: Pause, view: IncidentView) -> str:
    until = f"until {slack_date(pause.until)}" if pause.until else "until somebody resumes it"
    return f"AI is paused for {_subject(pause, view)} {until}, by <@{pause.by}>"


def _subject(pause: Pause, view: IncidentView) -> str:
    return f"*{escape(_name(view, pause.subject))}*" if pause.kind == "person" else f"<#{pause.subject}>"


def _name(view: IncidentView, user: str) -> str:
    facts = [reading.facts for reading in view.incident.readings]
    return next((told["name"] for told in facts if told.get("person") == user and "name" in told), user)


def _ways(view: IncidentView) -> list[Block]:
    deciding = [element for block in _deciding(view.incident) for element in block["elements"]]
    elements = [*deciding, *_pausing(view)]
    return [kit.actions(*elements)] if elements else []


def _deciding(incident: Incident) -> list[Block]:
    value = str(incident.id)
    if incident.state is IncidentState.FIRING:
        acknowledge = kit.button("Acknowledge", "alerts.acknowledge", value, "primary")
        return [kit.actions(acknowledge, kit.button("Snooze 1 h", "alerts.snooze", value))]
    if incident.state is IncidentState.ACKNOWLEDGED and not incident.snoozed_until:
        return [kit.actions(kit.button("Snooze 1 h", "alerts.snooze", value))]
    return []


def _pausing(view: IncidentView) -> list[Block]:
    """For a person and a channel that cost; what is paused already can be resumed, also when all is over."""
    paused = {(pause.kind, pause.subject) for pause in view.pauses}
    buttons = []
    for kind, subject, label in _causes(view):
        value = f"{view.incident.id}|{kind}|{subject}"
        if (kind, subject) in paused:
            buttons.append(kit.button(f"Resume AI {label}", "alerts.resume", value))
        elif view.incident.is_open:
            buttons.append(kit.button(f"Pause AI {label}", "alerts.pause", value, "danger"))
    return buttons


def _causes(view: IncidentView) -> list[tuple[str, str, str]]:
    found: dict[tuple[str, str], str] = {}
    for reading in view.incident.readings:
        facts = reading.facts
        if user := facts.get("person"):
            found["person", user] = f"for {kit.shortened(facts.get('name', user), 40)}"
        if channel := facts.get("channel"):
            found["channel", channel] = "in that channel"
    return [(kind, subject, label) for (kind, subject), label in found.items()][:3]
