"""An incident as an email: the same words as in Slack, and where to act on it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from uuid import UUID
from zoneinfo import ZoneInfo

from handlers.blocks.alerts import words
from services.entities.alerts import IncidentView
from services.ports.alerts import Mail


def composer(zone: ZoneInfo, workspace_url: str) -> Callable[[UUID, IncidentView], Mail]:
    """`zone`: in which its times are told."""

    def compose(mail_id: UUID, view: IncidentView) -> Mail:
        incident = view.incident
        state, title = words.state(incident), words.headline(incident)
        lines = [words.line(reading) for reading in incident.readings]
        since = (incident.told_at or incident.since).astimezone(zone)
        remarks = [f"Since {since:%Y-%m-%d %H:%M} ({zone.key})", f"Acknowledge it in Slack: {workspace_url}"]
        if not incident.is_open:
            remarks[1] = "It is over; nothing is left to do."
        text = "\n".join([title, "", *(f"- {line}" for line in lines), "", *remarks, ""])
        return Mail(mail_id, f"[Showrunner] {state}: {title}", text, _html(title, lines, remarks))

    return compose


def _html(title: str, lines: list[str], remarks: list[str]) -> str:
    listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
    below = "<br>".join(map(escape, remarks))
    return f"<html><body><h2>{escape(title)}</h2><ul>{listed}</ul><p>{below}</p></body></html>"
