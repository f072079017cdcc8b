"""What checks say, the incidents that follow from it, their emails; maintenance and pauses."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.entities.alerts import IncidentState, MailState
from storage.tables.base import EMPTY_LIST, EMPTY_TEXT, MOMENT, ZERO, is_any, kind, metadata, one_of

UNRESOLVED = (IncidentState.PENDING, IncidentState.FIRING, IncidentState.ACKNOWLEDGED)

check_states = Table(
    "check_states",
    metadata,
    Column("team", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="the group: what goes wrong together is one incident"),
    Column("name", Text, primary_key=True),
    Column("host", Text, primary_key=True, comment="empty: the check speaks for all hosts"),
    Column("level", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team", Text, nullable=False),
    Column("key", Text, nullable=False),
    *kind("state", IncidentState),
    Column("level", Integer, nullable=False),
    Column("peak", Integer, nullable=False),
    Column("readings", JSONB, nullable=False, server_default=EMPTY_LIST),
    Column("since", MOMENT, nullable=False),
    Column("told_at", MOMENT),
    Column("open_since", MOMENT),
    Column("well_since", MOMENT),
    Column("bad_since", MOMENT),
    Column("resolved_at", MOMENT),
    Column("held_by", Text, nullable=False, server_default=EMPTY_TEXT),
    Column("held_at", MOMENT),
    Column("held_level", Integer, nullable=False, server_default=ZERO),
    Column("snoozed_until", MOMENT),
    Column("reopened", Integer, nullable=False, server_default=ZERO),
    Column("mails", Integer, nullable=False, server_default=ZERO),
    Column("mailed_level", Integer, nullable=False, server_default=ZERO),
    Column("version", Integer, nullable=False, server_default=ZERO, comment="of what is to be seen"),
    Column("shown", Integer, nullable=False, server_default=ZERO, comment="the version that Slack shows"),
    Column("place", Text, nullable=False, server_default=EMPTY_TEXT),
)
is_unresolved = is_any(incidents.c.state, UNRESOLVED)
is_unshown = incidents.c.shown < incidents.c.version
Index(
    "uq_incidents_unresolved", incidents.c.team, incidents.c.key, unique=True, postgresql_where=is_unresolved
)
Index("ix_incidents_key", incidents.c.team, incidents.c.key, incidents.c.since)
Index("ix_incidents_unshown", incidents.c.id, postgresql_where=is_unshown)

alert_mails = Table(
    "alert_mails",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident_id", ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    *kind("state", MailState, MailState.WAITING),
    Column("attempts", Integer, nullable=False, server_default=ZERO),
    Column("due", MOMENT, nullable=False, comment="when it is tried, or may be taken over"),
    Column("error", Text, nullable=False, server_default=EMPTY_TEXT),
)
is_unsent = is_any(alert_mails.c.state, (MailState.WAITING, MailState.SENDING))
Index("ix_alert_mails_incident_id", alert_mails.c.incident_id)
Index("ix_alert_mails_unsent", alert_mails.c.due, postgresql_where=is_unsent)

maintenance = Table(
    "maintenance",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("begins", MOMENT, nullable=False),
    Column("ends", MOMENT, nullable=False),
    Column("set_by", Text, nullable=False),
)
Index("ix_maintenance_team", maintenance.c.team, maintenance.c.ends)

pauses = Table(
    "pauses",
    metadata,
    Column("team", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("set_by", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("until", MOMENT, comment="null: until somebody resumes it"),
    one_of("kind", ("person", "channel")),
)

digests = Table(
    "digests",
    metadata,
    Column("team", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("period", Date, primary_key=True, comment="its first day"),
    Column("planned_at", MOMENT, nullable=False),
    Column("shown_at", MOMENT),
    one_of("kind", ("daily", "weekly")),
)
