"""Commands, shortcuts, buttons, selects and response URLs, with a stock Bolt app in both modes."""

from typing import Any

import aiohttp
import pytest

from sandbox.people import Refused
from sandbox.server import Sandbox
from sandbox.state import Message
from tests.sandbox.slack import actions, button, modal, plain, text_input
from tests.sandbox.stock import StockBot


async def posted(sandbox: Sandbox, bot: StockBot, *blocks: dict[str, Any]) -> Message:
    answer = await bot.app.client.chat_postMessage(channel="#general", text="x", blocks=list(blocks))
    return sandbox.workspace.channel("#general").messages[answer["ts"]]


async def test_a_command_carries_who_where_and_names(sandbox: Sandbox, bot: StockBot) -> None:
    commands = []

    @bot.app.command("/ask")
    async def ask(ack, command):
        await ack()
        commands.append(command)

    @bot.app.command("/plain")
    async def plainly(ack, command):
        await ack()
        commands.append(command)

    ben = sandbox.workspace.user("ben").id
    general = sandbox.workspace.channel("#general").id
    await sandbox.people.command("ana", "#general", "/ask", f"<@{ben}> in <#{general}>")
    await sandbox.people.command("ana", "#general", "/plain", f"<@{ben}> in <#{general}>")
    assert commands[0]["text"] == f"<@{ben}|ben> in <#{general}|general>"
    assert commands[1]["text"] == "@ben in #general"
    assert (commands[0]["user_id"], commands[0]["channel_name"]) == (
        sandbox.workspace.user("ana").id,
        "general",
    )


async def test_a_command_may_answer_to_everyone(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.command("/ask")
    async def ask(ack):
        await ack(response_type="in_channel", text="Look")

    outcome = await sandbox.people.command("ana", "#general", "/ask")
    assert outcome.message is sandbox.workspace.channel("#general").top[-1]


async def test_commands_are_refused_in_threads_and_when_unknown(sandbox: Sandbox) -> None:
    with pytest.raises(Refused) as in_thread:
        await sandbox.people.command("ana", "#general", "/ask", thread_ts="1.1")
    with pytest.raises(Refused) as unknown:
        await sandbox.people.command("ana", "#general", "/dance")
    assert (in_thread.value.error, unknown.value.error) == ("not_in_thread", "unknown_command")


async def test_a_response_url_lasts_five_uses(sandbox: Sandbox, bot: StockBot, http) -> None:
    urls = []

    @bot.app.command("/ask")
    async def ask(ack, command):
        await ack()
        urls.append(command["response_url"])

    await sandbox.people.command("ana", "#general", "/ask")
    answers = []
    for number in range(6):
        async with http.post(urls[0], json={"text": str(number)}) as answer:
            answers.append((answer.status, await answer.text()))
    assert answers == [(200, "ok")] * 5 + [(404, "used_url")]
    assert len(sandbox.workspace.ephemerals("ana")) == 5


async def test_a_response_url_lasts_half_an_hour(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = sandbox.response_urls.new(sandbox.workspace.channel("#general"), sandbox.workspace.user("ana"))
    sandbox.clock.advance(1_800)
    async with http.post(url, json={"text": "late"}) as answer:
        assert (answer.status, await answer.text()) == (404, "expired_url")


@pytest.mark.parametrize(
    "body", [{}, {"text": "a", "blocks": [{"type": "shout"}]}, {"text": "a", "colour": "red"}]
)
async def test_a_response_url_checks_what_it_gets(sandbox: Sandbox, http, body) -> None:
    url = sandbox.response_urls.new(sandbox.workspace.channel("#general"), sandbox.workspace.user("ana"))
    async with http.post(url, json=body) as answer:
        assert answer.status == 400


async def test_an_original_is_replaced_and_deleted(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.action("press")
    async def press(ack, respond, action):
        await ack()
        if action["value"] == "replace":
            await respond("Replaced", replace_original=True)
        else:
            await respond(delete_original=True)

    message = await posted(sandbox, bot, actions(button(value="replace"), button(action_id="gone")))
    await sandbox.people.press("ana", "press", message)
    await sandbox.wait_for(lambda: message.text == "Replaced")
    assert not message.blocks
    message = await posted(sandbox, bot, actions(button(value="delete")))
    await sandbox.people.press("ana", "press", message)
    await sandbox.wait_for(lambda: message.ts not in message.channel.messages)


async def test_an_ephemeral_is_replaced_for_its_reader(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.action("press")
    async def press(ack, respond, body):
        await ack()
        assert body["container"]["is_ephemeral"]
        assert "message" not in body
        await respond("Done", replace_original=True)

    ana = sandbox.workspace.user("ana").id
    general = sandbox.workspace.channel("#general").id
    await bot.app.client.chat_postEphemeral(channel=general, user=ana, text="x", blocks=[actions(button())])
    message = sandbox.workspace.ephemerals("ana")[0]
    await sandbox.people.press("ana", "press", message)
    await sandbox.wait_for(lambda: message.text == "Done")


async def test_a_press_tells_the_inputs_around_it(sandbox: Sandbox, bot: StockBot) -> None:
    bodies = []

    @bot.app.action("press")
    async def press(ack, body):
        await ack()
        bodies.append(body)

    option = {"text": plain("One"), "value": "1"}
    select = {"type": "static_select", "action_id": "model", "options": [option], "initial_option": option}
    message = await posted(sandbox, bot, actions(select, button()))
    await sandbox.people.press("ana", "press", message)
    body = bodies[0]
    assert body["state"]["values"]["row"]["model"]["selected_option"]["value"] == "1"
    assert body["actions"][0]["value"] == "1"
    assert body["container"]["message_ts"] == message.ts
    assert body["message"]["ts"] == message.ts


async def test_feedback_buttons_carry_their_value(sandbox: Sandbox, bot: StockBot) -> None:
    values = []

    @bot.app.action("feedback")
    async def feedback(ack, body):
        await ack()
        values.append(body["actions"][0]["value"])

    element = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    message = await posted(sandbox, bot, {"type": "context_actions", "elements": [element]})
    await sandbox.people.press("ana", "feedback", message, "negative")
    assert values == ["down"]


async def test_a_select_carries_its_option(sandbox: Sandbox, bot: StockBot) -> None:
    chosen = []

    @bot.app.action("model")
    async def model(ack, action):
        await ack()
        chosen.append(action["selected_option"]["text"]["text"])

    options = [{"text": plain(name), "value": name.lower()} for name in ("Opus", "Haiku")]
    select = {"type": "static_select", "action_id": "model", "options": options}
    message = await posted(sandbox, bot, actions(select))
    await sandbox.people.press("ana", "model", message, "haiku")
    assert chosen == ["Haiku"]


async def test_options_come_from_the_app(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.options("item")
    async def options(ack, payload):
        await ack(options=[{"text": plain(payload["value"]), "value": "1"}])

    select = {"type": "external_select", "action_id": "item", "min_query_length": 0}
    message = await posted(sandbox, bot, {**actions(select), "block_id": "b"})
    outcome = await sandbox.people.suggest("ana", message, "b", "item", "pri")
    assert outcome.options[0]["text"]["text"] == "pri"


async def test_shortcuts_of_both_kinds(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.shortcut("about")
    async def about(ack, shortcut, client):
        await ack()
        title = shortcut["message"]["text"]
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(title=plain(title)))

    @bot.app.shortcut("new")
    async def new(ack, shortcut, client):
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(text_input()))

    message = await sandbox.people.post("ben", "#general", "pricing")
    assert (await sandbox.people.shortcut("ana", "about", message)).ok
    view = await sandbox.wait_for(lambda: sandbox.people.view("ana"))
    assert view.content["title"]["text"] == "pricing"
    assert (await sandbox.people.shortcut("ana", "new")).ok
    await sandbox.wait_for(lambda: sandbox.people.view("ana") is not view)
    with pytest.raises(Refused):
        await sandbox.people.shortcut("ana", "new", message)


async def test_an_action_in_a_modal_keeps_what_was_typed(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.action("press")
    async def press(ack, body, client):
        await ack()
        view = modal(text_input(), actions(button()), title=plain("Second"))
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    trigger = sandbox.triggers.new(sandbox.workspace.user("ana").id)
    await bot.app.client.views_open(trigger_id=trigger, view=modal(text_input(), actions(button())))
    view = sandbox.people.view("ana")
    assert view is not None
    typed = {"q": {"question": {"type": "plain_text_input", "value": "half a sen"}}}
    await sandbox.people.press("ana", "press", view, state=typed)
    await sandbox.wait_for(lambda: view.content["title"]["text"] == "Second")
    assert view.values["q"]["question"]["value"] == "half a sen"
