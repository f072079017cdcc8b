"""The life of an incident as one pure function: ok, pending, firing, acknowledged, resolved.

"Ok" is no incident at all. Nothing here asks a clock or a store, so that any two processes decide alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.entities.alerts import Grouping, Incident, IncidentState, Level, Reading, Rules

NewId = Callable[[], UUID]


def observed(
    known: Incident | None,
    group: Grouping,
    readings: Sequence[Reading],
    *,
    now: datetime,
    rules: Rules,
    new_id: NewId,
    quiet: bool = False,
) -> Incident | None:
    """The incident of `group` after `readings`, all it has now; None: there is none.

    `known` is its last one, over or not. `quiet`: maintenance; nothing new is told of.
    """
    bad = tuple(reading for reading in readings if reading.level > Level.WELL)
    level = max((reading.level for reading in bad), default=Level.WELL)
    if known is None or _is_past(known, now, rules):
        return _begun(group, bad, level, now, rules, new_id, quiet=quiet) if bad else None
    seen = _seen(known, bad, level, now, rules, quiet=quiet)
    return None if seen is None else _mailed(known, seen, now, rules, quiet=quiet)


def _is_past(known: Incident, now: datetime, rules: Rules) -> bool:
    """Whether what is bad now would be another incident."""
    if known.state is not IncidentState.RESOLVED or known.resolved_at is None:
        return False
    return (known.bad_since or now) - known.resolved_at > rules.reopen_within


def _begun(
    group: Grouping,
    bad: tuple[Reading, ...],
    level: Level,
    now: datetime,
    rules: Rules,
    new_id: NewId,
    *,
    quiet: bool,
) -> Incident:
    begun = Incident(
        new_id(), group.team, group.key, IncidentState.PENDING, level, now, readings=bad, peak=level
    )
    return _mailed(begun, _told_in_time(begun, now, rules, quiet=quiet), now, rules, quiet=quiet)


def _seen(
    known: Incident, bad: tuple[Reading, ...], level: Level, now: datetime, rules: Rules, *, quiet: bool
) -> Incident | None:
    match known.state, bool(bad):
        case IncidentState.PENDING, False:
            return None
        case IncidentState.PENDING, True:
            return _told_in_time(_with(known, bad, level), now, rules, quiet=quiet)
        case IncidentState.RESOLVED, False:
            return replace(known, bad_since=None)
        case IncidentState.RESOLVED, True:
            return _reopened(known, bad, level, now, rules, quiet=quiet)
        case _, False:
            return _ended(known, now, rules)
        case _:
            return _still_bad(known, bad, level, now)


def _with(known: Incident, bad: tuple[Reading, ...], level: Level) -> Incident:
    return replace(known, readings=bad, level=level, peak=max(known.peak, level))


def _told_in_time(pending: Incident, now: datetime, rules: Rules, *, quiet: bool) -> Incident:
    if quiet or now - pending.since < rules.told_after:
        return pending
    return replace(
        pending, state=IncidentState.FIRING, told_at=now, open_since=now, version=pending.version + 1
    )


def _reopened(
    known: Incident, bad: tuple[Reading, ...], level: Level, now: datetime, rules: Rules, *, quiet: bool
) -> Incident:
    bad_since = known.bad_since or now
    if quiet or now - bad_since < rules.told_after:
        return replace(known, bad_since=bad_since)
    opened = replace(
        _with(known, bad, level),
        state=IncidentState.FIRING,
        open_since=now,
        bad_since=None,
        well_since=None,
        resolved_at=None,
        reopened=known.reopened + 1,
    )
    return changed(_let_go(opened))


def _ended(known: Incident, now: datetime, rules: Rules) -> Incident:
    well_since = known.well_since or now
    if now - well_since < rules.well_after:
        return replace(known, well_since=well_since)
    ended = replace(
        known, state=IncidentState.RESOLVED, level=Level.WELL, well_since=well_since, resolved_at=now
    )
    return changed(replace(ended, open_since=None, snoozed_until=None))


def _still_bad(known: Incident, bad: tuple[Reading, ...], level: Level, now: datetime) -> Incident:
    worse = known.state is IncidentState.ACKNOWLEDGED and level > known.held_level
    woken = known.snoozed_until is not None and known.snoozed_until <= now
    seen = replace(_with(known, bad, level), well_since=None)
    if worse or woken:
        seen = replace(_let_go(seen), state=IncidentState.FIRING, open_since=now)
        return changed(replace(seen, mailed_level=Level.WELL if woken else seen.mailed_level))
    return changed(seen) if (bad, level) != (known.readings, known.level) else seen


def _mailed(known: Incident, seen: Incident, now: datetime, rules: Rules, *, quiet: bool) -> Incident:
    """Whether it is time for an email: `mails` grows."""
    if rules.mail_after is None:
        return seen
    if seen.state is IncidentState.RESOLVED:
        over = known.state is not IncidentState.RESOLVED and seen.mailed_level > Level.WELL
        return replace(seen, mails=seen.mails + 1, mailed_level=Level.WELL) if over else seen
    alone = seen.state is IncidentState.FIRING and seen.open_since is not None and seen.well_since is None
    if quiet or not alone or seen.level <= seen.mailed_level:
        return seen
    if seen.open_since is None or now - seen.open_since < rules.mail_after:
        return seen
    return replace(seen, mails=seen.mails + 1, mailed_level=seen.level)


def acknowledged(known: Incident, by: str, now: datetime) -> Incident:
    """The same where there is nothing to look after, or somebody does already."""
    if known.state is not IncidentState.FIRING:
        return known
    return _held(known, by, now, None)


def snoozed(known: Incident, by: str, now: datetime, until: datetime) -> Incident:
    """An acknowledgement that ends; also of one that was acknowledged before."""
    return _held(known, by, now, until) if known.is_open else known


def _held(known: Incident, by: str, now: datetime, until: datetime | None) -> Incident:
    held = replace(known, state=IncidentState.ACKNOWLEDGED, open_since=None, snoozed_until=until)
    return changed(replace(held, held_by=by, held_at=now, held_level=known.level))


def _let_go(known: Incident) -> Incident:
    return replace(known, held_by="", held_at=None, held_level=Level.WELL, snoozed_until=None)


def changed(incident: Incident) -> Incident:
    """Something is to be seen of it that was not."""
    return replace(incident, version=incident.version + 1)
