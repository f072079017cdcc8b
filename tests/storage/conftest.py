from __future__ import annotations

import pytest

from services.ports.work import UnitOfWorkFactory
from tests.fakes.uow import fake_unit_of_work, new_memory


@pytest.fixture(params=["fake", "real"])
def stores(request: pytest.FixtureRequest) -> UnitOfWorkFactory:
    """What services are given: the fake must mean what PostgreSQL means."""
    if request.param == "fake":
        return fake_unit_of_work(new_memory())
    real: UnitOfWorkFactory = request.getfixturevalue("uow")
    return real
