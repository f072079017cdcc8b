from __future__ import annotations

import pytest

from jobs.tasks import Retry, Task, table
from tests.jobs.support import Recorder


def test_rests_grow_up_to_the_longest() -> None:
    retry = Retry(attempts=5, first=1, factor=10, longest=50)
    rests = [retry.delay(failed) for failed in (1, 2, 3)]
    assert [
        0.75 <= rest.total_seconds() / about <= 1.25
        for rest, about in zip(rests, (1, 10, 50), strict=True)
        if rest
    ] == [
        True,
        True,
        True,
    ]


def test_the_last_attempt_is_followed_by_none() -> None:
    assert Retry(attempts=5).delay(4) is not None
    assert Retry(attempts=5).delay(5) is None


def test_two_tasks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        table(Task("sweep", Recorder()), Task("sweep", Recorder()))
