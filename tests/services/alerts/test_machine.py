"""The life of an incident, whatever the checks say and whenever."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from services.alerts import machine
from services.entities.alerts import Grouping, Incident, IncidentState, Level, Reading, Rules
from tests.factories import ANNA, BEN, NOON, TEAM

GROUP = Grouping(TEAM, "cost:workspace")
RULES = Rules(
    told_after=timedelta(minutes=2),
    well_after=timedelta(minutes=5),
    reopen_within=timedelta(minutes=30),
    mail_after=timedelta(minutes=10),
)
FIRING, ACKNOWLEDGED, RESOLVED = IncidentState.FIRING, IncidentState.ACKNOWLEDGED, IncidentState.RESOLVED


@dataclass
class Watch:
    """One group over time. `history` is every version of every incident, in order."""

    rules: Rules = RULES
    now: datetime = NOON
    known: Incident | None = None
    history: list[Incident] = field(default_factory=list)

    def after(self, minutes: float, level: int, *, quiet: bool = False) -> Incident | None:
        self.now += timedelta(minutes=minutes)
        readings = [Reading("day", Level(level), "cost.spent", {"level": str(level)})]
        seen = machine.observed(
            self.known, GROUP, readings, now=self.now, rules=self.rules, new_id=uuid7, quiet=quiet
        )
        if seen is None and self.known is not None and self.known.state is not IncidentState.PENDING:
            return self.known
        self.known = seen
        self._note()
        return seen

    def acknowledge(self, by: str = ANNA) -> None:
        if self.known:
            self.known = machine.acknowledged(self.known, by, self.now)
            self._note()

    def snooze(self, minutes: float) -> None:
        if self.known:
            until = self.now + timedelta(minutes=minutes)
            self.known = machine.snoozed(self.known, ANNA, self.now, until)
            self._note()

    def _note(self) -> None:
        if self.known and (not self.history or self.history[-1] != self.known):
            self.history.append(self.known)

    @property
    def told(self) -> set[UUID]:
        return {one.id for one in self.history if one.version}

    @property
    def state(self) -> IncidentState | None:
        return self.known.state if self.known else None


def firing(level: int = 2, rules: Rules = RULES) -> Watch:
    watch = Watch(rules)
    watch.after(0, level)
    watch.after(rules.told_after.total_seconds() / 60, level)
    assert watch.state is FIRING
    return watch


# -- one step at a time ---------------------------------------------------------------------------


def test_well_from_the_beginning_is_no_incident() -> None:
    assert Watch().after(0, 0) is None


def test_bad_for_a_moment_tells_nobody() -> None:
    watch = Watch()
    watch.after(0, 2)
    assert watch.state is IncidentState.PENDING
    watch.after(1, 0)
    assert watch.known is None
    assert not watch.told


def test_bad_for_long_enough_is_told() -> None:
    watch = firing()
    assert watch.known
    assert (watch.known.version, watch.known.told_at, watch.known.since) == (1, watch.now, NOON)


def test_with_no_wait_it_is_told_at_once() -> None:
    assert firing(rules=replace(RULES, told_after=timedelta(0))).history[0].state is FIRING


def test_well_for_a_moment_is_not_over_and_shows_nothing_new() -> None:
    watch = firing()
    before = watch.known
    watch.after(1, 0)
    watch.after(3, 0)
    watch.after(1, 2)
    assert watch.known == before


def test_well_for_long_enough_is_over() -> None:
    watch = firing()
    watch.after(1, 0)
    watch.after(5, 0)
    assert watch.known
    assert (watch.state, watch.known.level, watch.known.peak) == (RESOLVED, Level.WELL, Level.WARNING)
    assert watch.known.readings


def test_a_higher_level_is_the_same_incident() -> None:
    watch = firing(1)
    watch.after(1, 3)
    assert watch.known
    assert (watch.known.level, watch.known.peak, len(watch.told)) == (3, 3, 1)


def test_a_higher_level_needs_somebody_again() -> None:
    watch = firing(1)
    watch.acknowledge()
    watch.after(1, 1)
    assert watch.state is ACKNOWLEDGED
    watch.after(1, 2)
    assert watch.known
    assert (watch.state, watch.known.held_by) == (FIRING, "")


def test_who_came_first_has_it() -> None:
    watch = firing()
    watch.acknowledge(ANNA)
    watch.acknowledge(BEN)
    assert watch.known
    assert (watch.state, watch.known.held_by) == (ACKNOWLEDGED, ANNA)


def test_what_is_over_cannot_be_looked_after() -> None:
    watch = firing()
    watch.after(1, 0)
    watch.after(5, 0)
    ended = watch.known
    watch.acknowledge()
    watch.snooze(60)
    assert watch.known == ended


def test_a_snooze_ends() -> None:
    watch = firing()
    watch.snooze(60)
    watch.after(59, 2)
    assert watch.state is ACKNOWLEDGED
    watch.after(1, 2)
    assert watch.known
    assert (watch.state, watch.known.snoozed_until) == (FIRING, None)


def test_bad_again_soon_is_the_same_incident() -> None:
    watch = firing()
    watch.after(1, 0)
    watch.after(5, 0)
    watch.after(10, 2)
    assert watch.state is RESOLVED
    watch.after(2, 2)
    assert watch.known
    assert (watch.state, watch.known.reopened, len(watch.told)) == (FIRING, 1, 1)


def test_bad_again_much_later_is_another() -> None:
    watch = firing()
    watch.after(1, 0)
    watch.after(5, 0)
    watch.after(31, 2)
    watch.after(2, 2)
    assert len(watch.told) == 2


def test_maintenance_tells_nothing_new_and_what_lasts_is_told_after_it() -> None:
    watch = Watch()
    for _ in range(5):
        watch.after(5, 3, quiet=True)
    assert watch.state is IncidentState.PENDING
    watch.after(1, 3)
    assert watch.state is FIRING


# -- emails ---------------------------------------------------------------------------------------


def test_an_email_goes_out_when_nobody_looks_after_it() -> None:
    watch = firing()
    watch.after(9, 2)
    assert watch.known
    assert watch.known.mails == 0
    watch.after(1, 2)
    watch.after(30, 2)
    assert watch.known.mails == 1


def test_one_that_somebody_looks_after_needs_no_email() -> None:
    watch = firing()
    watch.acknowledge()
    watch.after(60, 2)
    assert watch.known
    assert watch.known.mails == 0


def test_its_end_is_mailed_once_and_only_if_its_beginning_was() -> None:
    silent, mailed = firing(), firing()
    mailed.after(10, 2)
    for watch in (silent, mailed):
        for _ in range(5):
            watch.after(5, 0)
    assert silent.known
    assert mailed.known
    assert (silent.known.mails, mailed.known.mails) == (0, 2)


def test_after_a_snooze_it_is_mailed_again() -> None:
    watch = firing()
    watch.after(10, 2)
    watch.snooze(60)
    watch.after(60, 2)
    watch.after(10, 2)
    assert watch.known
    assert watch.known.mails == 2


def test_without_a_rule_nothing_is_mailed() -> None:
    watch = firing(rules=replace(RULES, mail_after=None))
    watch.after(60, 3)
    assert watch.known
    assert watch.known.mails == 0


# -- whatever happens -----------------------------------------------------------------------------

LEVELS = st.integers(0, 3)
MINUTES = st.sampled_from([0.5, 1.0, 2.0, 4.0, 6.0, 15.0, 40.0])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), MINUTES, LEVELS, st.booleans()),
        st.tuples(st.just("acknowledge")),
        st.tuples(st.just("snooze"), MINUTES),
    ),
    max_size=60,
)


def played(acts: list[tuple[object, ...]]) -> Watch:
    watch = Watch()
    for act in acts:
        match act:
            case ("read", float(minutes), int(level), bool(quiet)):
                watch.after(minutes, level, quiet=quiet)
            case ("acknowledge",):
                watch.acknowledge()
            case ("snooze", float(minutes)):
                watch.snooze(minutes)
    return watch


@settings(max_examples=300, deadline=None)
@given(ACTS)
def test_one_is_over_before_the_next_begins(acts: list[tuple[object, ...]]) -> None:
    history = played(acts).history
    for before, after in itertools.pairwise(history):
        if before.id != after.id:
            assert before.state in {RESOLVED, IncidentState.PENDING}
            assert before.state is RESOLVED or not before.version


@settings(max_examples=300, deadline=None)
@given(ACTS)
def test_what_is_seen_has_a_new_version_and_versions_only_grow(acts: list[tuple[object, ...]]) -> None:
    def seen(one: Incident) -> tuple[object, ...]:
        return (one.state, one.level, one.readings, one.held_by, one.snoozed_until, one.reopened)

    history = played(acts).history
    for before, after in itertools.pairwise(history):
        if before.id == after.id and after.version:
            assert after.version >= before.version
            assert seen(before) == seen(after) or before.version < after.version


@settings(max_examples=300, deadline=None)
@given(ACTS)
def test_an_end_is_said_once_for_each_beginning(acts: list[tuple[object, ...]]) -> None:
    history = played(acts).history
    for incident in {one.id for one in history}:
        states = [one.state for one in history if one.id == incident]
        ends = sum(b is not RESOLVED and a is RESOLVED for b, a in itertools.pairwise(states))
        last = [one for one in history if one.id == incident][-1]
        assert ends == last.reopened + (last.state is RESOLVED)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.5, 1.0, 2.0, 4.0]), LEVELS), max_size=80))
def test_flapping_makes_one_message(readings: list[tuple[float, int]]) -> None:
    """Never well for as long as it must be to be over."""
    watch, well = Watch(), 0.0
    for minutes, level in readings:
        well = 0.0 if level else well + minutes
        watch.after(minutes, level if well < 4 else 2)
        well = well if well < 4 else 0.0
    assert len(watch.told) <= 1


@settings(max_examples=200, deadline=None)
@given(ACTS)
def test_in_the_end_all_is_well(acts: list[tuple[object, ...]]) -> None:
    watch = played(acts)
    for _ in range(3):
        watch.after(5, 0)
    assert watch.state in {None, RESOLVED}


@settings(max_examples=200, deadline=None)
@given(ACTS)
def test_emails_are_no_more_than_levels_and_snoozes_and_an_end(acts: list[tuple[object, ...]]) -> None:
    watch = played(acts)
    snoozes = sum(act[0] == "snooze" for act in acts)
    for one in watch.history:
        assert one.mails <= (3 + 1) * (1 + one.reopened + snoozes)


@settings(max_examples=200, deadline=None)
@given(ACTS, LEVELS)
def test_two_processes_decide_alike_and_twice_is_once(acts: list[tuple[object, ...]], level: int) -> None:
    watch, fixed = played(acts), uuid7()

    def decide(known: Incident | None) -> Incident | None:
        readings = [Reading("day", Level(level), "cost.spent")]
        return machine.observed(known, GROUP, readings, now=watch.now, rules=RULES, new_id=lambda: fixed)

    once = decide(watch.known)
    assert decide(watch.known) == once
    assert decide(once) == once
