"""Block Kit as Slack accepts it: what each block may hold, and the limits of messages and views."""

from sandbox.blocks.surfaces import (
    MARKDOWN_LIMIT,
    blocks_problems,
    interactive_elements,
    is_too_long,
    view_problems,
)

__all__ = ["MARKDOWN_LIMIT", "blocks_problems", "interactive_elements", "is_too_long", "view_problems"]
