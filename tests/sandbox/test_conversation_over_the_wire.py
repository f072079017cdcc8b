"""A stock Bolt app in both modes: hears, answers, streams, opens forms."""

from sandbox.server import Sandbox
from tests.sandbox.stock import StockBot


async def test_a_mention_is_answered_in_its_thread(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.event("app_mention")
    async def answer(event, client):
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Hello")

    @bot.app.event("message")
    async def ignore():
        pass

    question = await sandbox.people.mention("ana", "#general", "are you there?")
    await sandbox.wait_for(lambda: question.replies)
    assert question.replies[0].text == "Hello"
    assert question.replies[0].sender is sandbox.workspace.bot


async def test_a_mention_arrives_with_its_twin_message(sandbox: Sandbox, bot: StockBot) -> None:
    seen = []

    @bot.app.event("app_mention")
    async def mention(event):
        seen.append(event)

    @bot.app.event("message")
    async def message(event):
        seen.append(event)

    await sandbox.people.mention("ana", "#general", "hi")
    await sandbox.wait_for(lambda: len(seen) == 2)
    assert {event["type"] for event in seen} == {"app_mention", "message"}
    assert seen[0]["ts"] == seen[1]["ts"]


async def test_a_stream_grows_and_completes(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.event("app_mention")
    async def answer(event, client, context):
        stream = await client.chat_stream(
            channel=event["channel"],
            thread_ts=event["ts"],
            recipient_team_id=context.team_id,
            recipient_user_id=event["user"],
            buffer_size=1,
        )
        await stream.append(markdown_text="One ")
        await stream.append(markdown_text="two")
        await stream.stop(markdown_text=" three")

    @bot.app.event("message")
    async def ignore():
        pass

    question = await sandbox.people.mention("ana", "#general", "count")
    await sandbox.wait_for(lambda: question.replies and question.replies[0].streaming_state == "completed")
    assert question.replies[0].text == "One two three"


async def test_a_command_opens_a_form_whose_errors_are_shown(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.command("/ask")
    async def ask(ack, body, client):
        await ack("One moment")
        element = {"type": "plain_text_input", "action_id": "question"}
        block = {"type": "input", "block_id": "q", "label": plain("Question"), "element": element}
        view = {"type": "modal", "callback_id": "form", "title": plain("Ask"), "submit": plain("Send")}
        await client.views_open(trigger_id=body["trigger_id"], view={**view, "blocks": [block]})

    @bot.app.view("form")
    async def submitted(ack, view):
        if view["state"]["values"]["q"]["question"]["value"] == "bad":
            await ack(response_action="errors", errors={"q": "Not that one"})
        else:
            await ack()

    outcome = await sandbox.people.command("ana", "#general", "/ask", "now")
    assert outcome.message is not None
    assert outcome.message.text == "One moment"
    view = await sandbox.wait_for(lambda: sandbox.people.view("ana"))
    refused = await sandbox.people.submit("ana", {"question": "bad"})
    assert refused.errors == {"q": "Not that one"}
    assert sandbox.people.view("ana") is view
    assert (await sandbox.people.submit("ana", {"question": "good"})).ok
    assert sandbox.people.view("ana") is None


async def test_a_button_answers_only_to_the_person_who_pressed_it(sandbox: Sandbox, bot: StockBot) -> None:
    @bot.app.action("more")
    async def more(ack, respond, action):
        await ack()
        await respond(f"You chose {action['value']}")

    button = {"type": "button", "text": plain("More"), "action_id": "more", "value": "A"}
    posted = await bot.app.client.chat_postMessage(
        channel="#general", text="Choose", blocks=[{"type": "actions", "elements": [button]}]
    )
    message = sandbox.workspace.channel("#general").messages[posted["ts"]]
    assert (await sandbox.people.press("ana", "more", message)).ok
    await sandbox.wait_for(lambda: sandbox.workspace.ephemerals("ana"))
    assert sandbox.workspace.ephemerals("ana")[0].text == "You chose A"
    assert not sandbox.workspace.ephemerals("ben")


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
