"""What the cases talk about: `{names}` in a request stand for these ids, timestamps and triggers."""

from sandbox.server import Sandbox
from sandbox.state.canvases import Canvas, Section
from tests.sandbox.slack import modal

_HOUR = 3600


async def furnished(sandbox: Sandbox) -> dict[str, str]:
    """The names after everything has been set up anew."""
    sandbox.reset()
    workspace = sandbox.workspace
    workspace.installed = False  # the app need not hear of the furniture
    workspace.archive_channel(
        workspace.add_channel("old-film", "public", [workspace.bot], id_="C0SANDOLD1"), workspace.bot
    )
    workspace.add_channel("own-film", "public", [workspace.bot, workspace.user("ben")], id_="C0SANDOWN1")
    names = {name: workspace.user(name).id for name in ("ana", "ben", "mia", "gil")}
    names |= {"general": "C0SANDGEN1", "launch": "C0SANDLAU1", "marketing": "C0SANDMKT1", "old": "C0SANDOLD1"}
    names |= {"own_channel": "C0SANDOWN1", "dm": "D0SANDANA1", "others": "D0SANDAB01"}
    names |= {"bot": workspace.bot.id, "bot_id": str(workspace.bot.bot_id), "team": workspace.team_id}
    names |= await _messages(sandbox) | await _files(sandbox) | _streams(sandbox) | _views(sandbox)
    names |= _canvas(sandbox) | _times(sandbox)
    workspace.installed = True
    return names


async def _messages(sandbox: Sandbox) -> dict[str, str]:
    people, bot = sandbox.people, sandbox.workspace.bot
    message = await people.post("ana", "#general", "look at <https://films.example/aurora>")
    thread = await people.post("ben", "#general", "a question")
    reply = await people.post("ana", "#general", "an answer", thread_ts=thread.ts)
    await people.react("ben", message, "eyes")
    own = sandbox.workspace.messages.post(message.channel, bot, "mine", app_authored=True)
    sandbox.workspace.messages.react(own, bot, "tada")
    sandbox.workspace.messages.pin(thread, bot)
    topic = await people.post("ana", "D0SANDANA1", "in private")
    sandbox.agents.set_status(topic.channel, topic.ts, "active", "Private")
    return {"ts": message.ts, "thread": thread.ts, "reply": reply.ts, "own": own.ts, "topic": topic.ts}


async def _files(sandbox: Sandbox) -> dict[str, str]:
    shared = await sandbox.people.upload("ana", "notes.txt", b"notes")
    await sandbox.people.post("ana", "#general", "notes", files=[shared])
    secret = await sandbox.people.upload("ana", "secret.txt", b"secret")
    own = sandbox.files.place(sandbox.workspace.bot, "own.txt", b"own")
    return {"file": shared.id, "secret_file": secret.id, "own_file": own.id}


def _streams(sandbox: Sandbox) -> dict[str, str]:
    channel = sandbox.workspace.channel("#launch-video")
    live, done, stopped = (sandbox.streams.start(channel, sandbox.workspace.bot, None, {}) for _ in range(3))
    sandbox.streams.finish(done, [], None)
    sandbox.streams._end(stopped)
    sandbox.streams._stopped.add(stopped.ts)
    return {"stream": live.ts, "done_stream": done.ts, "stopped_stream": stopped.ts}


def _views(sandbox: Sandbox) -> dict[str, str]:
    ana, mia, triggers = sandbox.workspace.user("ana"), sandbox.workspace.user("mia"), sandbox.triggers
    view = sandbox.modals.open(mia.id, modal(external_id="taken"))
    sandbox.modals.push(mia.id, modal())
    old, used = triggers.new(ana.id), triggers.new(ana.id)
    triggers._triggers[old].expires_at = 0.0
    triggers.use(used)
    names = {"trigger": triggers.new(ana.id), "old_trigger": old, "used_trigger": used}
    names["spare_trigger"] = triggers.new(ana.id)
    for name in ("modal_trigger", "spare_modal_trigger"):
        names[name] = triggers.new(mia.id, from_modal=True)
    return {**names, "view": view.id, "hash": view.hash}


def _canvas(sandbox: Sandbox) -> dict[str, str]:
    workspace, owner = sandbox.workspace, sandbox.workspace.bot.id
    sections = [Section("temp:C:one", "# Plan"), Section("temp:C:two", "Shoot on Friday")]
    workspace.canvases["F0CANVAS01"] = Canvas("F0CANVAS01", "Plan", owner, 0, sections)
    workspace.canvases["F0CANVAS02"] = Canvas(
        "F0CANVAS02", "Theirs", "U0SANDANA1", 0, [], access={owner: "read"}
    )
    channel = workspace.channel("#launch-video")
    channel.canvas_id = "F0CANVAS01"
    return {"canvas": "F0CANVAS01", "readable_canvas": "F0CANVAS02", "section": "temp:C:one"}


def _times(sandbox: Sandbox) -> dict[str, str]:
    now = int(sandbox.clock.now())
    channel, bot = sandbox.workspace.channel("#general"), sandbox.workspace.bot
    later = sandbox.schedule.add(channel, bot, now + 2 * _HOUR, {"text": "later"})
    moments = {"past": now - _HOUR, "soon": now + _HOUR, "far": now + 121 * 24 * _HOUR}
    return {"scheduled": later.id, **{name: str(moment) for name, moment in moments.items()}}
