"""Everything a person can press, pick or fill in."""

from sandbox.blocks.parts import (
    CONFIRM,
    DISPATCH,
    FILTER,
    FLAG,
    ID,
    IMAGE,
    OPTION_GROUP,
    PLAIN_OPTION,
    RICH_OPTION,
    URL,
    option,
    plain,
)
from sandbox.blocks.richtext import RICH_TEXT_BLOCK
from sandbox.blocks.schema import Choice, Items, Number, Object, Shape, String, Typed

_IDS = Items(ID, 100, 0)
_PLACEHOLDER = plain(150)
_MENU: dict[str, Shape] = {
    "action_id": ID,
    "placeholder": _PLACEHOLDER,
    "confirm": CONFIRM,
    "focus_on_load": FLAG,
}
_MANY: dict[str, Shape] = {**_MENU, "max_selected_items": Number(1)}
_INPUT: dict[str, Shape] = {
    "action_id": ID,
    "placeholder": _PLACEHOLDER,
    "focus_on_load": FLAG,
    "dispatch_action_config": DISPATCH,
}
_STATIC: dict[str, Shape] = {"options": Items(PLAIN_OPTION, 100), "option_groups": Items(OPTION_GROUP, 100)}
_STATIC_ONE_OF = ("options", "option_groups")
_OPTIONS = Items(PLAIN_OPTION, 100)
_STYLE = Choice(("primary", "danger"))
_FEEDBACK = Object({"text": plain(75)}, {"value": String(2_000), "accessibility_label": String(75)})

BUTTON = Object(
    {"text": plain(75)},
    {
        "action_id": ID,
        "url": URL,
        "value": String(2_000, 0),
        "style": _STYLE,
        "confirm": CONFIRM,
        "accessibility_label": String(75),
        "agent_prompt": String(4_000),
        "agent_prompt_display": ID,
        "visible_to_user_ids": Items(ID, 10),
    },
)

SELECTS: dict[str, Shape] = {
    "static_select": Object(
        optional={**_MENU, **_STATIC, "initial_option": PLAIN_OPTION}, one_of=_STATIC_ONE_OF
    ),
    "multi_static_select": Object(
        optional={**_MANY, **_STATIC, "initial_options": _OPTIONS}, one_of=_STATIC_ONE_OF
    ),
    "external_select": Object(
        optional={**_MENU, "initial_option": PLAIN_OPTION, "min_query_length": Number(0)}
    ),
    "multi_external_select": Object(
        optional={**_MANY, "initial_options": _OPTIONS, "min_query_length": Number(0)}
    ),
    "users_select": Object(optional={**_MENU, "initial_user": ID}),
    "multi_users_select": Object(optional={**_MANY, "initial_users": _IDS}),
    "conversations_select": Object(
        optional={
            **_MENU,
            "initial_conversation": ID,
            "default_to_current_conversation": FLAG,
            "response_url_enabled": FLAG,
            "filter": FILTER,
        }
    ),
    "multi_conversations_select": Object(
        optional={
            **_MANY,
            "initial_conversations": _IDS,
            "default_to_current_conversation": FLAG,
            "filter": FILTER,
        }
    ),
    "channels_select": Object(optional={**_MENU, "initial_channel": ID, "response_url_enabled": FLAG}),
    "multi_channels_select": Object(optional={**_MANY, "initial_channels": _IDS}),
}

PICKERS: dict[str, Shape] = {
    "datepicker": Object(optional={**_MENU, "initial_date": String(10, 10)}),
    "timepicker": Object(optional={**_MENU, "initial_time": String(5, 5), "timezone": ID}),
    "datetimepicker": Object(
        optional={"action_id": ID, "confirm": CONFIRM, "focus_on_load": FLAG, "initial_date_time": Number(0)}
    ),
    "checkboxes": Object(
        {"options": Items(RICH_OPTION, 10)},
        {
            "action_id": ID,
            "initial_options": Items(RICH_OPTION, 10),
            "confirm": CONFIRM,
            "focus_on_load": FLAG,
        },
    ),
    "radio_buttons": Object(
        {"options": Items(RICH_OPTION, 10)},
        {"action_id": ID, "initial_option": RICH_OPTION, "confirm": CONFIRM, "focus_on_load": FLAG},
    ),
}

_WRITTEN: dict[str, Shape] = {
    "plain_text_input": Object(
        optional={
            **_INPUT,
            "initial_value": String(3_000, 0),
            "multiline": FLAG,
            "min_length": Number(0, 3_000),
            "max_length": Number(1, 3_000),
        }
    ),
    "email_text_input": Object(optional={**_INPUT, "initial_value": String(3_000, 0)}),
    "url_text_input": Object(optional={**_INPUT, "initial_value": String(3_000, 0)}),
    "number_input": Object(
        {"is_decimal_allowed": FLAG},
        {**_INPUT, "initial_value": ID, "min_value": ID, "max_value": ID},
    ),
    "rich_text_input": Object(
        optional={
            **_INPUT,
            "initial_value": RICH_TEXT_BLOCK,
            "min_lines": Number(1),
            "max_lines": Number(1),
        }
    ),
}
_FILE_INPUT: dict[str, Shape] = {
    "file_input": Object(optional={"action_id": ID, "filetypes": Items(ID, 100), "max_files": Number(1, 10)})
}
_MENUS: dict[str, Shape] = {
    "button": BUTTON,
    "overflow": Object({"options": Items(option(plain(75)), 5)}, {"action_id": ID, "confirm": CONFIRM}),
    "workflow_button": Object(
        {"text": plain(75), "workflow": Object({"trigger": Object({"url": URL})})},
        {"action_id": ID, "style": _STYLE, "accessibility_label": String(75)},
    ),
}

ACTION_ELEMENT = Typed({**_MENUS, **SELECTS, **PICKERS})
ACCESSORY = Typed({**ACTION_ELEMENT.shapes, "image": IMAGE})
INPUT_ELEMENT = Typed({**_WRITTEN, **_FILE_INPUT, **SELECTS, **PICKERS})
CONTEXT_ACTION = Typed(
    {
        "feedback_buttons": Object(
            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ID}
        ),
        "icon_button": Object(
            {"icon": ID, "text": plain(75)},
            {
                "action_id": ID,
                "accessibility_label": String(75),
                "value": String(2_000),
                "visible_to_user_ids": Items(ID, 10),
                "confirm": CONFIRM,
            },
        ),
    }
)
