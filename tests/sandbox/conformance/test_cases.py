"""The judge of the conformance suite is strict."""

import pytest

from tests.sandbox.conformance.cases import filled, misfits


@pytest.mark.parametrize(
    ("actual", "misfit"),
    [
        ({}, "/a is missing"),
        ({"a": "1"}, "/a is string, not number"),
        ({"a": True}, "/a is boolean, not number"),
        ({"a": None}, "/a is null, not number"),
    ],
)
def test_a_missing_key_and_another_type_are_named(actual, misfit) -> None:
    assert list(misfits({"a": 1}, actual)) == [misfit]


def test_each_example_in_a_list_needs_its_like() -> None:
    example = [{"id": "x"}, {"user": "x"}]
    assert list(misfits(example, [{"id": "1", "user": "2"}])) == []
    assert list(misfits(example, [{"id": "1"}])) == ["/1/user is missing"]
    assert list(misfits(example, [])) == [" is empty", " is empty"]


def test_more_than_the_example_and_what_is_left_open_fit() -> None:
    assert list(misfits({"a": None, "b": []}, {"a": 1, "b": [1], "c": 2})) == []


def test_requests_are_filled_from_the_world() -> None:
    raw = {
        "channel": "{general}",
        "text": "{3 characters}",
        "gone": None,
        "many": {"times": 2, "of": "{general}"},
    }
    assert filled(raw, {"general": "C1"}) == {"channel": "C1", "text": "xxx", "many": ["C1", "C1"]}
