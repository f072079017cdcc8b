from __future__ import annotations

import pytest

from tests.services.chat.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
