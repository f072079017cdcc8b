"""The statements that do several things at once, each in one round trip.

Parts of one statement share a snapshot: none sees the rows another has written, except through RETURNING.
Rows that are locked or met in a conflict are always the newest.
"""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

# Every writer of a conversation locks its row first (here by updating it), so writers never wait in a circle.
# A message without a ts comes with its turn: only the turn's key can say that it is the same one again.
# The twin of a mention has nothing to add: it must not hold that lock just when its turn is claimed, nor keep the
# disk from others. Its event, lost in a crash and told again, would be a twin again.
HEAR_IN_THREAD = text("""
WITH twin AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true) FROM turns
    WHERE :answer AND CAST(:files AS jsonb) = '[]' AND team = :team AND channel = :channel AND key = :key
), known AS (
    INSERT INTO slack_events (team, event_id, kind)
    SELECT :team, :event_id, :source FROM (SELECT count(*) FROM twin) AS no_wait
    WHERE CAST(:event_id AS text) IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING event_id
), news AS (
    SELECT WHERE (CAST(:event_id AS text) IS NULL OR EXISTS (SELECT FROM known)) AND NOT EXISTS (
        SELECT FROM slack_events WHERE team = :team AND event_id = :deletion
    )
), conversation AS (
    INSERT INTO conversations (id, team, channel, channel_kind, thread_ts, history_read, heard_at)
    SELECT :conversation, :team, :channel, :channel_kind, :thread_ts, :begins_thread, :at FROM news
    WHERE NOT EXISTS (SELECT FROM twin)
    ON CONFLICT (team, channel, thread_ts)
    DO UPDATE SET heard_at = greatest(conversations.heard_at, excluded.heard_at)
    RETURNING id
), follower AS (
    INSERT INTO followers (conversation_id, user_id)
    SELECT id, :user_id FROM conversation WHERE :follows
    ON CONFLICT DO NOTHING
), turn AS (
    INSERT INTO turns
        (id, conversation_id, team, channel, key, user_id, source, created_at, model, about, is_bot)
    SELECT :turn, id, :team, :channel, :key, :user_id, :source, :at, :model, :about, :is_bot
    FROM conversation WHERE :answer
    ON CONFLICT (team, channel, key) DO NOTHING
    RETURNING *
), message AS (
    INSERT INTO messages (id, conversation_id, team, channel, ts, author, user_id, text, at, turn_id, files)
    SELECT :message, id, :team, :channel, :ts, :author, :user_id, :text, :at, (SELECT id FROM turn), :files
    FROM conversation
    WHERE :asks AND (CAST(:ts AS text) IS NOT NULL OR EXISTS (SELECT FROM turn))
    ON CONFLICT (team, channel, ts) DO UPDATE SET
        turn_id = coalesce(messages.turn_id, excluded.turn_id),
        files = (
            SELECT coalesce(jsonb_agg(file ORDER BY place), '[]') FROM (
                SELECT DISTINCT ON (file ->> 'id') file, place
                FROM jsonb_array_elements(messages.files || excluded.files) WITH ORDINALITY AS t (file, place)
                ORDER BY file ->> 'id', place
            ) AS every_file
        )
)
SELECT * FROM turn
""").bindparams(bindparam("files", type_=JSONB))

# The turn decides whether it is new; the foreign keys are looked at when the statement is over.
HEAR_TRIGGER = text("""
WITH known AS (
    INSERT INTO slack_events (team, event_id, kind)
    SELECT :team, :event_id, :source WHERE CAST(:event_id AS text) IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING event_id
), news AS (
    SELECT WHERE CAST(:event_id AS text) IS NULL OR EXISTS (SELECT FROM known)
), turn AS (
    INSERT INTO turns
        (id, conversation_id, team, channel, key, user_id, source, created_at, model, about, is_bot)
    SELECT :turn, :conversation, :team, :channel, :key, :user_id, :source, :at, :model, :about, :is_bot
    FROM news WHERE :answer
    ON CONFLICT (team, channel, key) DO NOTHING
    RETURNING *
), conversation AS (
    INSERT INTO conversations (id, team, channel, channel_kind, heard_at)
    SELECT conversation_id, :team, :channel, :channel_kind, :at FROM turn
), follower AS (
    INSERT INTO followers (conversation_id, user_id)
    SELECT conversation_id, :user_id FROM turn WHERE :follows
), message AS (
    INSERT INTO messages (id, conversation_id, team, channel, author, user_id, text, at, turn_id, files)
    SELECT :message, conversation_id, :team, :channel, :author, :user_id, :text, :at, id, :files
    FROM turn WHERE :asks
)
SELECT * FROM turn
""").bindparams(bindparam("files", type_=JSONB))

ADD_HISTORY = text("""
INSERT INTO messages (id, conversation_id, team, channel, ts, author, user_id, text, at, files)
SELECT m.id, c.id, c.team, c.channel, m.ts, m.author, m.user_id, m.text, m.at, m.files
FROM conversations AS c, jsonb_to_recordset(:history) AS m (
    id uuid, ts text, author text, user_id text, text text, at timestamptz, files jsonb, post_id uuid
)
WHERE c.id = :conversation AND NOT EXISTS (
    SELECT FROM posts AS p
    WHERE p.team = c.team AND p.channel = c.channel AND p.ts = m.ts AND p.turn_id IS NOT NULL
) AND NOT EXISTS (SELECT FROM posts AS p WHERE p.id = m.post_id)
ORDER BY m.ts
ON CONFLICT (team, channel, ts) DO NOTHING
""").bindparams(bindparam("history", type_=JSONB))

# A locked turn is left alone: it has a living worker after all, or is being cancelled. Waiting for it could
# close a circle with a transaction that holds it and is about to change the conversation whose lock we hold.
# Gives each turn taken beside each message that it asks; no row: not taken.
# Nobody waits for the disk: what follows (the row of a call) does, and a claim that is lost was not used.
TAKE_TURN = text("""
WITH lead AS (
    UPDATE turns SET
        state = CASE state WHEN 'waiting' THEN 'running' ELSE state END,
        started_at = CASE state WHEN 'waiting' THEN :now ELSE started_at END,
        worker = :worker, lease_until = :lease_until, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM turns, (SELECT set_config('synchronous_commit', 'off', true)) AS no_wait
        WHERE id = :lead AND (
            state = 'waiting'
            OR state IN ('running', 'delivering') AND (
                lease_until IS NULL
                OR lease_until <= :now AND pg_postmaster_start_time() <= now() - CAST(:grace AS interval)
            )
        )
        FOR NO KEY UPDATE OF turns SKIP LOCKED
    )
    RETURNING id
), merged AS (
    UPDATE turns SET state = 'merged', merged_into = :lead
    WHERE id IN (
        SELECT id FROM turns
        WHERE id = ANY(CAST(:others AS uuid[])) AND state = 'waiting' AND EXISTS (SELECT FROM lead)
        FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id
), taken AS (
    SELECT id FROM lead UNION SELECT id FROM merged
    UNION SELECT t.id FROM turns AS t JOIN lead ON t.merged_into = lead.id
)
SELECT m.* FROM taken
LEFT JOIN messages AS m ON m.turn_id = taken.id AND m.author <> 'us' AND NOT m.deleted
ORDER BY m.at, m.id
""")

# No lock on the conversation is needed: `claim` takes its oldest open turn, which is this one, and the turn's row
# decides between the two.
TAKE_FRESH = text("""
WITH lead AS (
    UPDATE turns SET
        state = 'running', started_at = :now, worker = :worker, lease_until = :lease_until,
        attempts = attempts + 1
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS no_wait
    WHERE id = :lead AND state = 'waiting' AND NOT EXISTS (
        SELECT FROM turns AS other
        WHERE other.conversation_id = turns.conversation_id AND other.id <> turns.id
            AND other.state IN ('waiting', 'running', 'delivering')
    )
    RETURNING id, conversation_id
)
SELECT m.*,
    c.channel_kind, c.thread_ts, c.mode, c.summary, c.summary_until, c.pinned, c.history_read, c.warned_full
FROM lead JOIN conversations AS c ON c.id = lead.conversation_id
LEFT JOIN messages AS m ON m.turn_id = lead.id AND m.author <> 'us' AND NOT m.deleted
ORDER BY m.at, m.id
""")

EXTEND_LEASES = text("""
UPDATE turns SET lease_until = :lease_until
WHERE id IN (
    SELECT id FROM turns WHERE id = ANY(CAST(:turns AS uuid[])) AND state IN ('running', 'delivering')
    ORDER BY id FOR NO KEY UPDATE
)
RETURNING id, stop_requested
""")

OVERDUE = text("""
SELECT DISTINCT conversation_id FROM turns
WHERE state IN ('running', 'delivering') AND (
        lease_until IS NULL
        OR lease_until <= :now AND pg_postmaster_start_time() <= now() - CAST(:grace AS interval)
    )
    OR state = 'waiting' AND created_at < :waiting_since AND NOT EXISTS (
        SELECT FROM turns AS other
        WHERE other.conversation_id = turns.conversation_id
            AND other.state IN ('running', 'delivering') AND other.lease_until > :now
    )
""")

# What runs is asked to stop, what waits is cancelled.
REQUEST_STOP = text("""
WITH conversation AS (
    SELECT id FROM conversations
    WHERE team = :team AND channel = :channel AND thread_ts = :thread_ts
    FOR NO KEY UPDATE
)
UPDATE turns SET
    stop_requested = true,
    state = CASE turns.state WHEN 'waiting' THEN 'cancelled' ELSE turns.state END
FROM conversation
WHERE turns.conversation_id = conversation.id AND turns.state IN ('waiting', 'running', 'delivering')
    AND (CAST(:user_id AS text) IS NULL OR turns.user_id = :user_id)
RETURNING turns.*
""")

STOP_TURN = text("""
UPDATE turns SET
    stop_requested = true,
    state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END
WHERE id = :turn AND state IN ('waiting', 'running', 'delivering')
""")

# From "Answer again" about an answer that was itself an "Answer again" back to what was first asked.
QUESTIONS_ABOUT = text("""
WITH RECURSIVE asked AS (
    SELECT id, source, about, merged_into FROM turns WHERE id = :turn
    UNION
    SELECT t.id, t.source, t.about, t.merged_into
    FROM asked AS a
    JOIN turns AS t ON t.id = CASE WHEN a.source IN ('again', 'continue') THEN a.about::uuid END
), origin AS (
    SELECT coalesce(merged_into, id) AS id FROM asked WHERE source NOT IN ('again', 'continue')
)
SELECT m.* FROM origin
JOIN turns AS t ON t.id = origin.id OR t.merged_into = origin.id
JOIN messages AS m ON m.turn_id = t.id
WHERE m.author <> 'us' AND NOT m.deleted
ORDER BY m.at, m.id
""")

EDIT_MESSAGE = text("""
WITH changed AS (
    UPDATE messages SET text = :text
    WHERE team = :team AND channel = :channel AND ts = :ts
        AND author <> 'us' AND NOT deleted AND text <> :text
    RETURNING turn_id
)
SELECT turns.* FROM changed
JOIN turns AS asked ON asked.id = changed.turn_id
JOIN turns ON turns.id = coalesce(asked.merged_into, asked.id)
""")

# What stays behind is empty: it only keeps a late copy of the event from bringing the message back. Events come in
# any order: the message may be one that we have not heard of yet.
DELETE_MESSAGE = text("""
WITH noted AS (
    INSERT INTO slack_events (team, event_id, kind) VALUES (:team, :deletion, 'deletion') ON CONFLICT DO NOTHING
), gone AS (
    UPDATE messages SET text = '', files = '[]', deleted = true
    WHERE team = :team AND channel = :channel AND ts = :ts AND author <> 'us' AND NOT deleted
    RETURNING id, turn_id
)
SELECT turns.* FROM gone
JOIN turns AS asked ON asked.id = gone.turn_id
JOIN turns ON turns.id = coalesce(asked.merged_into, asked.id)
WHERE NOT EXISTS (
    SELECT FROM turns AS t JOIN messages AS m ON m.turn_id = t.id
    WHERE (t.id = turns.id OR t.merged_into = turns.id)
        AND m.author <> 'us' AND NOT m.deleted AND m.id <> gone.id
)
""")

RECENT_CONVERSATIONS = text("""
SELECT c.*, coalesce(first.text, '') AS question FROM (
    SELECT t.conversation_id, max(t.created_at) AS asked_at
    FROM turns AS t JOIN conversations AS placed ON placed.id = t.conversation_id
    WHERE t.team = :team AND t.user_id = :user_id AND placed.thread_ts IS NOT NULL
    GROUP BY t.conversation_id ORDER BY asked_at DESC LIMIT :limit
) AS recent
JOIN conversations AS c ON c.id = recent.conversation_id
LEFT JOIN LATERAL (
    SELECT m.text FROM messages AS m
    WHERE m.conversation_id = c.id AND m.turn_id IS NOT NULL AND m.author <> 'us' AND NOT m.deleted
    ORDER BY m.at, m.id LIMIT 1
) AS first ON true
ORDER BY recent.asked_at DESC
""")
