"""The content library: what comes in, what is made of it, who finds it again."""

from __future__ import annotations

from services.library.answers import LibraryAnswers
from services.library.claiming import Claiming
from services.library.files import LibraryFiles
from services.library.from_store import FromStore
from services.library.intake import LibraryIntake
from services.library.player import LibraryItems
from services.library.posters import Posters
from services.library.rights import Rights
from services.library.service import LibraryService
from services.library.settings import LibrarySettings
from services.library.showing import Showing
from services.library.storing import Storing
from services.library.summary import Summaries
from services.library.tool import LibraryTool
from services.library.transcription import Transcription
from services.library.understanding import Understanding
from services.library.work import LibraryWork

__all__ = [
    "Claiming",
    "FromStore",
    "LibraryAnswers",
    "LibraryFiles",
    "LibraryIntake",
    "LibraryItems",
    "LibraryService",
    "LibrarySettings",
    "LibraryTool",
    "LibraryWork",
    "Posters",
    "Rights",
    "Showing",
    "Storing",
    "Summaries",
    "Transcription",
    "Understanding",
]
