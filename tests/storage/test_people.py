from __future__ import annotations

from services.entities.people import Actor
from services.ports.work import UnitOfWorkFactory
from tests.factories import NOON, after, anna, guest, person


async def test_a_person_is_known_while_fresh(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.people.save_person(guest(), NOON)
        assert await uow.people.person(anna(), fresh_since=NOON) == guest()
        assert await uow.people.person(anna(), fresh_since=after(1)) is None


async def test_a_person_who_changed_is_not_fresh_and_keeps_their_settings(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.people.changed(anna())
        assert await uow.people.person(anna(), fresh_since=after(-999)) is None
        await uow.people.save_person(person(settings={"model": "gpt-6"}), NOON)
        await uow.people.changed(anna())
        assert await uow.people.person(anna(), fresh_since=after(-999)) is None
        assert await uow.people.settings(anna()) == {"model": "gpt-6"}


async def test_a_slack_id_is_only_known_in_its_team(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.people.save_person(person(), NOON)
        assert await uow.people.person(Actor("T2", person().user), fresh_since=NOON) is None


async def test_reading_a_person_again_keeps_their_settings(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.people.save_person(person(), NOON)
        await uow.people.set_setting(anna(), "model", "claude-sonnet-5")
        await uow.people.save_person(person(name="Anna B."), after(1))
        known = await uow.people.person(anna(), fresh_since=NOON)
    assert known == person(name="Anna B.", settings={"model": "claude-sonnet-5"})


async def test_settings_can_be_chosen_before_the_person_was_read(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert await uow.people.settings(anna()) == {}
        await uow.people.set_setting(anna(), "model", "gpt-6")
        await uow.people.set_setting(anna(), "follow", "no")
        assert await uow.people.settings(anna()) == {"model": "gpt-6", "follow": "no"}
        assert await uow.people.person(anna(), fresh_since=NOON) is None


async def test_a_setting_can_be_changed(stores: UnitOfWorkFactory):
    async with stores() as uow:
        for model in ("gpt-6", "claude-sonnet-5"):
            await uow.people.set_setting(anna(), "model", model)
        assert await uow.people.settings(anna()) == {"model": "claude-sonnet-5"}
