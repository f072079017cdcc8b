"""Modals and the Home tab: triggers, stacks, hashes and what the app may answer to a submission."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import actions, button, error_of, home, modal, text_input
from tests.sandbox.stock import StockBot


@pytest.fixture
def trigger(sandbox: Sandbox) -> str:
    return sandbox.triggers.new(sandbox.workspace.user("ana").id)


def inside(sandbox: Sandbox) -> str:
    return sandbox.triggers.new(sandbox.workspace.user("ana").id, from_modal=True)


async def test_a_trigger_is_good_once(sandbox: Sandbox, client: AsyncWebClient, trigger: str) -> None:
    await client.views_open(trigger_id=trigger, view=modal())
    assert await error_of(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"


async def test_a_trigger_lives_three_seconds(sandbox: Sandbox, client: AsyncWebClient, trigger: str) -> None:
    sandbox.clock.advance(3)
    assert await error_of(client.views_open(trigger_id=trigger, view=modal())) == "expired_trigger_id"


async def test_an_invented_trigger_opens_nothing(client: AsyncWebClient) -> None:
    assert await error_of(client.views_open(trigger_id="1.2.abc", view=modal())) == "invalid_trigger_id"


async def test_an_opened_view_is_complete(sandbox: Sandbox, client: AsyncWebClient, trigger: str) -> None:
    view = (await client.views_open(trigger_id=trigger, view=modal(text_input(), private_metadata="m")))[
        "view"
    ]
    assert view["root_view_id"] == view["id"]
    assert (view["private_metadata"], view["callback_id"], view["type"]) == ("m", "form", "modal")
    assert view["hash"]
    assert view["app_id"] == sandbox.workspace.bot.app_id


async def test_three_views_lie_on_each_other_at_most(
    sandbox: Sandbox, client: AsyncWebClient, trigger
) -> None:
    root = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    pushed = (await client.views_push(trigger_id=inside(sandbox), view=modal()))["view"]
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (root["id"], root["id"])
    await client.views_push(trigger_id=inside(sandbox), view=modal())
    assert await error_of(client.views_push(trigger_id=inside(sandbox), view=modal())) == "push_limit_reached"


async def test_a_push_needs_a_trigger_from_a_modal(client: AsyncWebClient, trigger: str) -> None:
    assert await error_of(client.views_push(trigger_id=trigger, view=modal())) == "invalid_trigger_id"


async def test_an_update_with_an_old_hash_is_refused(client: AsyncWebClient, trigger: str) -> None:
    view = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    newer = (await client.views_update(view_id=view["id"], hash=view["hash"], view=modal()))["view"]
    assert newer["hash"] != view["hash"]
    updating = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await error_of(updating) == "hash_conflict"
    assert await error_of(client.views_update(view_id="V404", view=modal())) == "not_found"


async def test_an_external_id_is_unique(sandbox: Sandbox, client: AsyncWebClient, trigger: str) -> None:
    await client.views_open(trigger_id=trigger, view=modal(external_id="mine"))
    pushing = client.views_push(trigger_id=inside(sandbox), view=modal(external_id="mine"))
    assert await error_of(pushing) == "duplicate_external_id"
    assert (await client.views_update(external_id="mine", view=modal()))["ok"]


@pytest.mark.parametrize(
    ("view", "error"),
    [
        ({"type": "modal", "blocks": []}, "invalid_arguments"),
        (home(), "invalid_arguments"),
        (modal(*[actions(button(value="v" * 2_000)) | {"block_id": str(n)} for n in range(100)]), None),
    ],
)
async def test_views_are_checked(client: AsyncWebClient, trigger: str, view, error) -> None:
    opening = client.views_open(trigger_id=trigger, view=view)
    if error is None:
        assert (await opening)["ok"]
    else:
        assert await error_of(opening) == error


async def test_a_home_tab_is_published_for_one_person(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ana = sandbox.workspace.user("ana").id
    first = (await client.views_publish(user_id=ana, view=home()))["view"]
    second = (await client.views_publish(user_id=ana, view=home(), hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    assert (
        await error_of(client.views_publish(user_id=ana, view=home(), hash=first["hash"])) == "hash_conflict"
    )
    assert await error_of(client.views_publish(user_id="U404", view=home())) == "user_not_found"
    assert list(sandbox.workspace.homes) == [ana]


async def test_opening_the_home_tab_tells_the_app(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.views_publish(user_id=sandbox.workspace.user("ana").id, view=home())
    await sandbox.people.open_home("ana")
    await sandbox.people.open_home("ana", "messages")
    homes = [delivery.payload["event"] for delivery in sandbox.deliveries("app_home_opened")]
    assert [event["tab"] for event in homes] == ["home", "messages"]
    assert homes[0]["view"]["type"] == "home"
    assert "view" not in homes[1]


async def test_a_required_input_is_asked_for_before_the_app_is(sandbox: Sandbox, client, trigger) -> None:
    await client.views_open(trigger_id=trigger, view=modal(text_input()))
    outcome = await sandbox.people.submit("ana")
    assert list(outcome.errors) == ["q"]
    assert not sandbox.deliveries()


async def test_the_app_answers_a_submission_with_update_push_and_clear(
    sandbox: Sandbox, bot: StockBot
) -> None:
    answers = [
        {"response_action": "update", "view": modal(text_input("second"), callback_id="form")},
        {"response_action": "push", "view": modal(text_input("third"))},
        {"response_action": "clear"},
    ]

    @bot.app.view("form")
    async def submitted(ack):
        await ack(**answers.pop(0))

    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    await bot.app.client.views_open(trigger_id=trigger, view=modal(text_input("first")))
    updated = await sandbox.people.submit("ana", {"question": "1"})
    assert updated.view is sandbox.people.view("ana")
    pushed = await sandbox.people.submit("ana", {"question": "2"})
    assert pushed.view is sandbox.people.view("ana")
    assert len(sandbox.workspace.stacks[sandbox.workspace.user("ana").id]) == 2
    assert (await sandbox.people.submit("ana", {"question": "3"})).ok
    assert sandbox.people.view("ana") is None


async def test_errors_for_a_block_that_is_not_there_are_trouble(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.view("form")
    async def submitted(ack):
        await ack(response_action="errors", errors={"nowhere": "No"})

    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    await bot.app.client.views_open(trigger_id=trigger, view=modal(text_input()))
    outcome = await sandbox.people.submit("ana", {"question": "1"})
    assert (outcome.ok, outcome.error) == (False, "invalid_block_id")
    assert sandbox.people.view("ana") is not None


async def test_closing_is_told_when_asked_for(sandbox: Sandbox, bot: StockBot) -> None:
    closed = []

    @bot.app.view_closed("form")
    async def on_close(ack, body):
        await ack()
        closed.append(body["is_cleared"])

    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    await bot.app.client.views_open(trigger_id=trigger, view=modal(notify_on_close=True))
    await sandbox.people.close_view("ana")
    await sandbox.wait_for(lambda: closed)
    assert closed == [False]


async def test_a_home_tab_with_an_old_hash_is_refused(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ana = sandbox.workspace.user("ana").id
    first = (await client.views_publish(user_id=ana, view=home()))["view"]["hash"]
    await client.views_publish(user_id=ana, view=home(), hash=first)
    assert await error_of(client.views_publish(user_id=ana, view=home(), hash=first)) == "hash_conflict"
