from __future__ import annotations

import pytest

from services.entities.people import Person, Role
from services.errors import NotAllowed
from services.policy import Policy
from tests import factories as make

CLOSED = Policy(["UOWNER"], guests=False)


@pytest.mark.parametrize(
    ("person", "role"),
    [
        (make.person(), Role.MEMBER),
        (make.person(is_admin=True), Role.ADMIN),
        (make.person(user="UOWNER"), Role.OWNER),
        (make.person(user="UOWNER", is_guest=True), Role.OWNER),
        (make.guest(), Role.GUEST),
        (make.person(is_deleted=True), Role.BLOCKED),
        (make.person(user="UOWNER", is_deleted=True), Role.BLOCKED),
    ],
)
def test_roles(person: Person, role: Role) -> None:
    assert CLOSED.role(person) is role


def test_guests_are_members_where_the_owner_allows_them() -> None:
    assert Policy([], guests=True).role(make.guest()) is Role.MEMBER


@pytest.mark.parametrize("person", [make.person(), make.person(is_admin=True), make.person(user="UOWNER")])
def test_members_may_chat(person: Person) -> None:
    CLOSED.check(person, "chat")


@pytest.mark.parametrize(
    ("person", "reason"), [(make.guest(), "guest"), (make.person(is_deleted=True), "blocked")]
)
def test_a_refusal_names_its_reason(person: Person, reason: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        CLOSED.check(person, "chat")
    assert refused.value.reason == reason


def test_an_act_that_nobody_thought_of_is_denied_to_all() -> None:
    with pytest.raises(NotAllowed) as refused:
        CLOSED.check(make.person(user="UOWNER"), "launch")
    assert refused.value.reason == "role"
