"""What several features stand on: who somebody is, what they may do, and what they may use."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.outside import Outside
from handlers.boundary import Boundary
from handlers.grammar import Grammar
from services.calendar import Calendar
from services.limits import LimitsService
from services.models.prices import BundledPrices
from services.pauses import PausesService
from services.people import PeopleService
from services.policy import Policy
from services.ports.models import Prices
from services.usage import UsageService


@dataclass(frozen=True, slots=True)
class Shared:
    people: PeopleService
    policy: Policy
    calendar: Calendar
    limits: LimitsService
    prices: Prices
    usage: UsageService
    pauses: PausesService
    boundary: Boundary
    grammar: Grammar


def shared_of(settings: Settings, outside: Outside) -> Shared:
    calendar = Calendar(ZoneInfo(settings.timezone))
    people = PeopleService(outside.uow, outside.directory, outside.clock)
    policy = Policy(settings.owners, guests=settings.guests)
    limits = LimitsService(
        outside.uow,
        outside.clock,
        calendar,
        people,
        policy,
        settings.daily_tokens,
        settings.requests_per_minute,
    )
    return Shared(
        people=people,
        policy=policy,
        calendar=calendar,
        limits=limits,
        prices=BundledPrices(),
        usage=UsageService(outside.uow, people, policy, limits, outside.clock, calendar),
        pauses=PausesService(outside.uow, people, policy, outside.clock),
        boundary=Boundary(outside.replies),
        grammar=Grammar(),
    )
