"""The statements over `rate_buckets`: one round trip each, by the database's clock, no wait for the disk.

A bucket is the line that goes through `tokens` at the moment `at`, rises with the tier's rate and is cut at
its burst. It may go below zero: who takes then waits until the line is back at zero, so callers are served
in the order they asked. A block puts `at` into the future.
"""

_LEVEL = """least(ask.burst, b.tokens + ask.rate * greatest(0, extract(epoch FROM now() - b.at)::float8))"""

# One statement, one round trip, no wait for the disk. Rows are locked in the order of `channel`.
TAKE = f"""
WITH ask AS (
    SELECT channel, burst, rate, set_config('synchronous_commit', 'off', true)
    FROM unnest($3::text[], $4::float8[], $5::float8[]) AS a (channel, burst, rate)
), held AS (
    SELECT b.channel, {_LEVEL} - ask.rate * greatest(0, extract(epoch FROM b.at - now())::float8) AS level
    FROM rate_buckets b JOIN ask USING (channel)
    WHERE b.team = $1 AND b.method = $2
    ORDER BY b.channel FOR UPDATE OF b
), room AS (
    SELECT max((1 - coalesce(level, burst)) / rate) AS wait,
           CASE WHEN count(*) > 1 THEN 1
                ELSE greatest(1, least($7::float8, floor(min(coalesce(level, burst) - burst / 2))))
           END AS taken
    FROM ask LEFT JOIN held USING (channel)
), took AS (
    INSERT INTO rate_buckets AS b (team, method, channel, tokens, at)
    SELECT $1, $2, ask.channel, ask.burst - room.taken, now() FROM ask, room
    WHERE $6::boolean OR room.wait <= 0 ORDER BY ask.channel
    ON CONFLICT (team, method, channel) DO UPDATE SET
        tokens = (SELECT {_LEVEL} - room.taken FROM ask, room WHERE ask.channel = b.channel),
        at = greatest(b.at, now())
    RETURNING b.channel, b.tokens, b.at
)
SELECT room.taken, room.wait AS before, count(took.channel) AS rows,
       max(extract(epoch FROM took.at - now())::float8 - took.tokens / ask.rate) AS after
FROM room, ask LEFT JOIN took USING (channel) GROUP BY room.taken, room.wait
"""  # noqa: S608

BLOCK = f"""
WITH ask AS (
    SELECT $4::float8 AS burst, $5::float8 AS rate, now() + make_interval(secs => $3) AS until,
           set_config('synchronous_commit', 'off', true)
)
INSERT INTO rate_buckets AS b (team, method, channel, tokens, at, blocked_until)
SELECT $1, $2, '', 0, until, until FROM ask
ON CONFLICT (team, method, channel) DO UPDATE SET
    tokens = (SELECT least(0, {_LEVEL}) FROM ask),
    at = greatest(b.at, excluded.at), blocked_until = greatest(b.blocked_until, excluded.blocked_until)
"""  # noqa: S608

FULLNESS = f"""
SELECT greatest(0, {_LEVEL} - ask.rate * greatest(0, extract(epoch FROM b.at - now())::float8)) / ask.burst
FROM rate_buckets b, (SELECT $3::float8 AS burst, $4::float8 AS rate) AS ask
WHERE b.team = $1 AND b.method = $2 AND b.channel = ''
"""  # noqa: S608
