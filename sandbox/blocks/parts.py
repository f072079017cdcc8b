"""The small objects inside blocks: texts, options, confirmations, files."""

from sandbox.blocks.schema import Boolean, Choice, Items, Object, String, Typed

URL = String(3_000)
ID = String(255)
FLAG = Boolean()


def plain(maximum: int, minimum: int = 1) -> Typed:
    return Typed({"plain_text": Object({"text": String(maximum, minimum)}, {"emoji": FLAG})})


def text(maximum: int) -> Typed:
    mrkdwn = Object({"text": String(maximum)}, {"verbatim": FLAG})
    return Typed({**plain(maximum).shapes, "mrkdwn": mrkdwn})


CONFIRM = Object(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": Choice(("primary", "danger"))},
)
SLACK_FILE = Object(optional={"id": ID, "url": URL}, one_of=("id", "url"))


def option(label: Typed) -> Object:
    return Object({"text": label, "value": String(150)}, {"description": plain(75), "url": URL})


PLAIN_OPTION = option(plain(75))
RICH_OPTION = Object({"text": text(75), "value": String(150)}, {"description": text(75)})
OPTION_GROUP = Object({"label": plain(75), "options": Items(PLAIN_OPTION, 100)})
DISPATCH = Object(
    {"trigger_actions_on": Items(Choice(("on_enter_pressed", "on_character_entered")), 2)},
)
FILTER = Object(
    optional={
        "include": Items(Choice(("im", "mpim", "private", "public")), 4),
        "exclude_bot_users": FLAG,
        "exclude_external_shared_channels": FLAG,
    }
)
IMAGE = Object(
    {"alt_text": String(2_000)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    one_of=("image_url", "slack_file"),
)
