"""Slack's structured text."""

from sandbox.blocks.parts import FLAG, ID, URL
from sandbox.blocks.schema import Choice, Items, Number, Object, String, Typed

_STYLE = Object(
    optional=dict.fromkeys(
        ("bold", "italic", "strike", "code", "highlight", "client_highlight", "unlink", "underline"), FLAG
    )
)
_LONG = String(40_000, 0)

INLINE = Typed(
    {
        "text": Object({"text": String(40_000)}, {"style": _STYLE}),
        "link": Object({"url": URL}, {"text": _LONG, "unsafe": FLAG, "style": _STYLE}),
        "user": Object({"user_id": ID}, {"style": _STYLE}),
        "usergroup": Object({"usergroup_id": ID}, {"style": _STYLE}),
        "channel": Object({"channel_id": ID}, {"style": _STYLE}),
        "team": Object({"team_id": ID}, {"style": _STYLE}),
        "emoji": Object(
            {"name": ID},
            {"unicode": ID, "style": _STYLE, "skin_tone": Number(1, 6), "url": URL, "display_url": URL},
        ),
        "broadcast": Object({"range": Choice(("here", "channel", "everyone"))}, {"style": _STYLE}),
        "color": Object({"value": ID}, {"style": _STYLE}),
        "date": Object(
            {"timestamp": Number(), "format": ID}, {"fallback": _LONG, "url": URL, "style": _STYLE}
        ),
    }
)
_INLINES = Items(INLINE, 1_000, 0)
_SECTION = Object({"elements": _INLINES})
_BORDER = Number(0, 1)

RICH_TEXT_ELEMENT = Typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_quote": Object({"elements": _INLINES}, {"border": _BORDER}),
        "rich_text_preformatted": Object(
            {"elements": Items(INLINE.only("text", "link"), 1_000, 0)}, {"border": _BORDER, "language": ID}
        ),
        "rich_text_list": Object(
            {
                "elements": Items(Typed({"rich_text_section": _SECTION}), 1_000, 0),
                "style": Choice(("bullet", "ordered")),
            },
            {"indent": Number(0, 8), "offset": Number(0), "border": _BORDER},
        ),
    }
)
RICH_TEXT = Object({"elements": Items(RICH_TEXT_ELEMENT, 1_000, 0)}, {"block_id": ID})
RICH_TEXT_BLOCK = Typed({"rich_text": RICH_TEXT})
