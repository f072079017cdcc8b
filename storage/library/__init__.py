"""Items, their passages and shares, the work on them, and who may see them."""

from __future__ import annotations

from storage.library.intake import Intake
from storage.library.items import Items
from storage.library.memberships import Memberships
from storage.library.parts import Parts
from storage.library.search import Search
from storage.library.work import Work


class SqlLibraryStore(Intake, Work, Parts, Search, Items, Memberships):
    """The LibraryStore port, one file a topic."""


__all__ = ["SqlLibraryStore"]
