"""Why a file could not be used: a clause for a list, and what to do about it."""

from __future__ import annotations

CLAUSES = {
    "too_large": "too large",
    "type": "a type I can't read",
    "mismatch": "its content is not what its name says",
    "password": "protected by a password",
    "damaged": "damaged",
    "too_long": "too long",
    "pixels": "too many pixels",
    "unpacked": "it unpacks to far more than it should",
    "gone": "deleted",
    "hidden": "hidden by Slack",
    "external": "kept outside Slack",
    "no_access": "not open to me",
    "untranscribed": "not transcribed yet",
}
"""By the reason of a FileUnreadable; every reason there is."""

TOLD = {
    "too_large": ("is larger than I may take in.", "Share a shorter cut or a more compressed copy of it."),
    "type": (
        "is of a type that I can't read.",
        (
            "I read video (mp4, mov, mkv, webm), audio (mp3, m4a, wav, flac, ogg), pictures (png, jpg, gif, "
            "webp), PDF, DOCX, PPTX, XLSX, Markdown, text, and SRT or VTT subtitles."
        ),
    ),
    "mismatch": (
        "is not what its name or its declared type says: its content is of another kind.",
        "Give it the ending that belongs to its content, or export it again, and share it once more.",
    ),
    "password": ("is protected by a password.", "Share a copy without the password."),
    "damaged": (
        "is empty or damaged: it can't be opened, or it ends too early.",
        "Open it on your computer to check, export it again, and share the new file.",
    ),
    "too_long": ("is longer than I may take in.", "Cut it into shorter pieces and share those."),
    "pixels": (
        "has more pixels than I may open.",
        "Share a smaller copy; 8K video and pictures of 50 megapixels are the most.",
    ),
    "unpacked": (
        "unpacks to far more than a document of its size should; I stopped before it did.",
        "If it is a real document, save it again without its largest pictures, or as a PDF.",
    ),
    "gone": ("was deleted in Slack before I could fetch it.", "Share it again if it is still wanted."),
    "hidden": (
        "is hidden by Slack: it is older than this workspace's plan shows.",
        "Share it once more, or ask an admin of the workspace about the plan.",
    ),
    "external": (
        "is kept outside Slack, where I can't fetch it.",
        "Download it there and share the file itself in a message.",
    ),
    "no_access": (
        "is not open to me: Slack gave me its sign-in page, or refused.",
        "Share it in a channel that I am in, and from this workspace.",
    ),
    "untranscribed": (
        "has no transcript yet, and I read recordings by what is said in them.",
        "Ask again when its card says that it is ready; `/library add` begins where nobody has.",
    ),
}
_OTHERWISE = ("could not be read.", "Share it once more; if it happens again, tell an admin.")


def clause(reason: str) -> str:
    return CLAUSES.get(reason, reason)


def told(name: str, reason: str) -> tuple[str, str]:
    """What happened and what to do. `name` must be free of mrkdwn."""
    what, todo = why(reason)
    return f"*{name}* {what}", todo


def why(reason: str) -> tuple[str, str]:
    """What is the matter with it, as the rest of a sentence, and what to do."""
    return TOLD.get(reason, _OTHERWISE)
