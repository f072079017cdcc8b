"""Incidents, check states, digests, pauses; who alone may send a post."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_TABLES = """
ALTER TABLE posts ADD COLUMN held_by UUID;
ALTER TABLE posts ADD COLUMN held_until TIMESTAMPTZ;
COMMENT ON COLUMN posts.held_by IS 'who alone may send it, until held_until';
CREATE TABLE check_states (
    team TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    level INTEGER NOT NULL,
    kind TEXT NOT NULL,
    facts JSONB NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_check_states PRIMARY KEY (team, key, name, host)
);
COMMENT ON COLUMN check_states.key IS 'the group: what goes wrong together is one incident';
COMMENT ON COLUMN check_states.host IS 'empty: the check speaks for all hosts';
CREATE TABLE incidents (
    id UUID NOT NULL,
    team TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    level INTEGER NOT NULL,
    peak INTEGER NOT NULL,
    readings JSONB DEFAULT '[]'::jsonb NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ,
    open_since TIMESTAMPTZ,
    well_since TIMESTAMPTZ,
    bad_since TIMESTAMPTZ,
    resolved_at TIMESTAMPTZ,
    held_by TEXT DEFAULT '' NOT NULL,
    held_at TIMESTAMPTZ,
    held_level INTEGER DEFAULT 0 NOT NULL,
    snoozed_until TIMESTAMPTZ,
    reopened INTEGER DEFAULT 0 NOT NULL,
    mails INTEGER DEFAULT 0 NOT NULL,
    mailed_level INTEGER DEFAULT 0 NOT NULL,
    version INTEGER DEFAULT 0 NOT NULL,
    shown INTEGER DEFAULT 0 NOT NULL,
    place TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_incidents PRIMARY KEY (id),
    CONSTRAINT ck_incidents_state CHECK (state IN ('pending', 'firing', 'acknowledged', 'resolved'))
);
COMMENT ON COLUMN incidents.version IS 'of what is to be seen';
COMMENT ON COLUMN incidents.shown IS 'the version that Slack shows';
CREATE INDEX ix_incidents_key ON incidents (team, key, since);
CREATE INDEX ix_incidents_unshown ON incidents (id)
    WHERE shown < version;
CREATE UNIQUE INDEX uq_incidents_unresolved ON incidents (team, key)
    WHERE state IN ('pending', 'firing', 'acknowledged');
CREATE TABLE alert_mails (
    id UUID NOT NULL,
    incident_id UUID NOT NULL,
    number INTEGER NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    due TIMESTAMPTZ NOT NULL,
    error TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_alert_mails PRIMARY KEY (id),
    CONSTRAINT ck_alert_mails_state CHECK (state IN ('waiting', 'sending', 'sent', 'given_up')),
    CONSTRAINT fk_alert_mails_incident_id FOREIGN KEY(incident_id) REFERENCES incidents (id) ON DELETE CASCADE
);
COMMENT ON COLUMN alert_mails.due IS 'when it is tried, or may be taken over';
CREATE INDEX ix_alert_mails_incident_id ON alert_mails (incident_id);
CREATE INDEX ix_alert_mails_unsent ON alert_mails (due)
    WHERE state IN ('waiting', 'sending');
CREATE TABLE maintenance (
    id UUID NOT NULL,
    team TEXT NOT NULL,
    prefix TEXT NOT NULL,
    begins TIMESTAMPTZ NOT NULL,
    ends TIMESTAMPTZ NOT NULL,
    set_by TEXT NOT NULL,
    CONSTRAINT pk_maintenance PRIMARY KEY (id)
);
CREATE INDEX ix_maintenance_team ON maintenance (team, ends);
CREATE TABLE pauses (
    team TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    set_by TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ,
    CONSTRAINT pk_pauses PRIMARY KEY (team, kind, subject),
    CONSTRAINT ck_pauses_kind CHECK (kind IN ('person', 'channel'))
);
COMMENT ON COLUMN pauses.until IS 'null: until somebody resumes it';
CREATE TABLE digests (
    team TEXT NOT NULL,
    kind TEXT NOT NULL,
    period DATE NOT NULL,
    planned_at TIMESTAMPTZ NOT NULL,
    shown_at TIMESTAMPTZ,
    CONSTRAINT pk_digests PRIMARY KEY (team, kind, period),
    CONSTRAINT ck_digests_kind CHECK (kind IN ('daily', 'weekly'))
);
COMMENT ON COLUMN digests.period IS 'its first day'
"""

_DROPPED = ("digests", "pauses", "maintenance", "alert_mails", "incidents", "check_states")


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for table in _DROPPED:
        op.drop_table(table)
    op.execute("ALTER TABLE posts DROP COLUMN held_by, DROP COLUMN held_until")
