from __future__ import annotations


class Everything:
    """The Sources of somebody who has seen every address there is."""

    def allows(self, url: str) -> bool:
        return True


class Nothing:
    def allows(self, url: str) -> bool:
        return False
