"""Where PgQueuer's tables live: in a schema of their own, away from Alembic's autogenerate."""

from __future__ import annotations

from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.ports.driver import Driver
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

SCHEMA = "queue"


class QueueNames(DBSettings):
    """The library would also read names from the environment, even bare ones such as CHANNEL or PREFIX."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        *_args: PydanticBaseSettingsSource,
        **_others: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class QueueSql:
    """The library's statements for our schema, built once."""

    def __init__(self) -> None:
        # Balanced: the queue itself survives a crash of the server, its history need not.
        self.names = QueueNames(db_schema=SCHEMA, durability=Durability.balanced)
        self.environment = QueryBuilderEnvironment(self.names)
        self.queue = QueryQueueBuilder(self.names)
        self.schedules = QuerySchedulerBuilder(self.names)

    def over(self, driver: Driver) -> Queries:
        return Queries(driver, qbe=self.environment, qbq=self.queue, qbs=self.schedules)
